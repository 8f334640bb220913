//! From requests to issued plans: what need did while issue was held back.
//!
//! Arrivals A(t) = c ((1 - l) R(t) + l R(t - 1)): a request late in the year is decided in the next. The backlog is
//! B(t + 1) = B(t) + A - I, of which I = min(B + A, K) is issued. The trend of need is that of A, never of I; how far it
//! binds the path of new plans stands with [`Need`].

use super::england::England;
use super::past::Past;
use crate::data::Flow;
use crate::plans::Need;

/// Share of a year's requests that are decided in the year after (a request is decided within 20 weeks by law).
const NEXT_YEAR: f64 = 0.4;
/// Plans issued of assessments agreed to: England, calendar 2023 and 2024 (84,428 of 92,985 and 97,747 of 101,045).
const OF_AGREED: f64 = 0.94;
/// Years of arrivals that the trend of need is read from, the last ones.
const RECENT: usize = 4;

/// The account of an authority whose requests are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pipeline {
    /// Plans that come of a request, where assessments are in time.
    pub conversion: f64,
    /// Yearly log trend of need.
    pub need: f64,
    /// Yearly log trend of issued plans over the same years.
    pub issued: f64,
    /// Children waiting for a plan, against a year's arrivals.
    pub waiting: f64,
    /// What requests announce for the years ahead.
    pub ahead: Need,
    /// Last year of the account.
    pub year: i32,
}

/// The account of past years; none with fewer than three years of arrivals.
pub fn fit_pipeline(past: &Past, england: &England) -> Option<Pipeline> {
    let base = past.base_year();
    let requests = |year: i32| past.requests(year)?.requests.map(f64::from);
    let issued =
        |year: i32| past.flow_total(year, Flow::New).or_else(|| past.requests(year)?.issued.map(f64::from));
    let mixed = |year: i32| Some((1.0 - NEXT_YEAR) * requests(year)? + NEXT_YEAR * requests(year - 1)?);
    let years: Vec<(i32, f64, f64)> =
        (base - 20..=base).filter_map(|year| Some((year, mixed(year)?, issued(year)?))).collect();
    if years.len() < 3 || years.last()?.0 != base {
        return None;
    }
    let conversion = conversion(past, england, base)?;
    let backlog =
        years.iter().fold(0.0, |backlog, (_, mixed, issued)| f64::max(backlog + conversion * mixed - issued, 0.0));
    let recent = &years[years.len().saturating_sub(RECENT)..];
    let trend = |of: fn(&(i32, f64, f64)) -> f64| slope(&recent.iter().map(of).collect::<Vec<_>>());
    let arrivals = conversion * recent.last()?.1;
    let mixed: Vec<f64> = years.iter().map(|year| year.1).collect();
    // Over the years requests came to what was issued, but for those who wait: the more of the two, since a bound that
    // is too low does harm and one that is too high does none.
    let all: (f64, f64) = years.iter().fold((0.0, 0.0), |(i, m), year| (i + year.2, m + year.1));
    let come_to = if all.1 > 0.0 { f64::max(conversion, all.0 / all.1) } else { conversion };
    let growth = believed(&mixed);
    let half = (mixed.len() as f64 - 1.0) / 2.0;
    Some(Pipeline {
        conversion,
        need: trend(|year| year.1),
        issued: trend(|year| year.2),
        waiting: if arrivals > 0.0 { backlog / arrivals } else { 0.0 },
        ahead: Need { waiting: backlog, arrivals: come_to * libm::exp(middle(&mixed) + growth * half), growth },
        year: base,
    })
}

/// Plans that come of a request: own assessments agreed to, else England's plans against its requests.
fn conversion(past: &Past, england: &England, base: i32) -> Option<f64> {
    let (mut agreed, mut asked) = (0.0, 0.0);
    for year in base - 2..=base {
        let row = past.requests(year);
        if let Some((a, r)) = row.and_then(|row| row.agreed.zip(row.requests)) {
            agreed += f64::from(a);
            asked += f64::from(r);
        }
    }
    if asked > 0.0 {
        return Some(OF_AGREED * agreed / asked);
    }
    let of = |measure: &str, year: i32| england.of(measure, "all", year);
    let mixed = (1.0 - NEXT_YEAR) * of("requests", base)? + NEXT_YEAR * of("requests", base - 1)?;
    Some(of("new_plans", base)? / mixed)
}

fn logs(figures: &[f64]) -> impl Iterator<Item = f64> {
    figures.iter().map(|x| libm::log(x.max(0.5)))
}

/// Mean of the log of yearly figures.
fn middle(figures: &[f64]) -> f64 {
    logs(figures).sum::<f64>() / figures.len() as f64
}

/// The slope as far as it is larger than its own error (James and Stein): a few years of counts show one by chance.
fn believed(figures: &[f64]) -> f64 {
    let n = figures.len() as f64;
    let (slope, middle, half) = (slope(figures), middle(figures), (n - 1.0) / 2.0);
    let (left, square) = logs(figures).enumerate().fold((0.0, 0.0), |(left, square), (i, log)| {
        let at = i as f64 - half;
        let apart = log - middle - slope * at;
        (left + apart * apart, square + at * at)
    });
    let error = left / (n - 2.0) / square;
    if slope * slope > error { slope * (1.0 - error / (slope * slope)) } else { 0.0 }
}

/// Least-squares slope of the log of yearly figures.
fn slope(figures: &[f64]) -> f64 {
    let n = figures.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let (sum, square) = logs(figures).enumerate().fold((0.0, 0.0), |(sum, square), (i, log)| {
        let at = i as f64 - middle;
        (sum + at * log, square + at * at)
    });
    sum / square
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logs 0, 3, 0, 3: slope 3 / 5; squares left over 7.2, so the error's square is 7.2 / 2 / 5 = 0.72, above the slope's
    /// 0.36: nothing is believed. Of logs 0, 1, 2, 3.1 nearly all is.
    #[test]
    fn a_slope_is_believed_as_far_as_it_is_larger_than_its_error() {
        let figures = |logs: [f64; 4]| logs.map(libm::exp);
        assert!((slope(&figures([0.0, 3.0, 0.0, 3.0])) - 0.6).abs() < 1e-12);
        assert!(believed(&figures([0.0, 3.0, 0.0, 3.0])).to_bits() == 0);
        // Slope 1.03; left over 0.003 of squares, by hand: apart 0.02, -0.01, -0.04, 0.03; error 0.003 / 2 / 5.
        let found = believed(&figures([0.0, 1.0, 2.0, 3.1]));
        assert!((found - (1.03 - 0.0003 / 1.03)).abs() < 1e-12, "{found}");
    }

    #[test]
    fn the_slope_of_steady_growth_is_its_log_growth() {
        let figures: Vec<f64> = (0..4).map(|i| 100.0 * libm::exp(0.07 * f64::from(i))).collect();
        assert!((slope(&figures) - 0.07).abs() < 1e-12);
        assert!(slope(&[5.0, 5.0, 5.0]).abs() < 1e-15);
    }
}
