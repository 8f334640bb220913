//! Files: the only place that touches the file system.

mod folder;
mod write;

pub use folder::{Files, read_folder, read_table};
pub use write::write_atomically;
