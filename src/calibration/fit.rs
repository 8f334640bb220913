//! From checked inputs to a case that runs, with what is known about how it came to be.

use super::areas::fit_areas;
use super::effects::fit_effects;
use super::england::England;
use super::first::fit_first_setting;
use super::incidence::{FittedIncidence, fit_incidence, fit_transfers_in};
use super::leaving::{FittedLeaving, fit_leaving};
use super::moves::MoveData;
use super::needs::fit_need_changes;
use super::past::Past;
use super::pipeline::fit_pipeline;
use super::priors::{RATES_FROM, TrendTables};
use super::report::{Report, SummaryRow};
use super::settings::SettingMap;
use super::supply::{supply_rows, waiting_requires_a_place};
use super::transitions::fit_transitions;
use super::trend::{FittedTrend, fit_trend};
use crate::case::{Case, CaseRows, PsiRow, World};
use crate::data::Inputs;
use crate::domain::{AGES, NeedGroup};
use crate::error::{Error, Result};
use crate::plans::ParameterRows;
use crate::population::{Control, History, Movement, Population, project_residents};

/// Years after the base year that residents are carried forward: SCAP looks 7 years ahead, a strategy 10.
const HORIZON: usize = 20;

/// A fitted model: a case, its flags, and what was data, inferred or prior.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The case, ready to run.
    pub case: Case,
    /// Slugs of what to know before trusting a result, those of the inputs first.
    pub flags: Vec<String>,
    /// What each quantity rests on.
    pub summary: Vec<SummaryRow>,
}

/// Fits an authority. `england` is the text of England's series (`year,measure,age,value`); `history` limits the
/// Januaries (flows: of the year before) that are learnt from.
pub fn fit(inputs: &Inputs, england: &str, history: Option<(i32, i32)>) -> Result<Fit> {
    fit_with(inputs, england, history, &TrendTables::default())
}

/// As [`fit`], with tables of the trend that were derived elsewhere: without the authority, for a back-test.
pub fn fit_with(inputs: &Inputs, england: &str, history: Option<(i32, i32)>, priors: &TrendTables) -> Result<Fit> {
    if let Some((from, to)) = history.filter(|(from, to)| from > to) {
        let message = format!("history must be (first, last), got ({from}, {to})");
        return Err(Error::argument("bad-history", "history", message));
    }
    let past = Past::new(inputs, history);
    let england = England::read(england, past.base_year())?;
    let mut report = Report::of(inputs);
    let population = population(inputs, &mut report)?;
    let areas = inputs.areas.len();
    let residents: [f64; AGES] =
        std::array::from_fn(|age| population.base[age * areas..(age + 1) * areas].iter().sum());
    let map = SettingMap::of(inputs);
    let mut trend = fit_trend(&past, &england, priors, &school_age_growth(&population, areas))?;
    let effects = fit_effects(&map.published, past.base_year())?;
    trend.trend.effects = effects.effects;
    let pipeline = fit_pipeline(&past, &england);
    trend.trend.need = pipeline.map(|pipeline| pipeline.ahead);
    let leaving = fit_leaving(&past, &england)?;
    let transitions = fit_transitions(&past, &map, &leaving.ends)?;
    let incidence = fit_incidence(&past, &residents, &leaving.bands)?;
    let (first_setting, first_years) = fit_first_setting(&past, &map)?;
    let (transfers_in, in_years) = fit_transfers_in(&past, leaving.expected_out);
    let counted = transitions.data == MoveData::Given;
    let (need_changes, need_years) = fit_need_changes(&past, &leaving.ends, counted)?;
    let area_multipliers = fit_areas(inputs, &population.base);
    report.pipeline(pipeline);
    describe(&mut report, &past, &trend, &leaving, transitions.data, &incidence);
    if effects.chosen {
        report.flag("effects-prior");
    }
    if priors.whole_panel && in_panel(&inputs.authority.code) {
        report.flag("prior-includes-authority");
    }
    report.need_changes(&need_years);
    report.settings_of_new(&first_years);
    report.arrivals(&in_years);
    report.areas(area_multipliers.is_some());
    let parameters = ParameterRows {
        ceasing: leaving.ceasing,
        transfers_out: Some(leaving.transfers_out),
        need_changes: Some(need_changes),
        transitions: transitions.rows,
        new_plans: incidence.rows,
        first_setting,
        transfers_in: Some(transfers_in),
        area_multipliers,
        trend: Some(trend.trend),
        ..ParameterRows::default()
    };
    let world = world(inputs);
    let mut base = inputs.base.clone();
    let found = waiting_requires_a_place(&mut base, &inputs.waiting, &world, past.base_year());
    let points: Vec<_> = inputs.areas.iter().map(|area| area.latitude.zip(area.longitude)).collect();
    let supply = supply_rows(&inputs.supply, &world, &points, &base)?;
    let case = Case::new(CaseRows {
        psi: psi(inputs),
        world,
        base_year: past.base_year(),
        base,
        parameters,
        population,
        points,
        provision: supply.provision.clone(),
        costs: supply.costs.clone(),
        support: inputs.support.clone(),
    })?;
    report.supply(&supply, &case, found);
    limited(&mut report, &case);
    let (flags, summary) = report.finish();
    Ok(Fit { case, flags, summary })
}

