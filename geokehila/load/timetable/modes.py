"""Modes of public transport in words, from the ``route_type`` of a timetable."""

from __future__ import annotations

import pandas as pd

#: Sorted, so that joined words are too.
MODES = ("bus", "metro", "other", "rail", "tram")
#: Modes that count as mass transit. No route type says "bus rapid transit": such lines are buses.
MASS_TRANSIT = frozenset(("metro", "rail", "tram"))
#: The basic types: 4 ferry, 6 aerial lift and 7 funicular are "other".
_BASIC = {0: "tram", 1: "metro", 2: "rail", 3: "bus", 5: "tram", 11: "bus", 12: "metro"}
#: The extended types, first to last: railways, coaches, urban railways, the underground, buses, trolleybuses, trams.
_EXTENDED = (
    (100, 117, "rail"), (200, 209, "bus"), (400, 405, "metro"), (500, 500, "metro"), (600, 600, "metro"),
    (700, 716, "bus"), (800, 800, "bus"), (900, 906, "tram"),
)  # fmt: skip


def mode(route_type: str) -> str:
    """Return the mode of a route type, basic or extended; ``other`` for a type that is none of them.

    Notes
    -----
    Sources: General Transit Feed Specification, ``routes.txt``; the extended route types of Google Transit.

    Examples
    --------
    >>> [mode(kind) for kind in ("0", "1", "2", "3", "4", "109", "402", "715", "900", "8", "")]
    ['tram', 'metro', 'rail', 'bus', 'other', 'rail', 'metro', 'bus', 'tram', 'other', 'other']
    """
    number = int(route_type) if route_type.isdecimal() else -1
    extended = (word for first, last, word in _EXTENDED if first <= number <= last)
    return _BASIC.get(number) or next(extended, "other")


def modes(route_types: pd.Series) -> pd.Series:
    """Return the number in :data:`MODES` of each route's mode; -1 where its type is missing."""
    words = {kind: MODES.index(mode(kind)) for kind in route_types.dropna().unique()}
    return route_types.map(words).fillna(-1).astype("int8")
