//! Lists of codes: kept in canonical order inside, shown in declared order outside.

/// Distinct codes of one kind.
///
/// Inside the engine a code is its position in the order of UTF-8 bytes, so that results cannot depend on
/// the order in which a table names them. `declared` leads back to the order people chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    kind: &'static str,
    list: Vec<String>,
    declared: Vec<usize>,
}

impl Codes {
    /// The codes in declared order; `Err` names one that stands twice.
    pub fn new(kind: &'static str, declared: &[String]) -> Result<Self, String> {
        let mut order: Vec<usize> = (0..declared.len()).collect();
        order.sort_by(|&a, &b| declared[a].as_bytes().cmp(declared[b].as_bytes()));
        let list: Vec<String> = order.iter().map(|&i| declared[i].clone()).collect();
        if let Some(pair) = list.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(pair[0].clone());
        }
        let mut positions = vec![0; order.len()];
        for (canonical, &i) in order.iter().enumerate() {
            positions[i] = canonical;
        }
        Ok(Self { kind, list, declared: positions })
    }

    /// What the codes name: `area`, `need`, `setting`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The code at a canonical position.
    pub fn code(&self, ix: usize) -> &str {
        &self.list[ix]
    }

    /// The codes in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(String::as_str)
    }

    /// Canonical positions in declared order.
    pub fn declared(&self) -> &[usize] {
        &self.declared
    }

    /// The canonical position of a code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.list.binary_search_by(|c| c.as_bytes().cmp(code.as_bytes())).ok()
    }

    /// The known code most like `code`, for error messages.
    pub fn nearest(&self, code: &str) -> Option<&str> {
        nearest(code, self.iter())
    }
}

/// The candidate with the fewest single-letter edits from `word`, case aside.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A hostile cell may be megabytes long: only its beginning can resemble a code.
    let lower = |text: &str| text.chars().take(40).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let word = lower(word);
    candidates.min_by_key(|candidate| edits(&word, &lower(candidate)))
}

fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(list: &[&str]) -> Codes {
        Codes::new("need", &list.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("distinct")
    }

    #[test]
    fn canonical_order_does_not_depend_on_declaration() {
        let (a, b) = (codes(&["SLD", "ASD", "MLD"]), codes(&["ASD", "MLD", "SLD"]));
        assert_eq!(a.iter().collect::<Vec<_>>(), b.iter().collect::<Vec<_>>());
        assert_eq!(a.declared(), [2, 0, 1]);
        assert_eq!(a.position("MLD"), Some(1));
        assert_eq!(a.position("XXX"), None);
    }

    #[test]
    fn the_nearest_code_is_found_and_duplicates_are_named() {
        assert_eq!(codes(&["SLD", "ASD", "SEMH"]).nearest("ASDD"), Some("ASD"));
        assert_eq!(Codes::new("need", &["A".into(), "A".into()]), Err("A".into()));
    }
}
