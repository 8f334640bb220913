"""Will there be enough of the right specialist places, where and when, and how sure are we?

The examples of this reference go on from here:

>>> import sufficiency as sf
>>> inputs = sf.sample("leeds")
>>> fitted = sf.fit(inputs)
>>> plan = sf.read_scenario("leeds/400-places")
>>> base = sf.project(fitted, to=2028, draws=50, seed=1, keep="draws", progress=False)
>>> option = sf.project(fitted, to=2028, draws=50, seed=1, scenario=plan, progress=False)
>>> change = sf.compare(base, option, progress=False)
>>> why = sf.explain(base, 2025, 2027, draws=4, progress=False)
>>> where = {"site": ["special-south-1"], "module": [30], "most": [1], "opens": ["2026-09"], "capital": [60]}
>>> sited = sf.site_places(fitted, places=30, to=2028, draws=20, seed=1, candidates=where, patterns=0)
>>> tested = sf.backtest(inputs, origins=[2021], horizons=[1], draws=50, seed=1, progress=False)
"""

from sufficiency import plots
from sufficiency._core import __version__
from sufficiency.backtest import Backtest, backtest
from sufficiency.comparison import Comparison, compare
from sufficiency.errors import Error, InputError, InternalError, ScenarioError
from sufficiency.explain import Explanation, explain
from sufficiency.fit import fit
from sufficiency.fitted import Fitted
from sufficiency.frames import summarise
from sufficiency.inputs import Inputs
from sufficiency.pairs import read_transitions
from sufficiency.project import project
from sufficiency.projection import Projection
from sufficiency.ranges import merge
from sufficiency.read import read_inputs, read_published, sample
from sufficiency.release import Released, release
from sufficiency.report import report
from sufficiency.returns import Scap, dsg, open_data, scap
from sufficiency.saving import verify
from sufficiency.scenario import Scenario, read_scenario, scenario_schema
from sufficiency.sen2 import read_sen2
from sufficiency.siting import SitingResult, site_places
from sufficiency.yearly import yearly

__all__ = [
    "Backtest",
    "Comparison",
    "Error",
    "Explanation",
    "Fitted",
    "InputError",
    "Inputs",
    "InternalError",
    "Projection",
    "Released",
    "Scap",
    "Scenario",
    "ScenarioError",
    "SitingResult",
    "__version__",
    "backtest",
    "compare",
    "dsg",
    "explain",
    "fit",
    "merge",
    "open_data",
    "plots",
    "project",
    "read_inputs",
    "read_published",
    "read_scenario",
    "read_sen2",
    "read_transitions",
    "release",
    "report",
    "sample",
    "scap",
    "scenario_schema",
    "site_places",
    "summarise",
    "verify",
    "yearly",
]
