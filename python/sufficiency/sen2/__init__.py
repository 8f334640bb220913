"""SEN2 person-level returns: module tables of two or more Januaries become inputs."""

from .checks import CHECKS, Check, check_table
from .read import read_sen2
from .settings import setting_table

__all__ = ["CHECKS", "Check", "check_table", "read_sen2", "setting_table"]
