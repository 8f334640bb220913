"""Official files read as they are published: the DfE EHC plan release and ONS estimates."""

from .columns import (
    age_code,
    establishment_settings,
    leaf_settings,
    need_codes,
    placement_label_settings,
    plain_words,
)
from .release import Release, read_release
from .tables import read_tables

__all__ = [
    "Release",
    "age_code",
    "establishment_settings",
    "leaf_settings",
    "need_codes",
    "placement_label_settings",
    "plain_words",
    "read_release",
    "read_tables",
]
