"""Errors: one family, raised by the core and by Python alike."""


class Error(Exception):
    """Anything that sufficiency refuses or fails at.

    Attributes
    ----------
    problems : list of dict
        Every problem found, each with ``slug``, ``table``, ``row`` (from 1), ``column``, ``message``, ``hint``.
    """

    problems: list[dict[str, object]]

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.problems = []


class InputError(Error, ValueError):
    """Inputs or arguments that break a rule; nothing was loaded or run."""


class ScenarioError(Error, ValueError):
    """A scenario that cannot be applied; nothing was run."""


class InternalError(Error):
    """A broken invariant of the library: please report it."""
