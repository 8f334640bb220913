"""Errors: one family, raised by the core and by Python alike."""

# Problems printed in full; all are in `problems` (as in the core).
PRINTED = 20


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


def refused(problems: list[dict[str, object]]) -> InputError:
    """An error that lists every problem found, worded as the core words its own."""
    lines = [_line(problem) for problem in problems[:PRINTED]]
    if len(problems) > 1:
        lines.insert(0, f"{len(problems)} problems")
    if len(problems) > PRINTED:
        lines.append(f"and {len(problems) - PRINTED} more")
    error = InputError("\n".join(lines))
    error.problems = problems
    return error


def _line(problem: dict[str, object]) -> str:
    row, column, hint = (problem[name] for name in ("row", "column", "hint"))
    where = f"{problem['table']}" + (f", row {row}" if row else "") + (f", column {column}" if column else "")
    return f"{problem['message']} [{problem['slug']}] ({where})" + (f"\n  hint: {hint}" if hint else "")


class ScenarioError(Error, ValueError):
    """A scenario that cannot be applied; nothing was run."""


class InternalError(Error):
    """A broken invariant of the library: please report it."""
