//! Tests of the core through its public Rust face.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests say what they claim in their names")]

mod conservation;
mod floors;
mod inputs;
mod models;
mod same_bytes;
