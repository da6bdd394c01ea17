"""Hubs and what else a run advises, as the page tells it: who gains, what else would do, what an area would take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.candidates import musts_left_out
from geokehila.draw import chosen, taking
from geokehila.draw.adding import adding
from geokehila.draw.page import packing
from geokehila.draw.page.figures import CITY, TOTAL, ZONE
from geokehila.draw.page.own_sites import in_words, own_sites
from geokehila.draw.page.values import Row, clean, named, number
from geokehila.draw.town import Town

#: Of the areas in which people gain from a site, and of the missing links of an area, so many are told.
AREAS_TOLD, LINKS_TOLD = 6, 5
#: What is told of each further hub.
STEP = ("hubs_count", "low", "high")
#: What is told of how hubs were chosen.
OF_CHOICE = (
    *("minutes", "candidates", "gap", "tries", "objective", "profile", "equity", "need", "need_not_told"),
    *("people_gain", "budget", "spent", "assumed", "assumed_count", "without_price", "priced", "measured"),
    *("price", "capacity", "chosen_count", "must_count", "must_price", "must_unpriced"),
)
#: Rows of table ``hub_gains`` that are told apart by who walks.
PROFILE = "profile"
Rows = list[dict[str, Any]]


def hubs(town: Town) -> dict[str, Any]:
    """Return the recommended hubs; zones and categories by their position."""
    table, catchments = gpd.GeoDataFrame(town.tables["hubs"]), gpd.GeoDataFrame(town.tables["hub_catchments"])
    new = gpd.GeoDataFrame(table[table["rank"].notna()].sort_values("rank", ignore_index=True))
    drawn = catchments.set_index("site_id").reindex(new["site_id"]).reset_index()
    return {
        "record": {key: town.record["hubs"].get(key) for key in OF_CHOICE},
        "not_counted": chosen.uncounted(town.record["hubs"]),
        "none_by_list": town.hubs_listed,
        "excluded": [[in_words(reason), count] for reason, count in chosen.reasons(town.record["hubs"])],
        "points": packing.points(new, "hubs"),
        "catchments": packing.lines(gpd.GeoDataFrame(drawn, crs=catchments.crs), "hub_catchments"),
        "sites": [_site(town, row) for row in new.to_dict("records")],
        "steps": [[number(row[key]) for key in STEP] for row in adding(town).to_dict("records")],
        "left": _left(town),
        "lost": _lost(town),
        "own": own_sites(town),
    }


def _lost(town: Town) -> Rows:
    """Return the sites that the municipality asks for and that are left out, and why, in words of each language."""
    return [
        {"names": named(row), "kind": row["kind"], "why": in_words(row["reason"])}
        for row in musts_left_out(gpd.GeoDataFrame(town.tables["candidates"])).to_dict("records")
    ]


def _site(town: Town, row: Row) -> dict[str, Any]:
    gains = town.tables["hub_gains"]
    mine = gains[gains["site_id"] == row["site_id"]]
    whole = mine[(mine["zoning"] == CITY) & (mine["group"] == TOTAL)]
    return {
        "id": row["site_id"],
        "names": named(row),
        "kind": row["kind"],
        "must": row["choice"] == "must",
        "change": row["designation_change"],
        "people": [number(row["people_low"]), number(row["people_high"])],
        "homes": number(row["homes_not_counted"]),
        "saved_s": number(whole["saved_s"].iloc[0]) if len(whole) else None,
        "only": [number(row["people_only_low"]), number(row["people_only_high"])],
        **{key: number(row[key]) for key in ("chosen_share", "near_share", "price", "capacity")},
        "services": _positions(town, row["services"]),
        "plan": [clean(row[key]) for key in ("plan_number", "designation", "gush", "helka")],
        "groups": _groups(mine),
        "profiles": _profiles(mine),
        "areas": _areas(mine, town.zones["zone_id"].tolist()),
        "others": _others(town, row["site_id"]),
    }


def _groups(gains: pd.DataFrame) -> list[list[Any]]:
    """Return what each group of people gains in the city: what it is told apart by, its name, at least and at most."""
    city = gains[(gains["zoning"] == CITY) & ~gains["group_by"].isin(("", PROFILE))]
    return [
        [row["group_by"], row["group"], number(row["people_low"]), number(row["people_high"])]
        for row in city[city["people_high"] > 0].to_dict("records")
    ]


def _profiles(gains: pd.DataFrame) -> list[list[Any]]:
    """Return who gains if all walk as another profile does: its key, at least and at most."""
    return [
        [row["group"], number(row["people_low"]), number(row["people_high"])]
        for row in gains[gains["group_by"] == PROFILE].to_dict("records")
    ]


def _areas(gains: pd.DataFrame, zone_ids: Sequence[str]) -> list[list[Any]]:
    """Return the zones in which most people gain: position, at least and at most."""
    of_zones = gains[(gains["zoning"] == ZONE) & (gains["group"] == TOTAL) & gains["zone_id"].isin(zone_ids)]
    most = of_zones.sort_values(["people_low", "people_high", "zone_id"], ascending=[False, False, True])
    return [
        [zone_ids.index(row["zone_id"]), number(row["people_low"]), number(row["people_high"])]
        for row in most.head(AREAS_TOLD).to_dict("records")
    ]


def _others(town: Town, site_id: str) -> Rows:
    """Return the second-best sites in the place of one, with the people that they cost."""
    table, candidates = town.tables["hub_alternatives"], gpd.GeoDataFrame(town.tables["candidates"])
    ranked = table[table["site_id"] == site_id].sort_values("rank")
    rows = candidates.set_index("site_id").loc[ranked["alternative_id"]]
    points = gpd.GeoDataFrame(rows, crs=candidates.crs)
    return [
        {
            "names": named(row),
            "kind": row["kind"],
            "change": row["designation_change"],
            "lost": number(lost),
            "point": packing.points(points[i : i + 1], "hubs"),
        }
        for i, (row, lost) in enumerate(zip(rows.to_dict("records"), ranked["people_lost"], strict=True))
    ]


def _left(town: Town) -> list[list[float | None] | None]:
    """Return who is beyond every hub now and then, at least and at most: row 0 the city, row i + 1 zone i."""
    rows = town.tables["hub_left"].set_index(["zoning", "zone_id"])
    told = dict(zip(rows.index, rows[["now_low", "now_high", "then_low", "then_high"]].to_numpy(float), strict=True))
    keys = [(CITY, ""), *((ZONE, zone_id) for zone_id in town.zones["zone_id"])]
    return [[number(one) for one in told[key]] if key in told else None for key in keys]


def additions(town: Town) -> list[dict[str, Any] | None]:
    """Return for each zone what it would take: what is said of it, and places and ways in the order of what each adds.

    ``missing``: categories by position, or the state that they are in.
    """
    table = town.tables["additions"]
    found: dict[str, dict[str, Any]] = {}
    for row in table[table["zoning"] == ZONE].to_dict("records"):
        none: dict[str, Any] = {"share": [number(row["share_before"]), None], "steps": []}
        said: dict[str, Any] = {"says": taking.sentence(row), "all": taking.whole(row), "note": taking.note(row)}
        said |= {"missing": _missing(town, row["reason"]), "unasked": _positions(town, taking.unasked(row))}
        one = found.setdefault(row["zone_id"], none | said)
        one["share"][1] = number(row["share_after"])
        if row["kind"]:
            one["steps"].append([row["kind"], _positions(town, row["categories"]), number(row["people_gained"])])
    return [found.get(zone_id) for zone_id in town.zones["zone_id"]]


def links(town: Town) -> dict[str, Any]:
    """Return the missing ways on foot, and for each zone those it touches by which most people gain."""
    table = gpd.GeoDataFrame(town.tables["links"])
    zone, link = shapely.STRtree(table.geometry.to_numpy()).query(town.zones.geometry.to_numpy(), "intersects")
    order = np.lexsort((link, -table["people_gained"].to_numpy(float)[link], zone))
    of_zones: list[list[int]] = [[] for _ in range(len(town.zones))]
    for i, j in zip(zone[order].tolist(), link[order].tolist(), strict=True):
        if len(of_zones[i]) < LINKS_TOLD:
            of_zones[i].append(j)
    return {
        "lines": packing.lines(table, "links"),
        "rows": [
            [row["kind"], number(row["length_m"]), number(row["people_gained"]), _positions(town, row["categories"])]
            for row in table.to_dict("records")
        ],
        "of_zones": of_zones,
    }


def _positions(town: Town, keys: object) -> list[int]:
    """Return the categories that a cell names, by their position."""
    categories = [*town.catalogue.categories]
    return [categories.index(key) for key in clean(keys, 1000).split(";") if key in categories]


def _missing(town: Town, keys: object) -> list[int | str]:
    """Return what a cell names: categories by their position, all else as it stands."""
    categories = [*town.catalogue.categories]
    named = [key.strip() for key in clean(keys, 1000).split(";") if key.strip()]
    return [categories.index(key) if key in categories else key for key in named]


def waves(town: Town) -> list[list[Any] | None]:
    """Return for each zone wave, year, share of the signs of readiness that are met, how many are told, and the stage.

    Where waves are of other areas, a zone has those of the one that its middle lies in; None: of none.
    """
    table = town.tables["rollout"]
    told = _of_zones(town, table[table["city"] == town.study.city.slug])
    stages = _of_zones(town, town.tables["readiness"]) if "readiness" in town.tables else [[]] * len(told)
    columns = ("wave", "year", "readiness", "readiness_known")
    return [
        [*(number(rows[0][column]) for column in columns), clean(stage[0]["stage"]) if stage else ""] if rows else None
        for rows, stage in zip(told, stages, strict=True)
    ]


def survey(town: Town) -> list[dict[str, list[float | None]]] | None:
    """Return for each zone the share that is satisfied with each domain, at least and at most; None: nobody asked."""
    if "survey" not in town.tables:
        return None
    columns = ("share", "low", "high")
    return [
        {row["domain"]: [number(row[column]) for column in columns] for row in rows if number(row["share"]) is not None}
        for rows in _of_zones(town, town.tables["survey"])
    ]


def _of_zones(town: Town, table: pd.DataFrame) -> list[list[dict[Any, Any]]]:
    """Return for each zone the rows of the unit that its middle lies in."""
    zonings = gpd.GeoDataFrame(town.tables["zonings"])
    units = zonings[zonings["zoning"].isin(table["zoning"]) & zonings["zone_id"].isin(table["zone_id"])]
    middles = shapely.point_on_surface(town.zones.geometry.to_numpy())
    zone, unit = shapely.STRtree(units.geometry.to_numpy()).query(middles, "intersects")
    unit_of = dict(zip(zone[::-1].tolist(), units["zone_id"].to_numpy()[unit][::-1].tolist(), strict=True))
    rows = {str(key): some.to_dict("records") for key, some in table.groupby("zone_id")}
    return [rows.get(unit_of.get(i, ""), []) for i in range(len(town.zones))]
