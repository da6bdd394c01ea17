"""Nouns that show themselves in a few lines, however much they hold; in a notebook as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from html import escape
from itertools import islice
from numbers import Real
from pathlib import Path
from textwrap import shorten
from typing import Any, ClassVar, cast

from geokehila.errors import one_line

#: Lines below the title, and letters of what each tells.
LINES, LETTERS = 9, 90
#: Names of a table or a list that are looked at: more stand on no line.
NAMES = 30


class Brief:
    """A dataclass, made with ``repr=False``, that shows its title and what it holds: ten lines at most.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, repr=False)
    ... class Town(Brief):
    ...     people: float
    ...     streets: tuple[str, ...]
    >>> Town(33_000, ("Herzl", "Golda Meir"))
    Town
      people   33,000
      streets  2: Herzl, Golda Meir
    """

    #: What is shown, most telling first; empty: every public field. What else there is stands in the last line.
    _shows: ClassVar[tuple[str, ...]] = ()

    def _title(self) -> str:
        """Return what it is, on one line."""
        return type(self).__name__

    def _rows(self) -> list[tuple[str, str]]:
        """Return what it holds, by name."""
        every = [field.name for field in fields(cast(Any, self)) if not field.name.startswith("_")]
        names = [*self._shows, *(name for name in every if name not in self._shows)]
        if len(names) <= LINES:
            return [(name, told(getattr(self, name))) for name in names]
        shown, others = names[: LINES - 1], names[LINES - 1 :]
        return [*((name, told(getattr(self, name))) for name in shown), ("and", _short(", ".join(others)))]

    def __repr__(self) -> str:
        """Return the title and a line for each thing that it holds."""
        return lines(self._title(), self._rows())

    def _repr_html_(self) -> str:
        """Return the same as a table, for notebooks."""
        return html(self._title(), ("", ""), self._rows())


def lines(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return a title with rows of two columns below it."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join([one_line(title), *(f"  {name:<{width}}  {text}".rstrip() for name, text in rows)])


def html(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for notebooks; what is told comes from outside, so nothing in it is markup.

    Examples
    --------
    >>> html("1 city", ("slug",), [("<b>",)])
    '<table><caption>1 city</caption><tr><th>slug</th></tr><tr><td dir="auto">&lt;b&gt;</td></tr></table>'
    """
    top = "".join(f"<th>{escape(word)}</th>" for word in head) if any(head) else ""
    body = ["".join(f'<td dir="auto">{escape(str(cell))}</td>' for cell in row) for row in rows]
    table = "".join(f"<tr>{row}</tr>" for row in [top, *body] if row)
    return f"<table><caption>{escape(title)}</caption>{table}</table>"


def told(value: object) -> str:
    """Return what a value is on one short line: of many values their number and some of their names.

    Examples
    --------
    >>> told(33_000.0), told(["osm", "census"]), told(None), told({})
    ('33,000', '2: osm, census', 'none', '0')
    """
    if isinstance(value, Brief):
        return _short(value._title())
    if isinstance(value, Path):  # its end tells more than its beginning
        path = one_line(str(value))
        return path if len(path) <= LETTERS else f"...{path[3 - LETTERS :]}"
    if value is None or isinstance(value, bool | str):
        return "none" if value is None else _short(str(value))
    if isinstance(value, Real):
        # A code or a year has no comma; nor has any other number of four digits.
        return f"{value:.6g}" if abs(float(value)) < 10_000 else f"{value:,.0f}"
    columns = getattr(value, "columns", None)
    if columns is not None and hasattr(value, "__len__"):
        return _many(f"{len(value):,} rows", columns)
    return _many(f"{len(value):,}", value) if isinstance(value, Collection) else type(value).__name__


def _many(count: str, names: Iterable[object]) -> str:
    words = [str(name) for name in islice(names, NAMES) if isinstance(name, str | int | Path)]
    return _short(f"{count}: {', '.join(words)}" if words else count)


def _short(text: str) -> str:
    return shorten(one_line(text), LETTERS, placeholder=" ...")
