//! Gamma numbers of many shapes at once: the same bits as one by one.

use super::exponential::exp_all;
use super::key::{GOLDEN, Stream, mix, u53};
use super::many::vector_float;
use super::sequence::{GammaShape, Sequence, UNIT};
use super::ziggurat::{EXPONENTIAL, Layers, NORMAL};
use pulp::Arch;

/// Numbers that are made together.
const TOGETHER: usize = 64;

/// Fills `numbers` with a gamma number of each shape, each from the sequence of its own entity.
///
/// Nearly all take the first words of their sequence, so those are made for whole vectors and without a branch; the few
/// that would reject one, 1 in 20, are made again alone (36 ns a number became 22).
pub fn gamma_all(stream: Stream, shapes: &[(u64, GammaShape)], numbers: &mut Vec<f64>) {
    let (arch, normal, exponential) = (Arch::new(), &*NORMAL, &*EXPONENTIAL);
    numbers.clear();
    numbers.resize(shapes.len(), 0.0);
    let mut factors = vec![0.0; shapes.len()];
    let runs = shapes.chunks(TOGETHER).zip(numbers.chunks_mut(TOGETHER)).zip(factors.chunks_mut(TOGETHER));
    for ((shapes, numbers), factors) in runs {
        let mut settled = [0_u8; TOGETHER];
        let columns = shapes.iter().zip(numbers.iter_mut()).zip(factors.iter_mut()).zip(&mut settled);
        arch.dispatch(
            #[inline(always)]
            || {
                for ((((entity, shape), number), factor), settled) in columns {
                    let state = mix(stream.0 ^ entity);
                    (*number, *factor, *settled) = first_words(*shape, state, normal, exponential);
                }
            },
        );
        for (i, (entity, shape)) in shapes.iter().enumerate().filter(|&(i, _)| settled[i] == 0) {
            (numbers[i], factors[i]) = shape.parts(&mut Sequence::new(stream, *entity));
        }
    }
    exp_all(&mut factors);
    numbers.iter_mut().zip(factors).for_each(|(number, factor)| *number *= factor);
}

/// What the sampler makes of the first words of a sequence, in the order of [`GammaShape::sample`]: the number, the
/// logarithm of its factor, and whether no step rejects a word.
#[expect(clippy::needless_bitwise_bool, reason = "no branch a number")]
#[inline(always)]
fn first_words(shape: GammaShape, state: u64, normal: &Layers, exponential: &Layers) -> (f64, f64, u8) {
    let GammaShape { d, c, boost, zero } = shape;
    let boosted = boost > 0.0;
    let after = if boosted { state.wrapping_add(GOLDEN) } else { state };
    let (size, inside) = under_layer(exponential, mix(after));
    let word = mix(after.wrapping_add(GOLDEN));
    let (z, near) = under_layer(normal, word);
    // The sign by its bit, and no factor by none: as choices these would be branches that nothing foretells.
    let z = f64::from_bits(z.to_bits() ^ (word & 256) << 55);
    let t = 1.0 + c * z;
    let v = t * t * t;
    let u = (vector_float(u53(mix(after.wrapping_add(GOLDEN.wrapping_mul(2))))) + 0.5) * UNIT;
    let square = z * z;
    let taken = (t > 0.0) & (u < 1.0 - 0.0331 * (square * square));
    let log_factor = f64::from_bits((-size * boost).to_bits() & u64::from(boosted).wrapping_neg());
    (d * v, log_factor, u8::from(!zero & (!boosted | inside) & near & taken))
}

/// The point that a word picks in its layer, and whether it lies under the curve without a look at it.
#[inline(always)]
fn under_layer(layers: &Layers, word: u64) -> (f64, bool) {
    let layer = (word & 255) as usize;
    let x = vector_float(u53(word)) * UNIT * layers.edges[layer];
    (x, x < layers.edges[layer + 1])
}

#[cfg(test)]
mod tests {
    use super::super::{DrawKey, Process};
    use super::*;

    #[test]
    fn gamma_numbers_made_together_have_the_bits_of_those_made_alone() {
        let stream = DrawKey::new(7, 8).stream(Process::Parameter, 0);
        let shape = |i: u64| [0.0, 0.003, 0.04, 0.5, 0.999, 1.0, 1.7, 12.0, 900.0][(i % 9) as usize];
        let shapes: Vec<(u64, GammaShape)> = (0..90_001).map(|i| (i, GammaShape::new(shape(i)))).collect();
        let mut numbers = vec![];
        gamma_all(stream, &shapes, &mut numbers);
        assert_eq!(numbers.len(), shapes.len());
        for ((entity, shape), number) in shapes.into_iter().zip(numbers) {
            let alone = shape.sample(&mut Sequence::new(stream, entity));
            assert_eq!(number.to_bits(), alone.to_bits(), "{shape:?}");
        }
    }
}
