"""A scenario from beginning to end, for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geokehila.arguments import as_path
from geokehila.pipeline import opened
from geokehila.scenario.base import of_run
from geokehila.scenario.edits import read
from geokehila.scenario.found import Found, answer
from geokehila.scenario.keeping import write
from geokehila.study import Study


def run_scenario(
    study: Study | Path | str,
    edits: Path | str,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    progress: Callable[[str], None] = lambda stage: None,
) -> Found:
    """Lay edits over the last run of a city, tell who gains and who loses, and keep it beside the run.

    Parameters
    ----------
    study, data, out, progress
        As for :func:`geokehila.run`.
    edits
        A ``.toml`` or ``.geojson`` of what is added, moved and closed; its ``title``, where it has one, heads the page.

    Returns
    -------
    Found
        Its `gains` has a row for every area, profile, group and measure in which anything is another, and no row for
        all else: how many live there before and after, and how many of them reach it (``before_``, ``after_``), newly
        (``gained_``) and no longer (``lost_``), each at least (``_low``) and at most (``_high``). Its `newcomers` says
        the same of who moves in: how many have it within their walk, beyond it, and are not connected.

    Raises
    ------
    StudyError
        An edit cannot be carried out on this run, or it was made with other choices.
    InputError
        No run is kept, or a file is missing or cannot be read.
    RunError
        The folder of the run cannot be written.

    Examples
    --------
    >>> made = run_scenario("dimona", "nearer.toml")  # doctest: +SKIP
    >>> bool((made.gains["gained_low"] <= made.gains["gained_high"]).all())  # doctest: +SKIP
    True
    """
    chosen, inputs = opened(study, data)
    laid = read(as_path(edits, "edits"), chosen)
    found = answer(of_run(chosen, inputs, as_path(out, "out")), laid, progress)
    write(found)
    return found
