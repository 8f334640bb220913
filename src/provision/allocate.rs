//! The allocation of one draw and year: seats stand, and only those who may find a place are sorted.

use super::room::{Allocated, Room};
use super::{KindRole, PHASE_TRANSFER, Provision, Role};
use crate::children::{Children, INDEPENDENT, Lane, NO_SEAT, SEAT_ROWS, WAITING, seat_row};
use crate::domain::AGES;
use crate::random::{DrawKey, Process, Stream, u53};

/// A child who seeks a place. Fields in the order of their claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seeker {
    /// Phase transfer first, then the longest wait, then the upper bits of the tie-break: one compare settles it.
    first: u64,
    /// The other bits of the tie-break.
    last: u16,
    id: u64,
    age: u8,
    position: u32,
}

impl Seeker {
    /// Lower claims go first, then lower ties.
    fn new(claim: u16, tie: u64, id: u64, age: usize, position: usize) -> Self {
        let first = u64::from(claim) << 48 | tie >> 16;
        Self { first, last: tie as u16, id, age: age as u8, position: position as u32 }
    }
}

/// So many seekers are sorted at least: fewer would not be worth another look at the rest.
const MANY: usize = 64;

/// The sites of one draw as they stand; its memory serves the next draw too.
#[derive(Debug, Clone, Default)]
pub struct Allocation {
    /// Sites, in the order of the provision.
    pub rooms: Vec<Room>,
    delays: Vec<Vec<u8>>,
    /// Children by seat, in the rows of [`seat_row`].
    seated: Vec<[i32; 4]>,
    /// All bits for a seat that stands, none for one at a closed site.
    open: Vec<u8>,
    /// Positions of the children who need a specialist place, or have a seat of one, age after age.
    concerned: Vec<u32>,
    /// Where each age begins in that list, and its end.
    begins: [usize; AGES + 1],
    /// Positions of the children of an age who may have to move.
    stirred: Vec<u32>,
    /// Age and position of those who seek a place.
    seeking: Vec<(u8, u32)>,
    /// Those of them for whom some site has room.
    seekers: Vec<Seeker>,
    /// Sites that would admit a child of an age now, a bit each, age after age.
    room_for: Vec<u64>,
}

/// The words that a year of allocation needs.
#[derive(Debug, Clone, Copy)]
struct Words {
    tie: Stream,
    overflow: Stream,
    returns: Stream,
}

impl Allocation {
    /// The base year of a draw: draws the delays of openings and counts the rolls.
    pub fn start(&mut self, provision: &Provision, children: &Children, draw: DrawKey, base_year: i32) {
        self.delays.resize(provision.sites.len(), Vec::new());
        for (site, delays) in provision.sites.iter().zip(&mut self.delays) {
            site.capacity.delays(draw, site.key, delays);
        }
        self.open(provision, base_year);
        self.list_concerned(provision, children);
        for (age, lane) in children.lanes() {
            for &i in &self.concerned[self.begins[age]..self.begins[age + 1]] {
                self.seated[seat_row(lane.seat[i as usize])][0] += 1;
            }
        }
        self.count_rolls();
    }

    /// Positions of the children of an age who need a specialist place, or have a seat: all who are not at home in an
    /// ordinary setting, as of the last year.
    pub fn concerned(&self, age: usize) -> &[u32] {
        &self.concerned[self.begins[age]..self.begins[age + 1]]
    }

    /// Places every child who needs a place. Those who sit keep their seat where they may; the others go in order of
    /// their claims, each to the best open site for them, else down the overflow ladder.
    pub fn year(&mut self, provision: &Provision, children: &mut Children, draw: DrawKey, year: i32) -> Allocated {
        let overflow = draw.slots(Process::Overflow, year);
        let words = Words {
            tie: draw.stream(Process::TieBreak, year),
            overflow: overflow.stream(0),
            returns: overflow.stream(1),
        };
        self.open(provision, year);
        self.list_concerned(provision, children);
        self.seeking.clear();
        for age in 0..AGES {
            let lane = children.lane_mut(age);
            self.list_stirred(provision, lane, age);
            self.settle(provision, lane, age, words.returns);
        }
        self.count_rolls();
        self.admit(provision, children, words)
    }

    /// Empty rooms with the year's places.
    fn open(&mut self, provision: &Provision, year: i32) {
        self.rooms.clear();
        self.seated.clear();
        self.seated.resize(SEAT_ROWS + provision.sites.len(), [0; 4]);
        self.open.clear();
        self.open.resize(SEAT_ROWS, u8::MAX);
        for (site, delays) in provision.sites.iter().zip(&self.delays) {
            let places = site.capacity.in_year(year, site.ages, delays);
            self.open.push(if places.open { u8::MAX } else { 0 });
            self.rooms.push(Room {
                open: places.open,
                places: places.own,
                limit: site.limit(places.own),
                roll: 0,
                enter: places.ages,
            });
        }
    }

