//! Places of a site for our own children, year by year.

use super::fault::Faults;
use crate::domain::{AgeRange, Bounds};
use crate::random::{DrawKey, Process, threshold, u53};

/// What a figure of places is a count of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountedAs {
    /// Places commissioned.
    Commissioned,
    /// Places the building holds.
    Physical,
}

/// Places at a site from a January on, until the next row of the same count; 0 closes the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlacesRow {
    /// January census.
    pub year: i32,
    /// What is counted.
    pub counted_as: CountedAs,
    /// Places.
    pub places: u32,
    /// Places that other authorities' children are expected to fill.
    pub held_for_others: u32,
}

/// How new places fill.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// Cumulative share of the places in each year after opening, the last one 1.
    Shares(Vec<f64>),
    /// One more year group each year from each phase's first: a new school that grows with its intakes.
    EntryYears,
}

/// New places from a month on.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Calendar year.
    pub year: i32,
    /// Month, 1 to 12. January counts in that year's census, every later month in the next.
    pub month: u8,
    /// Places once full.
    pub places: u32,
    /// How they fill.
    pub fill: Fill,
    /// Years late, and how likely; empty means on time.
    pub delay: Vec<(u8, f64)>,
}

impl Opening {
    /// First January census that counts the places, if they open on time.
    pub fn first_census(&self) -> i32 {
        self.year + i32::from(self.month > 1)
    }

    /// Share of the places open `k` years after the first census, and the ages that may enter.
    fn stage(&self, k: i32, ages: AgeRange) -> (f64, u32) {
        let all = |age: usize| 1_u32 << age;
        match &self.fill {
            Fill::Shares(shares) => {
                let share = shares.get(k as usize).or(shares.last()).copied().unwrap_or(1.0);
                (share, ages.ages().map(all).sum())
            }
            Fill::EntryYears => {
                let open = ages.ages().filter(|&age| age as i32 - entry_age(age, ages) <= k).map(all).sum::<u32>();
                (f64::from(open.count_ones()) / ages.ages().count() as f64, open)
            }
        }
    }
}

/// The age at which children of `age` would have entered a site: the first of their phase that it has.
fn entry_age(age: usize, ages: AgeRange) -> i32 {
    let phase = [16, 11, 4, 0].into_iter().find(|&first| first <= age).unwrap_or(0);
    phase.max(usize::from(ages.from)) as i32
}

/// A site in one January.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// Whether it has any places at all, held ones included.
    pub open: bool,
    /// Places for our own children.
    pub own: u32,
    /// Ages that may enter, a bit each.
    pub ages: u32,
}

/// `share` of `places`, rounded down; a share written in decimals loses no place to binary fractions.
pub fn whole(places: u32, share: f64) -> u32 {
    (f64::from(places) * share + 1e-9) as u32
}

/// All that is known about the places of a site.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capacity {
    rows: Vec<PlacesRow>,
    openings: Vec<Opening>,
    /// Last January in which anything changes.
    held: Option<i32>,
}

impl Capacity {
    /// Lays out rows and openings; what is wrong with them goes to `faults`.
    pub(super) fn new(rows: &[PlacesRow], openings: &[Opening], base_year: i32, faults: &mut Faults) -> Self {
        let mut rows = rows.to_vec();
        rows.sort();
        let same = |pair: &[PlacesRow]| pair[0].year == pair[1].year && pair[0].counted_as == pair[1].counted_as;
        if rows.windows(2).any(same) {
            faults.add("duplicate-key", "year", "a year has two figures of one count");
        }
        let capacity = Self { rows, openings: openings.to_vec(), held: None };
        capacity.check_life(faults);
        for opening in openings {
            check_opening(opening, base_year, faults);
        }
        let places = capacity.rows.iter().map(|row| row.places).chain(openings.iter().map(|o| o.places));
        if let Some(most) = places.clone().max().filter(|&n| !Bounds::of("places").admit(f64::from(n))) {
            faults.add("out-of-range", "places", format!("{}, got {most}", Bounds::of("places").rule()));
        }
        if places.sum::<u32>() == 0 {
            faults.add("site-without-places", "places", "the site never has a place");
        }
        capacity
    }

