//! Draws, run in parallel and counted exactly.

use super::step::Simulation;
use crate::case::Case;
use crate::error::{Error, Result};
use crate::measures::{Cube, Groups, Scene, Scratch};
use crate::numeric::{Block, Histograms, Layout, Tally};
use crate::provision::Room;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How the caller follows a run and stops it.
#[derive(Debug, Default)]
pub struct Control {
    /// Set to stop within a draw.
    pub stop: AtomicBool,
    /// Draws finished.
    pub done: AtomicU64,
}

impl Control {
    fn check(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

/// A case and the cubes to count in every year of it, from the base year on.
#[derive(Debug)]
pub struct Counting<'a> {
    /// The case.
    pub case: &'a Case,
    /// The cubes.
    pub cubes: Vec<Cube>,
}

/// What to run: a case, a seed, draws, the last January, threads.
#[derive(Debug)]
pub struct Run<'a> {
    /// What is run.
    pub counting: &'a Counting<'a>,
    /// A second case with the same cubes, run in lockstep: then its counts less the first one's are counted.
    pub against: Option<&'a Counting<'a>>,
    /// The seed.
    pub seed: u64,
    /// Draws, by number.
    pub draws: Range<u64>,
    /// Last January.
    pub to: i32,
    /// Threads; results do not depend on it.
    pub workers: usize,
    /// Whether to keep every draw's counts beside the histograms.
    pub keep: bool,
}

/// What was counted: for each cube, histograms of year x cell, and the draws themselves if they were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Those of each cube, year by year, cell by cell.
    pub histograms: Vec<Histograms>,
    /// Values of all cubes, one after the other, in the same order; one vector a draw, in draw order.
    pub kept: Option<Vec<Vec<i32>>>,
}

/// Most draws counted together: a block shares a pass over the histograms, and the first is the pilot.
const BLOCK: usize = 64;
/// Draws of the last blocks.
const LAST: u64 = 8;
/// Bytes of counts that a block may hold, at about one a series; it changes time and memory, never results.
const BLOCK_BYTES: usize = 40 << 20;

impl Run<'_> {
    /// Number of series: every cell of every cube in every year.
    pub fn series(&self) -> usize {
        self.years() * self.counting.cubes.iter().map(|cube| cube.size).sum::<usize>()
    }

    /// The series of each cube.
    pub fn of_cubes(&self) -> impl Iterator<Item = Range<usize>> {
        let years = self.years();
        self.counting.cubes.iter().scan(0, move |end, cube| {
            let start = *end;
            *end += years * cube.size;
            Some(start..*end)
        })
    }

    fn years(&self) -> usize {
        (self.to - self.counting.case.base_year).max(0) as usize + 1
    }

    /// Runs all draws on a pool of its own.
    ///
    /// Each worker takes the next block of draws, counts it into a tally of its own; integers are added at the
    /// end, so neither the number of threads nor their order can change the result.
    pub fn go(&self, control: &Control) -> Result<Counted> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.workers)
            .build()
            .map_err(|e| Error::Internal(format!("threads could not be started: {e}")))?;
        if self.draws.is_empty() {
            return Err(Error::argument("no-draws", "draws", "draws must be 1 or more, got 0"));
        }
        let first = self.draws.start..self.draws.end.min(self.draws.start + BLOCK as u64);
        let (ranges, pilots): (Vec<_>, Vec<_>) = self.pilots(&pool, &first, control)?.into_iter().unzip();
        let layout = Layout::of_ranges(ranges.into_iter());
        let blocks = self.blocks(first.end);
        let pilots: Vec<_> = pilots.into_iter().map(|pilot| Mutex::new(Some(pilot))).collect();
        let kept = Mutex::new(vec![]);
        let failed = || Error::Internal("a worker failed".into());
        let next = AtomicU64::new(0);
        let tallies = pool.broadcast(|worker| {
            let mut tally = None;
            let mut count = |start: u64, values: &Block| {
                tally.get_or_insert_with(|| Tally::new(&layout)).add(&layout, values);
                if self.keep {
                    kept.lock().map_err(|_| failed())?.push((start, values.rows()));
                }
                Ok(())
            };
            // Each worker begins with its share of the pilot, and goes on in the memory of it.
            let Pilot { start, mut values, mut bench } =
                pilots[worker.index()].lock().map_err(|_| failed())?.take().ok_or_else(failed)?;
            if values.draws() > 0 {
                count(start, &values)?;
            }
            while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                self.block(&mut bench, block.clone(), &mut values, control)?;
                count(block.start, &values)?;
            }
            Ok(tally)
        });
        let tallies = tallies.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
        let of_cubes: Vec<_> = self.of_cubes().collect();
        let histograms = pool.install(|| {
            of_cubes
                .into_par_iter()
                .with_max_len(1)
                .map(|series| Histograms::of(&tallies, &layout, series))
                .collect()
        });
        let mut kept = kept.into_inner().map_err(|_| failed())?;
        let kept = self.keep.then(|| {
            kept.sort_by_key(|(start, _)| *start);
            kept.into_iter().flat_map(|(_, values)| values).collect()
        });
        Ok(Counted { histograms, kept })
    }

    /// The first draws, shared between the workers, and the ranges of each part.
    fn pilots(
        &self,
        pool: &rayon::ThreadPool,
        draws: &Range<u64>,
        control: &Control,
    ) -> Result<Vec<(Ranges, Pilot<'_>)>> {
        let pilots = pool.broadcast(|worker| {
            let share = |part: usize| draws.start + (draws.end - draws.start) * part as u64 / self.workers as u64;
            let (start, end) = (share(worker.index()), share(worker.index() + 1));
            let mut pilot = Pilot { start, values: Block::default(), bench: Bench::of(self) };
            self.block(&mut pilot.bench, start..end, &mut pilot.values, control)?;
            Ok((pilot.values.ranges(), pilot))
        });
        pilots.into_iter().collect()
    }

    /// The draws from `from` on in blocks, smaller towards the end so that no worker waits long for another.
    fn blocks(&self, mut from: u64) -> Vec<Range<u64>> {
        let most = (BLOCK_BYTES / self.series().max(1)).clamp(1, BLOCK) as u64;
        let mut blocks = vec![];
        while from < self.draws.end {
            let share = (self.draws.end - from) / (2 * self.workers as u64);
            let to = self.draws.end.min(from + share.clamp(most.min(LAST), most));
            blocks.push(from..to);
            from = to;
        }
        blocks
    }

    /// Runs a block of draws.
    fn block(&self, bench: &mut Bench, draws: Range<u64>, block: &mut Block, control: &Control) -> Result<()> {
        block.start(self.series());
        let Bench { first, second, values, less } = bench;
        for draw in draws {
            control.check()?;
            block.next_draw();
            if let Some(second) = second {
                values.resize(self.series(), 0);
                self.one(first, draw, |from, counts| values[from..][..counts.len()].copy_from_slice(counts))?;
                self.one(second, draw, |from, counts| {
                    less.clear();
                    less.extend(counts.iter().zip(&values[from..]).map(|(second, first)| second - first));
                    block.put(from, less);
                })?;
            } else {
                self.one(first, draw, |from, counts| block.put(from, counts))?;
            }
            control.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Runs one draw of one case; gives `take` the first series and the counts of each cube and year.
    fn one(&self, seat: &mut Seat, draw: u64, mut take: impl FnMut(usize, &[i32])) -> Result<()> {
        let years = self.years();
        seat.simulation.start(self.seed, draw, years - 1);
        seat.count_base_year(|from, counts| take(from * years, counts));
        for year in 1..years {
            let before = seat.simulation.children.total();
            let flow = seat.simulation.year();
            if flow.after(before) != Some(seat.simulation.children.total()) {
                return Err(Error::Internal("a year's account of children does not balance".into()));
            }
            seat.count(|from, counts| take(from * years + year * counts.len(), counts));
        }
        Ok(())
    }
}

/// Lowest and highest value of each series.
type Ranges = Vec<(i32, i32)>;

/// A worker's share of the first draws, from draw `start` on, and where it ran them.
struct Pilot<'a> {
    start: u64,
    values: Block,
    bench: Bench<'a>,
}

