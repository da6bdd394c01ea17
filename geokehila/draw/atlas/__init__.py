"""The atlas of a town: sheets of A3 for print, a figure each, and all of them as one PDF.

matplotlib is imported when the first sheet is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from geokehila.catalogue import LANGUAGES
from geokehila.draw.town import Town

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Where the table of a PDF's objects begins: its last words. The document information stands right before it.
_TABLE_AT = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_LAST_WORDS, _INFORMATION = 64, 4096
#: What the document information says of the run.
_RUN = re.compile(rb"/Keywords \(run (\w+)\)")


def sheets(town: Town) -> tuple[str, ...]:
    """Return the keys of the sheets that a run can fill, in their order: ``cover``, ``overview``, themes, ``method``.

    A theme of which nothing is known has no sheet of its own; the last one says why.
    """
    from geokehila.draw.atlas import book

    return book.Atlas(town, LANGUAGES[0]).keys


def figure(town: Town, sheet: str, language: str = LANGUAGES[0]) -> Figure:
    """Return one sheet, 420 by 297 mm or upright as the town lies.

    Parameters
    ----------
    sheet
        One of :func:`sheets`.
    language
        ``he``, ``ar`` or ``en``.

    Raises
    ------
    StudyError
        There is no such sheet or language; the nearest one is named.

    Examples
    --------
    >>> from geokehila.draw.town import Town
    >>> from geokehila.pipeline import choose
    >>> from geokehila.store import kept
    >>> folder = kept.newest(Path(), "dimona")  # doctest: +SKIP
    >>> town = Town(choose("dimona", Path("data/raw")), kept.KeptTables(folder), kept.record(folder))  # doctest: +SKIP
    >>> figure(town, "hubs", "en").savefig("hubs.svg")  # doctest: +SKIP
    """
    from geokehila.draw.atlas import book

    return book.figure(book.Atlas(town, language), sheet)


def write(
    town: Town, path: Path, language: str = LANGUAGES[0], progress: Callable[[str], None] = lambda sheet: None
) -> None:
    """Write every sheet into one PDF of vectors and searchable text; the same run gives the same bytes.

    Parameters
    ----------
    progress
        Called with the key of each sheet as it is drawn.

    Raises
    ------
    RunError
        It cannot be written; what was there stays.
    """
    from geokehila.draw.atlas import book

    book.write(book.Atlas(town, language), path, progress)


def file_name(language: str) -> str:
    """Return what the atlas of a town is called, beside its page.

    Examples
    --------
    >>> file_name("he")
    'atlas-he.pdf'
    """
    return f"atlas-{language}.pdf"


def of_other_runs(maps: Path, run_id: str) -> dict[str, str]:
    """Return the atlases of a town that are of another run than one: by language, which run that is, in words.

    Parameters
    ----------
    maps
        Folder of its page.
    run_id
        The run that the page shows.

    Examples
    --------
    >>> of_other_runs(Path("no/such/folder"), "0123456789")
    {}
    """
    drawn = {language: maps / file_name(language) for language in LANGUAGES}
    runs = {language: run_of(path) for language, path in drawn.items() if path.is_file()}
    return {
        language: f"run {run}" if run else "a run that it does not name"
        for language, run in runs.items()
        if run != run_id
    }


def run_of(path: Path) -> str:
    """Return the id of the run that an atlas was drawn of, as its document information says; "" where none says it."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LAST_WORDS))
        if not (table := _TABLE_AT.search(file.read())):
            return ""
        end = int(table[1])
        file.seek(max(0, end - _INFORMATION))
        told = _RUN.search(file.read(min(end, _INFORMATION)))
    return told[1].decode("ascii") if told else ""
