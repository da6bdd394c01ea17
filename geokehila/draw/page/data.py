"""A town as the one JSON object that the page's scripts read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geokehila import names
from geokehila.catalogue import LANGUAGES, Category, text
from geokehila.catalogue.columns import Columns
from geokehila.draw import chosen, lead, palette
from geokehila.draw.page import advice, packing
from geokehila.draw.page.equity import least
from geokehila.draw.page.figures import figures, line, offered, since
from geokehila.draw.page.homes import MINUTES, focus, homes
from geokehila.draw.page.lists import lists
from geokehila.draw.page.values import all_named, clean, number
from geokehila.draw.town import Town
from geokehila.errors import RunError
from geokehila.network import is_rough
from geokehila.schema import WHOLE_ZONE_SHARE
from geokehila.zones import NOTHING_KNOWN_SHARE

#: Sections of the texts that the page speaks.
SECTIONS = (
    *("page", "headline", "sentence", "cell", "legend", "table", "more", "method", "footer", "banners", "reasons"),
    *("belief", "units", "measures", "absent", "hub", "hub_kinds", "functions", "weights", "the_weights", "groups"),
    *("roles", "facts", "theme", "walker", "profiles", "takes", "search", "tiles", "line", "which"),
    "cutoff_sources",
)
#: Subjects of table ``confidence`` that the page tells of, in its order.
SUBJECTS = ("mapping", "population", "network")
#: What is told of each source.
OF_SOURCE = ("role", "file", "told_by", "date", "licence", "counts")


def page_data(town: Town) -> dict[str, Any]:
    """Return all that the page shows, ready for JSON."""
    words = {language: text(language) for language in LANGUAGES}
    numbers, columns = figures(town), Columns(town.catalogue, town.weights)
    return {
        "languages": list(LANGUAGES),
        "language": town.language,
        "named": list(names.LANGUAGES),
        "fallback": {language: list(names.FALLBACK[language]) for language in LANGUAGES},
        "text": {language: {key: texts[key] for key in SECTIONS if key in texts} for language, texts in words.items()},
        "palette": _palette(),
        "nothing_known_share": NOTHING_KNOWN_SHARE,
        "weights": town.weights,
        "region": town.is_region,
        "city": town.city,
        **_catalogue(town),
        "banners": _known_banners(town.banners, words[LANGUAGES[0]]["banners"]),
        "sources": [{key: clean(row.get(key), 300) for key in OF_SOURCE} for row in town.record["sources"]],
        "facts": _facts(town.record["facts"], words[LANGUAGES[0]]["facts"]),
        "previous": clean((town.record["previous"] or {}).get("date")),
        "absent": [[columns.called(row["measure"]), row["reason"]] for row in town.record["not_computed"]],
        "focus": focus(town),
        "areas": _areas(town),
        "figures": numbers,
        "lead": lead.of_city(town)[:1],
        "themes": offered(town, numbers["blocks"]),
        "homes": homes(town),
        "hubs": advice.hubs(town),
        "additions": advice.additions(town),
        "aim": number(town.catalogue.standards["additions_share"].value),
        "links": advice.links(town),
        "equity": least(town),
        "lists": lists(town),
        "unplaced": {clean(file, 100): rows for file, rows in town.unplaced.items()},
        "line": line(town),
        "places": _places(town),
        "streets": packing.lines(gpd.GeoDataFrame(town.tables["streets"]), "streets"),
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


def _palette() -> dict[str, Any]:
    return {
        "ramps": {more: list(ramp) for more, ramp in palette.RAMPS.items()},
        "belief": dict(palette.BELIEF),
        "unknown": palette.UNKNOWN,
        "accent": palette.ACCENT,
        "site": palette.SITE,
        "beyond": palette.BEYOND,
        "street": palette.STREET,
    }


def _catalogue(town: Town) -> dict[str, Any]:
    facts = town.catalogue
    slopes, rules = town.record["network"]["slopes"], town.record["network"]["rules"]
    kerbs_open = bool(rules.get("kerb_not_told"))
    rough = chosen.kilometres(town.record["network"]) if is_rough(town.record["network"]["rolling"]) else None
    return {
        "domains": [
            {"key": key, "name": dict(domain.name), "scored": bool(facts.deciding(key))}
            for key, domain in facts.domains.items()
        ],
        "categories": [_category(category) for category in facts.categories.values()],
        "profiles": [
            {
                "key": key,
                "name": dict(facts.profiles[key].name),
                "speed": f"{facts.profiles[key].speed_m_s:g}",
                "optimistic": facts.profiles[key].kerbs and kerbs_open,
                "rough": rough if facts.profiles[key].on_wheels else None,
                "on_wheels": facts.profiles[key].on_wheels,
            }
            for key in town.walkers
        ],
        "minutes": list(MINUTES),
        "slopes": any(slopes.get(key) for key in ("slope_of_ground_m", "slope_tagged_m")),
    }


def _category(category: Category) -> dict[str, Any]:
    return {
        "key": category.key,
        "domain": category.domain or "",
        "name": dict(category.name),
        "required": bool(category.required),
        "minutes": number(category.cutoff_min),
        "source": category.cutoff_source,
        "hub": bool(category.hub),
    }


def _known_banners(banners: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    unknown = sorted({*banners} - {*texts})
    if unknown:
        raise RunError(f"city page: banner {unknown[0]!r} has no words: add it to [banners] in catalogue/text/*.toml")
    return list(dict.fromkeys(banners))


def _facts(facts: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, float | None]:
    """Return the facts of the run in the order of their words, however the record was kept."""
    return {key: number(facts[key]) for key in [*texts, *sorted({*facts} - {*texts})] if key in facts}


def _areas(town: Town) -> dict[str, Any]:
    zones = town.zones
    return {
        "ids": [clean(zone_id) for zone_id in zones["zone_id"]],
        "cards": [town.sheet(zone_id) for zone_id in zones["zone_id"]],
        "names": all_named(zones),
        "functions": [clean(function) for function in zones["function"]],
        "uncounted": [zone_id in town.uncounted for zone_id in zones["zone_id"]],
        "coverage": [number(share) for share in zones["coverage_share"]],
        "whole": WHOLE_ZONE_SHARE,
        "not_placed": [number(town.record.get("not_placed", {}).get(zone_id)) for zone_id in zones["zone_id"]],
        "shapes": packing.lines(zones, "zones"),
        "belief": _belief(town.tables["confidence"], zones["zone_id"].tolist()),
        "believed": {subject: number(town.record["believed_share"].get(subject, 1.0)) for subject in SUBJECTS},
        "waves": advice.waves(town),
        "survey": advice.survey(town),
        "since": since(town),
    }


def _belief(confidence: pd.DataFrame, zone_ids: list[str]) -> dict[str, list[list[str]]]:
    """Return for each subject the state of every zone, and the reason where it is not measured."""
    told = {
        (row["subject"], row["zone_id"]): [row["state"], clean(row["reason"])]
        for row in confidence[confidence["subject"].isin(SUBJECTS)].to_dict("records")
    }
    return {
        subject: [told.get((subject, zone_id), ["unknown", ""]) for zone_id in zone_ids]
        for subject in SUBJECTS
        if subject in set(confidence["subject"])
    }


def _places(town: Town) -> dict[str, Any]:
    """Return the places that belong to a domain or are hubs, with their categories by position."""
    of_page = [key for key, category in town.catalogue.categories.items() if category.domain or category.hub]
    position = {key: i for i, key in enumerate(town.catalogue.categories)}
    pairs = town.tables["place_categories"]
    pairs = pairs[pairs["category"].isin(of_page)]
    belongs = pairs.assign(at=pairs["category"].map(position)).groupby("place_id")["at"].agg(sorted)
    places = gpd.GeoDataFrame(town.tables["places"])
    drawn = ~(places.geometry.isna() | places.geometry.is_empty) & places["place_id"].isin(belongs.index)
    shown = gpd.GeoDataFrame(places[drawn])
    return {
        "points": packing.points(shown, "places"),
        "names": all_named(shown),
        "categories": belongs.reindex(shown["place_id"]).tolist(),
    }
