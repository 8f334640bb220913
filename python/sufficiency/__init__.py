"""Will there be enough of the right specialist places, where and when, and how sure are we?"""

from sufficiency._core import __version__
from sufficiency.errors import Error, InputError, InternalError, ScenarioError
from sufficiency.fitted import Fitted
from sufficiency.projection import Projection, project

__all__ = [
    "Error",
    "Fitted",
    "InputError",
    "InternalError",
    "Projection",
    "ScenarioError",
    "__version__",
    "project",
]
