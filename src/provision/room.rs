//! A site in one year, and what an allocation did.

/// A site in one year of one draw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Whether it is open.
    pub open: bool,
    /// Places for our own children.
    pub places: u32,
    /// The roll that nobody is admitted above: places and what is tolerated beyond them.
    pub limit: u32,
    /// Our children who sit here.
    pub roll: u32,
    /// Ages that may enter this year, a bit each.
    pub(super) enter: u32,
}

impl Room {
    /// Children seated above the number of places.
    pub fn over_number(&self) -> u32 {
        self.roll.saturating_sub(self.places)
    }

    /// Children who may still be admitted.
    pub(super) fn free(&self) -> u32 {
        self.limit.saturating_sub(self.roll)
    }

    /// Whether a child of this age may be admitted now.
    #[inline]
    pub(super) fn admits(&self, age: usize) -> bool {
        self.roll < self.limit && self.enter >> age & 1 == 1
    }
}

/// How the children of a year were placed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allocated {
    /// Children who sought a place.
    pub sought: usize,
    /// Children admitted to a site.
    pub admitted: usize,
    /// Children who found no place and went to an independent school.
    pub to_independent: usize,
    /// Children left waiting.
    pub waiting: usize,
}
