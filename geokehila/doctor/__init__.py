"""What stands in the way of a run: the installation, and one city's inputs, each finding with what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geokehila.doctor import installation
from geokehila.doctor.findings import STATES, Finding

if TYPE_CHECKING:
    from geokehila.study import Study

__all__ = ["Finding", "examine"]


def examine(
    study: Study | Path | str | None = None,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    today: date | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> tuple[Finding, ...]:
    """Look at the installation, at how a city's last run ended, and at its inputs, as far as a run reads them.

    Parameters
    ----------
    study, data, out, progress
        As for :func:`geokehila.run`; None: the installation alone.
    today
        The day that the age of the map is told from; None: its date is told, not its age.

    Returns
    -------
    tuple of Finding
        Those that stop a run first, then those to look at, then the rest. A faulty input is a finding, and what does
        not depend on it is examined all the same; no walk is searched.

    Examples
    --------
    >>> [finding.next for finding in examine("dimona") if finding.state == "stop"]  # doctest: +SKIP
    """
    found = list(installation.examine(Path(out)))
    if study is not None:
        # Not before: where a package is absent, the findings above are what helps.
        from geokehila.doctor.city import examine as examine_city

        found += examine_city(study, Path(data), Path(out), today, progress)
    return tuple(sorted(found, key=lambda finding: STATES.index(finding.state)))
