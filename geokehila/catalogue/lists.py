"""What a study says of the lists and tables that somebody hands over: columns, categories, rows, rule, source, date."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from geokehila.catalogue import LANGUAGES, known, text
from geokehila.catalogue.facts import Category
from geokehila.errors import StudyError
from geokehila.names import matching_key

#: What a list does to the places that OpenStreetMap has of its categories.
COMPLETE, REPLACE, VETO = RULES = ("complete", "replace", "veto")
#: What a column may be of any file whose rows lie somewhere, and of a list of places.
OF_SPOTS = ("id", "name", "name_he", "name_ar", "name_en", "name_ru", "lon", "lat", "x", "y", "date")
COLUMNS = (*OF_SPOTS, "category", "sector", "stream", "capacity")
#: What a column may be of the tables that are no lists of places, by their role; of a survey also each domain of life.
OF_TABLES: Mapping[str, tuple[str, ...]] = {
    "buildings": ("levels", "residents", "kind"),
    "candidates": (*OF_SPOTS, "capacity", "price", "choice", "room_m2", "extendable", "gush", "helka", "plan_number"),
    "dwellings": (*OF_SPOTS, "dwellings", "year", "plan_number"),
    "plans": (
        *("mavat_code", "code", "designation", "plan_number", "plan_name", "lot", "station", "status", "date"),
        *("gush", "helka"),
    ),
    "readiness": ("zone_id", "name", "activists", "volunteers", "events", "initiatives", "active_hub", "stage"),
    "survey": ("zone_id", "name", "domain", "answers", "satisfied", "margin"),
}
_KEYS = ("columns", "categories", "where", "crs", "rule", "whole", "date", "source")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True)
class ListChoice:
    """One table ``[lists.<role>]`` of a study; whatever it leaves out is found in the file or has its default.

    Attributes
    ----------
    columns
        Of :data:`COLUMNS`, the column's name in the file; an empty name says that the file has none.
    categories
        For a file of several categories: the key of each word in its column `category`.
    where
        By column, the words of the rows that are kept, in any case and spelling.
    crs
        Of columns of coordinates; empty: told by their range.
    rule
        ``complete``: places of both sources, each once. ``replace``: those of OpenStreetMap in the study's zones go.
        ``veto``: the rows name places of OpenStreetMap that do not exist or do not serve.
    whole
        Nothing is missing in it: where it shows none there is none.
    date, source
        Said of the whole list: ISO date or the beginning of one, and who made it; empty: not known.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crs: str = ""
    rule: str = COMPLETE
    whole: bool = False
    date: str = ""
    source: str = ""


def read_choices(tables: Mapping[str, Any], categories: Collection[str]) -> dict[str, ListChoice]:
    """Read the tables ``[lists.<role>]`` of a study that speak of lists of places, by the category of their role.

    Raises
    ------
    StudyError
        An unknown role, category, column, key or rule (the nearest right one is named), or a value of the wrong type.

    Examples
    --------
    >>> read_choices({"shelters": {"rule": "replace"}}, ["shelter"])["shelter"].rule
    'replace'
    """
    choices: dict[str, ListChoice] = {}
    for role, table in tables.items():
        if role in OF_TABLES:
            continue
        key = category_of(role, categories)
        if key in choices:
            raise StudyError(f"[lists.{role}]: a second table for the list of {key}: keep one")
        choices[key] = _choice(f"lists.{role}", table, categories)
    return choices


def read_tables(tables: Mapping[str, Any], domains: Collection[str]) -> dict[str, ListChoice]:
    """Read the tables ``[lists.<role>]`` of a study that speak of other tables, by role: columns, CRS, source, date.

    Raises
    ------
    StudyError
        As :func:`read_choices`.

    Examples
    --------
    >>> read_tables({"survey": {"columns": {"health": "רפואה"}}}, ["health"])["survey"].columns
    {'health': 'רפואה'}
    """
    return {role: _of_table(role, tables[role], domains) for role in OF_TABLES if role in tables}


def _of_table(role: str, table: Any, domains: Collection[str]) -> ListChoice:
    where, keys = f"lists.{role}", ("columns", "date", "source", *(("crs",) if "lon" in OF_TABLES[role] else ()))
    for key in _table(table, where):
        known(key, keys, f"key in [{where}]")
    columns = _texts(table.get("columns", {}), f"[{where}] columns")
    for column in columns:
        known(column, (*OF_TABLES[role], *(domains if role == "survey" else ())), f"column in [{where}]")
    return ListChoice(
        columns=columns,
        crs=_crs(_text(table, "crs", where), where),
        date=_date(table.get("date", ""), where),
        source=_text(table, "source", where),
    )


