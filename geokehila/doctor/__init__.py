"""What stands in the way of a run: the installation, and one city's inputs, each finding with what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geokehila.arguments import as_path
from geokehila.doctor import installation
from geokehila.doctor.findings import STATES, Finding, Findings

if TYPE_CHECKING:
    from geokehila.study import Study

__all__ = ["Finding", "Findings", "examine"]


def examine(
    study: Study | Path | str | None = None,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    today: date | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Findings:
    """Look at the installation, at how a city's last run ended, and at its inputs, as far as a run reads them.

    Parameters
    ----------
    study, data, out, progress
        As for :func:`geokehila.run`; None: the installation alone.
    today
        The day that the age of the map is told from; None: its date is told, not its age.

    Returns
    -------
    Findings
        A tuple of :class:`Finding`: those that stop a run first, then those to look at, then the rest. A faulty input
        is a finding, and what does not depend on it is examined all the same; no walk is searched.

    Raises
    ------
    StudyError
        `data` or `out` is no path; of a faulty study there is a finding.

    Examples
    --------
    >>> [finding.next for finding in examine("dimona") if finding.state == "stop"]  # doctest: +SKIP
    []
    """
    data, out = as_path(data, "data"), as_path(out, "out")
    found = list(installation.examine(out))
    if study is not None:
        # Not before: where a package is absent, the findings above are what helps.
        from geokehila.doctor.city import examine as examine_city

        found += examine_city(study, data, out, today, progress)
    return Findings(sorted(found, key=lambda finding: STATES.index(finding.state)))
