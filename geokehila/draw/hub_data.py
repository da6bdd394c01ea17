"""The hubs as the page shows them: who gains from each, what else would do, from where it is within the walk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geokehila import names
from geokehila.catalogue import LANGUAGES
from geokehila.draw import packing

#: Of the areas in which people gain from a site so many are told.
AREAS_TOLD = 6
TOTAL, CITY = "total", "city"


@dataclass(frozen=True, eq=False)
class HubSheets:
    """What a run recommends.

    Attributes
    ----------
    tables
        Tables ``hubs``, ``hub_gains``, ``hub_steps``, ``hub_alternatives`` and ``hub_left``.
    candidates
        Table ``candidates``: second-best sites are named from it.
    catchments
        site_id and the area from which it is within the walk.
    record
        The choice and how near to the best it is: ``hubs`` of run.json.
    """

    tables: Mapping[str, pd.DataFrame]
    candidates: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    record: Mapping[str, Any]


def hub_data(sheets: HubSheets, zone_ids: Sequence[str], categories: Sequence[str]) -> dict[str, Any]:
    """Return the recommended hubs, ready for JSON; zones and categories by their position."""
    hubs = sheets.tables["hubs"]
    new = gpd.GeoDataFrame(hubs[hubs["rank"].notna()].sort_values("rank", ignore_index=True))
    drawn = sheets.catchments.set_index("site_id").reindex(new["site_id"]).reset_index()
    return {
        "record": dict(sheets.record),
        "points": packing.points(new, "hubs"),
        "catchments": packing.lines(gpd.GeoDataFrame(drawn, crs=sheets.catchments.crs), "catchments"),
        "sites": [_site(sheets, row, zone_ids, categories) for row in new.to_dict("records")],
        "steps": [
            [_number(row[key]) for key in ("hubs_count", "people_gained", "people_served")]
            for row in sheets.tables["hub_steps"].to_dict("records")
        ],
        "left": _left(sheets.tables["hub_left"], zone_ids),
    }


def _site(
    sheets: HubSheets, row: Mapping[str, Any], zone_ids: Sequence[str], categories: Sequence[str]
) -> dict[str, Any]:
    gains = sheets.tables["hub_gains"]
    mine = gains[gains["site_id"] == row["site_id"]]
    whole = mine[(mine["zoning"] == CITY) & (mine["group"] == TOTAL)]
    return {
        "id": row["site_id"],
        "names": _names(row),
        "kind": row["kind"],
        "must": row["choice"] == "must",
        "people": [_number(row["people_low"]), _number(row["people_high"])],
        "saved_s": _number(whole["saved_s"].iloc[0]) if len(whole) else None,
        **{key: _number(row[key]) for key in ("people_only", "chosen_share", "near_share", "room_m2", "price")},
        "services": [categories.index(key) for key in row["services"].split(";") if key in categories],
        "plan": [_text(row[key]) for key in ("plan_number", "designation", "gush", "helka")],
        "groups": _groups(mine),
        "areas": _areas(mine, zone_ids),
        "others": _others(sheets, row["site_id"]),
    }


def _groups(gains: pd.DataFrame) -> list[list[Any]]:
    """Return what each group of people gains in the city: what it is told apart by, its name, at least and at most."""
    city = gains[(gains["zoning"] == CITY) & (gains["group_by"] != "")]
    return [
        [row["group_by"], row["group"], _number(row["people_low"]), _number(row["people_high"])]
        for row in city[city["people_high"] > 0].to_dict("records")
    ]


def _areas(gains: pd.DataFrame, zone_ids: Sequence[str]) -> list[list[Any]]:
    """Return the zones in which most people gain: position, at least and at most."""
    zones = gains[(gains["zoning"] == "zone") & (gains["group"] == TOTAL) & gains["zone_id"].isin(zone_ids)]
    most = zones.sort_values(["people_high", "zone_id"], ascending=[False, True]).head(AREAS_TOLD)
    return [
        [zone_ids.index(row["zone_id"]), _number(row["people_low"]), _number(row["people_high"])]
        for row in most.to_dict("records")
    ]


def _others(sheets: HubSheets, site_id: str) -> list[dict[str, Any]]:
    """Return the second-best sites in the place of one, with the people that they cost."""
    table = sheets.tables["hub_alternatives"]
    ranked = table[table["site_id"] == site_id].sort_values("rank")
    rows = sheets.candidates.set_index("site_id").loc[ranked["alternative_id"]]
    points = gpd.GeoDataFrame(rows, crs=sheets.candidates.crs)
    return [
        {
            "names": _names(row),
            "kind": row["kind"],
            "lost": _number(lost),
            "point": packing.points(points[i : i + 1], "hubs"),
        }
        for i, (row, lost) in enumerate(zip(rows.to_dict("records"), ranked["people_lost"], strict=True))
    ]


def _left(left: pd.DataFrame, zone_ids: Sequence[str]) -> list[list[float | None] | None]:
    """Return who is beyond every hub now and then, at least and at most: row 0 the city, row i + 1 zone i."""
    rows = left.set_index(["zoning", "zone_id"])[["now_low", "now_high", "then_low", "then_high"]]
    keys = [(CITY, ""), *(("zone", zone_id) for zone_id in zone_ids)]
    told = dict(zip(rows.index, rows.to_numpy(float), strict=True))
    return [[_number(number) for number in told[key]] if key in told else None for key in keys]


def _names(row: Mapping[str, Any]) -> list[str]:
    known = {language: names.clean(_text(row[f"name_{language}"]), 80) for language in names.LANGUAGES}
    return [names.shown(known, language)[0] for language in LANGUAGES]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    rounded = round(float(value), 3)
    return int(rounded) if rounded.is_integer() else rounded