def role_of(category: str) -> str:
    """Return the role of the list of a category, as :func:`category_of` reads it.

    Examples
    --------
    >>> role_of("shelter"), role_of("park")
    ('shelters', 'places_park')
    """
    return "shelters" if category == "shelter" else f"places_{category}"


def category_of(role: str, categories: Collection[str]) -> str:
    """Return the category whose list a role is: ``shelters``, or ``places_`` and a key.

    Examples
    --------
    >>> category_of("shelters", ["shelter"]), category_of("places_park", ["park"])
    ('shelter', 'park')
    """
    roles = {"shelters": "shelter"} | {f"places_{key}": key for key in categories}
    known(role, (*roles, *OF_TABLES), "role in [lists]")
    return roles[role]


def by_name(categories: Mapping[str, Category]) -> dict[str, str]:
    """Return the key of a category by the matching key of whatever a cell may call it.

    That is its key, its names, and what a building of its kind is called: lists say community centre and mean a hub.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> found = by_name(Catalogue.read().categories)
    >>> found[matching_key("מוקד קהילתי")], found[matching_key("מרכז קהילתי")], found["clinic"]
    ('community_centre', 'community_centre', 'clinic')
    """
    kinds = [text(language)["hub_kinds"] for language in LANGUAGES]
    return {
        matching_key(name): key
        for key, one in categories.items()
        for name in (*(kind[key] for kind in kinds if key in kind), *one.name.values(), key)
    }


def _choice(where: str, table: Any, categories: Collection[str]) -> ListChoice:
    for key in _table(table, where):
        known(key, _KEYS, f"key in [{where}]")
    columns, by_word = (_texts(table.get(key, {}), f"[{where}] {key}") for key in ("columns", "categories"))
    for column in columns:
        known(column, COLUMNS, f"column in [{where}]")
    for key in by_word.values():
        known(key, categories, f"category in [{where}]")
    if by_word and not columns.get("category"):
        raise StudyError(f'[{where}] categories: which column holds these words? add columns = {{ category = "..." }}')
    return ListChoice(
        columns=columns,
        categories=by_word,
        where=_where(table.get("where", {}), f"[{where}] where"),
        crs=_crs(_text(table, "crs", where), where),
        rule=known(_text(table, "rule", where) or COMPLETE, RULES, f"rule in [{where}]"),
        whole=_flag(table, "whole", where),
        date=_date(table.get("date", ""), where),
        source=_text(table, "source", where),
    )


def _table(table: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(table, Mapping):
        raise StudyError(f"[{where}] is {table!r}: make it a table of its own")
    return table


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise StudyError(f'[{where}] {key} is {value!r}: write it as text, {key} = "..."')
    return value


def _flag(table: Mapping[str, Any], key: str, where: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise StudyError(f"[{where}] {key} is {value!r}: write true or false")
    return value


def _texts(table: Any, where: str) -> dict[str, str]:
    if not isinstance(table, Mapping) or any(not isinstance(value, str) for value in table.values()):
        raise StudyError(f'{where} is {table!r}: make it a table of texts, {{ ... = "..." }}')
    return dict(table)


def _where(table: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, Mapping):
        raise StudyError(f'{where} is {table!r}: make it a table of lists, {{ status = ["built"] }}')
    rows = {column: [words] if isinstance(words, str) else words for column, words in table.items()}
    for column, words in rows.items():
        if not isinstance(words, list | tuple) or not words or any(not isinstance(word, str) for word in words):
            raise StudyError(f'{where} {column} is {words!r}: give the words of the rows to keep, ["built"]')
    return {column: tuple(words) for column, words in rows.items()}


def _crs(stated: str, where: str) -> str:
    try:
        return str(CRS.from_user_input(stated).to_string()) if stated else ""
    except CRSError:
        raise StudyError(f'[{where}] crs {stated!r} is not known: write one such as "EPSG:2039"') from None


def _date(stated: Any, where: str) -> str:
    text = stated.isoformat()[:10] if isinstance(stated, date) else stated
    if not isinstance(text, str) or (text and not _DATE.fullmatch(text)):
        raise StudyError(f'[{where}] date is {stated!r}: write "2024", "2024-05" or "2024-05-31"')
    return text
