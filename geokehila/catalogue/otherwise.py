"""What was chosen otherwise, of two runs or of a run and a study: every choice that makes other shares of equal files.

A run is told by its ``run.json``, a study by :meth:`geokehila.study.Study.told`, a catalogue by its own ``told``: all
name what they chose alike. What only one of two tells of a thing, as of a run made before it was told, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from geokehila.schema import DESCRIBED

Told = Mapping[str, Any]
#: By what both name it the choices that are others.
Others = Mapping[str, Sequence[str]]
OF_CATEGORIES = ("domain", "required", "any_of", "none_of", "min_area_m2", "credible_residents", "cutoff_min")
OF_DOMAINS = ("scored",)
#: What makes a walker another one.
OF_PROFILES = ("speed_m_s", "slope", "max_slope", "closed", "closed_unless", "kerbs")
#: By kind of zones what makes them others; the rest of table ``[zones]`` is not asked for.
OF_ZONES = {"statistical_areas": ("kind",), "polygons": ("kind", "id", "population"), "hexagons": ("kind", "edge_m")}
#: Choices that decide domains by states of categories, which they leave as they are.
DECIDING = frozenset(("domain", "required", "scored"))
#: Stands for the choices of what one of two does not have.
ONE_ONLY = "in one of them only"


def chosen(told: Told) -> dict[str, dict[str, Any]]:
    """Return every choice, by what it is of: a category's key, ``profile <key>``, ``domain <key>``, ``[zones]``.

    Examples
    --------
    >>> told = {"categories": {"clinic": {"cutoff_min": 9.0}}, "profiles": {}, "domains": []}
    >>> chosen(told)
    {'clinic': {'cutoff_min': 9.0}}
    """
    zones = told.get("parameters", {}).get("zones", {})
    found = {key: _of(facts, OF_CATEGORIES) for key, facts in told["categories"].items()}
    found |= {f"profile {key}": _of(facts, OF_PROFILES) for key, facts in told["profiles"].items()}
    found |= {f"domain {row['key']}": _of(row, OF_DOMAINS) for row in told["domains"]}
    found |= {"[zones]": _of(zones, OF_ZONES.get(zones.get("kind", ""), ()))}
    return {key: facts for key, facts in found.items() if facts}


def differing(then: Told, now: Told) -> dict[str, tuple[str, ...]]:
    """Return which choices are others, by what they are of, as of :func:`chosen`.

    A category that only one has is told, for it may decide a domain; of a profile that only one has no share is
    compared.

    Examples
    --------
    >>> told = {"categories": {"clinic": {"required": True}}, "profiles": {}, "domains": []}
    >>> differing(told, told | {"categories": {"clinic": {"required": False}}})
    {'clinic': ('required',)}
    """
    one, other = chosen(then), chosen(now)
    keys = (one.keys() & other.keys()) | (then["categories"].keys() ^ now["categories"].keys())
    found = {key: _unlike(one.get(key), other.get(key)) for key in sorted(keys)}
    return {key: names for key, names in found.items() if names}


def unlike(study: Told, run: Told) -> dict[str, tuple[str, ...]]:
    """Return the same of a study that is to go on from a run: it must have the run's profiles, too."""
    lone = sorted({*study["profiles"]} ^ {*run["profiles"]})
    return differing(study, run) | {f"profile {key}": (ONE_ONLY,) for key in lone}


def altered(run: Told, now: Told) -> list[str]:
    """Return every choice of a study that is another than a run's, each as a study.toml names it.

    Examples
    --------
    >>> told = {"categories": {}, "profiles": {}, "domains": []}
    >>> then, now = ({"parameters": {"hubs": {"add": add, "minutes": 0.0}}} for add in (2, 3))
    >>> altered(told | then, told | now)
    ['[hubs] add']
    """
    then, tables = run.get("parameters", {}), _as_kept(now.get("parameters", {}))
    found = [f"[study] {key}" for key in ("crs", "fictional", "city") if run.get(key) != now.get(key)]
    for key, table in tables.items():
        was = then.get(key)
        if isinstance(table, dict) and isinstance(was, dict):
            names = sorted(name for name in {*table, *was} if table.get(name) != was.get(name))
            found += [f"[{key}] {name}" for name in names]
        elif table != was:
            found.append(key)
    others = {key: names for key, names in differing(run, now).items() if key != "[zones]"}
    return [*found, *([in_words(others)] if others else [])]


def in_words(others: Others) -> str:
    """Return choices that are others as they are said.

    Examples
    --------
    >>> in_words({"clinic": ("cutoff_min", "required"), "[zones]": ("kind",)})
    'clinic (cutoff_min, required), [zones] (kind)'
    """
    return ", ".join(f"{key} ({', '.join(names)})" for key, names in others.items())


def deciding(run: Told) -> dict[str, list[str]]:
    """Return by domain the categories that decide it in a run; none where it is only described."""
    required = [(key, facts["domain"]) for key, facts in run["categories"].items() if facts["required"]]
    return {
        row["key"]: [] if row["reason"] == DESCRIBED else [key for key, domain in required if domain == row["key"]]
        for row in run["domains"]
    }


def _of(facts: Told, names: Iterable[str]) -> dict[str, Any]:
    """Return what is told of some choices."""
    known: dict[str, Any] = _as_kept({name: facts[name] for name in names if name in facts})
    return known


def _as_kept(told: Any) -> Any:
    """Return it as ``run.json`` keeps it: no limit is null."""
    if isinstance(told, Mapping):
        return {str(key): _as_kept(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_as_kept(value) for value in told]
    return None if isinstance(told, float) and not isfinite(told) else told


def _unlike(then: Told | None, now: Told | None) -> tuple[str, ...]:
    if then is None or now is None:
        return (ONE_ONLY,)
    return tuple(name for name in then if name in now and then[name] != now[name])
