//! The allocation of one draw and year: seats stand, and only those who seek are sorted.

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
    /// Positions of the children of an age who may have to move.
    stirred: Vec<u32>,
    seekers: Vec<Seeker>,
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
        for &seat in children.lanes().flat_map(|(_, lane)| &lane.seat) {
            self.seated[seat_row(seat)][0] += 1;
        }
        self.count_rolls();
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
        self.seekers.clear();
        let mut allocated = Allocated::default();
        for age in 0..AGES {
            let lane = children.lane_mut(age);
            self.list_stirred(provision, lane, age);
            self.settle(provision, lane, age, words, &mut allocated);
        }
        self.count_rolls();
        self.seekers.sort_unstable();
        for seeker in &self.seekers {
            let lane = children.lane_mut(usize::from(seeker.age));
            place(provision, &mut self.rooms, lane, seeker, words.overflow, &mut allocated);
        }
        allocated
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

    /// Lists the children of an age who may have to move, without a branch a child, and counts where everybody sits.
    fn list_stirred(&mut self, provision: &Provision, lane: &Lane, age: usize) {
        let quiet = provision.quiet.at(age);
        self.stirred.resize(lane.len(), 0);
        let mut found = 0;
        let columns = lane.kind.iter().zip(&lane.seat).zip(&lane.sought);
        for (i, ((&kind, &seat), &sought)) in columns.enumerate() {
            let (kind, seat) = (usize::from(kind), seat_row(seat));
            self.stirred[found] = i as u32;
            let same = 1 | u8::from(sought == provision.kinds[kind].setting) << 1;
            found += usize::from(quiet[seat * provision.kinds.len() + kind] & same & self.open[seat] == 0);
            // Four counters, so that neighbours at one site do not wait for each other.
            self.seated[seat][i & 3] += 1;
        }
        self.stirred.truncate(found);
    }

    /// The children of an age who may have to move: who needs no place, who keeps a seat, who seeks one.
    fn settle(
        &mut self,
        provision: &Provision,
        lane: &mut Lane,
        age: usize,
        words: Words,
        allocated: &mut Allocated,
    ) {
        let transfer = PHASE_TRANSFER.contains(&age);
        for at in 0..self.stirred.len() {
            let i = self.stirred[at] as usize;
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
                    let returns = transfer && u53(words.returns.word(id)) < provision.overflow.returns;
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
            allocated.sought += 1;
            let claim = u16::from(!transfer) << 8 | u16::from(u8::MAX - lane.waited[i]);
            let seeker = Seeker::new(claim, words.tie.word(id), id, age, i);
            if provision.preferences.of(usize::from(lane.area[i]), usize::from(lane.kind[i]), age).is_empty() {
                // Nobody's claim matters where there is nothing to claim.
                overflow(provision, lane, &seeker, words.overflow, allocated);
            } else {
                self.seekers.push(seeker);
            }
        }
    }

    /// The seat a child keeps: its own, or one in another part of the same site and setting that goes on with it.
    fn kept(&self, provision: &Provision, here: usize, kind: KindRole, age: usize) -> Option<u16> {
        let sites = &provision.sites;
        let keeps = |at: &usize| self.rooms[*at].open && sites[*at].admits(usize::from(kind.need), age);
        let part = |at: &usize| {
            let (one, other) = (&sites[here], &sites[*at]);
            one.key == other.key && one.code == other.code && one.setting == other.setting
        };
        let site = if keeps(&here) { here } else { (0..sites.len()).find(|at| part(at) && keeps(at))? };
        Some(site as u16 + 1)
    }

    /// Rolls of the seats that stand.
    fn count_rolls(&mut self) {
        let sites = self.seated.iter().skip(SEAT_ROWS);
        for (room, seated) in self.rooms.iter_mut().zip(sites) {
            room.roll = seated.iter().sum::<i32>() as u32;
        }
    }
}

/// Gives a seeker the first open site of its list, else the overflow ladder.
#[inline]
fn place(
    provision: &Provision,
    rooms: &mut [Room],
    lane: &mut Lane,
    seeker: &Seeker,
    words: Stream,
    allocated: &mut Allocated,
) {
    let (i, age) = (seeker.position as usize, usize::from(seeker.age));
    let (area, kind) = (usize::from(lane.area[i]), usize::from(lane.kind[i]));
    let list = provision.preferences.of(area, kind, age);
    if let Some(&site) = list.iter().find(|&&site| rooms[usize::from(site)].admits(age)) {
        rooms[usize::from(site)].roll += 1;
        lane.sit(i, site + 1, provision.kinds[kind].setting);
        allocated.admitted += 1;
    } else {
        overflow(provision, lane, seeker, words, allocated);
    }
}

/// The rungs below a place of our own.
fn overflow(provision: &Provision, lane: &mut Lane, seeker: &Seeker, words: Stream, allocated: &mut Allocated) {
    let (i, age) = (seeker.position as usize, usize::from(seeker.age));
    let KindRole { need, setting, .. } = provision.kinds[usize::from(lane.kind[i])];
    if lane.seat[i] == INDEPENDENT {
        // A child in an independent school leaves it only for a place.
        lane.sit(i, INDEPENDENT, setting);
    } else if u53(words.word(seeker.id)) < provision.overflow.independent(age, usize::from(need)) {
        lane.sit(i, INDEPENDENT, setting);
        allocated.to_independent += 1;
    } else {
        let waited = lane.waited[i].saturating_add(1);
        lane.sit(i, WAITING, setting);
        lane.waited[i] = waited;
        allocated.waiting += 1;
    }
}