    /// A site that has closed stays closed.
    fn check_life(&self, faults: &mut Faults) {
        let firsts = || self.openings.iter().map(Opening::first_census);
        let opened = |before: i32| {
            let standing = self.rows.iter().filter(|row| row.places > 0).map(|row| row.year);
            standing.chain(firsts()).any(|year| year < before)
        };
        let Some(closed) = self.rows.iter().find(|row| row.places == 0 && opened(row.year)) else { return };
        let again = |row: &&PlacesRow| row.counted_as == closed.counted_as && row.places > 0;
        let later = self.rows.iter().filter(again).map(|row| row.year).chain(firsts());
        if let Some(year) = later.filter(|&year| year >= closed.year).min() {
            let message = format!("the site closes in {} but has places in {year}", closed.year);
            faults.add("places-after-closing", "places", message);
        }
    }

    /// From a January on places stand as they are then.
    pub(super) fn hold(&mut self, last: Option<i32>) {
        self.held = last;
    }

    /// Openings of the site.
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// Places in a January, openings being `delays` years late. Commissioned or physical, whichever is lower, plus what
    /// has opened, less what is held for others.
    pub fn in_year(&self, year: i32, ages: AgeRange, delays: &[u8]) -> Places {
        let year = self.held.map_or(year, |last| year.min(last));
        let last = |count| self.rows.iter().rev().find(|row| row.year <= year && row.counted_as == count);
        let (commissioned, physical) = (last(CountedAs::Commissioned), last(CountedAs::Physical));
        let standing = [commissioned, physical].into_iter().flatten().map(|row| row.places).min();
        let held = commissioned.or(physical).map_or(0, |row| row.held_for_others);
        // A figure of 0 ends every opening before it.
        let ended = commissioned.filter(|row| row.places == 0).map_or(i32::MIN, |row| row.year);
        let mut places = standing.unwrap_or(0);
        let mut open_ages = if places > 0 { u32::MAX } else { 0 };
        for (opening, &delay) in self.openings.iter().zip(delays) {
            let first = opening.first_census();
            let k = year - first - i32::from(delay);
            if k >= 0 && first >= ended {
                let (share, ages) = opening.stage(k, ages);
                places += whole(opening.places, share);
                open_ages |= ages;
            }
        }
        Places { open: places > 0, own: places.saturating_sub(held), ages: open_ages }
    }

    /// Years that each opening is late in a draw; `entity` is the key of the site.
    pub fn delays(&self, draw: DrawKey, entity: u64, delays: &mut Vec<u8>) {
        delays.clear();
        let slots = draw.slots(Process::OpeningDelay, 0);
        for (slot, opening) in self.openings.iter().enumerate() {
            let u = u53(slots.stream(slot as u64).word(entity));
            let mut c = 0.0;
            let late = opening.delay.iter().find(|(_, share)| {
                c += share;
                u < threshold(c)
            });
            delays.push(late.or(opening.delay.last()).map_or(0, |&(years, _)| years));
        }
    }
}

fn check_opening(opening: &Opening, base_year: i32, faults: &mut Faults) {
    if !(1..=12).contains(&opening.month) {
        faults.add("bad-month", "opens", format!("a month must be from 1 to 12, got {}", opening.month));
    }
    if opening.first_census() <= base_year {
        let message = format!("places that open in {} are in the base year {base_year} already", opening.year);
        faults.add("opening-in-the-past", "opens", message);
    }
    if let Fill::Shares(shares) = &opening.fill {
        let rising = shares.windows(2).all(|pair| pair[0] <= pair[1]);
        let within = shares.iter().all(|&share| Bounds::of("share").admit(share));
        if !rising || !within || shares.last().is_none_or(|&last| last < 1.0) {
            faults.add("bad-ramp", "ramp", "shares of places must rise from 0 or more to 1");
        }
    }
    let total: f64 = opening.delay.iter().map(|(_, share)| share).sum();
    let within = opening.delay.iter().all(|&(_, share)| Bounds::of("share").admit(share));
    let whole = within && (total - 1.0).abs() < 1e-6;
    if !(opening.delay.is_empty() || whole) {
        faults.add("bad-delay", "delay_years", "shares of a delay must be from 0 to 1 and sum to 1");
    }
}
