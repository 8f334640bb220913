//! The house stands in floors: a module imports only from floors below its own, and rooms on one floor do not know
//! each other.

use std::fs;
use std::path::{Path, PathBuf};

/// Floor of each module. A list kept by hand: `every_module_has_a_floor` holds it to the truth.
const FLOORS: [(&str, u8); 20] = [
    ("error", 0),
    ("domain", 1),
    ("numeric", 1),
    ("random", 2),
    ("children", 2),
    ("data", 2),
    ("population", 3),
    ("plans", 3),
    ("provision", 3),
    ("case", 4),
    ("measures", 5),
    ("engine", 6),
    ("calibration", 6),
    ("disclosure", 7),
    ("summary", 7),
    ("scenario", 7),
    ("explain", 7),
    ("io", 8),
    ("siting", 8),
    ("python", 9),
];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// The module a file belongs to, and the modules it names after `crate::`.
fn imports() -> Vec<(String, PathBuf, Vec<String>)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    for path in files(&source) {
        let inside = path.strip_prefix(&source).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_string();
        let text = fs::read_to_string(&path).unwrap();
        let named = text
            .split("crate::")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>());
        all.push((module, path.clone(), named.filter(|name| !name.is_empty()).collect()));
    }
    all
}

#[test]
fn a_module_imports_only_from_floors_below() {
    let mut faults = Vec::new();
    for (module, path, named) in imports().into_iter().filter(|(module, ..)| module != "lib") {
        for name in named.iter().filter(|name| **name != module) {
            let (Some(mine), Some(theirs)) = (floor(&module), floor(name)) else { continue };
            if theirs >= mine {
                faults.push(format!("{} (floor {mine}) imports {name} (floor {theirs})", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_floor() {
    let mut modules: Vec<String> =
        imports().into_iter().map(|(module, ..)| module).filter(|m| m != "lib").collect();
    modules.sort();
    modules.dedup();
    let mut known: Vec<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(modules, known);
}

#[test]
fn only_io_touches_files_and_only_python_knows_python() {
    let mut faults = Vec::new();
    for (module, path, _) in imports() {
        let text = fs::read_to_string(&path).unwrap();
        let banned: &[&str] = match module.as_str() {
            "io" => &["pyo3", "numpy::"],
            "python" => &["std::fs"],
            _ => &["std::fs", "std::net", "std::process", "pyo3", "numpy::"],
        };
        for word in banned.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("{} uses {word}", path.display()));
        }
        let gates = text.matches("feature = \"python\"").count();
        assert_eq!(gates, usize::from(module == "lib"), "cfg(feature = \"python\") in {}", path.display());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
