//! What happens in a year to children who have a plan.

use super::parameters::Parameters;
use super::rates::Rates;
use crate::children::{Children, Lane};
use crate::domain::AGES;
use crate::random::{DrawKey, Process, Slots, Stream, threshold};

/// The events a child may meet in a year, in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The plan ceases.
    Cease,
    /// The child leaves for another authority.
    TransferOut,
    /// The child moves to another area.
    AreaMove,
    /// The primary need changes.
    NeedChange,
    /// The required setting is reviewed.
    Review,
}

impl Phase {
    /// All phases in order.
    pub const ALL: [Self; 5] = [Self::Cease, Self::TransferOut, Self::AreaMove, Self::NeedChange, Self::Review];

    const fn process(self) -> Process {
        match self {
            Self::Cease => Process::Cease,
            Self::TransferOut => Process::TransferOut,
            Self::AreaMove => Process::AreaMove,
            Self::NeedChange => Process::NeedChange,
            Self::Review => Process::Review,
        }
    }
}

/// Who left in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// Plans ceased, the age limit aside.
    pub ceased: usize,
    /// Children who left for another authority.
    pub transferred: usize,
    /// Children who were asked what happens to them.
    pub asked: usize,
    /// Words made for them.
    pub words: usize,
}

/// Ceasing, transfers out, area moves, need changes and reviews of every child; `homes` are the areas by residents.
///
/// Nothing happens to most children in most years, so that is one compare for everybody; only the few to whom
/// something happens walk the phases.
#[inline(never)]
pub fn change_children(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    homes: &mut Homes,
    draw: DrawKey,
    year: i32,
    walkers: &mut Walkers,
) -> Left {
    let nothing = draw.stream(Process::Nothing, year);
    let slots: [Slots; 5] = Phase::ALL.map(|phase| draw.slots(phase.process(), year));
    let sizes = parameters.sizes;
    let kinds = sizes.needs * sizes.settings;
    let mut left = Left::default();
    for age in 1..AGES {
        let lane = children.lane_mut(age);
        let stay = &rates.stay[rates.class_of_age[age] * kinds..][..kinds];
        list_changed(&lane.id, &lane.kind, stay, nothing, &mut walkers.changed);
        left.asked += lane.len();
        walkers.set_out(lane);
        for &phase in &rates.phases {
            let chances = rates.chances(age, phase, kinds);
            let (event, destination) = (slots[phase as usize].stream(0), slots[phase as usize].stream(1));
            match phase {
                Phase::Cease => left.ceased += walkers.leave(event, chances),
                Phase::TransferOut => left.transferred += walkers.leave(event, chances),
                Phase::AreaMove => walkers.meet(event, chances, destination, |_, area, _, word| {
                    *area = homes.choose(age, word) as u16;
                }),
                Phase::NeedChange => walkers.meet(event, chances, destination, |kind, _, _, word| {
                    let (need, setting) =
                        (usize::from(*kind) / sizes.settings, usize::from(*kind) % sizes.settings);
                    if let Some(choice) = parameters.next_need(age, need) {
                        *kind = (rates.next_need.choose(choice, word) * sizes.settings + setting) as u16;
                    }
                }),
                Phase::Review => walkers.meet(event, chances, destination, |kind, _, id, word| {
                    let need = usize::from(*kind) / sizes.settings;
                    let setting =
                        rates.next_setting.choose(parameters.next_setting(age, usize::from(*kind)), word);
                    let setting = rates.given(false, (age, need), setting, id);
                    *kind = (need * sizes.settings + setting) as u16;
                }),
            }
        }
        walkers.come_back(lane);
        lane.first_new = lane.len();
    }
    left.words = left.asked + std::mem::take(&mut walkers.words);
    left
}

/// Positions of the children to whom something happens, without a branch a child.
#[inline(never)]
fn list_changed(ids: &[u64], kinds: &[u16], stay: &[u64], stream: Stream, changed: &mut Vec<u32>) {
    changed.resize(ids.len(), 0);
    let mut found = 0;
    stream.words(ids, |from, words| {
        for (i, (&word, &kind)) in (from..).zip(words.iter().zip(&kinds[from..])) {
            changed[found] = i as u32;
            found += usize::from(word >= stay[usize::from(kind)]);
        }
    });
    changed.truncate(found);
}

/// A child to whom something happens.
#[derive(Debug, Clone, Copy, Default)]
struct Walker {
    position: u32,
    area: u16,
    kind: u16,
    /// 1 once something has happened.
    happened: u8,
}

/// The children of an age to whom something happens, on their walk through the phases.
///
/// A phase is asked of all of them before the next one, so that words are made whole vectors at a time and hardly a
/// branch depends on a child (child by child the walk took half as long again).
#[derive(Debug, Clone, Default)]
pub struct Walkers {
    changed: Vec<u32>,
    walking: Vec<Walker>,
    /// Keys of those who walk.
    ids: Vec<u64>,
    /// Walkers whom a phase meets, and keys.
    met: Vec<u32>,
    met_ids: Vec<u64>,
    /// Positions of those who left.
    gone: Vec<u32>,
    /// Words made on the walks of a year.
    words: usize,
}

