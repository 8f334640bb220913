//! Reading cells of one table, gathering every problem on the way.

use super::raw::RawTable;
use super::schema::TableRule;
use super::slugs;
use crate::domain::{AgeRange, Bounds, Codes, nearest};
use crate::error::Problem;

/// Most problems listed for one table: enough to mend a table by, few enough to hold.
const LISTED: usize = 10_000;

/// The problems of all tables.
#[derive(Debug, Default)]
pub(super) struct Faults {
    problems: Vec<Problem>,
    more: usize,
    table: String,
    listed: usize,
}

impl Faults {
    pub(super) fn add(&mut self, problem: Problem) {
        if self.table != problem.table {
            self.close();
            self.table.clone_from(&problem.table);
        }
        if self.listed < LISTED {
            self.listed += 1;
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    fn close(&mut self) {
        if self.more > 0 {
            let message = format!("{} more problems in this table are not listed", self.more);
            self.problems.push(Problem::new(slugs::MORE_PROBLEMS, self.table.clone(), message));
        }
        (self.more, self.listed) = (0, 0);
    }

    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.close();
        self.problems
    }
}

/// Text of a cell as it may stand in a message: short and on one line.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    format!("{short:?}{}", if text.chars().nth(40).is_some() { "..." } else { "" })
}

/// A code's position; `None` is `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrAll(pub(super) Option<usize>);

/// One table, its columns found by name. Missing columns were reported once: their cells read as `None`.
pub(super) struct Sheet<'a> {
    pub(super) table: &'a RawTable,
    pub(super) faults: &'a mut Faults,
}

impl<'a> Sheet<'a> {
    /// The table, once its columns are checked.
    pub(super) fn new(table: &'a RawTable, faults: &'a mut Faults) -> Self {
        if let Some(rule) = TableRule::of(&table.name) {
            check_columns(table, rule, faults);
        }
        Self { table, faults }
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.table.column(column).is_some()
    }

    pub(super) fn fault(&mut self, slug: &'static str, row: usize, column: &str, message: String, hint: &str) {
        let problem = Problem::new(slug, &self.table.name, message).at(row + 1, column);
        self.faults.add(if hint.is_empty() { problem } else { problem.hint(hint) });
    }

    /// The trimmed text of a cell, blank included.
    pub(super) fn cell(&self, row: usize, column: &str) -> Option<&'a str> {
        self.table.column(column).and_then(|c| c.values.get(row)).map(|value| value.trim())
    }

    /// The trimmed text of a cell that must not be blank.
    pub(super) fn text(&mut self, row: usize, column: &str) -> Option<&'a str> {
        let text = self.cell(row, column)?;
        if text.is_empty() {
            let hint = "give a value; `all` marks a margin; leave out rows that are not known";
            self.fault(slugs::BLANK_CELL, row, column, format!("{column} is blank"), hint);
            return None;
        }
        Some(text)
    }

    /// A count: whole, 0 or more, within its bounds. Its value is never quoted.
    pub(super) fn count(&mut self, row: usize, column: &str, bounds: &str) -> Option<u32> {
        let text = self.text(row, column)?;
        let rule = Bounds::of(bounds);
        match whole(text) {
            Err(slug) => {
                let hint = match text {
                    "x" | "c" | "z" | "u" | "low" | ":" => {
                        "a figure that is not available is not 0: leave the row out"
                    }
                    _ => "",
                };
                let message = match slug {
                    slugs::NOT_WHOLE => format!("{column} must be a whole number, got a fraction"),
                    slugs::NEGATIVE_COUNT => format!("{column} must be 0 or more, got a negative number"),
                    _ => format!("{column} must be a whole number of 0 or more, got something else"),
                };
                self.fault(slug, row, column, message, hint);
                None
            }
            Ok(value) if !rule.admit(value) => {
                self.fault(slugs::OUT_OF_BOUNDS, row, column, rule.rule(), "");
                None
            }
            Ok(value) => Some(value as u32),
        }
    }

    /// A census year.
    pub(super) fn year(&mut self, row: usize, column: &str) -> Option<i32> {
        let text = self.text(row, column)?;
        match whole(text) {
            Ok(year) if Bounds::of("year").admit(year) => Some(year as i32),
            _ => {
                let message = format!("{column} must be a January census year such as 2025, got {}", quoted(text));
                self.fault(slugs::BAD_YEAR, row, column, message, "2024/25 is the census of January 2025");
                None
            }
        }
    }

    /// An age, a range of ages, or `all`.
    pub(super) fn ages(&mut self, row: usize, column: &str) -> Option<AgeRange> {
        let text = self.text(row, column)?;
        // Frames turn a column of whole numbers with gaps into decimals.
        let ages = AgeRange::parse(text.strip_suffix(".0").unwrap_or(text));
        if ages.is_none() {
            let message = format!("{column} must be 0 to 25, a range such as 5-10, or all; got {}", quoted(text));
            self.fault(slugs::BAD_AGE, row, column, message, "age is whole years on 31 August before the census");
        }
        ages
    }

    /// A code of a list.
    pub(super) fn code(&mut self, row: usize, column: &str, codes: &Codes) -> Option<usize> {
        let text = self.text(row, column)?;
        self.position(row, column, text, codes)
    }

    /// A code of a list, or `all`.
    pub(super) fn code_or_all(&mut self, row: usize, column: &str, codes: &Codes) -> Option<OrAll> {
        let text = self.text(row, column)?;
        if text == "all" {
            Some(OrAll(None))
        } else {
            self.position(row, column, text, codes).map(Some).map(OrAll)
        }
    }

    fn position(&mut self, row: usize, column: &str, text: &str, codes: &Codes) -> Option<usize> {
        let position = codes.position(text);
        if position.is_none() {
            let slug = match codes.kind() {
                "area" => slugs::UNKNOWN_AREA,
                "need" => slugs::UNKNOWN_NEED,
                _ => slugs::UNKNOWN_SETTING,
            };
            let hint = codes.nearest(text).map_or(String::new(), |near| format!("did you mean {}?", quoted(near)));
            self.fault(slug, row, column, format!("{} {} is not known", codes.kind(), quoted(text)), &hint);
        }
        position
    }
}