    /// Lists the children whom places concern, without a branch a child: a third of all. What follows looks at no other.
    fn list_concerned(&mut self, provision: &Provision, children: &Children) {
        let mut found = 0;
        for (age, lane) in children.lanes() {
            self.begins[age] = found;
            self.concerned.resize(found + lane.len(), 0);
            for (i, (&kind, &seat)) in (0..).zip(lane.kind.iter().zip(&lane.seat)) {
                self.concerned[found] = i;
                let needs = u8::from(provision.kinds[usize::from(kind)].role != Role::None);
                found += usize::from(needs | u8::from(seat != NO_SEAT));
            }
        }
        self.concerned.truncate(found);
        self.begins[AGES] = found;
    }

    /// Lists the children of an age who may have to move, without a branch a child, and counts where all sit.
    fn list_stirred(&mut self, provision: &Provision, lane: &Lane, age: usize) {
        let quiet = provision.quiet.at(age);
        let concerned = &self.concerned[self.begins[age]..self.begins[age + 1]];
        self.stirred.resize(concerned.len(), 0);
        let mut found = 0;
        for (n, &position) in concerned.iter().enumerate() {
            let i = position as usize;
            let (kind, seat) = (provision.kinds[usize::from(lane.kind[i])], seat_row(lane.seat[i]));
            self.stirred[found] = position;
            let same = 1 | u8::from(lane.sought[i] == kind.setting) << 1;
            let alone = quiet[seat * provision.quiet.classes() + usize::from(kind.class)];
            found += usize::from(alone & same & self.open[seat] == 0);
            // Four counters, so that neighbours at one site do not wait for each other.
            self.seated[seat][n & 3] += 1;
        }
        self.stirred.truncate(found);
    }

    /// The children of an age who may have to move: who needs no place, who keeps a seat, who seeks one.
    fn settle(&mut self, provision: &Provision, lane: &mut Lane, age: usize, returns: Stream) {
        let transfer = PHASE_TRANSFER.contains(&age);
        for &position in &self.stirred {
            let i = position as usize;
            let (id, seat, kind) = (lane.id[i], lane.seat[i], provision.kinds[usize::from(lane.kind[i])]);
            // Counted above, and again if the seat is kept.
            self.seated[seat_row(seat)][0] -= 1;
            let reviewed = lane.sought[i] != kind.setting;
            let kept = match (kind.role, seat) {
                (Role::None, _) => Some(NO_SEAT),
                (Role::Independent, _) => Some(INDEPENDENT),
                (Role::Seeks, NO_SEAT | WAITING) => None,
                (Role::Seeks, _) if reviewed => None,
                (Role::Seeks, INDEPENDENT) => {
                    let returns = transfer && u53(returns.word(id)) < provision.overflow.returns;
                    (!returns).then_some(INDEPENDENT)
                }
                (Role::Seeks, _) => self.kept(provision, usize::from(seat) - 1, kind, age),
            };
            if let Some(kept) = kept {
                self.seated[seat_row(kept)][0] += 1;
                lane.sit(i, kept, kind.setting);
                continue;
            }
            if !matches!(seat, INDEPENDENT | WAITING) {
                lane.sit(i, NO_SEAT, kind.setting);
            }
            self.seeking.push((age as u8, position));
        }
    }

    /// Gives places to those who seek. Rolls only grow from here on: a child for whom no site has room now will find
    /// none, whoever goes first. So those with the first claims are sorted and placed, and the others are looked at
    /// again: most of them have no site left, and need no sorting.
    fn admit(&mut self, provision: &Provision, children: &mut Children, words: Words) -> Allocated {
        let mut allocated = Allocated { sought: self.seeking.len(), ..Allocated::default() };
        self.find_room();
        self.seekers.clear();
        for &(age, position) in &self.seeking {
            let (i, age) = (position as usize, usize::from(age));
            let lane = children.lane_mut(age);
            if provision.preferences.any(usize::from(lane.kind[i]), age, self.room_for(age)) {
                let claim = u16::from(!PHASE_TRANSFER.contains(&age)) << 8 | u16::from(u8::MAX - lane.waited[i]);
                self.seekers.push(Seeker::new(claim, words.tie.word(lane.id[i]), lane.id[i], age, i));
            } else {
                overflow(provision, lane, age, i, words.overflow, &mut allocated);
            }
        }
        let mut left = self.seekers.len();
        while left > 0 {
            // As many as there are free places, or all if that is not much more.
            let first = (self.rooms.iter().map(Room::free).sum::<u32>() as usize).max(MANY);
            // Those who go later stand first, so that the list need not move.
            let later = left.saturating_sub(first);
            if later > 0 {
                self.seekers[..left].select_nth_unstable_by(later, |a, b| b.cmp(a));
            }
            self.seekers[later..left].sort_unstable();
            for at in later..left {
                self.place(provision, children, self.seekers[at], words.overflow, &mut allocated);
            }
            left = 0;
            for at in 0..later {
                let Seeker { age, position, .. } = self.seekers[at];
                let (i, age) = (position as usize, usize::from(age));
                let lane = children.lane_mut(age);
                if provision.preferences.any(usize::from(lane.kind[i]), age, self.room_for(age)) {
                    self.seekers.swap(left, at);
                    left += 1;
                } else {
                    overflow(provision, lane, age, i, words.overflow, &mut allocated);
                }
            }
        }
        allocated
    }

