"""The numbers of areas as the page shows them: by who walks and for whom, one block of packed arrays each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geokehila.catalogue import DISTANCE, text
from geokehila.catalogue.themes import themes
from geokehila.draw.page.packing import pack
from geokehila.draw.page.values import clean
from geokehila.draw.town import Town
from geokehila.schema import REFERENCE

#: Measures that the page has sentences for.
PLAIN = ("people", "connected_share", "weakest_domain", "domains_reached_count", "domains_unknown_count")
OF_DOMAINS = r"domain_[a-z0-9_]+?(_\d+min)?_(share|beyond_people)"
OF_CATEGORIES = r"category_[a-z0-9_]+_(share|median_s)"
ADULT_ONLY = "_adult_only_"
NUMBERS = ("value", "low", "high")
ZONE, CITY, TOTAL = "zone", "city", "total"
#: A fact of areas stands among their measures: nobody walks it.
FACTS = ("ses_cluster",)


def figures(town: Town) -> dict[str, Any]:
    """Return ``blocks`` of numbers, the ``reasons`` that they name by position, and the ``groups`` of people.

    A block is called ``<profile>``, of everybody, or ``<profile> <group>``, of a group of people. An adult's holds all
    that the page tells, those of others what they have within a walk. Row 0 is the city, row i + 1 its zone i.
    """
    scores = _shown(town)
    reasons = ["", *sorted({clean(reason) for reason in scores["reason"].unique()} - {""})]
    rows = [(CITY, ""), *((ZONE, zone_id) for zone_id in town.zones["zone_id"])]
    packer = _Packer(pd.MultiIndex.from_tuples(rows), {reason: i for i, reason in enumerate(reasons)})
    blocks = {str(key): packer.block(some) for key, some in scores.groupby("block", sort=True)}
    groups = sorted({*scores["group"]} - {TOTAL})
    return {"reasons": reasons, "groups": [TOTAL, *groups], "blocks": blocks}


def _shown(town: Town) -> pd.DataFrame:
    """Return the scores that the page tells, each with the block that it belongs to."""
    scores, known = town.tables["zone_scores"], sorted(town.catalogue.profiles)
    of_page = scores["zoning"].isin((ZONE, CITY)) & scores["profile"].isin([*known, DISTANCE])
    scores = pd.concat([scores[of_page], _facts(town)], ignore_index=True)
    measure, everybody = scores["measure"], scores["group"] == TOTAL
    is_adult = scores["profile"].isin((REFERENCE, DISTANCE))
    of_domains, at_minutes = measure.str.fullmatch(OF_DOMAINS), measure.str.contains(r"_\d+min_")
    of_domains &= ~measure.str.contains(ADULT_ONLY)
    of_categories = measure.str.fullmatch(OF_CATEGORIES) & ~measure.str.contains(ADULT_ONLY)
    told = measure.isin(PLAIN) | (of_domains & (everybody | ~at_minutes))
    told &= scores["profile"] != DISTANCE
    told |= is_adult & everybody & (of_categories | measure.isin(_worded(town)))
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
    some = facts[facts["fact"].isin(FACTS)]
    return some.rename(columns={"fact": "measure"}).assign(
        zoning=ZONE, profile=REFERENCE, group=TOTAL, low=np.nan, high=np.nan
    )[["zoning", "zone_id", "profile", "group", "measure", *NUMBERS, "reason"]]


class _Packer:
    """Lays rows of scores out as arrays: a row a measure, a column an area."""

    def __init__(self, rows: pd.MultiIndex, reasons: Mapping[str, int]) -> None:
        self._rows = rows
        self._reasons = reasons

    def block(self, scores: pd.DataFrame) -> dict[str, Any]:
        """Return ``measures``, for each kind of number those of them that have it, and the numbers."""
        at = self._rows.get_indexer(pd.MultiIndex.from_frame(scores[["zoning", "zone_id"]]))
        some, at = scores[at >= 0], at[at >= 0]
        measures, row = np.unique(some["measure"].to_numpy(str), return_inverse=True)
        why = np.zeros((len(measures), len(self._rows)), np.uint8)
        why[row, at] = some["reason"].map(lambda reason: self._reasons[clean(reason)]).to_numpy(int)
        told = np.zeros((len(measures), len(self._rows)), np.uint8)
        told[row, at] = 1
        found: dict[str, Any] = {"measures": measures.tolist(), "told": pack(told, "u1"), "reason": pack(why, "u1")}
        for kind in NUMBERS:
            plane = np.full((len(measures), len(self._rows)), np.nan, np.float32)
            plane[row, at] = some[kind].to_numpy(float)
            has = np.flatnonzero(np.isfinite(plane).any(axis=1))
            found[kind] = {"of": has.tolist(), "numbers": pack(plane[has], "f4")}
        return found


def offered(town: Town, blocks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the themes of the map, each with its measures: classes, direction, and why one cannot be shown."""
    known = _known_measures(blocks.get(REFERENCE, {}))
    absent = {row["measure"]: row["reason"] for row in town.record["not_computed"]}
    return [
        {"key": theme, "measures": [_offer(shown, known, absent) for shown in measures]}
        for theme, measures in themes(town.catalogue).items()
    ]


def _known_measures(block: Mapping[str, Any]) -> set[str]:
    measures: Sequence[str] = block.get("measures", ())
    having: Iterable[int] = (i for kind in NUMBERS for i in block[kind]["of"]) if measures else ()
    return {measures[i] for i in having}


def _offer(shown: Any, known: set[str], absent: Mapping[str, str]) -> dict[str, Any]:
    offer = {"key": shown.key, "breaks": list(shown.breaks), "more": shown.more}
    return offer if shown.key in known else offer | {"absent": absent.get(shown.key, "no_source")}
