//! What happens in a year to children who have a plan.

use super::parameters::Parameters;
use super::rates::Rates;
use crate::children::Children;
use crate::random::{DrawKey, Process, Slots, Stream, u53};

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

/// A child on its walk through the phases.
struct Walk {
    area: usize,
    need: usize,
    setting: usize,
    gone: bool,
}

/// The streams of one draw and year.
struct Streams {
    nothing: Stream,
    event: [Stream; 5],
    destination: [Stream; 5],
}

impl Streams {
    fn new(draw: DrawKey, year: i32) -> Self {
        let slots: [Slots; 5] = Phase::ALL.map(|phase| draw.slots(phase.process(), year));
        Self {
            nothing: draw.stream(Process::Nothing, year),
            event: slots.map(|s| s.stream(0)),
            destination: slots.map(|s| s.stream(1)),
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
}

/// Ceasing, transfers out, area moves, need changes and reviews of every child; `residents` by age and area.
///
/// Nothing happens to most children in most years, so that is one compare for everybody; only the few to whom
/// something happens walk the phases.
#[inline(never)]
pub fn change_children(
    children: &mut Children,
    rates: &Rates,
    parameters: &Parameters,
    residents: &[f64],
    draw: DrawKey,
    year: i32,
    changed: &mut Vec<u32>,
) -> Left {
    let streams = Streams::new(draw, year);
    let sizes = parameters.sizes;
    let kinds = sizes.needs * sizes.settings;
    let mut left = Left::default();
    for age in 1..rates.class_of_age.len() {
        let class = rates.class_of_age[age];
        let lane = children.lane_mut(age);
        let stay = &rates.stay[class * kinds..][..kinds];
        list_changed(&lane.id, &lane.kind, stay, streams.nothing, changed);
        // From the back, so that a child who leaves is replaced by one already seen.
        for &i in changed.iter().rev() {
            let i = i as usize;
            let kind = usize::from(lane.kind[i]);
            let mut walk = Walk {
                area: usize::from(lane.area[i]),
                need: kind / sizes.settings,
                setting: kind % sizes.settings,
                gone: false,
            };
            let here = &residents[age * sizes.areas..][..sizes.areas];
            let cause = walk.through(rates, parameters, age, here, &streams, lane.id[i]);
            if walk.gone {
                lane.remove(i);
                match cause {
                    Phase::Cease => left.ceased += 1,
                    _ => left.transferred += 1,
                }
            } else {
                lane.by_area[usize::from(lane.area[i])] -= 1;
                lane.by_area[walk.area] += 1;
                lane.area[i] = walk.area as u16;
                lane.kind[i] = (walk.need * sizes.settings + walk.setting) as u16;
            }
        }
        lane.first_new = lane.len();
    }
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

impl Walk {
    /// Asks each phase in order; returns the last one that happened.
    fn through(
        &mut self,
        rates: &Rates,
        parameters: &Parameters,
        age: usize,
        residents: &[f64],
        streams: &Streams,
        id: u64,
    ) -> Phase {
        let (needs, settings) = (parameters.sizes.needs, parameters.sizes.settings);
        let class = rates.class_of_age[age];
        let mut happened = None;
        for &phase in &rates.phases {
            let k = phase as usize;
            let kind = class * needs * settings + self.need * settings + self.setting;
            let chances = &rates.chances[kind];
            let chance = if happened.is_some() { chances.later[k] } else { chances.first[k] };
            if u53(streams.event[k].word(id)) >= chance {
                continue;
            }
            happened = Some(phase);
            let destination = || u53(streams.destination[k].word(id));
            match phase {
                Phase::Cease | Phase::TransferOut => {
                    self.gone = true;
                    return phase;
                }
                Phase::AreaMove => self.area = choose_area(residents, destination()),
                Phase::NeedChange => {
                    if let Some(choice) = parameters.next_need(age, self.need) {
                        self.need = rates.next_need.choose(choice, destination());
                    }
                }
                Phase::Review => {
                    let choice = parameters.next_setting(age, self.need, self.setting);
                    let setting = rates.next_setting.choose(choice, destination());
                    self.setting = rates.given(false, (age, self.need), setting, id);
                }
            }
        }
        happened.unwrap_or(Phase::Review)
    }
}

/// An area with probability proportional to its residents.
pub(super) fn choose_area(residents: &[f64], u: u64) -> usize {
    let total: f64 = residents.iter().sum();
    let mut c = 0.0;
    residents
        .iter()
        .position(|&r| {
            c += r;
            u < crate::random::threshold(c / total)
        })
        .unwrap_or(0)
}