impl Walkers {
    /// Takes the children at the positions listed out on their walk.
    fn set_out(&mut self, lane: &Lane) {
        let walker = |&position: &u32| {
            let i = position as usize;
            Walker { position, area: lane.area[i], kind: lane.kind[i], happened: 0 }
        };
        self.walking.clear();
        self.walking.extend(self.changed.iter().map(walker));
        self.ids.clear();
        self.ids.extend(self.changed.iter().map(|&i| lane.id[i as usize]));
        self.gone.clear();
    }

    /// Those whom the phase meets leave the walk; returns how many.
    fn leave(&mut self, event: Stream, chances: &[[u64; 2]]) -> usize {
        let before = self.gone.len();
        self.met_ids.clone_from(&self.ids);
        self.gone.resize(before + self.ids.len(), 0);
        let (walking, ids) = (&mut self.walking[..], &mut self.ids[..]);
        let gone = &mut self.gone[before..];
        let (mut stayed, mut left) = (0, 0);
        event.words(&self.met_ids, |from, words| {
            for (i, &word) in (from..).zip(words) {
                let walker = walking[i];
                let leaves = word < walker.chance(chances);
                gone[left] = walker.position;
                left += usize::from(leaves);
                // Who stays moves up to the place of those who left.
                walking[stayed] = walker;
                ids[stayed] = self.met_ids[i];
                stayed += usize::from(!leaves);
            }
        });
        self.words += self.met_ids.len();
        self.walking.truncate(stayed);
        self.ids.truncate(stayed);
        self.gone.truncate(before + left);
        left
    }

    /// Gives `change` the kind, area and key of those whom the phase meets, and the word of their destination.
    fn meet(
        &mut self,
        event: Stream,
        chances: &[[u64; 2]],
        destination: Stream,
        mut change: impl FnMut(&mut u16, &mut u16, u64, u64),
    ) {
        self.met.resize(self.ids.len(), 0);
        let (walking, met) = (&mut self.walking[..], &mut self.met[..]);
        let mut found = 0;
        event.words(&self.ids, |from, words| {
            for ((i, &word), walker) in (from as u32..).zip(words).zip(&walking[from..]) {
                met[found] = i;
                found += usize::from(word < walker.chance(chances));
            }
        });
        self.met_ids.clear();
        self.met_ids.extend(met[..found].iter().map(|&i| self.ids[i as usize]));
        self.words += self.ids.len() + found;
        destination.words(&self.met_ids, |from, words| {
            for ((&i, &word), &id) in met[from..].iter().zip(words).zip(&self.met_ids[from..]) {
                let walker = &mut walking[i as usize];
                change(&mut walker.kind, &mut walker.area, id, word);
                walker.happened = 1;
            }
        });
    }

    /// Writes what happened to those who are still here, and takes the others out.
    fn come_back(&mut self, lane: &mut Lane) {
        for walker in &self.walking {
            let i = walker.position as usize;
            if lane.area[i] != walker.area {
                lane.rehome(i, walker.area);
            }
            lane.kind[i] = walker.kind;
        }
        // From the back, so that a child who leaves is replaced by one who stays.
        self.gone.sort_unstable();
        self.gone.iter().rev().for_each(|&i| lane.remove(i as usize));
    }
}

impl Walker {
    /// The threshold of an event.
    #[inline]
    fn chance(self, chances: &[[u64; 2]]) -> u64 {
        chances[usize::from(self.kind)][usize::from(self.happened & 1)]
    }
}

/// Areas by their residents of each age: those of the year, worked out when first asked for.
#[derive(Debug, Clone, Default)]
pub struct Homes {
    residents: Vec<f64>,
    areas: usize,
    /// Running shares of the areas as thresholds, by age; empty if not yet asked for.
    thresholds: Vec<Vec<u64>>,
}

impl Homes {
    /// The residents of a year, by age and area.
    pub fn settle(&mut self, residents: &[f64], areas: usize) {
        self.residents.clear();
        self.residents.extend_from_slice(residents);
        self.areas = areas;
        self.thresholds.resize(AGES, vec![]);
        self.thresholds.iter_mut().for_each(Vec::clear);
    }

    /// An area for a child of an age, with probability proportional to its residents.
    pub fn choose(&mut self, age: usize, word: u64) -> usize {
        let thresholds = &mut self.thresholds[age];
        if thresholds.is_empty() {
            running_shares(&self.residents[age * self.areas..][..self.areas], thresholds);
        }
        choose_area(thresholds, word)
    }
}

/// Thresholds of the running sums of residents over all of them.
pub(super) fn running_shares(residents: &[f64], thresholds: &mut Vec<u64>) {
    let total: f64 = residents.iter().sum();
    let mut c = 0.0;
    thresholds.clear();
    thresholds.extend(residents.iter().map(|residents| {
        c += residents;
        threshold(c / total)
    }));
}

/// The first area whose threshold is above the word; the first of all if there is none.
pub(super) fn choose_area(thresholds: &[u64], word: u64) -> usize {
    let first = thresholds.partition_point(|&threshold| threshold <= word);
    if first < thresholds.len() { first } else { 0 }
}
