"""How sheets and plots are inked: one style whatever the notebook has set, letters that read in their own direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.draw.palette import INK, LINE, QUIET
from geokehila.names import MARKS

#: DejaVu Sans has the letters of all three languages; fonts of type 42 keep a sheet's words searchable.
STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "pdf.fonttype": 42,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "grid.color": LINE,
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.linewidth": 0.5,
}
#: A mark without width that makes a line read from the right.
FROM_RIGHT = "\u200f"
#: What stands between isolates keeps its own direction.
ISOLATED = re.compile("[\u2066-\u2068]([^\u2066-\u2069]*)\u2069")
#: [pt] At which letters are measured.
MEASURED = 100.0
OPENS, CLOSES = "\u2066\u2067\u2068", "\u2069"


@contextmanager
def style() -> Iterator[None]:
    """Draw with our settings alone; those of the caller come back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]
        yield


def line(words: str, language: str) -> str:
    """Return one line as matplotlib sets it right: it orders letters itself, by the line's first one.

    Examples
    --------
    >>> line("5 תושבים", "he"), line("GTFS של העיר", "he"), line("12–34", "he")
    ('5 תושבים', '\\u200fGTFS של העיר', '12–34')
    """
    bare = MARKS.sub("", words)
    strong = [kind for kind in map(unicodedata.bidirectional, bare) if kind in ("L", "R", "AL")]
    mixed = language in RIGHT_TO_LEFT and len({*strong} & {"L"}) < len({*strong}) and strong[0] == "L"
    return FROM_RIGHT + bare if mixed else bare


def pieces(words: str, language: str) -> list[str]:
    """Return a line in pieces, in the order in which they are read, each to be set by itself beside the one before.

    What stands between isolates is a piece of its own: the marks themselves would shift a line's letters in a PDF of
    matplotlib 3.11.

    Examples
    --------
    >>> pieces("near \u2068רחוב הרצל\u2069, 5 min", "en")
    ['near ', 'רחוב הרצל', ', 5 min']
    >>> pieces("מדד \u2066-3\u2069 (אין)", "he")
    ['מדד ', '-3', '\\u200f (אין)']
    """
    found = ISOLATED.split(words)
    if len(found) == 1:
        return [line(words, language)]
    outer = FROM_RIGHT if language in RIGHT_TO_LEFT else ""
    return [
        MARKS.sub("", piece) if number % 2 or not outer or _begins(piece) else outer + MARKS.sub("", piece)
        for number, piece in enumerate(found)
        if piece
    ]


def _begins(piece: str) -> bool:
    """Tell whether a piece begins with a letter that is read from the right."""
    return unicodedata.bidirectional(piece.lstrip()[:1] or " ") in ("R", "AL")


def width(words: str, size: float, bold: bool = False) -> float:
    """Return how wide a line is, in points, at a size in points; blanks at its ends count."""
    bare = MARKS.sub("", words)
    blanks = len(bare) - len(bare.strip())
    return (_width(bare.strip(), bold) + blanks * _blank(bold)) * size / MEASURED


def wrapped(words: str, size: float, room: float, bold: bool = False) -> list[str]:
    """Return the lines of a text, each at most `room` points wide where its words allow.

    Examples
    --------
    >>> wrapped("one two three", 10, 45)
    ['one two', 'three']
    """
    lines, taken, opened = [], "", ""
    for word in words.split():
        longer = f"{taken} {word}".strip()
        if taken and width(longer, size, bold) > room:
            # What is isolated goes on in the next line.
            opened = _opened(taken)
            lines.append(taken + CLOSES * bool(opened))
            longer = opened + word
        taken = longer
    return [each for each in [*lines, taken] if each]


def _opened(words: str) -> str:
    """Return the isolate that a line leaves open."""
    last = max(words.rfind(mark) for mark in OPENS)
    return words[last] if last > words.rfind(CLOSES) else ""


@lru_cache(maxsize=20_000)
def _width(words: str, bold: bool) -> float:
    font = FontProperties(family=STYLE["font.family"], size=MEASURED, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(words, font, ismath=False)[0]) if words else 0.0


def _blank(bold: bool) -> float:
    return _width("n n", bold) - _width("nn", bold)
