//! The order of children with equal claims.

/// Bits of a tie-break and of a place behind it.
const TIE_BITS: u32 = 64;
const PLACE_BITS: u32 = 32;

/// Sorts keys whose leading bits are as good as random: about one a bucket of those bits, then each moves up past the
/// few before it (half of what a sort by comparisons took).
pub(super) fn sort_even(keys: &[u128], sorted: &mut Vec<u128>, counts: &mut Vec<u32>) {
    let bits = (keys.len() + 1).ilog2();
    let bucket = |key: u128| (key >> (TIE_BITS + PLACE_BITS - bits)) as usize;
    counts.clear();
    counts.resize((1 << bits) + 1, 0);
    for &key in keys {
        counts[bucket(key) + 1] += 1;
    }
    (0..1 << bits).for_each(|at| counts[at + 1] += counts[at]);
    sorted.clear();
    sorted.resize(keys.len(), 0);
    for &key in keys {
        let at = &mut counts[bucket(key)];
        sorted[*at as usize] = key;
        *at += 1;
    }
    for end in 1..sorted.len() {
        let key = sorted[end];
        let mut at = end;
        while at > 0 && sorted[at - 1] > key {
            sorted[at] = sorted[at - 1];
            at -= 1;
        }
        sorted[at] = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fold;

    #[test]
    fn keys_come_in_order_whatever_their_leading_bits() {
        let even = |n: u64| (0..n).map(|i| u128::from(fold(9, i)) << PLACE_BITS | u128::from(i)).collect();
        let crowded =
            |n: u64| (0..n).map(|i| u128::from(fold(9, i) >> 30) << PLACE_BITS | u128::from(i)).collect();
        let equal = |n: u64| (0..n).rev().map(u128::from).collect();
        let (mut sorted, mut counts) = (vec![], vec![]);
        for n in [0, 1, 2, 3, 64, 1_000] {
            for mut keys in [even(n), crowded(n), equal(n)] as [Vec<u128>; 3] {
                sort_even(&keys, &mut sorted, &mut counts);
                keys.sort_unstable();
                assert_eq!(sorted, keys);
            }
        }
    }
}
