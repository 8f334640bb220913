//! A folder of tidy CSV tables read into raw inputs.

use crate::data::{RawColumn, RawInputs, RawTable, slugs};
use crate::error::{Error, Problem, Result};
use std::fs;
use std::path::Path;

/// Largest file, bytes: Leeds' largest is 200 kB; England's person-level return would fit.
const LARGEST: u64 = 512 << 20;
/// Most ragged rows listed for one file.
const LISTED: usize = 1_000;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a folder holds, before any check of its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Text of `authority.toml` and tables of all `*.csv`.
    pub raw: RawInputs,
    /// Files that could not be read as text and rows.
    pub problems: Vec<Problem>,
}

/// Reads `authority.toml` and every `*.csv` of a folder; its sub-folders are left alone.
///
/// The error is for a folder that is not there. Faults of files are in [`Files::problems`], so that they can
/// be reported together with those of the tables that could be read.
pub fn read_folder(folder: &Path) -> Result<Files> {
    let cannot = |error: std::io::Error| {
        let message = format!("folder {} cannot be read: {error}", folder.display());
        let problem = Problem::new(slugs::UNREADABLE_FILE, "folder", message);
        Error::Input(vec![problem.hint("give the folder that holds authority.toml and the tables")])
    };
    let mut names = vec![];
    for entry in fs::read_dir(folder).map_err(cannot)? {
        names.push(entry.map_err(cannot)?.file_name());
    }
    names.sort();
    let mut files = Files::default();
    let mut with_authority = false;
    for name in names {
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if name == "authority.toml" {
            with_authority = true;
            files.raw.authority = files.keep(read_text(&path, "authority")).unwrap_or_default();
        } else if let Some(table) = name.strip_suffix(".csv").filter(|stem| !stem.starts_with('.')) {
            let bytes = files.keep(read_bytes(&path, table));
            if let Some(bytes) = bytes {
                let (table, problems) = read_table(table, &bytes);
                files.raw.tables.extend(table);
                files.problems.extend(problems);
            }
        }
    }
    if !with_authority {
        let message = "authority.toml is missing".to_string();
        let problem = Problem::new(slugs::MISSING_TABLE, "authority", message);
        files.problems.push(problem.hint("it says schema, name, code, base_year and sources"));
    }
    Ok(files)
}

impl Files {
    /// Takes `text` for the content of `authority.toml`; where the folder has that file too, it is there twice.
    pub fn stand_in(&mut self, text: String) {
        let missing = |problem: &Problem| problem.table == "authority" && problem.slug == slugs::MISSING_TABLE;
        let before = self.problems.len();
        self.problems.retain(|problem| !missing(problem));
        if self.problems.len() == before {
            let message = "authority.toml is there, and a workbook has a sheet authority";
            self.problems.push(Problem::new(slugs::DUPLICATE_TABLE, "authority", message));
        } else {
            self.raw.authority = text;
        }
    }

    fn keep<T>(&mut self, read: std::result::Result<T, Box<Problem>>) -> Option<T> {
        read.map_err(|problem| self.problems.push(*problem)).ok()
    }
}

fn read_bytes(path: &Path, table: &str) -> std::result::Result<Vec<u8>, Box<Problem>> {
    let unreadable = |error: std::io::Error| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Box::new(Problem::new(slugs::UNREADABLE_FILE, table, format!("{name} cannot be read: {error}")))
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let message = format!("the file has {size} bytes, more than {LARGEST}");
        return Err(Box::new(Problem::new(slugs::TABLE_TOO_LARGE, table, message)));
    }
    fs::read(path).map_err(unreadable)
}

fn read_text(path: &Path, table: &str) -> std::result::Result<String, Box<Problem>> {
    let bytes = read_bytes(path, table)?;
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    match std::str::from_utf8(text) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let mut problem = wrong_encoding(table);
            problem.row = Some(lines(&text[..error.valid_up_to()]));
            Err(Box::new(problem))
        }
    }
}

fn wrong_encoding(table: &str) -> Problem {
    Problem::new(slugs::WRONG_ENCODING, table, "text is not UTF-8")
        .hint("save it as UTF-8; in a spreadsheet: CSV UTF-8 (comma delimited)")
}