/// One case as a worker runs it.
struct Seat<'a> {
    simulation: Simulation<'a>,
    cubes: &'a [Cube],
    groups: Option<Groups>,
    scratch: Scratch,
    /// The base year as it was counted last: sites, and every cube.
    base: (Vec<Room>, Vec<i32>),
}

impl<'a> Seat<'a> {
    fn of(counting: &'a Counting<'a>) -> Self {
        Self {
            simulation: Simulation::new(counting.case),
            cubes: &counting.cubes,
            groups: Groups::new(counting.case, &counting.cubes),
            scratch: Scratch::default(),
            base: (vec![], vec![]),
        }
    }

    /// Counts each cube; gives `take` the number of cells of those before it, and its own.
    fn count(&mut self, mut take: impl FnMut(usize, &[i32])) {
        let Self { simulation, cubes, groups, scratch, .. } = self;
        let scene = simulation.scene();
        if let Some(groups) = groups {
            groups.gather(scene.children);
        }
        let scene = Scene { groups: groups.as_ref(), ..scene };
        let mut from = 0;
        for cube in *cubes {
            cube.count(&scene, scratch);
            take(from, &scratch.counts[..cube.size]);
            from += cube.size;
        }
    }

    /// The same in the base year. Its children are those of the case in every draw: they are counted again only where sites
    /// stand otherwise, or where a draw says who counts (one year in eleven of all counting saved).
    fn count_base_year(&mut self, mut take: impl FnMut(usize, &[i32])) {
        let rooms = &self.simulation.allocation.rooms;
        let drawn = self.cubes.iter().any(|cube| cube.spec.measure.is_drawn());
        if drawn || self.base.1.is_empty() || self.base.0 != *rooms {
            let (rooms, mut counted) = (rooms.clone(), vec![]);
            self.count(|_, counts| counted.extend_from_slice(counts));
            self.base = (rooms, counted);
        }
        let mut left = &self.base.1[..];
        for cube in self.cubes {
            let (counts, rest) = left.split_at(cube.size);
            take(self.base.1.len() - left.len(), counts);
            left = rest;
        }
    }
}

/// Where a worker runs its draws.
struct Bench<'a> {
    first: Seat<'a>,
    second: Option<Seat<'a>>,
    /// Counts of the first case, and the second's less those.
    values: Vec<i32>,
    less: Vec<i32>,
}

impl<'a> Bench<'a> {
    fn of(run: &Run<'a>) -> Self {
        Self { first: Seat::of(run.counting), second: run.against.map(Seat::of), values: vec![], less: vec![] }
    }
}
