"""One page that leads to the pages of all cities: maps of the localities, and lists by region and society."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from geokehila.catalogue import LANGUAGES
from geokehila.catalogue.phrases import RIGHT_TO_LEFT, Phrases
from geokehila.draw import palette
from geokehila.draw.site.entries import Entry, entries
from geokehila.draw.site.parts import Parts
from geokehila.errors import InputError
from geokehila.store import keep

__all__ = ["Entry", "entries", "html", "write"]

COLOURS = {name.lower(): getattr(palette, name) for name in ("INK", "QUIET", "LINE", "PAPER", "ACCENT", "STREET")}


def html(found: list[Entry], regions: frozenset[str] = frozenset()) -> str:
    """Return the page that leads to all others: Hebrew, or what its address names, ``#ar`` or ``#en``.

    Parameters
    ----------
    found
        The cities, as :func:`entries` returns them.
    regions
        Regions that have a page of their own.
    """
    # The style sheet shows the last side where none is asked for.
    sides = [_side(language, found, regions) for language in (*LANGUAGES[1:], LANGUAGES[0])]
    languages = {language: Phrases(language).say("page.switch") for language in LANGUAGES}
    return _environment().get_template("index.html.j2").render(sides=sides, languages=languages, style=_style())


def write(out: Path) -> tuple[Path, list[Entry]]:
    """Write ``maps/index.html`` and return its path and the cities that it tells of.

    Everything it names lies below ``maps/``, so the folder can be copied as it is; nothing is asked of any host.

    Raises
    ------
    InputError
        No run is kept here.
    RunError
        It cannot be written; the old one stays.
    """
    found, maps = entries(out), out / "maps"
    if not found:
        raise InputError(f"{out / 'data' / 'processed'}: no run is kept here: make one with `geokehila run CITY`")
    regions = frozenset(path.parent.name for path in maps.glob("*/index.html"))
    with keep.filling(maps) as work:
        (work / "index.html").write_bytes(html(found, regions).encode("utf-8"))
    return maps / "index.html", found


def _side(language: str, found: list[Entry], regions: frozenset[str]) -> dict[str, Any]:
    """Return all that is said in one language."""
    said = Phrases(language)
    parts = Parts(said, found, regions)
    return {
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "say": said.say,
        "parts": parts.listed(),
    }


@cache
def _environment() -> Environment:
    loader = PackageLoader("geokehila.draw", "site")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _style() -> str:
    colours = "".join(f"--{name}: {colour}; " for name, colour in COLOURS.items())
    return f":root {{ {colours}}}\n" + files("geokehila.draw").joinpath("site/site.css").read_text(encoding="utf-8")
