//! Problems of one site, named after it.

use crate::error::Problem;

/// Collects the problems of one site.
pub(super) struct Faults<'a> {
    table: &'static str,
    site: String,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(table: &'static str, site: &str, problems: &'a mut Vec<Problem>) -> Self {
        Self { table, site: site.to_string(), problems }
    }

    pub(super) fn add(&mut self, slug: &'static str, column: &str, message: impl Into<String>) {
        let message = format!("site {}: {}", self.site, message.into());
        self.problems
            .push(Problem { column: Some(column.to_string()), ..Problem::new(slug, self.table, message) });
    }
}
