"""The numbers of areas as the page shows them: by who walks and for whom, one block of packed arrays each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geokehila.catalogue import DISTANCE, text
from geokehila.catalogue.themes import themes
from geokehila.draw.page.packing import pack
from geokehila.draw.page.values import clean, number
from geokehila.draw.town import Town
from geokehila.schema import REFERENCE

#: Measures that the page has sentences for. People beyond a walk follow from these: of all, those without the share.
PLAIN = ("people", "connected_share", "weakest_domain", "domains_reached_count", "domains_unknown_count")
OF_DOMAINS = re.compile(r"domain_(?!.*adult_only)[a-z0-9_]+?(_\d+min)?_share")
OF_CATEGORIES = re.compile(r"category_(?!.*adult_only)[a-z0-9_]+_(share|median_s)")
NUMBERS = ("value", "low", "span")
ZONE, CITY, TOTAL = "zone", "city", "total"
#: A fact of areas stands among their measures: nobody walks it.
FACTS = ("ses_cluster",)


def figures(town: Town) -> dict[str, Any]:
    """Return ``blocks`` of numbers, the ``reasons`` that they name by position, and the ``groups`` of people.

    A block is called ``<profile>``, of everybody, or ``adult <group>``, of a group of people. An adult's holds all
    that the page tells, those of others what they have within a walk. Row 0 is the city, row i + 1 its zone i.
    """
    scores = _shown(town)
    codes, found = pd.factorize(scores["reason"].fillna(""), sort=True)
    zone = pd.Index(town.zones["zone_id"]).get_indexer(pd.Index(scores["zone_id"]))
    row = np.where(scores["zoning"] == CITY, 0, np.where(zone < 0, -1, zone + 1))
    scores = scores.assign(reason=codes, row=row, span=scores["high"] - scores["low"])[row >= 0]
    blocks = {
        str(key): _block(some, 1 + len(town.zones)) for key, some in scores.groupby("block", sort=True, observed=True)
    }
    groups = sorted({*scores["group"].unique()} - {TOTAL})
    return {"reasons": [clean(reason) for reason in found], "groups": [TOTAL, *groups], "blocks": blocks}


def _shown(town: Town) -> pd.DataFrame:
    """Return the scores that the page tells, each with the block that it belongs to."""
    scores = town.tables["zone_scores"]
    of_page = scores["zoning"].isin((ZONE, CITY)) & scores["profile"].isin([*town.walkers, DISTANCE])
    scores = pd.concat([scores[of_page], _facts(town)], ignore_index=True)
    measures, everybody = scores["measure"].unique(), scores["group"] == TOTAL
    domains = [measure for measure in measures if OF_DOMAINS.fullmatch(measure)]
    own = [measure for measure in domains if "min_share" not in measure]
    worded = _worded(town)
    of_adults = [measure for measure in measures if OF_CATEGORIES.fullmatch(measure) or measure in worded]
    is_adult = scores["profile"].isin((REFERENCE, DISTANCE))
    walked = scores["measure"].isin([*PLAIN, *domains]) & everybody & (scores["profile"] != DISTANCE)
    of_group = scores["measure"].isin([*PLAIN, *own]) & (scores["profile"] == REFERENCE)
    told = walked | of_group | is_adult & everybody & scores["measure"].isin(of_adults)
    shown = scores[told]
    profile = shown["profile"].replace(DISTANCE, REFERENCE)
    return shown.assign(block=profile.where(shown["group"] == TOTAL, profile + " " + shown["group"]))


def _worded(town: Town) -> set[str]:
    """Return the measures that there are words for, and those that the map can show."""
    words = {key for labels in text("en")["measures"].values() for key in labels}
    return words | {shown.key for theme in themes(town.catalogue).values() for shown in theme}


def _facts(town: Town) -> pd.DataFrame:
    """Return the facts of zones that the map can show, as scores."""
    facts = town.tables["zone_facts"]
    some = facts[facts["fact"].isin(FACTS)].rename(columns={"fact": "measure"})
    some = some.assign(zoning=ZONE, profile=REFERENCE, group=TOTAL, low=np.nan, high=np.nan)
    return some[["zoning", "zone_id", "profile", "group", "measure", "value", "low", "high", "reason"]]


def _block(scores: pd.DataFrame, rows: int) -> dict[str, Any]:
    """Return ``measures``, which rows are ``told``, the ``reason`` of each, and for each kind of number who has it.

    ``span`` is what lies between at least and at most.
    """
    measures, line = np.unique(scores["measure"].to_numpy(str), return_inverse=True)
    at = (line, scores["row"].to_numpy(int))
    why, told = np.zeros((2, len(measures), rows), np.uint8)
    why[at], told[at] = scores["reason"].to_numpy(int), 1
    found: dict[str, Any] = {"measures": measures.tolist(), "told": pack(told, "u1"), "reason": pack(why, "u1")}
    for kind in NUMBERS:
        plane = np.full((len(measures), rows), np.nan, np.float32)
        plane[at] = scores[kind].to_numpy(float)
        has = np.flatnonzero(np.isfinite(plane).any(axis=1))
        found[kind] = {"of": has.tolist(), "numbers": pack(plane[has], "f4")}
    return found


def offered(town: Town, blocks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the themes of the map, each with its measures: classes, direction, and why one cannot be shown."""
    known = _known_measures(blocks.get(REFERENCE, {}))
    known |= {measure.replace("_share", "_beyond_people") for measure in known if OF_DOMAINS.fullmatch(measure)}
    absent = {row["measure"]: row["reason"] for row in town.record["not_computed"]}
    return [
        {"key": theme, "measures": [_offer(shown, known, absent) for shown in measures]}
        for theme, measures in themes(town.catalogue).items()
    ]


