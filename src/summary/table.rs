//! Tables: one row a year and cell, summarised last.

use super::ask::{Ask, By, Resolved};
use crate::case::Case;
use crate::domain::{Dimension, Grain};
use crate::engine::{Control, CountedCube, Projection, expect};
use crate::error::{Error, Problem, Result};
use crate::measures::{Cube, DIMENSIONS, Frame, Measure, Near, Unit, dimensions};
use crate::provision::Site;
use std::sync::Arc;

/// Quantiles of every table.
const QUANTILES: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// One axis column: labels, and the label of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// Name of the column.
    pub name: &'static str,
    /// Labels in declared order; `all` last if there are totals.
    pub labels: Vec<String>,
    /// Position of each row's label.
    pub positions: Vec<u32>,
}

/// A summary over draws, by year and axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// January census of each row.
    pub years: Vec<i32>,
    /// The axes asked for.
    pub axes: Vec<Axis>,
    /// Mean over draws.
    pub mean: Vec<f64>,
    /// Standard deviation over draws.
    pub sd: Vec<f64>,
    /// Quantiles 5, 10, 25, 50, 75, 90, 95%.
    pub quantiles: [Vec<f64>; 7],
    /// Monte Carlo standard error of the mean.
    pub mcse: Vec<f64>,
}

/// The rows of a table: year, labels, and the series of each in a cube.
struct Rows {
    years: Vec<i32>,
    axes: Vec<Axis>,
    /// Series of each row; `None` where nobody can be counted.
    series: Vec<Option<usize>>,
}

/// The levels a dimension shows: one for each label of its finest axis, `all` last.
fn shown(dimension: &Dimension, asked: Option<Grain>, held: Grain, totals: bool) -> Vec<(Option<usize>, usize)> {
    let total = dimension.total_level(held);
    let mut levels: Vec<(Option<usize>, usize)> = match asked {
        None => return vec![(None, total)],
        Some(Grain::Leaf) => dimension.declared.iter().map(|&leaf| (Some(leaf), leaf)).collect(),
        Some(_) => {
            dimension.group_levels(held).into_iter().enumerate().map(|(g, level)| (Some(g), level)).collect()
        }
    };
    if totals {
        levels.push((None, total));
    }
    levels
}

/// The label position of one row on one axis; `all` stands after the last label.
fn label_of(by: By, finest: Grain, position: Option<usize>, dimension: &Dimension, labels: usize) -> u32 {
    let group_of_leaf = by.place().1 == Grain::Group && finest == Grain::Leaf;
    let position = position.map(|p| if group_of_leaf { dimension.group_of[p] } else { p });
    match (position, by.place().1) {
        (None, _) => labels as u32,
        (Some(leaf), Grain::Leaf) => dimension.declared.iter().position(|&d| d == leaf).unwrap_or(0) as u32,
        (Some(group), _) => group as u32,
    }
}

