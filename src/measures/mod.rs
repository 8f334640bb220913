//! What is counted inside a draw, and how it is broken down.

mod children;
mod cube;
mod frame;
mod grid;
mod groups;
mod latent;
mod measure;
mod minimum;
mod nearest;
mod places;
mod roster;
mod weight;

pub use cube::{Cube, CubeSpec, Mask, Scene, Scratch};
pub use frame::{Frame, dimensions};
pub use grid::DIMENSIONS;
pub use groups::Groups;
pub use measure::{Basis, Measure, Near, Unit};
pub use roster::Roster;
