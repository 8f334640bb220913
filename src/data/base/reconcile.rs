//! Official margins that do not agree, made to: each is scaled to the ones before it, by age first.

use crate::numeric::{Margin, TOLERANCE, rake, relative_error, round_to_margins};

/// A cell that was published as 0 may be needed once totals change: its start, as a share of the mean cell.
const GRAIN: f64 = 1e-3;

/// Changes later margins until all agree; whether anything was changed.
pub(super) fn reconcile(margins: &mut [Margin]) -> bool {
    let mut changed = false;
    for position in 1..margins.len() {
        let (before, rest) = margins.split_at_mut(position);
        let margin = &mut rest[0];
        let targets: Vec<Margin> = before.iter().map(|earlier| earlier.shared_with(margin)).collect();
        let ours = before.iter().map(|earlier| margin.shared_with(earlier));
        let differs = targets.iter().zip(ours).any(|(target, ours)| {
            target.counts.iter().zip(&ours.counts).any(|(&a, &b)| relative_error(a, b) > TOLERANCE)
        });
        if differs {
            changed = true;
            meet(margin, &targets);
        }
    }
    changed
}

/// Fits the margin's own counts to sums of them, as whole numbers.
fn meet(margin: &mut Margin, targets: &[Margin]) {
    let sizes = margin.shape();
    let within: Vec<Margin> = targets.iter().map(|target| over_groups(target, margin)).collect();
    let grain = GRAIN * margin.total().max(1.0) / margin.counts.len() as f64;
    let with_grain: Vec<f64> = margin.counts.iter().map(|count| count + grain).collect();
    // Published zeros stay if they can; otherwise they open a little.
    let fitted = rake(&margin.counts, &sizes, &within).or_else(|_| rake(&with_grain, &sizes, &within));
    if let Ok(fitted) = fitted {
        let rounded = round_to_margins(&fitted.cells, &sizes, &within);
        margin.counts = rounded.cells.iter().map(|&count| f64::from(count)).collect();
    }
}

/// A coarser margin, its groups told by the groups of `margin` instead of the levels.
fn over_groups(target: &Margin, margin: &Margin) -> Margin {
    let groups = target
        .groups
        .iter()
        .zip(&margin.groups)
        .zip(margin.shape())
        .map(|((coarse, fine), width)| match (coarse, fine) {
            (Some(coarse), Some(fine)) => {
                let mut of = vec![0; width];
                fine.iter().zip(coarse).for_each(|(&group, &part)| of[group as usize] = part);
                Some(of)
            }
            _ => None,
        })
        .collect();
    Margin { name: target.name.clone(), groups, counts: target.counts.clone() }
}
