//! What a fit says about itself: flags, and what each quantity rests on.

use super::incidence::FittedIncidence;
use super::leaving::FittedLeaving;
use super::left::Source;
use super::moves::MoveData;
use super::pipeline::Pipeline;
use super::supply::SupplyRows;
use super::trend::FittedTrend;
use crate::case::Case;
use crate::data::{Flag, Inputs};
use crate::domain::Phase;
use crate::provision::Site;
use std::collections::BTreeSet;

/// Slugs that a fit may raise, with their meanings; those of inputs stand in `data::slugs`.
pub const FLAGS: &[(&str, &str)] = &[
    ("throughput-only", "no requests are given: only issued plans tell what is coming"),
    (
        "backlog",
        "new plans are issued far later than in England: waiting children are growth to come, as fast as plans can be issued",
    ),
    (
        "requests-limited",
        "the trend asks for more new plans than requests announce: it is held to those who wait and who are asked for",
    ),
    (
        "throughput-limited",
        "more new plans are asked for next year than can be issued: held back to what can be issued, which is more than nine in ten authorities ever issued",
    ),
    ("ceasing-event-left-out", "a year in which twice the usual number ceased is taken as an event, not a rate"),
    ("ceasing-prior", "England's chances of ceasing stand in: no own records of plans that ended"),
    ("inferred-margins", "moves between settings are inferred from margins, not counted"),
    (
        "transitions-prior",
        "England's moves between settings stand in: no two Januaries are crossed by age and setting",
    ),
    (
        "need-changes-prior",
        "changes of need rest on a supposition: England's needs by age as they were a year before",
    ),
    ("age-profile-prior", "England's ages of new plans stand in: none of the last three years are by age"),
    ("first-setting-prior", "England's settings of new plans stand in"),
    ("transfers-assumed", "as many children arrive with a plan as leave: arrivals are not published"),
    ("needs-unknown", "needs are not known for most plans: results by need mean nothing"),
    ("prior-includes-authority", "the authority is one of those that the constants were learnt from"),
    ("seats-inferred", "who sits at which site is not given: children of the base year are seated by rule"),
    (
        "occupied-beyond-plans",
        "occupied names more children of an age and need than the plans have in specialist settings",
    ),
    ("waiting-beyond-plans", "waiting names children of Reception to Year 11 who are not among the plans"),
    (
        "travel-unknown",
        "no travel table and no coordinates: children take places in their own area first, then in their own planning \
         area; how far they travel cannot be told",
    ),
    ("travel-estimated", "no travel table: 1.3 times the great circle, homes spread round each centroid"),
    ("roll-not-places", "rows of places that count a roll are left out: a roll is not places"),
    ("proposed-left-out", "proposed places are left out: only a scenario opens them"),
    (
        "sites-left-out",
        "sites of settings that are not specialist, or whose places are not commissioned, are left out",
    ),
    (
        "capacity-split-assumed",
        "places of sites that serve several phases or need groups are split over them by plans of the base year",
    ),
    ("places-for-nobody", "some places are for needs and ages that no child in a specialist place has"),
    (
        "effects-prior",
        "how far age groups and special schools go their own way is chosen: no earlier forecast's outcome was known",
    ),
    ("rates-prior-later", "England's rates by age are of January 2025: single ages are not published before 2024"),
];

/// Flags of a case that hold however it was made.
pub fn explicit_flags(case: &Case) -> Vec<String> {
    let mut sites = case.provision.iter().flat_map(|provision| &provision.sites);
    let assumed = sites.any(|site| serves_several_cells(site, case));
    assumed.then(|| "capacity-split-assumed".to_string()).into_iter().collect()
}

/// Whether a site, or a part of one, serves more than one phase or need group, so that its places must be split.
fn serves_several_cells(site: &Site, case: &Case) -> bool {
    let group = |need: usize| case.world.need_groups.1.get(need).copied().unwrap_or(0);
    let needs = (0..case.world.needs.len()).filter(|&need| site.needs.contains(need));
    let cells: BTreeSet<_> = needs
        .flat_map(|need| site.ages.ages().map(move |age| (Phase::of_age(age) as usize, group(need))))
        .collect();
    cells.len() > 1
}

/// One quantity of a fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// What it is.
    pub quantity: String,
    /// Its value, in words.
    pub value: String,
    /// `data`, `inferred` or `prior`.
    pub status: &'static str,
    /// What it is from.
    pub source: String,
}

/// The report as it is written.
#[derive(Debug, Default)]
pub(super) struct Report {
    flags: Vec<String>,
    rows: Vec<SummaryRow>,
}

