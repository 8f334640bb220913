"""Progress of long work, shown only where somebody is watching."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(
    total: int | None, show: bool | None, unit: str = "draw", about: str | None = None
) -> Iterator[Callable[[int], object] | None]:
    """A function that takes the number of draws, or other units, done, or None where nothing is shown.

    Without a total the bar counts. By default a bar is shown on a terminal and in a notebook, and nowhere else. It
    appears after half a second and goes when the work is done or interrupted.
    """
    if show is None:
        show = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not show:
        yield None
        return
    with _bar(total, unit, about) as bar:

        def tell(done: int) -> None:
            bar.update(done - bar.n)

        yield tell


def _bar(total: int | None, unit: str, about: str | None) -> Any:
    with warnings.catch_warnings():
        # A notebook without ipywidgets has a bar of text; nobody needs a warning for that.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(total=total, unit=unit, desc=about, leave=False, delay=0.5, mininterval=0.5)
