"""Progress of long work, shown only where somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(
    total: int, show: bool | None, *, unit: str = "draw", about: str | None = None
) -> Iterator[Callable[[int], object] | None]:
    """A function that takes the number of draws, or other units, done, or None where nothing is shown.

    By default a bar is shown on a terminal and in a notebook, and nowhere else.
    """
    if show is None:
        show = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not show:
        yield None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, unit=unit, desc=about, leave=False, delay=0.5) as bar:

        def tell(done: int) -> None:
            bar.update(done - bar.n)

        yield tell
