//! Children who need a specialist place, listed once a census day for all the cubes that count them.

use crate::children::{Children, NO_SEAT, SEAT_ROWS, seat_row};
use crate::provision::Room;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed {
    pub id: u64,
    pub area: u16,
    pub kind: u16,
    /// Row of the seat.
    pub row: u16,
    pub age: u8,
}

/// Children by what they have: they wait, are in independent schools, or sit at a site. A third of all children with a
/// plan at most, and each cube looks at one list: a full pass a cube took a third of a projection.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    lists: [Vec<Listed>; SEAT_ROWS],
    /// Children seated above their site's number of places.
    above: Vec<Listed>,
    found: Vec<u32>,
    over: Vec<Vec<Listed>>,
}

/// The list of children who sit at sites.
pub(super) const PLACED: usize = 2;

impl Roster {
    /// Lists the children of a census day.
    pub fn fill(&mut self, children: &Children, rooms: &[Room]) {
        self.lists.iter_mut().for_each(Vec::clear);
        for (age, lane) in children.lanes() {
            // Who has a seat is found without a branch a child.
            self.found.resize(lane.len(), 0);
            let mut found = 0;
            for (i, &seat) in lane.seat.iter().enumerate() {
                self.found[found] = i as u32;
                found += usize::from(seat != NO_SEAT);
            }
            for &i in &self.found[..found] {
                let i = i as usize;
                let row = seat_row(lane.seat[i]);
                let listed = Listed {
                    id: lane.id[i],
                    area: lane.area[i],
                    kind: lane.kind[i],
                    row: row as u16,
                    age: age as u8,
                };
                self.lists[row.min(PLACED)].push(listed);
            }
        }
        self.list_above_number(rooms);
    }

    /// Those of a site with the highest keys: a choice without meaning, the same whatever else is counted.
    fn list_above_number(&mut self, rooms: &[Room]) {
        self.above.clear();
        self.over.iter_mut().for_each(Vec::clear);
        self.over.resize(rooms.len(), vec![]);
        for child in &self.lists[PLACED] {
            let site = usize::from(child.row) - SEAT_ROWS;
            if rooms[site].over_number() > 0 {
                self.over[site].push(*child);
            }
        }
        for (seated, room) in self.over.iter_mut().zip(rooms) {
            seated.sort_unstable_by_key(|child| (child.id, child.age));
            self.above.extend(seated.iter().rev().take(room.over_number() as usize));
        }
    }

    /// A list: 0 waiting, 1 independent, [`PLACED`].
    pub(super) fn list(&self, which: usize) -> &[Listed] {
        &self.lists[which]
    }

    /// Children seated above number.
    pub(super) fn above_number(&self) -> &[Listed] {
        &self.above
    }
}
