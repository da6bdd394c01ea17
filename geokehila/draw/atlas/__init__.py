"""The atlas of a town: sheets of A3 for print, a figure each, and all of them as one PDF.

matplotlib is imported when the first sheet is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from geokehila.catalogue import LANGUAGES
from geokehila.draw.town import Town

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    """
    from geokehila.draw.atlas import book

    book.write(book.Atlas(town, language), path, progress)