impl Rows {
    fn new(
        ask: &Ask,
        resolved: &Resolved,
        cube: &Cube,
        dimensions: &[Dimension; DIMENSIONS],
        years: &[i32],
    ) -> Self {
        let grains = cube.spec.grains;
        let asked: [Option<Grain>; DIMENSIONS] =
            std::array::from_fn(|d| ask.by.iter().map(|by| by.place()).filter(|p| p.0 == d).map(|p| p.1).max());
        let mut order: Vec<usize> = Vec::new();
        ask.by.iter().map(|by| by.place().0).for_each(|d| {
            if !order.contains(&d) {
                order.push(d);
            }
        });
        let levels: [Vec<(Option<usize>, usize)>; DIMENSIONS] = std::array::from_fn(|d| {
            if let Some((by, position)) = resolved.fixed[d] {
                let at = if by.place().1 == Grain::Leaf {
                    position
                } else {
                    dimensions[d].group_levels(grains[d])[position]
                };
                vec![(None, at)]
            } else {
                let mut levels = shown(&dimensions[d], asked[d], grains[d], ask.totals && asked[d].is_some());
                // Ages and phases that the measure leaves out have no rows.
                let counts = |p: usize| match asked[d] {
                    Some(Grain::Leaf) => ask.measure.ages().contains(p),
                    _ => ask.measure.ages().ages().any(|age| dimensions[d].group_of[age] == p),
                };
                levels.retain(|(position, _)| d != 1 || position.is_none_or(counts));
                for (by, kept) in resolved.kept.iter().filter(|(by, _)| by.place().0 == d) {
                    let leaves_by_group = by.place().1 == Grain::Group && asked[d] == Some(Grain::Leaf);
                    let group = |p: usize| if leaves_by_group { dimensions[d].group_of[p] } else { p };
                    levels.retain(|(position, _)| position.is_none_or(|p| kept.contains(&group(p))));
                }
                levels
            }
        });
        let mut rows = Self {
            years: vec![],
            series: vec![],
            axes: ask.by.iter().map(|&by| axis(by, dimensions, ask.totals)).collect(),
        };
        // Looked up once a level, not once a row: a nation has millions of rows.
        let label = |&by: &By| -> Vec<u32> {
            let d = by.place().0;
            let axis = axis(by, dimensions, false);
            let of = |(position, _): &(Option<usize>, usize)| {
                label_of(by, asked[d].unwrap_or(Grain::All), *position, &dimensions[d], axis.labels.len())
            };
            levels[d].iter().map(of).collect()
        };
        let labels: Vec<Vec<u32>> = ask.by.iter().map(label).collect();
        let mut at = [0; DIMENSIONS];
        for (y, &year) in years.iter().enumerate() {
            if y == 0 && !ask.measure.is_stock() {
                continue;
            }
            rows.nest(&order, &mut at, &levels, &mut |rows, at| {
                let chosen: [usize; DIMENSIONS] = std::array::from_fn(|d| levels[d][at[d]].1);
                rows.years.push(year);
                rows.series.push(cube.cell(chosen).map(|cell| y * cube.size + cell));
                for ((axis, by), labels) in rows.axes.iter_mut().zip(&ask.by).zip(&labels) {
                    axis.positions.push(labels[at[by.place().0]]);
                }
            });
        }
        rows
    }

    /// Visits every combination of levels, the first axis slowest.
    fn nest(
        &mut self,
        order: &[usize],
        at: &mut [usize; DIMENSIONS],
        levels: &[Vec<(Option<usize>, usize)>; DIMENSIONS],
        visit: &mut impl FnMut(&mut Self, &[usize; DIMENSIONS]),
    ) {
        let Some((&d, rest)) = order.split_first() else { return visit(self, at) };
        for i in 0..levels[d].len() {
            at[d] = i;
            self.nest(rest, at, levels, visit);
        }
        at[d] = 0;
    }
}

fn axis(by: By, dimensions: &[Dimension; DIMENSIONS], totals: bool) -> Axis {
    let dimension = &dimensions[by.place().0];
    let mut labels: Vec<String> = if by.place().1 == Grain::Leaf {
        dimension.declared.iter().map(|&leaf| by.label(dimension, leaf)).collect()
    } else {
        dimension.groups.clone()
    };
    labels.extend(totals.then(|| "all".to_string()));
    Axis { name: by.name(), labels, positions: vec![] }
}

fn rows_of(projection: &Projection, ask: &Ask, control: &Control) -> Result<(Rows, Arc<CountedCube>)> {
    known_sites(projection.case(), ask)?;
    let dimensions = projection.dimensions();
    let resolved = ask.resolve(&dimensions)?;
    let counted = projection.cube(&resolved.spec, control)?;
    Ok((Rows::new(ask, &resolved, &counted.cube, &dimensions, &projection.years()), counted))
}

/// Summarises a measure over draws.
pub fn table(projection: &Projection, ask: &Ask, control: &Control) -> Result<Table> {
    let (rows, counted) = rows_of(projection, ask, control)?;
    let mut table = Table { years: rows.years, axes: rows.axes, ..Table::default() };
    let draws = &projection.request().draws;
    let root = libm::sqrt((draws.end - draws.start) as f64);
    let step = counted.cube.spec.step();
    for &series in &rows.series {
        let histogram = counted.histograms.get(series);
        let (mean, sd) = histogram.mean_sd();
        let (mean, sd) = (mean * step, sd * step);
        table.mean.push(mean);
        table.sd.push(sd);
        table.mcse.push(sd / root);
        for (column, quantile) in table.quantiles.iter_mut().zip(histogram.quantiles(QUANTILES)) {
            column.push(quantile * step);
        }
    }
    Ok(table)
}

