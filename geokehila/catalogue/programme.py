"""What a study asks to be there for its residents: how many people one class, clinic or hub serves, and who says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geokehila.catalogue import Names, build, known
from geokehila.errors import StudyError


@dataclass(frozen=True)
class ProgrammeStandard:
    """One table ``[programme.<topic>]`` of a study: for so many people one unit.

    Attributes
    ----------
    key
        The topic.
    per
        People, of those who need it, that one unit serves.
    unit
        What is counted, in the study's own word: class, clinic, hub.
    source, date
        Who says so, and when.
    name
        Of the topic, by language; empty: its key.
    group
        An age group that the population source carries, or ``total``.
    share
        Of the group, who needs it, above 0 to 1.
    category
        Places of it are what is there already; empty: nothing is compared.
    units_per_place
        Units that one such place has; 0: not told, so that places are counted and not compared.
    dunam_per_unit, m2_per_unit
        Land [dunam, 1000 m2] and floor area [m2] that a unit takes; 0: not told.
    """

    key: str
    per: float
    unit: str
    source: str
    date: str
    name: Names = field(default_factory=dict)
    group: str = "total"
    share: float = 1.0
    category: str = ""
    units_per_place: float = 0.0
    dunam_per_unit: float = 0.0
    m2_per_unit: float = 0.0


def read_programme(tables: Mapping[str, Any], categories: Collection[str]) -> dict[str, ProgrammeStandard]:
    """Read the tables ``[programme.<topic>]`` of a study, by topic.

    Raises
    ------
    StudyError
        An unknown key or category (the nearest right one is named), a value of the wrong type or beyond its range, or
        a standard without its source and date.

    Examples
    --------
    >>> hub = {"per": 12000, "unit": "hub", "source": "city plan", "date": "2024"}
    >>> read_programme({"hub": hub}, [])["hub"].per
    12000.0
    """
    return {key: _standard(key, table, categories) for key, table in tables.items()}


def _standard(key: str, table: Any, categories: Collection[str]) -> ProgrammeStandard:
    where = f"programme.{key}"
    if not isinstance(table, Mapping):
        raise StudyError(f"[{where}] is {table!r}: make it a table of its own")
    if not re.fullmatch("[a-z][a-z0-9_]*", key):
        raise StudyError(f"key in [programme] {key!r}: name it by small letters, digits and _")
    dated = {name: value.isoformat() if isinstance(value, date) else value for name, value in table.items()}
    if "key" in dated:
        raise StudyError(f"[{where}] key: the topic is named by the table itself, take it away")
    standard = build(ProgrammeStandard, where, {"key": key} | dated)
    if standard.category:
        known(standard.category, categories, f"category in [{where}]")
    _must_be_whole(standard, where)
    return standard


def _must_be_whole(standard: ProgrammeStandard, where: str) -> None:
    """Raise where a number is none that it may be, or nobody says so."""
    for name in ("unit", "source", "date", "group"):
        if not getattr(standard, name).strip():
            raise StudyError(f"[{where}] {name} is empty: a standard needs it, add it")
    if standard.per <= 0:
        raise StudyError(f"[{where}] per is {standard.per:g}: give the people that one unit serves, above 0")
    if not 0 < standard.share <= 1:
        raise StudyError(f"[{where}] share is {standard.share:g}: give the share that needs it, above 0 to 1")
    for name in ("units_per_place", "dunam_per_unit", "m2_per_unit"):
        if getattr(standard, name) < 0:
            raise StudyError(f"[{where}] {name} is {getattr(standard, name):g}: give 0 or more")
