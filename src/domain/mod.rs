//! The field's words: codes, needs, settings, ages, phases, axes.

mod age;
mod base;
mod bounds;
mod codes;
mod dimension;
mod need;
mod setting;

pub use age::{AGES, AgeRange, MAX_AGE, Phase, YOUNGER, at_exact_age};
pub use base::BaseRow;
pub use bounds::{BOUNDS, Bounds};
pub use codes::{Codes, nearest};
pub use dimension::{Dimension, Grain, Levels};
pub use need::{DEFAULT_NEEDS, Need, NeedGroup};
pub use setting::{DEFAULT_SETTINGS, Setting};
