//! Rows of the base year sorted into margins, and the frame of dimensions they span.

use super::Ground;
use crate::data::inputs::{Flag, PlanRow};
use crate::data::new_flag;
use crate::data::slugs;
use crate::domain::{AGES, AgeRange, BaseRow};
use crate::error::Problem;
use crate::numeric::Margin;

/// Rows that together are one margin: they name the same dimensions, and their ages do not overlap.
pub(super) struct Block<'a> {
    /// Whether area, age, need, setting are named.
    dims: [bool; 4],
    /// Distinct ranges of ages; one group each, ages outside count as 0.
    ranges: Vec<AgeRange>,
    rows: Vec<&'a PlanRow>,
}

const NAMES: [&str; 4] = ["area", "age", "need", "setting"];

/// What the plan asks for where the table says it, else where the child is.
fn setting(row: &PlanRow) -> Option<usize> {
    row.required.or(row.setting)
}

fn dims(row: &PlanRow) -> [bool; 4] {
    [row.area.is_some(), row.ages != AgeRange::ALL, row.need.is_some(), setting(row).is_some()]
}

/// Sorts rows into margins, those by age first.
pub(super) fn of_rows<'a>(rows: &[&'a PlanRow]) -> Vec<Block<'a>> {
    let mut patterns: Vec<[bool; 4]> = rows.iter().map(|row| dims(row)).collect();
    patterns.sort_by_key(|&[area, age, need, setting]| (!age, !setting, !area, !need));
    patterns.dedup();
    patterns
        .into_iter()
        .flat_map(|pattern| layers(pattern, rows.iter().filter(|row| dims(row) == pattern).copied().collect()))
        .collect()
}

/// Bands that overlap are margins of their own: the finest first.
fn layers(dims: [bool; 4], rows: Vec<&PlanRow>) -> Vec<Block<'_>> {
    let mut ranges: Vec<AgeRange> = rows.iter().map(|row| row.ages).collect();
    ranges.sort_by_key(|ages| (ages.ages().count(), ages.from));
    ranges.dedup();
    let mut layers: Vec<Block> = vec![];
    for range in ranges {
        let free =
            |block: &Block| !block.ranges.iter().any(|other| other.from <= range.to && range.from <= other.to);
        let position = layers.iter().position(free).unwrap_or(layers.len());
        if position == layers.len() {
            layers.push(Block { dims, ranges: vec![], rows: vec![] });
        }
        layers[position].ranges.push(range);
    }
    for row in rows {
        if let Some(block) = layers.iter_mut().find(|block| block.ranges.contains(&row.ages)) {
            block.rows.push(row);
        }
    }
    layers
}

impl Block<'_> {
    /// Name for messages, such as `age x setting`, bands told from single ages.
    pub(super) fn name(&self) -> String {
        let band = |d: usize| d == 1 && self.ranges.iter().any(|range| range.from != range.to);
        let parts = (0..4).filter(|&d| self.dims[d]).map(|d| if band(d) { "age band" } else { NAMES[d] });
        let names: Vec<&str> = parts.collect();
        if names.is_empty() { "total".into() } else { names.join(" x ") }
    }

    /// The base table itself, if every row names everything at a single age.
    pub(super) fn as_table(&self, ground: &Ground) -> Option<Vec<BaseRow>> {
        let only_area = (ground.authority.area_codes.len() == 1).then_some(0);
        let row = |row: &&PlanRow| {
            let single = row.ages.from == row.ages.to;
            Some(BaseRow {
                area: row.area.or(only_area)?,
                age: single.then_some(usize::from(row.ages.from))?,
                need: row.need?,
                setting: setting(row)?,
                plans: row.plans,
            })
        };
        let mut rows: Vec<BaseRow> = self.rows.iter().map(row).collect::<Option<_>>()?;
        rows.sort_by_key(|row| (row.area, row.age, row.need, row.setting));
        // A child required elsewhere than placed makes two rows of one required setting.
        rows.dedup_by(|next, row| {
            let same =
                (next.area, next.age, next.need, next.setting) == (row.area, row.age, row.need, row.setting);
            if same {
                row.plans += next.plans;
            }
            same
        });
        rows.retain(|row| row.plans > 0);
        Some(rows)
    }

    /// The group of every age: that of its range, or one more for ages in none.
    fn age_groups(&self) -> Vec<u32> {
        (0..AGES)
            .map(|age| {
                self.ranges.iter().position(|range| range.contains(age)).unwrap_or(self.ranges.len()) as u32
            })
            .collect()
    }

    /// Whether it names single years of age.
    pub(super) fn is_single(&self) -> bool {
        self.dims[1] && self.ranges.iter().any(|range| range.from == range.to)
    }

    /// Plans by age band, youngest first; none if it names no ages.
    pub(super) fn bands(&self) -> Vec<(AgeRange, f64)> {
        let plans = |range: AgeRange| -> f64 {
            self.rows.iter().filter(|row| row.ages == range).map(|row| f64::from(row.plans)).sum()
        };
        let mut bands: Vec<(AgeRange, f64)> = self.ranges.iter().map(|&range| (range, plans(range))).collect();
        bands.retain(|_| self.dims[1]);
        bands.sort_by_key(|(range, _)| range.from);
        bands
    }

    /// The margin over the frame's dimensions.
    pub(super) fn margin(&self, frame: &Frame) -> Margin {
        let each = |d: usize| Some((0..frame.sizes[d] as u32).collect::<Vec<_>>());
        let groups = (0..4).map(|d| {
            if !self.dims[d] {
                None
            } else if d == 1 {
                Some(self.age_groups())
            } else {
                each(d)
            }
        });
        let mut margin = Margin { name: self.name(), groups: groups.collect(), counts: vec![] };
        let shape = margin.shape();
        margin.counts = vec![0.0; margin.size()];
        for row in &self.rows {
            let age = self.ranges.iter().position(|range| *range == row.ages).filter(|_| self.dims[1]);
            let at = [
                row.area.unwrap_or(0),
                age.unwrap_or(0),
                row.need.and_then(|need| frame.needs.binary_search(&need).ok()).unwrap_or(0),
                setting(row).and_then(|setting| frame.settings.binary_search(&setting).ok()).unwrap_or(0),
            ];
            let cell = at.iter().zip(&shape).fold(0, |cell, (&i, &width)| cell * width + i);
            margin.counts[cell] += f64::from(row.plans);
        }
        margin
    }
}

