"""In which folder a study's files are found by their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geokehila.load.astray import meant
from geokehila.load.roles import Inputs, find, holds_inputs
from geokehila.study import Study

#: The folder of files that serve every city.
NATIONAL = "national"


def of_study(study: Study, data: Path) -> Path:
    """Return the folder of a study's city below `data`, or the one of its study.toml where that alone holds files."""
    own = data / study.city.slug
    if study.folder is None or holds_inputs(own):
        return own
    return study.folder if holds_inputs(study.folder) or not own.is_dir() else own


def opened(study: Study, data: Path) -> Inputs:
    """Find a study's files below `data`, or beside its study.toml, as :func:`geokehila.load.roles.find`.

    Examples
    --------
    >>> opened(Study.of("dimona"), Path("data/raw")).folder.as_posix()
    'data/raw/dimona'
    """
    folder = of_study(study, data)
    found = find(study, folder, data / NATIONAL)
    if folder.resolve().parent == data.resolve():
        return found
    # Beside a study that lies elsewhere there may be anything: only what looks like an input is told of.
    return replace(found, unread=tuple(name for name in found.unread if meant(name)))
