//! What a table is asked to show, and the cube that can answer it.

use crate::domain::{Dimension, Grain, nearest};
use crate::error::{Problem, Result, all_or};
use crate::measures::{CubeSpec, DIMENSIONS, Mask, Measure};

/// An axis a table can be broken down by; years always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Home area.
    Area,
    /// Group of areas.
    PlanningArea,
    /// Age on 31 August before the census.
    Age,
    /// National Curriculum year, age - 4.
    NcYear,
    /// Phase of education.
    Phase,
    /// Primary need.
    Need,
    /// Group of needs.
    NeedGroup,
    /// Setting.
    Setting,
    /// Site.
    Site,
    /// Whether the place is in the authority.
    InAuthority,
}

impl By {
    /// All axes.
    pub const ALL: [Self; 10] = [
        Self::Area,
        Self::PlanningArea,
        Self::Age,
        Self::NcYear,
        Self::Phase,
        Self::Need,
        Self::NeedGroup,
        Self::Setting,
        Self::Site,
        Self::InAuthority,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::PlanningArea => "planning_area",
            Self::Age => "age",
            Self::NcYear => "nc_year",
            Self::Phase => "phase",
            Self::Need => "need",
            Self::NeedGroup => "need_group",
            Self::Setting => "setting",
            Self::Site => "site",
            Self::InAuthority => "in_authority",
        }
    }

    /// The axis of a name.
    pub fn parse(name: &str, argument: &str) -> std::result::Result<Self, Problem> {
        Self::ALL.into_iter().find(|by| by.name() == name).ok_or_else(|| {
            let near = nearest(name, Self::ALL.iter().map(|by| by.name())).unwrap_or_default();
            Problem::new("unknown-axis", format!("argument {argument}"), format!("unknown axis {name}"))
                .hint(format!("did you mean {near}?"))
        })
    }

    /// Position of its dimension (area, age, need, setting, site) and the grain it needs.
    pub fn place(self) -> (usize, Grain) {
        match self {
            Self::Area => (0, Grain::Leaf),
            Self::PlanningArea => (0, Grain::Group),
            Self::Age | Self::NcYear => (1, Grain::Leaf),
            Self::Phase => (1, Grain::Group),
            Self::Need => (2, Grain::Leaf),
            Self::NeedGroup => (2, Grain::Group),
            Self::Setting => (3, Grain::Leaf),
            Self::Site => (4, Grain::Leaf),
            Self::InAuthority => (4, Grain::Group),
        }
    }

    /// The label of a leaf or group position.
    pub(super) fn label(self, dimension: &Dimension, position: usize) -> String {
        match self {
            Self::NcYear => (position as i64 - 4).to_string(),
            by if by.place().1 == Grain::Leaf => dimension.leaves[position].clone(),
            _ => dimension.groups[position].clone(),
        }
    }

    /// The position of a label.
    fn position(self, dimension: &Dimension, label: &str) -> Option<usize> {
        let count = if self.place().1 == Grain::Leaf { dimension.leaves.len() } else { dimension.groups.len() };
        (0..count).find(|&i| self.label(dimension, i) == label)
    }
}

/// A table asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What is counted.
    pub measure: Measure,
    /// Axes in the order of the columns, each once.
    pub by: Vec<By>,
    /// Labels to keep, by axis.
    pub filter: Vec<(By, Vec<String>)>,
    /// Whether rows marked `all` are added.
    pub totals: bool,
    /// If given, figures are shares of the figure by these axes alone, divided inside the draw.
    pub within: Option<Vec<By>>,
}

/// An ask resolved against the dimensions of a world.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    /// The cube wanted.
    pub spec: CubeSpec,
    /// Level to read in each dimension that is not an axis: a grain-specific choice made by `level_of`.
    pub fixed: [Option<(By, usize)>; DIMENSIONS],
    /// Rows to keep of axes that are filtered and shown.
    pub kept: Vec<(By, Vec<usize>)>,
}

impl Ask {
    /// Works out the grain of each dimension, and how each filter is met: by showing only some rows, by reading one
    /// level, or, failing both, by counting only the children it lets through.
    pub(super) fn resolve(&self, dimensions: &[Dimension; DIMENSIONS]) -> Result<Resolved> {
        let mut grains = [Grain::All; DIMENSIONS];
        for by in &self.by {
            let (d, grain) = by.place();
            grains[d] = grains[d].max(grain);
        }
        let mut mask: Mask = Default::default();
        let mut fixed = [None; DIMENSIONS];
        let mut kept = Vec::new();
        let mut problems = Vec::new();
        for (by, labels) in &self.filter {
            let (d, grain) = by.place();
            let mut positions = Vec::new();
            for label in labels {
                match by.position(&dimensions[d], label) {
                    Some(position) => positions.push(position),
                    None => problems.push(unknown_label(*by, &dimensions[d], label)),
                }
            }
            let others_on_axis = self.filter.iter().filter(|(other, _)| other.place().0 == d).count() > 1;
            if self.by.contains(by) && !self.totals && !others_on_axis {
                kept.push((*by, positions));
            } else if positions.len() == 1 && grains[d] == Grain::All && !others_on_axis {
                grains[d] = grain;
                fixed[d] = Some((*by, positions[0]));
            } else {
                let leaves = dimensions[d].leaves.len();
                let lets = |leaf: usize| {
                    let position = if grain == Grain::Leaf { leaf } else { dimensions[d].group_of[leaf] };
                    positions.contains(&position)
                };
                let before = mask[d].take().unwrap_or_else(|| vec![true; leaves]);
                mask[d] = Some((0..leaves).map(|leaf| before[leaf] && lets(leaf)).collect());
            }
        }
        let finest = self.measure.finest();
        let asked = self.by.iter().chain(self.filter.iter().map(|(by, _)| by));
        if let Some(by) = asked.into_iter().find(|by| by.place().1 > finest[by.place().0]) {
            let message = format!("{} cannot be told apart by {} here", self.measure.name(), by.name());
            problems.push(Problem::new("too-fine", "argument by", message).hint(self.measure.way_out()));
        }
        let within = self.within.as_ref().map(|axes| {
            let mut grains = [Grain::All; DIMENSIONS];
            axes.iter().map(|by| by.place()).for_each(|(d, grain)| grains[d] = grains[d].max(grain));
            grains
        });
        if let (Some(axes), Some(coarse)) = (&self.within, &within)
            && let Some(by) = axes.iter().find(|by| coarse[by.place().0] > grains[by.place().0])
        {
            let message = format!("within names {}, which by does not hold", by.name());
            problems.push(Problem::new("unknown-axis", "argument within", message));
        }
        let spec = CubeSpec { measure: self.measure, grains, mask, within };
        all_or(problems, Resolved { spec, fixed, kept })
    }
}

fn unknown_label(by: By, dimension: &Dimension, label: &str) -> Problem {
    let count = if by.place().1 == Grain::Leaf { dimension.leaves.len() } else { dimension.groups.len() };
    let known: Vec<String> = (0..count).map(|i| by.label(dimension, i)).collect();
    let near = nearest(label, known.iter().map(String::as_str)).unwrap_or_default().to_string();
    Problem::new("unknown-code", "argument where", format!("unknown {} {label}", by.name()))
        .hint(format!("did you mean {near}?"))
}
