//! Statistical tests of the fit. Short seeded forms run with every test; the long ones with `make statistics`.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests say what they claim in their names")]

mod calibration;
mod dice;
mod leaving;
mod pooling;
mod ranks;
mod world;
