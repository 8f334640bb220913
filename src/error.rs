//! What can go wrong, as data: where, which rule, and the way out.

use std::fmt;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// One fault of an input, named so that a person can mend it.
///
/// Messages quote codes and supply figures, never counts of children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name of the rule, such as `unknown-need`.
    pub slug: &'static str,
    /// Table the fault is in, such as `plans`.
    pub table: String,
    /// Row position counted from 1 below the header.
    pub row: Option<usize>,
    /// Column head.
    pub column: Option<String>,
    /// What is wrong, in lower case without a full stop.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of a whole table.
    pub fn new(slug: &'static str, table: impl Into<String>, message: impl Into<String>) -> Self {
        let (table, message) = (table.into(), message.into());
        Self { slug, table, row: None, column: None, message, hint: None }
    }

    /// Names the row (from 1) and the column.
    #[must_use]
    pub fn at(mut self, row: usize, column: impl Into<String>) -> Self {
        self.row = Some(row);
        self.column = Some(column.into());
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] ({}", self.message, self.slug, self.table)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ")")?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Everything the library refuses or fails at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Inputs or arguments that break a rule: all problems at once, nothing loaded.
    Input(Vec<Problem>),
    /// A scenario that cannot be applied: all problems at once, nothing run.
    Scenario(Vec<Problem>),
    /// The caller asked to stop.
    Stopped,
    /// A broken invariant of ours: please report it.
    Internal(String),
}

impl Error {
    /// One problem with an argument of a call.
    pub fn argument(slug: &'static str, name: &str, message: impl Into<String>) -> Self {
        Self::Input(vec![Problem::new(slug, format!("argument {name}"), message)])
    }

    /// The problems, if the fault is in what was given.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Input(problems) | Self::Scenario(problems) => problems,
            Self::Stopped | Self::Internal(_) => &[],
        }
    }
}

/// Most problems printed in full; the rest are counted.
const PRINTED: usize = 20;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(problems) | Self::Scenario(problems) => {
                if problems.len() > 1 {
                    writeln!(f, "{} problems", problems.len())?;
                }
                for (i, problem) in problems.iter().take(PRINTED).enumerate() {
                    write!(f, "{}{problem}", if i > 0 { "\n" } else { "" })?;
                }
                if problems.len() > PRINTED {
                    write!(f, "\nand {} more", problems.len() - PRINTED)?;
                }
                Ok(())
            }
            Self::Stopped => write!(f, "stopped as asked; nothing was kept"),
            Self::Internal(what) => write!(f, "internal fault: {what}\n  hint: please report this, it is ours"),
        }
    }
}

impl std::error::Error for Error {}

/// Returns the problems as an error, or `value` when there are none.
pub fn all_or<T>(problems: Vec<Problem>, value: T) -> Result<T> {
    if problems.is_empty() { Ok(value) } else { Err(Error::Input(problems)) }
}
