//! Children with a plan in the base year.

/// Children with a plan in the base year: area, age, need, setting (canonical positions), and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseRow {
    /// Home area.
    pub area: usize,
    /// Age.
    pub age: usize,
    /// Primary need.
    pub need: usize,
    /// Required setting.
    pub setting: usize,
    /// Plans.
    pub plans: u32,
}
