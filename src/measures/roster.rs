//! Children who need a specialist place, listed once a census day for all the cubes that count them.

use crate::children::{Children, NO_SEAT, SEAT_ROWS, seat_row};
use crate::domain::AGES;
use crate::provision::{Allocation, Room};

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub area: u16,
    pub kind: u16,
    /// Row of the seat.
    pub row: u16,
    pub age: u8,
}

/// Children by what they have: they wait, are in independent schools, or sit at a site. A third of all children with a
/// plan at most, and each cube looks at its lists: a full pass a cube took a third of a projection.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    lists: [Vec<Listed>; SEAT_ROWS],
    /// How many of each age are on each list.
    of_age: [[u32; AGES]; SEAT_ROWS],
    /// Children seated above their site's number of places.
    above: Vec<Listed>,
    /// Of each site with more children than places, everybody.
    over: Vec<Vec<(u64, Listed)>>,
}

/// The list of children who sit at sites.
pub(super) const PLACED: usize = 2;

impl Roster {
    /// Lists the children of a census day.
    pub fn fill(&mut self, children: &Children, allocation: &Allocation) {
        let rooms = &allocation.rooms;
        self.lists.iter_mut().for_each(Vec::clear);
        self.over.iter_mut().for_each(Vec::clear);
        self.over.resize(rooms.len(), vec![]);
        for (age, lane) in children.lanes() {
            let before = [0, 1, 2].map(|which| self.lists[which].len());
            for &i in allocation.concerned(age) {
                let i = i as usize;
                if lane.seat[i] == NO_SEAT {
                    continue;
                }
                let row = seat_row(lane.seat[i]);
                let listed = Listed { area: lane.area[i], kind: lane.kind[i], row: row as u16, age: age as u8 };
                self.lists[row.min(PLACED)].push(listed);
                if let Some(site) = row.checked_sub(SEAT_ROWS)
                    && rooms[site].over_number() > 0
                {
                    self.over[site].push((lane.id[i], listed));
                }
            }
            for (which, before) in before.into_iter().enumerate() {
                self.of_age[which][age] = (self.lists[which].len() - before) as u32;
            }
        }
        self.list_above_number(rooms);
    }

    /// Those of a site with the highest keys: a choice without meaning, the same whatever else is counted.
    fn list_above_number(&mut self, rooms: &[Room]) {
        self.above.clear();
        for (seated, room) in self.over.iter_mut().zip(rooms).filter(|(seated, _)| !seated.is_empty()) {
            // Keys of two children are never the same, but for those of two ages.
            let key = |(id, listed): &(u64, Listed)| std::cmp::Reverse((*id, listed.age));
            let above = room.over_number() as usize;
            if above < seated.len() {
                seated.select_nth_unstable_by_key(above, key);
            }
            self.above.extend(seated.iter().take(above).map(|(_, listed)| listed));
        }
    }

    /// A list: 0 waiting, 1 independent, [`PLACED`].
    pub(super) fn list(&self, which: usize) -> &[Listed] {
        &self.lists[which]
    }

    /// How many of an age are on a list.
    pub(super) fn of_age(&self, which: usize, age: usize) -> u32 {
        self.of_age[which][age]
    }

    /// Children seated above number.
    pub(super) fn above_number(&self) -> &[Listed] {
        &self.above
    }
}
