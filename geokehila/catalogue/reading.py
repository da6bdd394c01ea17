"""Facts made of TOML tables: every key known, every value of its type and in its range."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from math import inf, isfinite
from typing import Any, TypeVar, get_type_hints

from geokehila import names
from geokehila.arguments import quoted
from geokehila.catalogue.facts import Names
from geokehila.catalogue.tags import TagFilter
from geokehila.errors import StudyError

#: Languages of all that is said; the first is what a page opens in.
LANGUAGES = ("he", "ar", "en")
#: Languages in which whoever adds a category or a domain names it; in the others it is shown by the names' own rule.
NAMED = ("he", "en")
#: What the numbers of a study may be; all others are any finite number.
_RANGES: Mapping[str, tuple[float, float]] = {
    "speed_m_s": (0.2, 3.0),
    "max_slope": (0.01, 0.34),
    "credible_residents": (1.0, 1e9),
    "min_area_m2": (0.0, 1e9),
    "edge_m": (0.0, 10_000.0),
    "hexagon_edge_m": (50.0, 10_000.0),
    "total": (1.0, 1e8),
    "[alerts] seconds": (0.0, 600.0),
    "[gaps] least_people": (0.0, 1e6),
    "[hubs] add": (0.0, 1000.0),
    "[hubs] minutes": (0.0, 60.0),
    "[hubs] budget": (0.0, 1e15),
    "[hubs] price": (0.0, 1e15),
    "[hubs] apart_m": (0.0, 50_000.0),
    "[hubs] capacity": (1.0, 1e9),
    "[hubs] room_m2": (0.0, 1e6),
    "[hubs] resamples": (0.0, 10_000.0),
    "[hubs] seconds": (1.0, 86_400.0),
    "[communities] least_people": (50.0, 1e6),
    "[communities] most_people": (100.0, 1e7),
    "hosted_m2": (0.0, 10_000.0),
    "[standards.snap_cap] value": (1.0, 1000.0),
    "[standards.horizon] value": (60.0, 4095.0),
    "[standards.known_floor] value": (0.0, 1.0),
    "[standards.known_land] value": (0.0, 1.0),
    "[standards.mono_functional_share] value": (0.5, 1.0),
    "[standards.link_longest] value": (10.0, 150.0),
    "[standards.link_detour_ratio] value": (1.0, 20.0),
    "[standards.link_saved] value": (0.0, 1800.0),
    "[standards.additions_share] value": (0.01, 1.0),
    "[standards.residents_2025_negev] value": (1.0, 1e9),
    "[standards.residents_2025_galilee] value": (1.0, 1e9),
}
#: So many words are told of those that there are.
SHOWN = 20
T = TypeVar("T")


def known(word: str, words: Collection[str], what: str) -> str:
    """Return `word` if it is one of `words`; raise `StudyError` with the nearest right one if not.

    Examples
    --------
    >>> known("clinik", ["clinic", "school"], "category")
    Traceback (most recent call last):
    geokehila.errors.StudyError: unknown category 'clinik': did you mean 'clinic'?
    """
    if isinstance(word, str) and word in words:
        return word
    raise StudyError(f"unknown {what} {quoted(word)}: {meant(str(word), words)}")


def meant(word: str, words: Collection[str]) -> str:
    """Return which of `words` may be meant, else which there are.

    Examples
    --------
    >>> meant("gap", ["gaps", "hubs"]), meant("x", ["gaps", "hubs"]), meant("x", [])
    ("did you mean 'gaps'?", 'known: gaps, hubs', 'there is none')
    """
    if near := nearest(word, words):
        return near
    shown, left = sorted(words)[:SHOWN], len(words) - SHOWN
    return f"known: {', '.join(shown)}{f', and {left} more' if left > 0 else ''}" if words else "there is none"


def nearest(word: str, words: Collection[str]) -> str:
    """Return which of `words` may be meant; empty where none is near."""
    near = get_close_matches(word, words, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def build(kind: type[T], where: str, table: Mapping[str, Any]) -> T:
    """Make a frozen record from a TOML table, every key known and every value of its type.

    Raises
    ------
    StudyError
        An unknown key (nearest right one named), a value of the wrong type, or a key that must be given.
    """
    types = get_type_hints(kind)
    values = {known(k, types, f"key in [{where}]"): _typed(v, types[k], f"[{where}] {k}") for k, v in table.items()}
    every = fields(kind)  # type: ignore[arg-type]
    defaults = {f.name: f.default for f in every}
    needed = [f.name for f in every if f.default is MISSING and f.default_factory is MISSING]
    if absent := [name for name in needed if name not in values]:
        raise StudyError(f"[{where}] lacks {', '.join(absent)}: add it")
    for key, value in values.items():
        if value != defaults[key]:
            _must_be_in_range(value, key, f"[{where}] {key}")
    return kind(**values)


def table_of(record: Any) -> dict[str, Any]:
    """Return the table that :func:`build` makes a record of: what differs from its defaults.

    Examples
    --------
    >>> from geokehila.catalogue.choices import GapChoice
    >>> table_of(GapChoice(need=("age",))), table_of(GapChoice())
    ({'need': ('age',)}, {})
    """
    usual = {f.name: f.default if f.default_factory is MISSING else f.default_factory() for f in fields(record)}
    return {name: value for name, value in vars(record).items() if value != usual[name]}


def _must_be_in_range(value: Any, key: str, where: str) -> None:
    low, high = _RANGES.get(where, _RANGES.get(key, (-inf, inf)))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not (isfinite(value) and low <= value <= high):
        raise StudyError(f"{where} is {value:g}: give a number from {low:g} to {high:g}")


def _typed(value: Any, kind: Any, where: str) -> Any:
    if kind == tuple[TagFilter, ...]:
        if where.startswith("[categories.") and where.endswith(" any_of") and not value:
            raise StudyError(f"{where} is empty: give at least one filter key=value")
        filters = value if isinstance(value, list | tuple) else [value]
        return tuple(f if isinstance(f, TagFilter) else TagFilter.parse(f, where) for f in filters)
    if kind == tuple[str, ...]:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list | tuple) or any(not isinstance(word, str) or not word.strip() for word in words):
            raise StudyError(f'{where} is {value!r}: give a list of texts, ["..."]')
        return tuple(words)
    if kind == tuple[int, ...]:
        if not isinstance(value, list | tuple) or any(type(number) is not int for number in value):
            raise StudyError(f"{where} is {value!r}: give a list of whole numbers, [1, 2]")
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind == Names:
        if not isinstance(value, Mapping) or any(not isinstance(value.get(language), str) for language in NAMED):
            raise StudyError(f'{where} is {value!r}: give it in Hebrew and English: {{ he = "...", en = "..." }}')
        for language, name in value.items():
            known(language, names.LANGUAGES, f"language in {where}")
            if not isinstance(name, str):
                raise StudyError(f'{where} {language} is {name!r}: write it as text, {language} = "..."')
        return dict(value)
    if isinstance(kind, type) and (not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool)):
        raise StudyError(f"{where} is {value!r}: give a {kind.__name__}")
    return value
