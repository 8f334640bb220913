//! Children with a plan, a lane for each single year of age, parallel columns in each lane.

use crate::domain::AGES;

/// Seat of a child who needs none, or has not been looked at yet. A seat at site position `p` is `p + 1`.
pub const NO_SEAT: u16 = 0;
/// Seat of a child placed in an independent or other school whose places we do not commission.
pub const INDEPENDENT: u16 = u16::MAX;
/// Seat of a child who waits for a place.
pub const WAITING: u16 = u16::MAX - 1;

/// Rows of seats before those of the sites: waiting, independent, none.
pub const SEAT_ROWS: usize = 3;

/// The row of a seat in tables by seat: waiting, independent, none, then the sites.
#[inline]
pub fn seat_row(seat: u16) -> usize {
    usize::from(seat.wrapping_add(2))
}

/// Children of one age. Position `i` of every column is the same child.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    /// Identity: the key of every random word about the child.
    pub id: Vec<u64>,
    /// Home area, canonical position.
    pub area: Vec<u16>,
    /// Need and required setting: `need * settings + setting`.
    pub kind: Vec<u16>,
    /// Children by home area.
    pub by_area: Vec<u32>,
    /// Position of the first child whose plan is new this year.
    pub first_new: usize,
    /// Where the child is placed: [`NO_SEAT`], site position + 1, [`INDEPENDENT`] or [`WAITING`]. This column and the two
    /// below are empty in a world without provision.
    pub seat: Vec<u16>,
    /// Years the child has waited for a place, 255 at most.
    pub waited: Vec<u8>,
    /// Required setting the seat was given for: another one now means that it was reviewed.
    pub sought: Vec<u8>,
    /// Whether there are columns of seats.
    seats: bool,
}

impl Lane {
    fn with_areas(areas: usize) -> Self {
        Self { by_area: vec![0; areas], ..Self::default() }
    }

    /// Number of children.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Adds a child.
    #[inline]
    pub fn push(&mut self, id: u64, area: usize, kind: usize) {
        self.id.push(id);
        self.area.push(area as u16);
        self.kind.push(kind as u16);
        self.by_area[area] += 1;
        if self.seats {
            self.push_seat();
        }
    }

    /// Out of line: a world without sites pays for one compare.
    #[inline(never)]
    fn push_seat(&mut self) {
        self.seat.push(NO_SEAT);
        self.waited.push(0);
        self.sought.push(0);
    }

    /// Adds children, a home area and kind each.
    pub fn join(&mut self, ids: &[u64], homes: &[(u16, u16)]) {
        self.id.extend_from_slice(ids);
        self.area.extend(homes.iter().map(|&(area, _)| area));
        self.kind.extend(homes.iter().map(|&(_, kind)| kind));
        for &(area, _) in homes {
            self.by_area[usize::from(area)] += 1;
        }
        if self.seats {
            self.seat.resize(self.id.len(), NO_SEAT);
            self.waited.resize(self.id.len(), 0);
            self.sought.resize(self.id.len(), 0);
        }
    }

    /// The child at `i` lives in an area from now on.
    #[inline]
    pub fn rehome(&mut self, i: usize, area: u16) {
        self.by_area[usize::from(self.area[i])] -= 1;
        self.by_area[usize::from(area)] += 1;
        self.area[i] = area;
    }

    /// Takes the child at `i` out; the last child takes its position.
    #[inline]
    pub fn remove(&mut self, i: usize) {
        self.id.swap_remove(i);
        self.kind.swap_remove(i);
        let area = self.area.swap_remove(i);
        self.by_area[usize::from(area)] -= 1;
        if self.seats {
            self.remove_seat(i);
        }
    }

    #[inline(never)]
    fn remove_seat(&mut self, i: usize) {
        self.seat.swap_remove(i);
        self.waited.swap_remove(i);
        self.sought.swap_remove(i);
    }

