//! What the files said: columns of text, nothing checked.

/// A table as columns of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawTable {
    /// Name without an ending, such as `plans`.
    pub name: String,
    /// Columns in the order of the file.
    pub columns: Vec<RawColumn>,
}

/// One column of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawColumn {
    /// Column head.
    pub name: String,
    /// One value per row.
    pub values: Vec<String>,
}

impl RawTable {
    /// Number of rows, that of the longest column.
    pub fn rows(&self) -> usize {
        self.columns.iter().map(|column| column.values.len()).max().unwrap_or(0)
    }

    /// The column with this head.
    pub fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// All that was read, before any check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawInputs {
    /// Text of `authority.toml`.
    pub authority: String,
    /// Tables, in name order.
    pub tables: Vec<RawTable>,
    /// Whether the tables are official figures as published, whose margins need not agree.
    pub published: bool,
}

impl RawInputs {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&RawTable> {
        self.tables.iter().find(|table| table.name == name)
    }
}
