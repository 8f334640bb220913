//! One year of the model.

use crate::case::Case;
use crate::children::Children;
use crate::measures::{Roster, Scene};
use crate::plans::{
    Candidates, Conversion, Homes, Left, Rates, Walkers, change_children, migrants, new_plans, transfers_in,
};
use crate::population::Residents;
use crate::provision::{Allocated, Allocation};
use crate::random::DrawKey;

/// What a year does, in this order. A step that leaves one out does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearPhase {
    /// Residents move, are born, grow a year older.
    Residents,
    /// Children with a plan grow a year older; those of 26 leave.
    AgeOn,
    /// Plans cease, children transfer out, move home, change need, have their required setting reviewed.
    Change,
    /// Children arrive with a plan.
    TransfersIn,
    /// New plans are made.
    NewPlans,
    /// Children who need a specialist place and have none are placed, if the case has provision.
    Allocation,
}

impl YearPhase {
    /// The order inside a year.
    pub const ORDER: [Self; 6] =
        [Self::Residents, Self::AgeOn, Self::Change, Self::TransfersIn, Self::NewPlans, Self::Allocation];
}

/// What a year cost, in numbers that no machine changes: exact for a recipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Children with a plan who were asked what happens to them this year.
    pub child_years: u64,
    /// Random words made for children and for cells of new plans; those of parameters, residents and places are fewer,
    /// and are not counted.
    pub words: u64,
}

/// Who came and went in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// Plans that ended at the age limit.
    pub over_age: usize,
    /// Plans ceased and children who left for another authority.
    pub left: Left,
    /// Children who arrived with a plan.
    pub arrived: usize,
    /// New plans.
    pub new: usize,
    /// How the year's children were placed.
    pub allocated: Allocated,
    /// What it cost.
    pub work: Work,
}

impl Flow {
    /// Children after the year, from those before it; `None` if more left than there were.
    pub fn after(&self, before: usize) -> Option<usize> {
        let left = self.over_age + self.left.ceased + self.left.transferred;
        before.checked_sub(left).map(|stayed| stayed + self.arrived + self.new)
    }
}

/// One draw as it runs; its memory serves the next draw too.
#[derive(Debug)]
pub struct Simulation<'a> {
    case: &'a Case,
    draw: DrawKey,
    step: usize,
    rates: Rates,
    residents: Residents,
    homes: Homes,
    walkers: Walkers,
    candidates: Candidates,
    roster: Roster,
    /// Sites as they stand now; no sites in a case without provision.
    pub allocation: Allocation,
    /// Children with a plan, now.
    pub children: Children,
}

impl<'a> Simulation<'a> {
    /// Room for the draws of a case.
    pub fn new(case: &'a Case) -> Self {
        Self {
            case,
            draw: DrawKey::new(0, 0),
            step: 0,
            rates: Rates::new(&case.parameters),
            residents: Residents::default(),
            homes: Homes::default(),
            walkers: Walkers::default(),
            candidates: Candidates::default(),
            roster: Roster::default(),
            allocation: Allocation::default(),
            children: case.base.clone(),
        }
    }

    /// Back to the base year with the parameters of draw `draw`, to run so many years.
    pub fn start(&mut self, seed: u64, draw: u64, years: usize) {
        self.draw = DrawKey::new(seed, draw);
        self.step = 0;
        self.children.copy_from(&self.case.base);
        self.rates.draw(&self.case.parameters, Some(self.draw));
        if let Some(trend) = &self.case.trend {
            self.rates.follow(trend, self.case.parameters.sizes, Some(self.draw), years);
        }
        self.residents.start(&self.case.population, &self.case.keys, Some(self.draw));
        if let Some(provision) = &self.case.provision {
            self.allocation.start(provision, &self.children, self.draw, self.case.base_year);
        }
    }

    /// What there is to count now.
    pub fn scene(&mut self) -> Scene<'_> {
        if self.case.provision.is_some() {
            self.roster.fill(&self.children, &self.allocation);
        }
        let Self { children, roster, allocation, draw, .. } = self;
        Scene { children, roster, groups: None, rooms: &allocation.rooms, draw: *draw }
    }

    /// One year of the model.
    pub fn year(&mut self) -> Flow {
        let Self { case, draw, rates, residents, homes, children, .. } = self;
        let Case { parameters, population, keys, cells, provision, .. } = case;
        self.step += 1;
        let year = case.base_year + self.step as i32;
        let mut flow = Flow::default();
        for phase in YearPhase::ORDER {
            match phase {
                YearPhase::Residents => residents.advance(population, keys, Some(*draw), year, self.step),
                YearPhase::AgeOn => flow.over_age = children.age_on(),
                YearPhase::Change => {
                    rates.changes_of_year(parameters, Some(*draw), year);
                    homes.settle(&residents.now, keys.areas.len());
                    let walkers = &mut self.walkers;
                    flow.left = change_children(children, rates, parameters, homes, *draw, year, walkers);
                }
                YearPhase::TransfersIn => {
                    residents.expose(population, children);
                    flow.arrived = transfers_in(children, rates, parameters, cells, homes, *draw, year)
                        + migrants(children, rates, parameters, cells, &residents.now, *draw, year);
                }
                YearPhase::NewPlans => {
                    rates.of_year(parameters, case.trend.as_ref(), Some(*draw), year, self.step);
                    let (exposure, candidates) = (&residents.exposure, &mut self.candidates);
                    candidates.words = 0;
                    flow.new = new_plans(children, rates, parameters, cells, exposure, *draw, year, candidates);
                    flow.work = Work {
                        child_years: flow.left.asked as u64,
                        words: (flow.left.words + candidates.words) as u64,
                    };
                    let years = (case.base_year, year);
                    let convert = |stock: &Conversion| stock.convert(children, keys, *draw, years);
                    flow.new += parameters.conversions.iter().map(convert).sum::<usize>();
                }
                YearPhase::Allocation => {
                    if let Some(provision) = provision {
                        flow.allocated = self.allocation.year(provision, children, *draw, year);
                    }
                }
            }
        }
        flow
    }
}
