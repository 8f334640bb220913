//! Children with a plan, a lane for each single year of age, parallel columns in each lane.

use crate::domain::AGES;

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
    }

    /// Takes the child at `i` out; the last child takes its position.
    #[inline]
    pub fn remove(&mut self, i: usize) {
        self.id.swap_remove(i);
        self.kind.swap_remove(i);
        let area = self.area.swap_remove(i);
        self.by_area[usize::from(area)] -= 1;
    }

    fn clear(&mut self) {
        self.id.clear();
        self.area.clear();
        self.kind.clear();
        self.by_area.fill(0);
    }

    fn copy_from(&mut self, other: &Self) {
        self.id.clone_from(&other.id);
        self.area.clone_from(&other.area);
        self.kind.clone_from(&other.kind);
        self.by_area.clone_from(&other.by_area);
        self.first_new = other.first_new;
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
}
