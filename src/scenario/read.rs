//! A scenario file: its changes, each with the line it stands on.

use super::change::Change;
use crate::domain::nearest;
use crate::error::{Error, Problem, Result};
use serde::Deserialize;
use toml::Spanned;

/// The schema this release reads.
const SCHEMA: &str = "1.";

/// A scenario as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// File it was read from, or a name in place of one, for messages.
    pub file: String,
    /// Name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Changes in order, each with its lines in the file.
    pub changes: Vec<(Change, Lines)>,
}

/// Where a change stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    file: String,
    /// First line, from 1.
    first: usize,
    /// Fields, with their lines.
    fields: Vec<(String, usize)>,
}

impl Lines {
    /// A problem at a field of the change, or at the change.
    pub(super) fn problem(&self, field: &str, slug: &'static str, message: impl Into<String>) -> Problem {
        let found = self.fields.iter().find(|(name, _)| name == field);
        Problem::new(slug, &self.file, message).at(found.map_or(self.first, |(_, line)| *line), field)
    }
}

#[derive(Debug, Deserialize)]
struct File {
    schema: Option<toml::Value>,
    name: Option<toml::Value>,
    description: Option<String>,
    #[serde(default)]
    change: Vec<Spanned<toml::Table>>,
    #[serde(flatten)]
    other: toml::Table,
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').fold(1, |line, _| line + 1)
}

/// Reads the text of a scenario; `file` names it in messages. Every problem is reported at once.
pub fn read(text: &str, file: &str) -> Result<Scenario> {
    let parsed: File = toml::from_str(text).map_err(|fault| {
        let line = fault.span().map_or(1, |span| line_of(text, span.start));
        let message = fault.message().lines().next().unwrap_or_default().to_string();
        Error::Scenario(vec![Problem::new("bad-scenario", file, message).at(line, "")])
    })?;
    let mut problems = vec![];
    let mut head = |field: &str, slug, message: String| {
        let line = text.lines().position(|line| names(line, field)).map_or(1, |line| line + 1);
        problems.push(Problem::new(slug, file, message).at(line, field));
    };
    match parsed.schema.as_ref().and_then(toml::Value::as_str) {
        Some(version) if version.starts_with(SCHEMA) => {}
        Some(version) => {
            let version: String = version.chars().take(20).collect();
            head(
                "schema",
                "newer-schema",
                format!("schema {version:?} is not one this release reads: it reads \"1.0\""),
            );
        }
        None => head("schema", "newer-schema", "schema = \"1.0\" is missing".into()),
    }
    let name = parsed.name.as_ref().and_then(toml::Value::as_str).unwrap_or_default().to_string();
    if name.trim().is_empty() {
        head("name", "missing-field", "name is missing: a scenario has a name in words".into());
    }
    for field in parsed.other.keys() {
        let near = nearest(field, ["schema", "name", "description", "change"].into_iter()).unwrap_or_default();
        head(field, "unknown-field", format!("field {field:?} is not known; the nearest is {near}"));
    }
    let starts: Vec<usize> = parsed.change.iter().map(|change| line_of(text, change.span().start)).collect();
    let mut changes = vec![];
    for (i, change) in parsed.change.iter().enumerate() {
        let last = starts.get(i + 1).copied().unwrap_or(usize::MAX);
        let lines = lines(text, file, starts[i], last, change.get_ref());
        match one(change.get_ref(), &lines) {
            Ok(change) => changes.push((change, lines)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        let description = parsed.description.unwrap_or_default();
        Ok(Scenario { file: file.into(), name, description, changes })
    } else {
        Err(Error::Scenario(problems))
    }
}

/// Whether a line of text sets a field.
fn names(line: &str, field: &str) -> bool {
    line.trim_start().strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with('='))
}

fn lines(text: &str, file: &str, first: usize, end: usize, change: &toml::Table) -> Lines {
    let within = || text.lines().enumerate().skip(first - 1).take(end.saturating_sub(first));
    let line =
        |field: &String| within().find(|(_, line)| names(line, field)).map(|(at, _)| (field.clone(), at + 1));
    Lines { file: file.into(), first, fields: change.keys().filter_map(line).collect() }
}

fn one(table: &toml::Table, lines: &Lines) -> std::result::Result<Change, Problem> {
    let known = Change::KINDS.join(", ");
    let kind = table.get("kind").and_then(toml::Value::as_str);
    let Some(kind) = kind else {
        return Err(lines.problem("kind", "unknown-kind", format!("kind is missing; it is one of {known}")));
    };
    if !Change::KINDS.contains(&kind) {
        let near = nearest(kind, Change::KINDS.into_iter()).unwrap_or_default();
        let short: String = kind.chars().take(40).collect();
        let message = format!("kind {short:?} is not known; it is one of {known}");
        return Err(lines.problem("kind", "unknown-kind", message).hint(format!("did you mean {near}?")));
    }
    Change::deserialize(toml::Value::Table(table.clone())).map_err(|fault| {
        let message = fault.message().lines().next().unwrap_or_default().to_string();
        let field =
            table.keys().find(|field| message.contains(&format!("`{field}`"))).cloned().unwrap_or_default();
        let slug = match &message {
            m if m.contains("unknown field") => "unknown-field",
            m if m.contains("missing field") => "missing-field",
            _ => "bad-value",
        };
        let message = if message.contains("did not match any variant") {
            "a value has another form than its field takes, or a field of a new site is missing or unknown".into()
        } else {
            message
        };
        lines.problem(&field, slug, message)
    })
}