/// Whether an authority is one of those that the panel is made of.
fn in_panel(code: &str) -> bool {
    ["E06", "E08", "E09", "E10"].iter().any(|kind| code.starts_with(kind))
}

/// Residents of the base year and their path.
fn population(inputs: &Inputs, report: &mut Report) -> Result<Population> {
    let base_year = inputs.authority.base_year;
    let rows: Vec<_> = inputs.population.iter().map(|r| (r.year, r.area, r.ages, r.population)).collect();
    let totals: Vec<_> = inputs.population_control.iter().map(|r| (r.year, r.ages, r.population)).collect();
    let history = History::from_rows(inputs.areas.len(), &rows);
    let projected = project_residents(&history, &Control::from_rows(&totals), base_year, HORIZON)?;
    report.residents(&projected.flags);
    let movement = Movement::Path(projected.path);
    Ok(Population { base: projected.base, movement, without_plans: false, additions: vec![], held: None })
}

/// Log growth of residents of 5 to 15 by year after the base year.
fn school_age_growth(population: &Population, areas: usize) -> Vec<f64> {
    let Movement::Path(path) = &population.movement else { return vec![] };
    let children = |residents: &Vec<f64>| residents[5 * areas..16 * areas].iter().sum::<f64>();
    let years: Vec<f64> = std::iter::once(&population.base).chain(&path.years).map(children).collect();
    let growth = |pair: &[f64]| if pair[0] > 0.0 && pair[1] > 0.0 { libm::log(pair[1] / pair[0]) } else { 0.0 };
    years.windows(2).map(growth).collect()
}

/// Codes of the inputs and what they mean.
fn world(inputs: &Inputs) -> World {
    let authority = &inputs.authority;
    let codes = (&authority.area_codes, &authority.need_codes, &authority.setting_codes);
    let mut world = World::bare(codes.0.clone(), codes.1.clone(), codes.2.clone());
    world.specialist = authority.settings.iter().map(|setting| setting.specialist).collect();
    world.commissioned = authority.settings.iter().map(|setting| setting.commissioned).collect();
    world.group_needs(&authority.needs);
    let mut names: Vec<String> = vec![];
    let declared = authority.area_codes.declared().iter().map(|&area| &inputs.areas[area].planning_area);
    declared.for_each(|name| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    });
    let of = |name: &String| names.iter().position(|known| known == name).unwrap_or(0);
    let group_of = inputs.areas.iter().map(|area| of(&area.planning_area)).collect();
    world.planning_areas = (names, group_of);
    world
}

/// The authority's own shares of latent demand.
fn psi(inputs: &Inputs) -> Vec<PsiRow> {
    let authority = &inputs.authority;
    let row = |(name, psi): &(String, f64)| {
        let (setting, need) = name.split_once('.').map_or((name.as_str(), None), |(s, n)| (s, Some(n)));
        let need = need.map(|need| authority.need_codes.position(need));
        Some(PsiRow { setting: authority.setting_codes.position(setting)?, need: need.flatten(), psi: *psi })
    };
    authority.psi.iter().filter_map(row).collect()
}

fn describe(
    report: &mut Report,
    past: &Past,
    trend: &FittedTrend,
    leaving: &FittedLeaving,
    moves: MoveData,
    incidence: &FittedIncidence,
) {
    report.trend(trend);
    report.leaving(leaving);
    report.moves(moves);
    report.new_plans(incidence);
    if past.base_year() < RATES_FROM {
        report.flag("rates-prior-later");
    }
    let unknown =
        past.inputs.base.iter().filter(|row| past.inputs.authority.needs[row.need].group == NeedGroup::Unknown);
    if unknown.map(|row| row.plans).sum::<u32>() * 2 > past.inputs.base.iter().map(|row| row.plans).sum() {
        report.flag("needs-unknown");
    }
}

/// Flags a fit whose path asks for more new plans next year than requests announce, or than can be issued.
fn limited(report: &mut Report, case: &Case) {
    let Some(trend) = &case.trend else { return };
    let next = |need, capacity| {
        let mut free = trend.clone();
        (free.trend.need, free.trend.capacity) = (need, capacity);
        let mut rates = crate::plans::Rates::new(&case.parameters);
        rates.draw(&case.parameters, None);
        let first = free.multipliers(&rates, case.parameters.sizes, None, 1).swap_remove(0);
        let new = |((e, r), m): ((&f64, &f64), f64)| e * r * m;
        trend.exposed[0].iter().zip(&rates.new_plans).zip(first).map(new).sum::<f64>()
    };
    let (need, capacity) = (trend.trend.need, trend.trend.capacity);
    let asked = next(need, None);
    if need.is_some() && next(None, None) > asked * (1.0 + 1e-9) {
        report.flag("requests-limited");
    }
    if capacity.is_some() && asked > next(need, capacity) * (1.0 + 1e-9) {
        report.flag("throughput-limited");
    }
}
