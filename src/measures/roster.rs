//! Children who need a specialist place, listed once a census day for all the cubes that count them.

use crate::children::{Children, NO_SEAT, SEAT_ROWS, seat_row};
use crate::domain::AGES;
use crate::provision::{Allocation, Room};

/// One of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listed {
    pub area: u16,
    pub kind: u16,
    /// Row of the seat.
    pub row: u16,
    pub age: u8,
}

/// Children on one list, by age.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    children: Vec<Listed>,
    begins: [usize; AGES + 1],
}

impl List {
    /// The children of an age.
    pub fn of_age(&self, age: usize) -> &[Listed] {
        &self.children[self.begins[age]..self.begins[age + 1]]
    }
}

/// Children by what they have: they wait, are in independent schools, or sit at a site. A third of all children with a
/// plan at most, and each cube looks at its lists: a full pass a cube took a third of a projection.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    lists: [List; SEAT_ROWS],
    /// Children seated above their site's number of places.
    above: Vec<Listed>,
    /// Whether there are any, by row of seats.
    crowded: Vec<bool>,
    /// Of each site with more children than places, everybody.
    over: Vec<Vec<(u64, Listed)>>,
}

/// The list of children who sit at sites.
pub(super) const PLACED: usize = 2;

impl Roster {
    /// Lists the children of a census day.
    pub fn fill(&mut self, children: &Children, allocation: &Allocation) {
        let rooms = &allocation.rooms;
        self.over.iter_mut().for_each(Vec::clear);
        self.over.resize(rooms.len(), vec![]);
        self.crowded.clear();
        self.crowded.resize(SEAT_ROWS, false);
        self.crowded.extend(rooms.iter().map(|room| room.over_number() > 0));
        let all = (0..AGES).map(|age| allocation.concerned(age).len()).sum();
        self.lists.iter_mut().for_each(|list| list.children.resize(all, Listed::default()));
        let mut ends = [0; SEAT_ROWS];
        for (age, lane) in children.lanes() {
            self.lists.iter_mut().zip(ends).for_each(|(list, end)| list.begins[age] = end);
            for &i in allocation.concerned(age) {
                let i = i as usize;
                let (area, kind, row) = (lane.area[i], lane.kind[i], seat_row(lane.seat[i]));
                if row == seat_row(NO_SEAT) {
                    continue;
                }
                let listed = Listed { area, kind, row: row as u16, age: age as u8 };
                let end = &mut ends[row.min(PLACED)];
                self.lists[row.min(PLACED)].children[*end] = listed;
                *end += 1;
                if self.crowded[row] {
                    self.over[row - SEAT_ROWS].push((lane.id[i], listed));
                }
            }
        }
        self.lists.iter_mut().zip(ends).for_each(|(list, end)| list.begins[AGES] = end);
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
    pub(super) fn list(&self, which: usize) -> &List {
        &self.lists[which]
    }

    /// Children seated above number.
    pub(super) fn above_number(&self) -> &[Listed] {
        &self.above
    }
}