/// A whole number of 0 or more, written as such or as `3.0`; otherwise the slug of the fault.
pub(super) fn whole(text: &str) -> Result<f64, &'static str> {
    let value: f64 = text.parse().map_err(|_| slugs::NOT_A_NUMBER)?;
    if !value.is_finite() {
        Err(slugs::NOT_A_NUMBER)
    } else if value < 0.0 {
        Err(slugs::NEGATIVE_COUNT)
    } else if value.fract() != 0.0 {
        Err(slugs::NOT_WHOLE)
    } else {
        Ok(value)
    }
}

fn check_columns(table: &RawTable, rule: &TableRule, faults: &mut Faults) {
    let of_column = |slug, message: String, column: &str| {
        let mut problem = Problem::new(slug, &table.name, message);
        problem.column = Some(column.chars().take(40).collect());
        problem
    };
    if table.columns.is_empty() || table.rows() == 0 {
        let what =
            if table.columns.is_empty() { "nothing, not even a header row" } else { "a header but no rows" };
        faults.add(Problem::new(slugs::EMPTY_TABLE, &table.name, format!("{} holds {what}", table.name)));
        return;
    }
    for (i, column) in table.columns.iter().enumerate() {
        if table.columns[..i].iter().any(|earlier| earlier.name == column.name) {
            let message = format!("column {} stands twice", quoted(&column.name));
            faults.add(of_column(slugs::DUPLICATE_COLUMN, message, &column.name));
        } else if !rule.known().any(|known| known == column.name) {
            let hint = nearest(&column.name, rule.known()).map(|near| format!("did you mean {near}?"));
            let message = format!("column {} is not known", quoted(&column.name));
            let problem = of_column(slugs::UNKNOWN_COLUMN, message, &column.name);
            faults.add(match hint {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
        }
        if column.values.len() != table.rows() {
            let message = format!("column {} is shorter than the others", quoted(&column.name));
            faults.add(of_column(slugs::RAGGED_ROW, message, &column.name));
        }
    }
    for &column in rule.columns.iter().filter(|&&column| table.column(column).is_none()) {
        let problem = of_column(slugs::MISSING_COLUMN, format!("column {column} is missing"), column);
        faults.add(problem.hint(format!("{} has the columns {}", table.name, rule.columns.join(", "))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_and_everything_else_has_its_slug() {
        assert_eq!(whole("3"), Ok(3.0));
        assert_eq!(whole("3.0"), Ok(3.0));
        assert_eq!(whole("-1"), Err(slugs::NEGATIVE_COUNT));
        assert_eq!(whole("3.5"), Err(slugs::NOT_WHOLE));
        for text in ["", "x", "nan", "NaN", "inf", "-inf", "1,000", "0x10", "1e999"] {
            assert_eq!(whole(text), Err(slugs::NOT_A_NUMBER), "{text}");
        }
    }
}