    /// Gives a seeker the first site of its list that has room, else the overflow ladder.
    #[inline]
    fn place(
        &mut self,
        provision: &Provision,
        children: &mut Children,
        seeker: Seeker,
        words: Stream,
        allocated: &mut Allocated,
    ) {
        let (i, age) = (seeker.position as usize, usize::from(seeker.age));
        let lane = children.lane_mut(age);
        let (area, kind) = (usize::from(lane.area[i]), usize::from(lane.kind[i]));
        let room = self.room_for(age);
        // Most of the last find at once that the sites of their list have filled since.
        let list = if provision.preferences.any(kind, age, room) {
            provision.preferences.of(area, kind, age)
        } else {
            &[]
        };
        let has_room = |site: usize| room[site / 64] >> (site % 64) & 1 == 1;
        let Some(site) = list.iter().map(|&site| usize::from(site)).find(|&site| has_room(site)) else {
            return overflow(provision, lane, age, i, words, allocated);
        };
        lane.sit(i, site as u16 + 1, provision.kinds[kind].setting);
        allocated.admitted += 1;
        self.rooms[site].roll += 1;
        if self.rooms[site].free() == 0 {
            let width = self.width();
            for bits in self.room_for.iter_mut().skip(site / 64).step_by(width) {
                *bits &= !(1 << (site % 64));
            }
        }
    }

    /// Words of bits that hold one for each site.
    fn width(&self) -> usize {
        self.rooms.len().div_ceil(64)
    }

    /// Sites that would admit a child of an age now, a bit each.
    #[inline]
    fn room_for(&self, age: usize) -> &[u64] {
        let width = self.width();
        &self.room_for[age * width..][..width]
    }

    /// Which sites have room for a child of each age.
    fn find_room(&mut self) {
        let width = self.width();
        self.room_for.clear();
        self.room_for.resize(AGES * width, 0);
        for (site, room) in self.rooms.iter().enumerate() {
            for age in (0..AGES).filter(|&age| room.admits(age)) {
                self.room_for[age * width + site / 64] |= 1 << (site % 64);
            }
        }
    }

    /// The seat a child keeps: its own, or one in another part of the same site and setting that goes on with it.
    fn kept(&self, provision: &Provision, here: usize, kind: KindRole, age: usize) -> Option<u16> {
        let keeps = |at: usize| self.rooms[at].open && provision.sites[at].admits(usize::from(kind.need), age);
        if keeps(here) {
            return Some(here as u16 + 1);
        }
        provision.parts[here].iter().find(|&&at| keeps(usize::from(at))).map(|at| at + 1)
    }

    /// Rolls of the seats that stand.
    fn count_rolls(&mut self) {
        let sites = self.seated.iter().skip(SEAT_ROWS);
        for (room, seated) in self.rooms.iter_mut().zip(sites) {
            room.roll = seated.iter().sum::<i32>() as u32;
        }
    }
}

/// The rungs below a place of our own.
fn overflow(
    provision: &Provision,
    lane: &mut Lane,
    age: usize,
    i: usize,
    words: Stream,
    allocated: &mut Allocated,
) {
    let KindRole { need, setting, .. } = provision.kinds[usize::from(lane.kind[i])];
    if lane.seat[i] == INDEPENDENT {
        // A child in an independent school leaves it only for a place.
        lane.sit(i, INDEPENDENT, setting);
    } else if u53(words.word(lane.id[i])) < provision.overflow.independent(age, usize::from(need)) {
        lane.sit(i, INDEPENDENT, setting);
        allocated.to_independent += 1;
    } else {
        let waited = lane.waited[i].saturating_add(1);
        lane.sit(i, WAITING, setting);
        lane.waited[i] = waited;
        allocated.waiting += 1;
    }
}
