"""The most children who could have a place: a maximum flow from classes of children to sites, by HiGHS."""

from collections.abc import Callable, Mapping
from typing import Any

import highspy
import numpy as np

Class = tuple[Any, ...]


def most_placed(
    children: Mapping[Class, int], room: Mapping[int, int], eligible: Callable[[Class, int], bool]
) -> int:
    """The largest number of children that any assignment to eligible sites with room can place.

    A transport problem: its matrix is totally unimodular, so the linear programme has an optimum in whole numbers.
    """
    classes = [c for c, n in children.items() if n > 0]
    sites = [s for s, n in room.items() if n > 0]
    arcs = [(i, len(classes) + j) for i, c in enumerate(classes) for j, s in enumerate(sites) if eligible(c, s)]
    if not arcs:
        return 0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arcs), len(classes) + len(sites)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.ones(len(arcs))
    lp.col_lower_, lp.col_upper_ = np.zeros(len(arcs)), np.full(len(arcs), highspy.kHighsInf)
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = np.array([children[c] for c in classes] + [room[s] for s in sites], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * len(arcs) + 1, 2)
    lp.a_matrix_.index_ = np.array(arcs).ravel()
    lp.a_matrix_.value_ = np.ones(2 * len(arcs))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    most = solver.getInfo().objective_function_value
    assert abs(most - round(most)) < 1e-6
    return round(most)
