"""Will there be enough of the right specialist places, where and when, and how sure are we?"""

from sufficiency._core import __version__
from sufficiency.backtest import Backtest, backtest
from sufficiency.comparison import Comparison, compare
from sufficiency.errors import Error, InputError, InternalError, ScenarioError
from sufficiency.fit import fit
from sufficiency.fitted import Fitted
from sufficiency.inputs import Inputs, read_inputs
from sufficiency.projection import Projection, project
from sufficiency.ranges import merge
from sufficiency.read import read_published, sample
from sufficiency.release import Released, release
from sufficiency.report import report
from sufficiency.saving import verify
from sufficiency.scenario import Scenario, read_scenario, scenario_schema

__all__ = [
    "Backtest",
    "Comparison",
    "Error",
    "Fitted",
    "InputError",
    "Inputs",
    "InternalError",
    "Projection",
    "Released",
    "Scenario",
    "ScenarioError",
    "__version__",
    "backtest",
    "compare",
    "fit",
    "merge",
    "project",
    "read_inputs",
    "read_published",
    "read_scenario",
    "release",
    "report",
    "sample",
    "scenario_schema",
    "verify",
]
