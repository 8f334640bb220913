//! Disclosure control: what of tables published together may be shown.

use super::errors::to_py;
use super::watch::watched;
use crate::disclosure::{self, Cell, Family, Figure, Link, Published, State, World};
use crate::error::Error;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

/// Quantity, sides, base-year children, state, base, whether it counts children.
type CellParts = (u32, Vec<u32>, f64, String, f64, bool);
/// World, cell, value, step, whether it was printed before.
type FigureParts = (usize, usize, f64, f64, bool);
/// World, cell, least, most.
type Told = (usize, usize, f64, f64);

/// Tables published together, as Python lists their cells.
#[derive(Debug, FromPyObject)]
#[pyo3(from_item_all)]
pub struct Tables {
    sets: Vec<Vec<u32>>,
    cells: Vec<CellParts>,
    families: Vec<(usize, Vec<usize>)>,
    links: Vec<(usize, Vec<usize>, bool)>,
    worlds: Vec<(bool, bool)>,
    ties: Vec<[usize; 3]>,
    figures: Vec<FigureParts>,
}

impl Tables {
    fn published(self) -> PyResult<Published> {
        let state = |name: &str| match name {
            "open" => Ok(State::Open),
            "guarded" => Ok(State::Guarded),
            "hidden" => Ok(State::Hidden),
            "known" => Ok(State::Known),
            "implied" => Ok(State::Implied),
            "implied_guarded" => Ok(State::ImpliedGuarded),
            other => Err(to_py(Error::Internal(format!("a cell has no state {other}")))),
        };
        let cell = |(quantity, sides, children, name, base, whole): CellParts| {
            Ok(Cell { quantity, sides, children, state: state(&name)?, base, whole })
        };
        Ok(Published {
            sets: self.sets,
            cells: self.cells.into_iter().map(cell).collect::<PyResult<_>>()?,
            families: self.families.into_iter().map(|(dimension, cells)| Family { dimension, cells }).collect(),
            links: self.links.into_iter().map(|(whole, parts, open)| Link { whole, parts, open }).collect(),
            worlds: self.worlds.into_iter().map(|(whole, signed)| World { whole, signed }).collect(),
            ties: self.ties,
            figures: self
                .figures
                .into_iter()
                .map(|(world, cell, value, step, printed)| Figure {
                    world,
                    cell,
                    value,
                    step,
                    printed,
                    rounded: printed,
                })
                .collect(),
        })
    }
}

/// Which cells are hidden, the narrowest interval left of each in its rounding base, and rounds played;
/// `progress(n)` is told how many linear programs were solved.
#[pyfunction]
#[pyo3(signature = (tables, threshold, progress=None))]
pub fn disclose(
    py: Python<'_>,
    tables: Tables,
    threshold: f64,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Vec<bool>, Vec<f64>, usize)> {
    let published = tables.published()?;
    let found = watched(py, progress, move |control| disclosure::disclose(&published, threshold, control))?;
    Ok((found.hidden, found.width, found.rounds))
}

/// The least and the most that each published figure can be to an attacker who sees what is not hidden.
#[pyfunction]
pub fn disclosure_bounds(py: Python<'_>, tables: Tables, hidden: Vec<bool>) -> PyResult<Vec<Told>> {
    let published = tables.published()?;
    watched(py, None, move |control| disclosure::bounds(&published, &hidden, control))
}

/// Values to the nearest multiple of a step, halves up.
#[pyfunction]
pub fn rounded<'py>(
    py: Python<'py>,
    values: PyReadonlyArray1<'py, f64>,
    step: f64,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let values: Vec<f64> = values.as_slice()?.iter().map(|&value| disclosure::rounded(value, step)).collect();
    Ok(values.into_pyarray(py))
}