/// The share of draws strictly above a level, one level a row of the table.
pub fn share_above(projection: &Projection, ask: &Ask, levels: &[f64], control: &Control) -> Result<Vec<f64>> {
    let (rows, counted) = rows_of(projection, ask, control)?;
    let step = counted.cube.spec.step();
    let above =
        |(&series, &level): (&Option<usize>, &f64)| counted.histograms.get(series).share_above(level / step);
    Ok(rows.series.iter().zip(levels).map(above).collect())
}

/// The least whole number that each row stays at or under in a share of the draws.
pub fn enough(projection: &Projection, ask: &Ask, share: f64, control: &Control) -> Result<Vec<f64>> {
    let (rows, counted) = rows_of(projection, ask, control)?;
    Ok(rows.series.iter().map(|&series| counted.histograms.get(series).least(share)).collect())
}

/// Refuses what has no meaning without sites.
fn known_sites(case: &Case, ask: &Ask) -> Result<()> {
    let by_site = |by: &By| matches!(by, By::Site | By::InAuthority);
    let asked =
        ask.measure.needs_sites() || ask.by.iter().any(by_site) || ask.filter.iter().any(|(by, _)| by_site(by));
    if asked && case.provision.is_none() {
        let message = format!("{} needs sites and places, and this fit has none", ask.measure.name());
        let hint = "give tables sites and places; without them there is demand but no shortfall";
        return Err(Error::Input(vec![Problem::new("no-sites", "argument by", message).hint(hint)]));
    }
    let unknown = |unit: Unit| {
        let known = |site: &Site| !if unit == Unit::Km { &site.km } else { &site.minutes }.is_empty();
        !case.provision.iter().flat_map(|provision| &provision.sites).all(known)
    };
    if matches!(ask.measure, Measure::Near(_, Near::PlanningArea)) && case.world.planning_areas.0.is_empty() {
        let problem = Problem::new("no-planning-areas", "argument within", "this fit has no planning areas");
        return Err(Error::Input(vec![problem.hint("give areas a planning_area, or ask for within='nearest'")]));
    }
    if let Measure::Travel(_, unit) | Measure::Beyond(_, unit, _) = ask.measure
        && unknown(unit)
    {
        let message = format!("travel is not known in {}", if unit == Unit::Km { "km" } else { "minutes" });
        let hint = "give a table travel with minutes and km of every area and site";
        return Err(Error::Input(vec![Problem::new("travel-missing", "argument unit", message).hint(hint)]));
    }
    Ok(())
}

/// Kept draws of a table's rows: one vector a draw; `None` if the projection kept none.
pub fn draws_of(projection: &Projection, ask: &Ask, control: &Control) -> Result<Option<(Table, Vec<Vec<f64>>)>> {
    let (rows, counted) = rows_of(projection, ask, control)?;
    let Some(kept) = &counted.kept else { return Ok(None) };
    let step = counted.cube.spec.step();
    let value = |draw: &Vec<i32>, series: Option<usize>| series.map_or(0.0, |s| f64::from(draw[s]) * step);
    let draws = kept.iter().map(|draw| rows.series.iter().map(|&s| value(draw, s)).collect()).collect();
    Ok(Some((Table { years: rows.years, axes: rows.axes, ..Table::default() }, draws)))
}

/// The mean path by year and axes, without draws.
pub fn expected_table(case: &Case, to: i32, ask: &Ask) -> Result<Table> {
    let by_site = |by: &By| matches!(by, By::Site | By::InAuthority);
    if ask.measure.needs_sites() || ask.within.is_some() || ask.by.iter().any(by_site) {
        let message = "the mean path has no places: an expected child has no seat";
        let problem = Problem::new("expectation-no-places", "argument expectation", message);
        return Err(Error::Input(vec![problem.hint("project with draws to ask for places, or ask for demand")]));
    }
    let dimensions = dimensions(&[case]);
    let resolved = ask.resolve(&dimensions)?;
    let cube = Cube::new(resolved.spec.clone(), &Frame::new(&[case], 0));
    let expected = expect(case, to);
    let cohorts = if ask.measure == Measure::NewPlans { &expected.new_plans } else { &expected.plans };
    let values: Vec<Vec<f64>> = cohorts.iter().map(|cohort| cube.count_expected(cohort)).collect();
    let years: Vec<i32> = (case.base_year..=to).collect();
    let rows = Rows::new(ask, &resolved, &cube, &dimensions, &years);
    let mean = rows.series.iter().map(|&s| s.map_or(0.0, |s| values[s / cube.size][s % cube.size])).collect();
    Ok(Table { years: rows.years, axes: rows.axes, mean, ..Table::default() })
}
