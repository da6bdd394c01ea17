"""Which engine answers: the compiled searches, or scipy where numba is absent. Both give the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING

from geokehila.errors import StudyError

if TYPE_CHECKING:
    from geokehila.ledger import Notice

#: Environment variable that chooses the engine: ``numba`` or ``scipy``.
VARIABLE = "GEOKEHILA_ENGINE"
#: Origins answered by one task: many tasks for each thread, so that none waits long for the last.
TASK = 2048


def compiled() -> bool:
    """Tell whether the compiled searches answer: numba is installed and not turned off.

    Raises
    ------
    StudyError
        The environment asks for an engine that there is not.
    """
    asked = os.environ.get(VARIABLE, "")
    if asked not in ("", "numba", "scipy"):
        raise StudyError(f"{VARIABLE}={asked}: choose numba or scipy, or leave it unset")
    installed = find_spec("numba") is not None
    if asked == "numba" and not installed:
        raise StudyError(f"{VARIABLE}=numba: numba is not installed; pip install numba, or leave {VARIABLE} unset")
    return installed and asked != "scipy"


def notice() -> Notice | None:
    """Return what a user should know of the engine: None where the compiled one answers."""
    if compiled():
        return None
    from geokehila.ledger import Notice  # with it come pandas and geopandas

    why = f"{VARIABLE}=scipy" if find_spec("numba") else "numba is not installed"
    text = f"{why}: walks are searched by scipy, with the same answers, ten times slower or more; pip install numba"
    return Notice("engine_scipy", "engine", text)


def workers(threads: int | None) -> int:
    """Return how many threads search: as many as asked, or one a processor."""
    return max(1, threads or os.cpu_count() or 1)


def in_threads(task: Callable[[int, int], object], count: int, threads: int | None, size: int = TASK) -> None:
    """Call a task for every range of `size` items, in as many threads as asked; None: one a processor.

    Each call writes its own rows, so that the outcome does not depend on who comes first.
    """
    starts = range(0, count, size)
    many = min(workers(threads), len(starts))
    if many <= 1:
        task(0, count)
        return
    with ThreadPoolExecutor(many) as pool:
        for done in [pool.submit(task, start, min(start + size, count)) for start in starts]:
            done.result()
