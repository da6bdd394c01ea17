"""What a study chooses of its areas, of who lives in them and of its alert time: frozen records, from its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geokehila.catalogue.reading import build, known
from geokehila.errors import StudyError

ZONE_KINDS = ("statistical_areas", "polygons", "hexagons")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True)
class ZoneChoice:
    """What the results are summed over: statistical areas, the user's polygons, or hexagons with edges of `edge_m`.

    `source` and `date` say who counted the people of polygons, and when; empty: not told.
    """

    kind: str = "statistical_areas"
    id: str = "id"
    population: str = "population"
    edge_m: float = 250.0
    source: str = ""
    date: str = ""


@dataclass(frozen=True)
class ZoningChoice:
    """Other areas to sum the same homes over: hexagons with edges of `hexagon_edge_m` [m]; 0: none."""

    hexagon_edge_m: float = 0.0


@dataclass(frozen=True)
class AlertChoice:
    """[s] From the alarm until people must be in shelter, stated by the user; goes before files and the catalogue."""

    seconds: float
    date: str
    source: str


@dataclass(frozen=True)
class AssumedPopulation:
    """A total that stands in where no zonal counts exist; every page flags it as assumed."""

    total: float
    source: str
    date: str


def read_zones(table: Mapping[str, Any]) -> ZoneChoice:
    """Read table ``[zones]``; raise `StudyError` for a kind or a date that is none, or hexagons that are too small."""
    choice = build(ZoneChoice, "zones", _dated(table))
    if choice.date:
        _must_be_a_date(choice.date, "zones")
    known(choice.kind, ZONE_KINDS, "kind of zones")
    if choice.edge_m < 50:
        raise StudyError(f"[zones] edge_m is {choice.edge_m}: hexagons need edges of at least 50 m")
    return choice


def read_alerts(table: Mapping[str, Any]) -> AlertChoice:
    """Read table ``[alerts]``; raise `StudyError` for a date that is none, as text or as a date of TOML."""
    choice = build(AlertChoice, "alerts", _dated(table))
    _must_be_a_date(choice.date, "alerts")
    return choice


def _dated(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with its dates as text, for TOML knows dates of its own."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in table.items()}


def _must_be_a_date(text: str, table: str) -> None:
    if not _DATE.fullmatch(text):
        raise StudyError(f'[{table}] date is {text!r}: write "2026", "2026-05" or "2026-05-31"')
