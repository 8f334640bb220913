"""Statutory and standard outputs: the School Capacity survey, the DSG management plan, open data."""

from sufficiency.returns.dsg import dsg
from sufficiency.returns.open_data import open_data
from sufficiency.returns.scap import Scap, scap

__all__ = ["Scap", "dsg", "open_data", "scap"]