fn years(years: &[i32]) -> String {
    match years {
        [] => "no year".into(),
        [only] => only.to_string(),
        many => many.iter().map(i32::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl Report {
    pub(super) fn of(inputs: &Inputs) -> Self {
        let mut report = Self::default();
        inputs.flags.iter().for_each(|flag| report.flag(&flag.slug));
        let crossed = inputs.has_flag("crossed-by-fitting");
        let year = inputs.authority.base_year;
        let source = format!("plans of January {year}");
        let status = if crossed { "inferred" } else { "data" };
        report.row("children in the base year", "one by one, by area, age, need and setting", status, &source);
        report
    }

    pub(super) fn flag(&mut self, slug: &str) {
        if !self.flags.iter().any(|known| known == slug) {
            self.flags.push(slug.into());
        }
    }

    fn row(&mut self, quantity: &str, value: &str, status: &'static str, source: &str) {
        let (quantity, value, source) = (quantity.into(), value.into(), source.into());
        self.rows.push(SummaryRow { quantity, value, status, source });
    }

    pub(super) fn supply(&mut self, supply: &SupplyRows, case: &Case, waiting_found: bool) {
        supply.flags.iter().for_each(|flag| self.flag(flag));
        if !waiting_found {
            self.flag("waiting-beyond-plans");
        }
        let Some(provision) = &case.provision else { return };
        let seated = provision.seated;
        [(seated.inferred, "seats-inferred"), (seated.beyond_plans, "occupied-beyond-plans")]
            .into_iter()
            .filter(|(raised, _)| *raised)
            .for_each(|(_, slug)| self.flag(slug));
        for flag in explicit_flags(case) {
            self.flag(&flag);
        }
        self.row("places", "by site, as they stand; they carry forward", "data", "places");
        let (value, status, source) = if seated.inferred {
            ("by rule: the nearest of the setting with room", "inferred", "plans, places")
        } else {
            ("as given, by site, age and need", "data", "occupied")
        };
        self.row("seats of the base year", value, status, source);
        let (value, status, source) = if supply.flags.contains(&"travel-estimated") {
            ("1.3 times the great circle", "inferred", "centroids")
        } else if supply.flags.contains(&"travel-unknown") {
            ("own area first, then own planning area", "inferred", "areas")
        } else {
            ("as given", "data", "travel")
        };
        self.row("travel", value, status, source);
        self.row("children without a place who go to independent schools", "20% a year", "prior", "our choice");
    }

    pub(super) fn residents(&mut self, flags: &[Flag]) {
        for flag in flags {
            self.flag(&flag.slug);
        }
        self.row(
            "residents",
            "by area and age, carried forward by cohort",
            "inferred",
            "population, cohort change ratios",
        );
    }

    pub(super) fn trend(&mut self, fitted: &FittedTrend) {
        fitted.flags.iter().for_each(|flag| self.flag(flag));
        let law = &fitted.trend;
        let percent = |x: f64| format!("{:+.1}%", 100.0 * (libm::exp(x) - 1.0));
        let own: f64 = law.own.iter().map(|point| point.weight * point.deviation).sum();
        self.row(
            "growth of all plans in England",
            &format!("{} in the last year, damped", percent(law.national_growth)),
            "data",
            "England's published series",
        );
        let used = format!("own plans, {} years of growth; set {}", fitted.years, fitted.set);
        self.row("own growth against England", &format!("{} a year, damped", percent(own)), "inferred", &used);
        self.row(
            "plans per child of 5 to 15 against England",
            &format!("{}, closing by about 8% a year", percent(law.gap)),
            "data",
            "own and England's plans and residents",
        );
        let pull = law.pull.first().copied().unwrap_or(0.0);
        let source = match fitted.set {
            "A" => "requests, new plans, plans within 20 weeks",
            "B" => "new plans, plans within 20 weeks; no requests",
            _ => "no flows",
        };
        self.row(
            "growth next year that flows announce",
            &percent(pull),
            if fitted.set == "C" { "prior" } else { "data" },
            source,
        );
        self.row(
            "spread of own growth",
            &format!("{:.1}% a year", 100.0 * law.sd),
            "prior",
            "panel of English authorities",
        );
        if let Some(capacity) = law.capacity {
            self.row(
                "new plans that can be issued",
                &format!(
                    "four tenths above the most ever issued next year, then {} a year",
                    percent(capacity.growth)
                ),
                "prior",
                "panel of English authorities: nine in ten issued less",
            );
        }
        self.row(
            "spread of whole age groups and of special schools",
            "ceasing, new plans and settings together, drawn once",
            "prior",
            "panel of English authorities",
        );
        self.row(
            "spread between need groups",
            &format!("{:.0}% a year", 100.0 * law.group_sd),
            "prior",
            "elicited",
        );
    }

    pub(super) fn pipeline(&mut self, found: Option<Pipeline>) {
        let Some(found) = found else { return };
        let percent = |x: f64| format!("{:+.1}% a year", 100.0 * (libm::exp(x) - 1.0));
        let value = format!("{}; plans issued {}", percent(found.need), percent(found.issued));
        self.row(
            "need, from requests",
            &value,
            "inferred",
            &format!("requests to {}, decided with a delay", found.year),
        );
        let value = format!("{:.1} years of arrivals", found.waiting);
        let source = format!("requests at {:.2} plans a request, less plans issued", found.conversion);
        self.row("children waiting for a plan", &value, "inferred", &source);
    }

    pub(super) fn leaving(&mut self, fitted: &FittedLeaving) {
        let (seen, mut source) = match &fitted.source {
            Source::Records(seen) => (seen, format!("own records by age of {}", years(seen))),
            Source::Januaries(seen) => (seen, format!("age groups of January {} and before", seen[0])),
            Source::Totals(seen) => (seen, format!("own records of {}, all ages together", years(seen))),
        };
        let known = !seen.is_empty();
        if known {
            source = format!("{source}, pooled with England's");
        } else {
            source = "England, January 2024 to 2025".into();
            self.flag("ceasing-prior");
        }
        if !fitted.events.is_empty() {
            self.flag("ceasing-event-left-out");
        }
        let [to_19, older] = fitted.factors;
        let value = format!("England's chances by age, times {to_19:.2} at 16 to 19 and {older:.2} from 20");
        if !fitted.events.is_empty() {
            source = format!("{source}; {} left out as an event", years(&fitted.events));
        }
        self.row("ceasing", &value, if known { "inferred" } else { "prior" }, &source);
    }

    pub(super) fn moves(&mut self, data: MoveData) {
        let (status, source) = match data {
            MoveData::Given => ("data", "own moves, with England's"),
            MoveData::GivenInferred => ("inferred", "own moves inferred from margins, with England's"),
            MoveData::Inferred => ("inferred", "two own Januaries by age and setting, with England's"),
            MoveData::None => ("prior", "England, January 2024 to 2025"),
        };
        match data {
            MoveData::Given => {}
            MoveData::None => self.flag("transitions-prior"),
            _ => self.flag("inferred-margins"),
        }
        self.row("moves between settings", "by age class, need and setting", status, source);
    }

    pub(super) fn need_changes(&mut self, used: &[i32]) {
        let (status, source) = if used.is_empty() {
            self.flag("need-changes-prior");
            ("prior", "England, January 2025, ages 5 to 15: needs by age as a year before; else 1% a year".into())
        } else {
            ("data", format!("own moves of {}, with England's", years(used)))
        };
        self.row("changes of need", "by age class and need", status, &source);
    }

    pub(super) fn new_plans(&mut self, fitted: &FittedIncidence) {
        if fitted.age_years.is_empty() {
            self.flag("age-profile-prior");
        }
        let status = |years: &[i32]| if years.is_empty() { "prior" } else { "data" };
        let source = |years: &[i32]| match years {
            [] => "England's profile: no own new plans by age".into(),
            _ => format!("new plans of {}, with England's profile", self::years(years)),
        };
        let (by_age, by_need) = (&fitted.age_years, &fitted.need_years);
        self.row("new plans by age", "a rate per resident of each age", status(by_age), &source(by_age));
        let needs = if by_need.is_empty() { "base-year needs at ages 4 to 8".into() } else { source(by_need) };
        self.row(
            "new plans by need",
            "share of each need",
            if by_need.is_empty() { "inferred" } else { "data" },
            &needs,
        );
    }

    pub(super) fn settings_of_new(&mut self, used: &[i32]) {
        if used.is_empty() {
            self.flag("first-setting-prior");
        }
        let status = if used.is_empty() { "prior" } else { "data" };
        let source = match used {
            [] => "England's: no own new plans by setting".into(),
            _ => format!("new plans of {}, with England's", years(used)),
        };
        self.row("first setting of a new plan", "by age class and need", status, &source);
    }

    pub(super) fn arrivals(&mut self, used: &[i32]) {
        if used.is_empty() {
            self.flag("transfers-assumed");
        }
        let (status, source) = if used.is_empty() {
            ("prior", "as many as leave".into())
        } else {
            ("data", format!("arrivals of {}", years(used)))
        };
        self.row("arrivals with a plan", "by age and need as in the base year", status, &source);
    }

    pub(super) fn areas(&mut self, several: bool) {
        if several {
            self.row(
                "relative risk of areas",
                "by need group, partially pooled",
                "inferred",
                "base-year plans at ages 4 to 15 against residents",
            );
        }
    }

    pub(super) fn finish(self) -> (Vec<String>, Vec<SummaryRow>) {
        (self.flags, self.rows)
    }
}