/// Reads one CSV table from bytes. A table with any problem is not returned.
pub fn read_table(name: &str, bytes: &[u8]) -> (Option<RawTable>, Vec<Problem>) {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if let Some(problem) = encoding_problem(name, text) {
        return (None, vec![problem]);
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let heads: Vec<String> = match reader.headers() {
        Ok(heads) => heads.iter().map(|head| head.trim().to_string()).collect(),
        Err(error) => return (None, vec![unparsed(name, &error)]),
    };
    // An empty file is a table without columns: the check says so.
    let mut columns: Vec<RawColumn> = heads.into_iter().map(|name| RawColumn { name, values: vec![] }).collect();
    let mut problems = vec![];
    let mut ragged = 0;
    for (row, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(unparsed(name, &error));
                break;
            }
        };
        if record.len() != columns.len() {
            ragged += 1;
            if ragged <= LISTED {
                problems.push(ragged_row(name, row + 1, record.len(), columns.len()));
            }
            continue;
        }
        for (column, value) in columns.iter_mut().zip(record.iter()) {
            column.values.push(value.to_string());
        }
    }
    if ragged > LISTED {
        let message = format!("{} more rows have another number of cells", ragged - LISTED);
        problems.push(Problem::new(slugs::MORE_PROBLEMS, name, message));
    }
    let table = RawTable { name: name.into(), columns };
    if problems.is_empty() { (Some(table), problems) } else { (None, problems) }
}

/// The first byte that is no UTF-8, or a zero byte (a sign of UTF-16), by its line.
fn encoding_problem(name: &str, text: &[u8]) -> Option<Problem> {
    let end = match std::str::from_utf8(text) {
        Err(error) => error.valid_up_to(),
        Ok(_) => text.iter().position(|&byte| byte == 0)?,
    };
    let mut problem = wrong_encoding(name);
    // The header is no row; a fault in it is named by the first.
    problem.row = Some((lines(&text[..end]) - 1).max(1));
    Some(problem)
}

/// Number of the line that the text ends in, from 1.
fn lines(text: &[u8]) -> usize {
    text.split(|&byte| byte == b'\n').count()
}

fn ragged_row(name: &str, row: usize, found: usize, heads: usize) -> Problem {
    let message = format!("row has {found} cells where the header has {heads}");
    let mut problem = Problem::new(slugs::RAGGED_ROW, name, message);
    problem.row = Some(row);
    problem.hint("a comma inside a cell needs quotes around the cell")
}

fn unparsed(name: &str, error: &csv::Error) -> Problem {
    let mut problem = Problem::new(slugs::UNREADABLE_FILE, name, "the file is not comma-separated text");
    problem.row = error.position().map(|position| position.record().max(1) as usize);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slugs_of(bytes: &[u8]) -> Vec<&'static str> {
        read_table("plans", bytes).1.iter().map(|problem| problem.slug).collect()
    }

    #[test]
    fn a_byte_order_mark_and_quotes_are_read() {
        let (table, problems) = read_table("plans", b"\xef\xbb\xbfyear, area\n2025,\"LS1, North\"\n");
        assert!(problems.is_empty());
        let table = table.expect("read");
        assert_eq!(table.columns[0].name, "year");
        assert_eq!(table.columns[1], RawColumn { name: "area".into(), values: vec!["LS1, North".into()] });
    }

    #[test]
    fn files_that_are_not_text_or_not_rows_are_refused_with_their_position() {
        assert_eq!(slugs_of(b"year,area\n2025,Caf\xe9\n"), [slugs::WRONG_ENCODING]);
        assert_eq!(slugs_of(b"y\0e\0a\0r\0"), [slugs::WRONG_ENCODING]);
        let (table, problems) = read_table("plans", b"year,area\n2025,LS1\n2025\n2025,LS1,3\n");
        assert_eq!(table, None);
        assert_eq!(
            problems.iter().map(|p| (p.slug, p.row)).collect::<Vec<_>>(),
            [(slugs::RAGGED_ROW, Some(2)), (slugs::RAGGED_ROW, Some(3))]
        );
        assert_eq!(read_table("plans", b"").0.map(|table| table.columns.len()), Some(0));
    }
}
