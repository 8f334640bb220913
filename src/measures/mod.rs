//! What is counted inside a draw, and how it is broken down.

mod cube;
mod measure;

pub use cube::{Cube, CubeSpec, Mask};
pub use measure::Measure;
