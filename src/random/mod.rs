//! Randomness keyed by what a word *means* (draw, process, year, entity), never by call order.
//!
//! `SPECIFICATION.md` fixes every word; this module is sections 1 and 3 of it.

mod discrete;
mod exponential;
mod gammas;
mod key;
mod many;
mod sequence;
mod size;
mod ziggurat;

pub use discrete::{
    BinomialTables, InversionTable, POISSON_CHUNK, PoissonTable, poisson, poisson_given_none, poisson_slot, slot,
    uniform, unit,
};
pub use exponential::exp_all;
pub use gammas::gamma_all;
pub use key::{DrawKey, Keys, Process, Slots, Stream, fold, key, mix, threshold, u53};
pub use sequence::{GammaShape, Sequence};
pub use size::Size;
