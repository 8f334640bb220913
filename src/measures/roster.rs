//! Children who need a specialist place, listed once a census day for all the cubes that count them.

use crate::children::{Children, INDEPENDENT, SEAT_ROWS, WAITING, seat_row};
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
    /// Of each child who sits at a site, the position among all of its age.
    positions: Vec<u32>,
    /// Children seated above their site's number of places.
    above: Vec<Listed>,
    /// Those who sit at crowded sites, as places in their list; of each such site, everybody.
    found: Vec<u32>,
    over: Vec<Vec<(u64, Listed)>>,
}

/// The list of children who sit at sites.
pub(super) const PLACED: usize = 2;

impl Roster {
    /// Lists the children of a census day.
    pub fn fill(&mut self, children: &Children, allocation: &Allocation) {
        let all = (0..AGES).map(|age| allocation.concerned(age).len()).sum();
        self.lists.iter_mut().for_each(|list| list.children.resize(all, Listed::default()));
        self.positions.resize(all, 0);
        let [waiting, independent, placed] = &mut self.lists;
        let mut ends = [0; SEAT_ROWS];
        for (age, lane) in children.lanes() {
            waiting.begins[age] = ends[0];
            independent.begins[age] = ends[1];
            placed.begins[age] = ends[PLACED];
            for &position in allocation.concerned(age) {
                let i = position as usize;
                let (area, kind, row) = (lane.area[i], lane.kind[i], seat_row(lane.seat[i]));
                // Written on every list, and left on one: a fifth quicker than to ask which.
                let listed = Listed { area, kind, row: row as u16, age: age as u8 };
                waiting.children[ends[0]] = listed;
                independent.children[ends[1]] = listed;
                (placed.children[ends[PLACED]], self.positions[ends[PLACED]]) = (listed, position);
                ends[0] += usize::from(row == seat_row(WAITING));
                ends[1] += usize::from(row == seat_row(INDEPENDENT));
                ends[PLACED] += usize::from(row >= SEAT_ROWS);
            }
        }
        self.lists.iter_mut().zip(ends).for_each(|(list, end)| list.begins[AGES] = end);
        self.list_over(children, &allocation.rooms);
        self.list_above_number(&allocation.rooms);
    }

    /// Lists who sits at sites with more children than places.
    fn list_over(&mut self, children: &Children, rooms: &[Room]) {
        self.over.iter_mut().for_each(Vec::clear);
        self.over.resize(rooms.len(), vec![]);
        let crowded: Vec<bool> = rooms.iter().map(|room| room.over_number() > 0).collect();
        for (age, lane) in children.lanes() {
            let (seated, begin) = (self.lists[PLACED].of_age(age), self.lists[PLACED].begins[age]);
            self.found.resize(seated.len().max(self.found.len()), 0);
            let mut end = 0;
            for (n, child) in (0..).zip(seated) {
                self.found[end] = n;
                end += usize::from(crowded[usize::from(child.row) - SEAT_ROWS]);
            }
            for &n in &self.found[..end] {
                let child = seated[n as usize];
                let id = lane.id[self.positions[begin + n as usize] as usize];
                self.over[usize::from(child.row) - SEAT_ROWS].push((id, child));
            }
        }
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
