//! The one table of slugs: what can be wrong with inputs, and what is flagged in good ones.
//!
//! A slug never changes; its message may.

macro_rules! slugs {
    ($table:ident, $doc:literal: $($name:ident = $slug:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &str = $slug;)*
        #[doc = $doc]
        pub const $table: &[(&str, &str)] = &[$(($slug, $meaning)),*];
    };
}

slugs! { FAULTS, "Faults that refuse inputs: slug, meaning.":
    MISSING_TABLE = "missing-table", "a required table is not there";
    EMPTY_TABLE = "empty-table", "a table has no header or no rows";
    UNKNOWN_TABLE = "unknown-table", "a table has a name that the schema does not know";
    DUPLICATE_TABLE = "duplicate-table", "a table is there twice, as CSV and as Parquet";
    TABLE_TOO_LARGE = "table-too-large", "a file or table is larger than any authority's";
    UNREADABLE_FILE = "unreadable-file", "a file or folder cannot be read";
    WRONG_ENCODING = "wrong-encoding", "text is not UTF-8";
    RAGGED_ROW = "ragged-row", "a row has more or fewer cells than the header";
    MISSING_COLUMN = "missing-column", "a required column is not there";
    UNKNOWN_COLUMN = "unknown-column", "a column has a name that the schema does not know";
    DUPLICATE_COLUMN = "duplicate-column", "two columns have the same name";
    BAD_AUTHORITY = "bad-authority", "authority.toml breaks its schema";
    NEWER_SCHEMA = "newer-schema", "the schema version is not one this release reads";
    BAD_CODE_LIST = "bad-code-list", "a list of needs, settings or areas cannot be used";
    BAD_SHARE = "bad-share", "a share is not between 0 and 1";
    BLANK_CELL = "blank-cell", "a key or count is blank";
    NOT_A_NUMBER = "not-a-number", "a number is not one, or is not finite";
    NOT_WHOLE = "not-whole", "a count has a fraction";
    NEGATIVE_COUNT = "negative-count", "a count is below 0";
    OUT_OF_BOUNDS = "out-of-bounds", "a number is outside the bounds of its quantity";
    BAD_YEAR = "bad-year", "a year is not a January census year";
    BAD_AGE = "bad-age", "an age is not 0 to 25 or a range of these";
    BAD_COORDINATE = "bad-coordinate", "a latitude or longitude is not one";
    UNKNOWN_AREA = "unknown-area", "an area is not in areas";
    UNKNOWN_NEED = "unknown-need", "a need is not in the list of needs";
    UNKNOWN_SETTING = "unknown-setting", "a setting is not in the list of settings";
    UNKNOWN_FLOW = "unknown-flow", "a flow is not one of the five";
    DUPLICATE_KEY = "duplicate-key", "two rows stand for the same thing";
    OVERLAPPING_AGES = "overlapping-ages", "two rows count the same ages of the same area and year";
    YEAR_GAP = "year-gap", "a year is missing between the first and the last";
    NO_BASE_POPULATION = "base-year-without-population", "no residents are given for the base year";
    NO_BASE_PLANS = "base-year-without-plans", "no plans are given for the base year";
    MARGINS_DISAGREE = "margins-disagree", "base-year margins count the same plans differently";
    MARGINS_INFEASIBLE = "margins-infeasible", "no table meets all base-year margins";
    UNKNOWN_SITE = "unknown-site", "a site is not in sites";
    UNKNOWN_WORD = "unknown-word", "a word is not one of those that its column takes";
    SITE_NOWHERE = "site-nowhere", "a site has no area and no coordinates";
    SITE_WITHOUT_PLACES = "site-without-places", "a site never has a place";
    HELD_ABOVE_PLACES = "held-above-places", "more places are held for others than there are";
    CAPACITY_OF_PARTS = "capacity-of-parts", "a capacity stands for other ages or needs than the places of its site";
    OCCUPIED_NOT_BASE = "occupied-not-base-year", "seats are given for other years than the base year";
    TRAVEL_MISSING = "travel-missing", "the way from an area to a site is not known";
    TOO_MANY_SERIES = "too-many-series", "more figures were asked for than histograms are held of";
    TOO_MANY_KEPT = "too-many-kept", "more draws of more figures were to be kept than memory is taken for";
    MORE_PROBLEMS = "more-problems", "a table has more problems than are listed";
}

slugs! { FLAGS, "Flags raised on inputs that were accepted: slug, meaning.":
    MARGINS_DIFFER = "margins-differ", "published margins differ; they are scaled to the total by age";
    ROUNDED_APPROXIMATELY = "rounded-approximately", "whole numbers meet the margins only nearly";
    NEED_UNKNOWN = "need-unknown", "the base year has no needs: all plans stand under UNK";
    SETTING_UNKNOWN = "setting-unknown", "the base year has no settings: all plans stand under unknown";
    AGE_SPREAD = "age-spread", "ages of the base year are spread within bands, by residents and the rates of the bands around";
    AREA_SPREAD = "area-spread", "plans of the base year are spread over areas by residents of each age";
    CROSSED_BY_FITTING = "crossed-by-fitting", "the base table is fitted to margins that are not crossed";
    POPULATION_SPREAD = "population-spread", "residents of an age range are spread evenly over its ages";
    POPULATION_AGES_MISSING = "population-ages-missing", "some ages have no residents row and count as none";
    SOURCES_MISSING = "sources-missing", "authority.toml does not say where the figures are from";
}

/// What a slug means, whether fault or flag.
pub fn meaning(slug: &str) -> Option<&'static str> {
    FAULTS.iter().chain(FLAGS).find(|(name, _)| *name == slug).map(|&(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_stands_once() {
        let mut names: Vec<&str> = FAULTS.iter().chain(FLAGS).map(|(name, _)| *name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(meaning("unknown-need"), Some("a need is not in the list of needs"));
    }
}
