//! From (seed, draw, process, year, slot, entity) to a word.

use crate::domain::Codes;

/// Weyl increment of `SplitMix64`.
pub(super) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014): every bit of the result depends on every bit of `x`.
#[inline]
pub const fn mix(mut x: u64) -> u64 {
    x ^= x >> 30;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 27;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Adds one component to a key; order matters.
#[inline]
pub const fn fold(key: u64, component: u64) -> u64 {
    mix((key ^ component).wrapping_add(GOLDEN))
}

/// The key of a code: FNV-1a over `kind:code`, then [`mix`].
pub fn key(kind: &str, code: &str) -> u64 {
    let text = kind.bytes().chain([b':']).chain(code.bytes());
    mix(text.fold(0xCBF2_9CE4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)))
}

/// Keys of the codes of a world, in canonical order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// One key an area.
    pub areas: Vec<u64>,
    /// One key a need.
    pub needs: Vec<u64>,
    /// One key a setting.
    pub settings: Vec<u64>,
}

impl Keys {
    /// The keys of three lists of codes.
    pub fn of(areas: &Codes, needs: &Codes, settings: &Codes) -> Self {
        let keys = |codes: &Codes| codes.iter().map(|code| key(codes.kind(), code)).collect();
        Self { areas: keys(areas), needs: keys(needs), settings: keys(settings) }
    }

    /// The key of an area and need.
    pub fn cell(&self, area: usize, need: usize) -> u64 {
        fold(self.areas[area], self.needs[need])
    }
}

/// The top 53 bits of a word.
#[inline]
pub const fn u53(word: u64) -> u64 {
    word >> 11
}

/// The number of values of [`u53`] below which an event of this probability happens: 2^53 times it, cut off.
///
/// The digits are shifted rather than converted, which machines do for whole vectors (a conversion costs 15 instructions).
#[inline(always)]
pub fn threshold(probability: f64) -> u64 {
    const HALF: u64 = 1022;
    let exponent = probability.to_bits() >> 52;
    let digits = probability.to_bits() & ((1 << 52) - 1) | 1 << 52;
    let inside = digits >> HALF.saturating_sub(exponent).min(63);
    let above = if probability >= 1.0 { 1 << 53 } else { 0 };
    if probability < 1.0 && probability > 0.0 { inside } else { above }
}

/// What a word is for: the numbers of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Process {
    /// A random quantity drawn once per draw.
    Parameter = 1,
    /// A yearly shock shared by a group of cells.
    Shock = 2,
    /// Whether nothing happens to a child this year.
    Nothing = 3,
    /// A plan ceases.
    Cease = 4,
    /// A child leaves for another authority.
    TransferOut = 5,
    /// A child moves to another area of the authority.
    AreaMove = 6,
    /// The primary need changes.
    NeedChange = 7,
    /// The required setting is reviewed.
    Review = 8,
    /// New plans of an area, age and need.
    NewPlans = 9,
    /// First setting of a new plan.
    FirstSetting = 10,
    /// Children who arrive with a plan.
    TransferIn = 11,
    /// Area and setting of a child who arrives with a plan.
    TransferInPlace = 12,
    /// Births and arrivals of residents.
    Arrivals = 13,
    /// Residents who leave.
    Leavers = 14,
    /// Random walks of the population.
    PopulationWalk = 15,
    /// The level of new plans over the years.
    Trend = 16,
    /// Who goes first among children who seek a place with equal claims.
    TieBreak = 17,
    /// Whether a child who found no place goes to an independent school; whether one there comes back.
    Overflow = 18,
    /// Years that the opening of places is late.
    OpeningDelay = 19,
    /// The size of an uncertain lever.
    Lever = 20,
    /// Whether a child is redirected to another setting.
    Redirect = 21,
    /// Whether, when and where a supported child gets a plan under a scenario.
    Support = 22,
    /// Whether a regime comes.
    Regime = 23,
    /// Children with a plan whom a scenario lets move in, and the area and setting of each.
    Migration = 24,
    /// Area and setting of a child who moves in under a scenario.
    MigrationPlace = 25,
    /// Whether a child placed where nothing says what it requires needs a specialist place.
    Latent = 30,
}

/// The key of one draw of one seed.
#[derive(Debug, Clone, Copy)]
pub struct DrawKey(u64);

impl DrawKey {
    /// The key of draw `draw` under `seed`.
    pub const fn new(seed: u64, draw: u64) -> Self {
        Self(fold(fold(0, seed), draw))
    }

    /// The slots of a process in a census year (0 if it belongs to none).
    #[inline]
    pub const fn slots(self, process: Process, year: i32) -> Slots {
        Slots(fold(fold(self.0, process as u64), year as u64))
    }

    /// The stream of slot 0.
    #[inline]
    pub const fn stream(self, process: Process, year: i32) -> Stream {
        self.slots(process, year).stream(0)
    }
}

/// One draw, process and year; a slot makes it a [`Stream`].
#[derive(Debug, Clone, Copy)]
pub struct Slots(u64);

impl Slots {
    /// The stream of a slot.
    #[inline]
    pub const fn stream(self, slot: u64) -> Stream {
        Stream(fold(self.0, slot))
    }
}

/// All words of one draw, process, year and slot.
#[derive(Debug, Clone, Copy)]
pub struct Stream(pub(super) u64);

impl Stream {
    /// The word of an entity.
    #[inline]
    pub const fn word(self, entity: u64) -> u64 {
        mix(self.0 ^ entity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_gives_the_published_words_of_splitmix64() {
        let mut state = 1_234_567_u64;
        for expected in [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423] {
            state = state.wrapping_add(GOLDEN);
            assert_eq!(mix(state), expected);
        }
    }

    #[test]
    fn certain_events_always_happen_and_impossible_ones_never() {
        assert!(u53(u64::MAX) < threshold(1.0));
        assert!(u53(0) >= threshold(0.0));
        assert_eq!(threshold(0.5), 1 << 52);
        assert_eq!(threshold(-1.0), 0);
        assert_eq!(threshold(f64::NAN), 0);
        let converted = |probability: f64| (probability * 9_007_199_254_740_992.0) as u64;
        let mut probability = 1.0 - f64::EPSILON / 2.0;
        while probability > 1e-30 {
            assert_eq!(threshold(probability), converted(probability), "{probability:e}");
            probability *= 0.999;
        }
    }
}
