//! The allocation of one draw and year: seats stand, and only those who may find a place are sorted.

use super::room::{Allocated, Room};
use super::ties::sort_even;
use super::{KindRole, PHASE_TRANSFER, Provision, Role};
use crate::children::{Children, INDEPENDENT, Lane, NO_SEAT, SEAT_ROWS, WAITING, seat_row};
use crate::domain::AGES;
use crate::random::{DrawKey, Process, Stream, u53};

/// A child who seeks a place: what placing it asks again and again, at hand.
#[derive(Debug, Clone, Copy, Default)]
struct Seeker {
    position: u32,
    /// Lower claims go first: phase transfer, then the longest wait.
    claim: u16,
    /// Sites it would take, as a class of the preferences.
    class: u16,
    age: u8,
    need: u8,
    setting: u8,
}

/// The seat of a child by its role (none, seeks, independent), if it keeps none.
const UNLESS_KEPT: [u16; 3] = [NO_SEAT, NO_SEAT, INDEPENDENT];
/// A child waits one below.
const _: () = assert!(WAITING == INDEPENDENT - 1 && NO_SEAT == 0);

/// Number of claims: at phase transfer or not, and years of waiting.
const CLAIMS: usize = 512;

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
    /// Those who seek a place, by age and position; then in the order of their claims.
    seeking: Vec<Seeker>,
    seekers: Vec<Seeker>,
    /// Where the seekers of each claim end.
    ends: Vec<u32>,
    /// Tie-break and place among the seekers of those with one claim for whom some site has room.
    order: Vec<u128>,
    sorted: Vec<u128>,
    counts: Vec<u32>,
    /// Those who find no place, and their keys.
    unplaced: Vec<Seeker>,
    ids: Vec<u64>,
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
        for (age, lane) in children.lanes() {
            self.list_concerned(provision, lane, age);
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
        self.seeking.clear();
        for age in 0..AGES {
            let lane = children.lane_mut(age);
            self.list_concerned(provision, lane, age);
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

    /// Lists the children of an age whom places concern, youngest age first, without a branch a child: a third of all.
    /// What follows looks at no other.
    fn list_concerned(&mut self, provision: &Provision, lane: &Lane, age: usize) {
        let mut found = self.begins[age];
        self.concerned.resize(found + lane.len(), 0);
        for (i, (&kind, &seat)) in (0..).zip(lane.kind.iter().zip(&lane.seat)) {
            self.concerned[found] = i;
            let needs = u8::from(provision.kinds[usize::from(kind)].role != Role::None);
            found += usize::from(needs | u8::from(seat != NO_SEAT));
        }
        self.concerned.truncate(found);
        self.begins[age + 1] = found;
    }

    /// Lists the children of an age who may have to move, without a branch a child, and counts where the others sit.
    fn list_stirred(&mut self, provision: &Provision, lane: &Lane, age: usize) {
        let quiet = provision.quiet.at(age);
        let concerned = &self.concerned[self.begins[age]..self.begins[age + 1]];
        self.stirred.resize(concerned.len(), 0);
        // Columns of one known length: a position is checked once, not once a column.
        let (all, rows) = (lane.len(), self.open.len());
        let (kinds, seats, sought) = (&lane.kind[..all], &lane.seat[..all], &lane.sought[..all]);
        let (open, seated) = (&self.open[..rows], &mut self.seated[..rows]);
        let mut found = 0;
        for (n, &position) in concerned.iter().enumerate() {
            let i = position as usize;
            let (kind, seat) = (provision.kinds[usize::from(kinds[i])], seat_row(seats[i]));
            self.stirred[found] = position;
            let same = 1 | u8::from(sought[i] == kind.setting) << 1;
            let alone = quiet[seat * provision.quiet.classes() + usize::from(kind.class)];
            let stirred = alone & same & open[seat] == 0;
            found += usize::from(stirred);
            // Four counters, so that neighbours at one site do not wait for each other.
            seated[seat][n & 3] += i32::from(!stirred);
        }
        self.stirred.truncate(found);
    }

    /// The children of an age who may have to move: who needs no place, who keeps a seat, who seeks one. Nothing foretells
    /// which of the three, so a branch is only taken for the few with a seat of our own that may be kept, or in
    /// an independent school at phase transfer.
    fn settle(&mut self, provision: &Provision, lane: &mut Lane, age: usize, returns: Stream) {
        let transfer = PHASE_TRANSFER.contains(&age);
        let all = lane.len();
        let (kinds, ids) = (&lane.kind[..all], &lane.id[..all]);
        let (seats, waited, sought) = (&mut lane.seat[..all], &mut lane.waited[..all], &mut lane.sought[..all]);
        let mut found = self.seeking.len();
        self.seeking.resize(found + self.stirred.len(), Seeker::default());
        for (n, &position) in self.stirred.iter().enumerate() {
            let i = position as usize;
            let (seat, kind) = (seats[i], provision.kinds[usize::from(kinds[i])]);
            let beyond = seat >= WAITING;
            let reviewed = sought[i] != kind.setting;
            let mut seeks = kind.role == Role::Seeks;
            let mut next = UNLESS_KEPT[kind.role as usize] | seat & u16::from(seeks & beyond).wrapping_neg();
            if seeks && !reviewed && seat != NO_SEAT && seat != WAITING {
                let kept = if seat == INDEPENDENT {
                    let returns = transfer && u53(returns.word(ids[i])) < provision.overflow.returns;
                    (!returns).then_some(INDEPENDENT)
                } else {
                    self.other_part(provision, usize::from(seat) - 1, kind, age)
                };
                seeks = kept.is_none();
                next = kept.unwrap_or(next);
            }
            // Who seeks a place from beyond our sites is as before until one is found: all bits of what is kept, or none.
            let as_before = u8::from(seeks & beyond).wrapping_neg();
            seats[i] = next;
            waited[i] &= as_before;
            sought[i] = sought[i] & as_before | kind.setting & !as_before;
            self.seated[seat_row(next)][n & 3] += 1;
            self.seeking[found] = Seeker {
                position,
                claim: u16::from(!transfer) << 8 | u16::from(u8::MAX - waited[i]),
                class: provision.preferences.class(usize::from(kinds[i]), age),
                age: age as u8,
                need: kind.need,
                setting: kind.setting,
            };
            found += usize::from(seeks);
        }
        self.seeking.truncate(found);
    }

    /// Gives places to those who seek, claim after claim. Rolls only grow from here on: a child for whom no site has room
    /// when its claim's turn comes will find none, whoever goes first, and needs no sorting.
    fn admit(&mut self, provision: &Provision, children: &mut Children, words: Words) -> Allocated {
        self.find_room();
        self.queue();
        self.unplaced.clear();
        let mut first = 0;
        for claim in 0..CLAIMS {
            let end = self.ends[claim] as usize;
            if end == first {
                continue;
            }
            self.order.clear();
            for at in first..end {
                let seeker = self.seekers[at];
                if self.finds_room(provision, seeker) {
                    let id = children.lane(usize::from(seeker.age)).id[seeker.position as usize];
                    self.order.push(u128::from(words.tie.word(id)) << 32 | at as u128);
                } else {
                    self.unplaced.push(seeker);
                }
            }
            sort_even(&self.order, &mut self.sorted, &mut self.counts);
            for n in 0..self.sorted.len() {
                self.place(provision, children, self.seekers[self.sorted[n] as u32 as usize]);
            }
            first = end;
        }
        let mut allocated = Allocated { sought: self.seekers.len(), ..Allocated::default() };
        allocated.admitted = allocated.sought - self.unplaced.len();
        self.turn_away(provision, children, words.overflow, &mut allocated);
        allocated
    }

    /// Brings those who seek into the order of their claims, by age and position among equals.
    fn queue(&mut self) {
        self.ends.clear();
        self.ends.resize(CLAIMS + 1, 0);
        self.seeking.iter().for_each(|seeker| self.ends[usize::from(seeker.claim) + 1] += 1);
        (0..CLAIMS).for_each(|claim| self.ends[claim + 1] += self.ends[claim]);
        self.seekers.resize(self.seeking.len(), Seeker::default());
        for &seeker in &self.seeking {
            // Where the claim begins moves on to where it ends.
            let at = &mut self.ends[usize::from(seeker.claim)];
            self.seekers[*at as usize] = seeker;
            *at += 1;
        }
    }

    /// Whether some site of a seeker's list has room now.
    #[inline]
    fn finds_room(&self, provision: &Provision, seeker: Seeker) -> bool {
        provision.preferences.any(seeker.class, self.room_for(usize::from(seeker.age)))
    }

    /// Gives a seeker the first site of its list that has room, if any has.
    #[inline]
    fn place(&mut self, provision: &Provision, children: &mut Children, seeker: Seeker) {
        // Most of the last find at once that the sites of their list have filled since.
        if !self.finds_room(provision, seeker) {
            return self.unplaced.push(seeker);
        }
        let (i, age) = (seeker.position as usize, usize::from(seeker.age));
        let lane = children.lane_mut(age);
        let room = self.room_for(age);
        let has_room = |site: usize| room[site / 64] >> (site % 64) & 1 == 1;
        let list = provision.preferences.of_class(usize::from(lane.area[i]), seeker.class);
        let Some(site) = list.iter().map(|&site| usize::from(site)).find(|&site| has_room(site)) else {
            return self.unplaced.push(seeker);
        };
        lane.sit(i, site as u16 + 1, seeker.setting);
        self.rooms[site].roll += 1;
        if self.rooms[site].free() == 0 {
            let width = self.width();
            for bits in self.room_for.iter_mut().skip(site / 64).step_by(width) {
                *bits &= !(1 << (site % 64));
            }
        }
    }

    /// The rungs below a place of our own, for those who found none: without a branch a child, since nothing foretells
    /// which of them goes to an independent school.
    fn turn_away(
        &mut self,
        provision: &Provision,
        children: &mut Children,
        words: Stream,
        allocated: &mut Allocated,
    ) {
        let id = |seeker: &Seeker| children.lane(usize::from(seeker.age)).id[seeker.position as usize];
        self.ids.clear();
        self.ids.extend(self.unplaced.iter().map(id));
        words.words(&self.ids, |from, words| {
            for (seeker, &word) in self.unplaced[from..].iter().zip(words) {
                let (i, age) = (seeker.position as usize, usize::from(seeker.age));
                let lane = children.lane_mut(age);
                // A child in an independent school leaves it only for a place.
                let stays = lane.seat[i] == INDEPENDENT;
                let goes = !stays & (word < provision.overflow.independent(age, usize::from(seeker.need)));
                let waits = u8::from(!(stays | goes));
                let waited = lane.waited[i].saturating_add(1) * waits;
                lane.sit(i, INDEPENDENT - u16::from(waits), seeker.setting);
                lane.waited[i] = waited;
                allocated.to_independent += usize::from(goes);
                allocated.waiting += usize::from(waits);
            }
        });
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

    /// The seat of a child whose own does not suit it any longer, in another part of the same site and setting.
    fn other_part(&self, provision: &Provision, here: usize, kind: KindRole, age: usize) -> Option<u16> {
        let keeps =
            |seat: u16| self.open[seat_row(seat)] & provision.quiet.of(age, seat_row(seat), kind.class) != 0;
        provision.parts[here].iter().map(|at| at + 1).find(|&seat| keeps(seat))
    }

    /// Rolls of the seats that stand.
    fn count_rolls(&mut self) {
        let sites = self.seated.iter().skip(SEAT_ROWS);
        for (room, seated) in self.rooms.iter_mut().zip(sites) {
            room.roll = seated.iter().sum::<i32>() as u32;
        }
    }
}
