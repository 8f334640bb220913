//! What moves a measure between two Januaries: factors, each of which may follow the projection or stay as it is in
//! the first January. A factor held back is a case like any other, so no other code knows of it.

mod factor;
mod hold;

pub use factor::Factor;
pub use hold::{hold, present};