/// The dimensions of the dense table: area (1 where none is named), age, and the needs and settings named.
pub(super) struct Frame {
    pub(super) sizes: [usize; 4],
    needs: Vec<usize>,
    settings: Vec<usize>,
    with_areas: bool,
    /// Whether needs and settings are named at all.
    named: [bool; 2],
}

impl Frame {
    pub(super) fn of(blocks: &[Block], ground: &Ground) -> Result<Self, Vec<Problem>> {
        let rows = || blocks.iter().flat_map(|block| &block.rows);
        let sorted = |mut list: Vec<usize>| {
            list.sort_unstable();
            list.dedup();
            list
        };
        let mut needs = sorted(rows().filter_map(|row| row.need).collect());
        let mut settings = sorted(rows().filter_map(|row| setting(row)).collect());
        let named = [!needs.is_empty(), !settings.is_empty()];
        let mut problems = vec![];
        let (need_codes, setting_codes) = (&ground.authority.need_codes, &ground.authority.setting_codes);
        for (list, codes, unknown) in [(&mut needs, need_codes, "UNK"), (&mut settings, setting_codes, "unknown")]
        {
            if list.is_empty() {
                if let Some(position) = codes.position(unknown) {
                    list.push(position);
                } else {
                    let kind = codes.kind();
                    let message = format!("base-year plans name no {kind}, and the list has no {unknown}");
                    problems.push(Problem::new(slugs::BAD_CODE_LIST, "plans", message));
                }
            }
        }
        let with_areas = rows().any(|row| row.area.is_some()) || ground.authority.area_codes.len() == 1;
        let areas = if with_areas { ground.authority.area_codes.len() } else { 1 };
        let sizes = [areas, AGES, needs.len(), settings.len()];
        crate::error::all_or(problems, Self { sizes, needs, settings, with_areas, named })
            .map_err(|error| error.problems().to_vec())
    }

    pub(super) fn cells(&self) -> usize {
        self.sizes.iter().product()
    }

    pub(super) fn has_areas(&self) -> bool {
        self.with_areas
    }

    /// The setting at a position of the frame, where settings are named.
    pub(super) fn setting(&self, position: usize) -> Option<usize> {
        self.named[1].then_some(self.settings[position])
    }

    /// What the shape of the margins makes a reader want to know.
    pub(super) fn flags(&self, blocks: &[Block], ground: &Ground) -> Vec<Flag> {
        let single = |block: &Block| block.dims[1] && block.ranges.iter().all(|range| range.from == range.to);
        let used = [self.with_areas && self.sizes[0] > 1, true, self.named[0], self.named[1]];
        let full = |block: &Block| (0..4).all(|d| block.dims[d] || !used[d]) && single(block);
        let raised = [
            (!self.named[0], slugs::NEED_UNKNOWN),
            (!self.named[1], slugs::SETTING_UNKNOWN),
            (!self.with_areas, slugs::AREA_SPREAD),
            (!blocks.iter().any(single), slugs::AGE_SPREAD),
            (!blocks.iter().any(full), slugs::CROSSED_BY_FITTING),
        ];
        let years = vec![ground.authority.base_year];
        raised.iter().filter(|(raise, _)| *raise).map(|(_, slug)| new_flag(slug, "plans", years.clone())).collect()
    }

    /// Cells of the dense table as rows, none of 0.
    pub(super) fn rows(&self, cells: &[u32]) -> Vec<BaseRow> {
        let [_, ages, needs, settings] = self.sizes;
        let at = |cell: usize| BaseRow {
            area: cell / settings / needs / ages,
            age: cell / settings / needs % ages,
            need: self.needs[cell / settings % needs],
            setting: self.settings[cell % settings],
            plans: cells[cell],
        };
        (0..cells.len()).filter(|&cell| cells[cell] > 0).map(at).collect()
    }

    /// A place in words: `age 7, setting special`; `the total` where nothing is named.
    pub(super) fn place(&self, levels: &[Option<Vec<usize>>], ground: &Ground) -> String {
        let authority = ground.authority;
        let mut words = vec![];
        for (d, levels) in levels.iter().enumerate() {
            let Some(levels) = levels.as_ref().filter(|levels| levels.len() < self.sizes[d].max(2)) else {
                continue;
            };
            let code = |&level: &usize| match d {
                0 => authority.area_codes.code(level).to_string(),
                1 => level.to_string(),
                2 => authority.need_codes.code(self.needs[level]).to_string(),
                _ => authority.setting_codes.code(self.settings[level]).to_string(),
            };
            let contiguous = levels.windows(2).all(|pair| pair[1] == pair[0] + 1);
            let shown = match (levels.first(), levels.last()) {
                (Some(first), Some(last)) if d == 1 && contiguous && first < last => format!("{first}-{last}"),
                _ => levels.iter().map(code).collect::<Vec<_>>().join(" "),
            };
            words.push(format!("{} {shown}", NAMES[d]));
        }
        if words.is_empty() { "the total".into() } else { words.join(", ") }
    }
}
