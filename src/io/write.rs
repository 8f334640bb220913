//! Files written whole or not at all.

use crate::error::{Error, Problem, Result};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Told apart within a process by this number, between processes by their id.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Writes to a temporary name in the same folder, then renames: a reader sees the old file or the new one.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = temporary_name(path);
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // What is left of a failed write helps nobody; the first error is the one to report.
        drop(fs::remove_file(&temporary));
        let message = format!("cannot write {}: {error}", path.display());
        Error::Input(vec![Problem::new("unwritable-file", "file", message)])
    })
}

fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = std::env::temp_dir().join(format!("sufficiency-write-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("a.csv");
        write_atomically(&path, b"one").expect("written");
        write_atomically(&path, b"two").expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(&folder).expect("listed").count(), 1);
        assert!(write_atomically(&folder.join("no/such/folder.csv"), b"x").is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
