"""A batch from beginning to end, for programs: the command line shows it as it goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from geokehila.arguments import as_list, as_path
from geokehila.batch.crew import Crew
from geokehila.batch.order import Wish, named, order
from geokehila.errors import StudyError


def run_batch(
    cities: Sequence[Path | str] | Path | str,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    jobs: int = 0,
    progress: Callable[[str, str], None] = lambda city, stage: None,
) -> pd.DataFrame:
    """Run many cities, each in a process of its own; what is finished is skipped, what fails stops nothing else.

    Hubs are not tried with other numbers, which takes long; a kept run that tried them is finished all the same.

    Parameters
    ----------
    cities
        Slugs, or paths of a study.toml; a name by itself is one city.
    data, out
        As for :func:`geokehila.run`.
    jobs
        Cities at a time; 0: one for each processor, as far as memory holds.
    progress
        Called with a city and the name of a stage as it begins.

    Returns
    -------
    DataFrame
        A row a city, in the order asked for, those of a study.toml last: `city`, `state` (done, skipped or failed),
        `run_id`, `seconds`, `memory_mb`, `warnings_count`, and `why` it failed.

    Raises
    ------
    StudyError
        No city is named, one that there is not, or two studies of one; or a script calls it without the guard.

    Notes
    -----
    A script that calls it does so below ``if __name__ == "__main__":``, for every process reads the script anew.

    Examples
    --------
    >>> ended = run_batch(["dimona"])  # doctest: +SKIP
    >>> ended["state"].isin(["done", "skipped"]).all()  # doctest: +SKIP
    np.True_
    """
    _must_be_guarded()
    kind = "its slug, or the path of a study.toml"
    names = named(listed=[str(as_path(city, "a city", kind)) for city in as_list(cities)])
    tasks, ended = order(names, Wish(as_path(data, "data"), as_path(out, "out")))
    there = {task.city: kept for task in tasks if (kept := task.kept())}
    ended += [*there.values(), *Crew(jobs).work([task for task in tasks if task.city not in there], progress)]
    place = {name: number for number, name in enumerate(names)}
    ended.sort(key=lambda outcome: (place.get(outcome.city, len(place)), outcome.city))
    return pd.DataFrame([asdict(outcome) for outcome in ended])


def _must_be_guarded() -> None:
    """Raise `StudyError` in a process of a batch that reads its script anew, and would begin the batch once more."""
    script = sys.modules.get("__mp_main__")  # where a process of multiprocessing keeps it; its __main__ once it is read
    if script is not None and script is not sys.modules["__main__"]:
        raise StudyError("run_batch: every process reads the script anew: call it below `if __name__ == '__main__':`")