    /// Gives the child at `i` a seat for the required setting it has now; who has one waits no longer.
    #[inline]
    pub fn sit(&mut self, i: usize, seat: u16, setting: u8) {
        self.seat[i] = seat;
        self.waited[i] = 0;
        self.sought[i] = setting;
    }

    fn clear(&mut self) {
        self.id.clear();
        self.area.clear();
        self.kind.clear();
        self.by_area.fill(0);
        self.seat.clear();
        self.waited.clear();
        self.sought.clear();
    }

    fn copy_from(&mut self, other: &Self) {
        self.id.clone_from(&other.id);
        self.area.clone_from(&other.area);
        self.kind.clone_from(&other.kind);
        self.by_area.clone_from(&other.by_area);
        self.first_new = other.first_new;
        self.seat.clone_from(&other.seat);
        self.waited.clone_from(&other.waited);
        self.sought.clone_from(&other.sought);
        self.seats = other.seats;
    }
}

/// All children with a plan, by age.
#[derive(Debug, Clone)]
pub struct Children {
    lanes: Vec<Lane>,
}

impl Children {
    /// No children yet, in a world of so many areas.
    pub fn none(areas: usize) -> Self {
        Self { lanes: vec![Lane::with_areas(areas); AGES] }
    }

    /// Gives every child, now and to come, the columns of seats; nobody sits yet.
    pub fn with_seats(&mut self) {
        for lane in &mut self.lanes {
            lane.seats = true;
            lane.seat = vec![NO_SEAT; lane.len()];
            lane.waited = vec![0; lane.len()];
            lane.sought = vec![0; lane.len()];
        }
    }

    /// The children of an age.
    #[inline]
    pub fn lane(&self, age: usize) -> &Lane {
        &self.lanes[age]
    }

    /// The children of an age, to be changed.
    #[inline]
    pub fn lane_mut(&mut self, age: usize) -> &mut Lane {
        &mut self.lanes[age]
    }

    /// Lanes with their ages, youngest first.
    pub fn lanes(&self) -> impl Iterator<Item = (usize, &Lane)> {
        self.lanes.iter().enumerate()
    }

    /// Children of all ages.
    pub fn total(&self) -> usize {
        self.lanes.iter().map(Lane::len).sum()
    }

    /// Everybody is a year older; returns how many passed the age limit.
    pub fn age_on(&mut self) -> usize {
        self.lanes.rotate_right(1);
        let over = self.lanes[0].len();
        self.lanes[0].clear();
        for lane in &mut self.lanes {
            lane.first_new = lane.len();
        }
        over
    }

    /// Becomes a copy of `other`, keeping the memory it has.
    pub fn copy_from(&mut self, other: &Self) {
        for (lane, from) in self.lanes.iter_mut().zip(&other.lanes) {
            lane.copy_from(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ageing_moves_everybody_up_and_the_oldest_out() {
        let mut children = Children::none(2);
        children.lane_mut(25).push(1, 0, 0);
        children.lane_mut(3).push(2, 1, 5);
        assert_eq!(children.age_on(), 1);
        assert_eq!(children.total(), 1);
        assert_eq!(children.lane(4).by_area, [0, 1]);
        children.lane_mut(4).remove(0);
        assert_eq!(children.lane(4).by_area, [0, 0]);
    }
    #[test]
    fn seats_stay_beside_their_children() {
        let mut children = Children::none(1);
        children.lane_mut(4).push(1, 0, 0);
        children.with_seats();
        children.lane_mut(4).push(2, 0, 0);
        children.lane_mut(4).push(3, 0, 0);
        children.lane_mut(4).sit(2, 7, 3);
        children.lane_mut(4).remove(0);
        let lane = children.lane(4);
        assert_eq!((&lane.id[..], &lane.seat[..], &lane.sought[..]), (&[3, 2][..], &[7, 0][..], &[3, 0][..]));
        let mut copy = Children::none(1);
        copy.copy_from(&children);
        copy.lane_mut(4).push(4, 0, 0);
        assert_eq!(copy.lane(4).seat, [7, 0, 0]);
    }
}
