"""The city page's tables as the one JSON object that page.js reads."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import names
from geokehila.catalogue import DISTANCE, LANGUAGES, Category, text
from geokehila.draw import packing
from geokehila.draw.hub_data import hub_data
from geokehila.errors import RunError
from geokehila.schema import BEYOND, DESCRIBED, MEASURED, REACHED, REFERENCE, WGS84

if TYPE_CHECKING:
    from geokehila.draw.city_page import CityPage

#: Measures that the page has sentences for.
PLAIN = ("people", "connected_share", "weakest_domain", "domains_reached_count", "domains_unknown_count")
OF_DOMAINS = r"domain_[a-z_]+_(share|beyond_people)|category_[a-z_]+_(share|median_s)"
#: Subjects of table ``confidence`` that the page tells of, in its order.
SUBJECTS = ("mapping", "population", "network")
#: Names are cut to this many letters for display.
LONGEST_NAME = 80


def page_data(page: CityPage) -> dict[str, Any]:
    """Return all that the page shows, ready for JSON; row 0 of every score is the city, row i + 1 its zone i."""
    words = {language: text(language) for language in LANGUAGES}
    return {
        "languages": list(LANGUAGES),
        "text": words,
        "city": {language: clean(name) for language, name in page.city.items()},
        "domains": [{"key": d.key, "name": dict(d.name), "scored": d.scored} for d in page.domains],
        "categories": [_category(c) for c in page.categories],
        "banners": _known_banners(page.banners, words[LANGUAGES[0]]["banners"]),
        "sources": [
            {"role": s.role} | {k: clean(getattr(s, k), 300) for k in ("file", "date", "licence", "counts")}
            for s in page.sources
        ],
        "walk": {"speed": f"{page.speed_m_s:g}", "slopes": page.has_slopes},
        "facts": {key: _number(value) for key, value in page.facts.items()},
        "focus": _focus(page),
        "zones": _zones(page.zones) | {"belief": _belief(page.confidence, page.zones["zone_id"].tolist())},
        "scores": _scores(_shown(page.scores, words[LANGUAGES[0]]["measures"]), page.zones["zone_id"].tolist()),
        "absent": [[measure, reason] for measure, reason in page.absent],
        "homes": _homes(page),
        "hubs": hub_data(page.hubs, page.zones["zone_id"].tolist(), [c.key for c in page.categories])
        if page.hubs
        else None,
        "places": _places(page.places, page.categories),
        "streets": packing.lines(page.streets, "streets") | {"owner": []},
    }


def as_script(data: Mapping[str, Any]) -> str:
    """Return JSON that cannot end the script element it stands in.

    Examples
    --------
    >>> as_script({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        plain = plain.replace(letter, f"\\u{ord(letter):04x}")
    return plain


def clean(name: object, longest: int = LONGEST_NAME) -> str:
    """Return a name from the data fit to show; what is missing or no text is empty.

    Examples
    --------
    >>> clean("abc\u202edef\\n g"), clean(float("nan")), len(clean("x" * 10_000))
    ('abcdef g', '', 80)
    """
    return names.clean(name, longest) if isinstance(name, str) else ""


def _category(category: Category) -> dict[str, Any]:
    return {
        "key": category.key,
        "domain": category.domain or "",
        "name": dict(category.name),
        "required": bool(category.required),
        "minutes": _number(category.cutoff_min),
        "source": category.cutoff_source,
        "hub": bool(category.hub),
    }


def _known_banners(banners: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    unknown = sorted({*banners} - {*texts})
    if unknown:
        raise RunError(f"city page: banner {unknown[0]!r} has no words: add it to [banners] in catalogue/text/*.toml")
    return list(dict.fromkeys(banners))


def _focus(page: CityPage) -> list[list[float]] | None:
    """Return the corners [lat, lon], south-west and north-east, of what the page opens on; None: nothing."""
    shown = page.zones.geometry if page.homes is None or page.homes.empty else page.homes
    if shown.empty:
        return None
    west, south, east, north = (round(float(degree), 5) for degree in shown.to_crs(WGS84).total_bounds)
    return [[south, west], [north, east]]


def _homes(page: CityPage) -> dict[str, Any]:
    """Return where homes are, and by domain what is known there: 1 beyond a walk, 2 not known, 0 neither."""
    if page.homes is None or page.home_states.empty:
        return {"points": packing.encode(np.empty(0), "<i4"), "states": {}}
    states = {
        key: np.select([column == BEYOND, ~column.isin((REACHED, DESCRIBED))], [1, 2], 0)
        for key, column in page.home_states.items()
    }
    packed = {str(key): packing.encode(state, "u1") for key, state in states.items()}
    return {"points": packing.points(gpd.GeoDataFrame(geometry=page.homes), "homes"), "states": packed}


def _zones(zones: gpd.GeoDataFrame) -> dict[str, Any]:
    return {
        "ids": [clean(i) for i in zones["zone_id"]],
        "names": _names(zones),
        "functions": [clean(f) for f in zones["function"]],
        "coverage": [_number(c) for c in zones["coverage_share"]],
        "shapes": packing.lines(zones, "zones"),
    }


def _names(frame: gpd.GeoDataFrame) -> list[list[str]]:
    """Return what each row is called in each language of the page, by the explicit fall-back; "" where no name is."""
    rows = zip(*(frame[f"name_{language}"] for language in names.LANGUAGES), strict=True)
    known = [{key: clean(name) for key, name in zip(names.LANGUAGES, row, strict=True)} for row in rows]
    return [[names.shown(of_row, language)[0] for language in LANGUAGES] for of_row in known]


def _belief(confidence: pd.DataFrame, zone_ids: list[str]) -> dict[str, list[str]]:
    """Return, for each subject of [belief], the reason why a zone is not measured; empty where it is."""
    reasons = confidence["reason"].where(confidence["state"] != MEASURED, "")
    table = confidence.assign(reason=reasons).pivot(index="zone_id", columns="subject", values="reason")
    return {subject: table[subject].reindex(zone_ids).fillna("").tolist() for subject in SUBJECTS if subject in table}


def _shown(scores: pd.DataFrame, measures: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return the scores that the page tells of: an adult's and those in metres, of the measures it has words for."""
    named = {key for labels in measures.values() for key in labels}
    of_page = scores["measure"].isin(named | {*PLAIN}) | scores["measure"].str.fullmatch(OF_DOMAINS)
    return scores[of_page & scores["profile"].isin((REFERENCE, DISTANCE))]


def _scores(scores: pd.DataFrame, zone_ids: list[str]) -> dict[str, dict[str, list[Any]]]:
    """Return {group: {measure: [value, low, high, reason] or None, by row}}."""
    rows = {("zone", zone_id): i + 1 for i, zone_id in enumerate(zone_ids)} | {("city", ""): 0}
    table: dict[str, dict[str, list[Any]]] = {}
    ordered = scores.sort_values(["group", "measure", "zoning", "zone_id"])
    columns = ("group", "measure", "zoning", "zone_id", "value", "low", "high", "reason")
    for group, measure, zoning, zone_id, *cell in zip(*(ordered[c] for c in columns), strict=True):
        if (row := rows.get((zoning, zone_id))) is not None:
            cells = table.setdefault(group, {}).setdefault(measure, [None] * len(rows))
            cells[row] = [*map(_number, cell[:3]), clean(cell[3])]
    return table


def _places(places: gpd.GeoDataFrame, categories: Iterable[Category]) -> dict[str, Any]:
    """Return the places that belong to a domain or are hubs, with their categories by position."""
    position = {c.key: i for i, c in enumerate(categories) if c.domain or c.hub}
    belongs = [[position[k] for k in keys if k in position] for keys in places["categories"]]
    drawn = ~(places.geometry.isna() | places.geometry.is_empty)
    rows = [i for i, keys in enumerate(belongs) if keys and drawn.iloc[i]]
    shown = places.iloc[rows]
    return {
        "points": packing.points(shown, "places"),
        "names": _names(shown),
        "categories": [belongs[i] for i in rows],
    }


def _number(value: Any) -> float | None:
    """Return a number rounded to 1e-5, None where it is missing or infinite."""
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    rounded = round(float(value), 5)
    return int(rounded) if rounded.is_integer() else rounded
