//! Rounding, and what a rounded figure tells.

/// Slack of comparisons: sums of means carry this much floating-point noise.
pub const NOISE: f64 = 1e-6;

/// The nearest multiple of a step, halves up; a step of 0 changes nothing.
pub fn rounded(value: f64, step: f64) -> f64 {
    if step > 0.0 { (value / step + 0.5).floor() * step } else { value }
}

/// The least and the most that a figure can be that was printed rounded to a step.
pub fn told(value: f64, step: f64, whole: bool, signed: bool) -> (f64, f64) {
    let printed = rounded(value, step);
    let (mut low, mut high) = (printed - step / 2.0, printed + step / 2.0);
    if whole {
        // Halves round up: the whole numbers from low (included) to high (left out).
        (low, high) = ((low - NOISE).ceil(), (high - NOISE).floor().max((low - NOISE).ceil()));
    }
    if !signed {
        low = low.max(0.0);
    }
    (low - NOISE, high + NOISE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_holds_the_figure_and_is_as_narrow_as_rounding_leaves_it() {
        let printed = [(12.4, 10), (12.5, 15), (2.4, 0), (0.0, 0), (-3.0, -5)];
        assert!(printed.iter().all(|&(value, shown)| rounded(value, 5.0) as i32 == shown));
        let near = |(low, high): (f64, f64), (a, b): (f64, f64)| {
            assert!((low - a).abs() < 1e-5 && (high - b).abs() < 1e-5, "{low} {high}");
        };
        near(told(11.0, 5.0, true, false), (8.0, 12.0));
        near(told(1.0, 5.0, true, false), (0.0, 2.0));
        near(told(11.0, 1.0, true, false), (11.0, 11.0));
        near(told(11.0, 5.0, false, false), (7.5, 12.5));
        near(told(-11.0, 5.0, false, true), (-12.5, -7.5));
    }
}