def since(town: Town) -> list[dict[str, list[Any]]] | None:
    """Return for each zone the domains that changed since an earlier run, by who walks; None: compared with none.

    By ``<profile> <measure>``: least and most that the share may have grown by, and the direction that table
    ``changes`` tells.
    """
    if "changes" not in town.tables:
        return None
    table = town.tables["changes"]
    is_told = (table["zoning"] == ZONE) & (table["group"] == TOTAL) & table["profile"].isin(town.walkers)
    table = table[is_told & table["measure"].str.fullmatch(OF_DOMAINS.pattern)]
    found: dict[str, dict[str, list[Any]]] = {zone_id: {} for zone_id in town.zones["zone_id"]}
    for row in table[table["zone_id"].isin(found)].to_dict("records"):
        grown = [number(row["low"] - row["high_before"]), number(row["high"] - row["low_before"])]
        found[row["zone_id"]][f"{row['profile']} {row['measure']}"] = [*grown, row["direction"]]
    return [*found.values()]


def line(town: Town) -> list[dict[str, Any]]:
    """Return what this run and those before it tell of the city, the oldest first; nothing where there is but one.

    ``differs``: of another method than the one above; ``shares``: by domain [least, most], of those that it tells.
    """
    runs: Sequence[Mapping[str, Any]] = town.record.get("line", ())
    return [
        {
            "date": clean(run["date"]),
            "run": clean(run["run_id"]),
            "differs": bool(run["method_differs"]),
            "people": number(run["people"]),
            "shares": {
                key: [number(run[f"domain_{key}_share_{end}"]) for end in ("low", "high")]
                for key in town.catalogue.domains
                if f"domain_{key}_share_low" in run
            },
        }
        for run in (runs if len(runs) > 1 else ())
    ]


def _known_measures(block: Mapping[str, Any]) -> set[str]:
    measures: Sequence[str] = block.get("measures", ())
    having: Iterable[int] = (i for kind in NUMBERS for i in block[kind]["of"]) if measures else ()
    return {measures[i] for i in having}


def _offer(shown: Any, known: set[str], absent: Mapping[str, str]) -> dict[str, Any]:
    offer = {"key": shown.key, "breaks": list(shown.breaks), "more": shown.more, "within": shown.within}
    return offer if shown.key in known else offer | {"absent": absent.get(shown.key, "no_source")}
