"""Where, what kind and when to open places, and how far to trust the choice."""

from sufficiency.siting.choose import site_places
from sufficiency.siting.result import SitingResult

__all__ = ["SitingResult", "site_places"]
