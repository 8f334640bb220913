//! Tests of the core through its public Rust face.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests say what they claim in their names")]

mod allocation;
mod conservation;
mod floors;
mod inputs;
mod models;
mod placement;
mod places;
mod same_bytes;
mod sites;
