"""A town of four homes and three zones for the tests of plots and sheets, its answers known by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, box

from geokehila.catalogue import Catalogue, City
from geokehila.catalogue.themes import themes
from geokehila.draw.town import Town
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

NAN = float("nan")
#: Walk to a grocery [min] and people of homes h0 to h3; the walk of the last is not known.
WALKS_MIN, PEOPLE = (2.0, 10.0, 20.0, NAN), (10.0, 20.0, 30.0, 40.0)
CUTOFF_MIN = 15.0
ZONES = ("1-1", "1-2", "1-3")
#: Share that reaches a clinic, at least and at most, by zone; of the last nothing is known.
HEALTH = {"1-1": (0.1, 0.1), "1-2": (0.5, 0.9), "1-3": (0.0, 1.0), "": (0.4, 0.7)}
BEYOND = {"1-1": (27.0, 27.0), "1-2": (3.0, 15.0), "1-3": (0.0, 40.0), "": (30.0, 82.0)}
NAMES = {"1-1": "<script>$x^2$</script>", "1-2": "\u202eNorth\u202c \u2066End", "1-3": "רובע הדר"}


def town(**record: Any) -> Town:
    """The town; `record` replaces what its run.json says."""
    city = City("toy", 1, {"he": "עיר ניסוי", "ar": "مدينة تجريبية", "en": "Toy Town"})
    told: dict[str, Any] = {
        "fictional": True, "weights": "residents", "banners": ["fictional"], "version": "0", "run_id": "0123456789",
        "crs": ISRAEL_TM, "dates": {"osm": "2025-01-01"}, "inputs": [{"role": "osm", "file": "osm.osm.pbf"}],
        "sources": [{"role": "osm", "file": "osm.osm.pbf", "date": "2025-01-01", "licence": "", "counts": ""}],
        "facts": {"people_placed": 100.0, "homes_not_counted": 0.0}, "believed_share": {"mapping": 0.6},
        "not_computed": [],
        "default_zoning": "zone", "hubs": {
            **dict.fromkeys(("budget", "spent", "price", "capacity")), "minutes": 15.0, "gap": 0.0, "candidates": 3,
            "excluded": {"too small": 4},
            "objective": "mclp", "profile": "adult", "equity": "none", "need": [], "without_price": 0, "priced": 0,
            "not_counted": {}, "tries": 40,
            "people_gain": [20.0, 25.0], "assumed": 0.0,
            "chosen_count": 1, "assumed_count": 0, "must_count": 0, "must_price": 0.0, "must_unpriced": 0,
        },
    }  # fmt: skip
    return Town(Study(city, catalogue=Catalogue.read()), _tables(), told | record)


def without(shown: Town, **tables: pd.DataFrame) -> Town:
    """A town with other tables in the place of some."""
    return replace(shown, tables={**shown.tables, **tables})


def _tables() -> dict[str, pd.DataFrame]:
    shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(0, 1000, 2000, 2000)]
    zones = _places(ZONES, shapes, "zone_id").assign(coverage_share=1.0)
    for zone_id, name in NAMES.items():
        zones.loc[zones["zone_id"] == zone_id, "name_en" if name[0] != "ר" else "name_he"] = name
    homes = [Point(500, 500), Point(1500, 500), Point(500, 1500), Point(1500, 1500)]
    origins = gpd.GeoDataFrame(
        {"origin_id": ["h0", "h1", "h2", "h3"], "zone_id": ["1-1", "1-2", "1-3", "1-3"], "people": PEOPLE,
         "people_by_footprint": PEOPLE},
        geometry=homes, crs=ISRAEL_TM,
    )  # fmt: skip
    hubs = _places(["old", "new"], [Point(600, 600), Point(1500, 600)], "site_id").assign(
        status=["existing", "recommended"], rank=[NAN, 1.0], kind=["community_centre", "school"], choice="may",
        services="", people_low=[NAN, 20.0], people_high=[NAN, 25.0], people_added_low=[NAN, 20.0],
        people_added_high=[NAN, 22.0], price=NAN, capacity=NAN, designation_change=["", "maybe"],
        homes_not_counted=[NAN, 0.0], chosen_share=[NAN, 0.75], near_share=[NAN, 0.8],
    )  # fmt: skip
    others = _places(["second"], [Point(1400, 700)], "site_id").assign(kind="library", designation_change="needed")
    left = {"zoning": "city", "zone_id": "", "people": 100.0, "now_low": 30.0, "now_high": 40.0, "then_low": 10.0,
            "then_high": 15.0}  # fmt: skip
    return {
        "zones": zones,
        "zonings": zones[["zone_id", "geometry", *NAME_COLUMNS]].assign(zoning="zone"),
        "origins": origins,
        "scores_adult": _of_homes(),
        "zone_scores": _of_zones(),
        "zone_facts": pd.DataFrame({"zone_id": ZONES, "fact": "ses_cluster", "value": [2.0, 6.0, 9.0], "reason": ""}),
        "streets": gpd.GeoDataFrame({"way": ["secondary", "footway"]}, crs=ISRAEL_TM,
                                    geometry=[LineString([(0, 500), (2000, 500)]), LineString([(0, 0), (900, 900)])]),
        "open_spaces": gpd.GeoDataFrame({"class": ["park"], "public": ["yes"]}, geometry=[box(100, 1100, 400, 1400)],
                                        crs=ISRAEL_TM),
        "places": _places(["p"], [Point(450, 450)], "place_id"),
        "place_categories": pd.DataFrame({"place_id": ["p"], "category": ["clinic"]}),
        "hubs": hubs,
        "candidates": others,
        "hub_catchments": gpd.GeoDataFrame({"site_id": ["new"], "minutes": 15.0}, crs=ISRAEL_TM,
                                           geometry=[Point(1500, 600).buffer(300)]),
        "hub_alternatives": pd.DataFrame(
            {"site_id": ["new"], "alternative_id": ["second"], "rank": [1], "people_lost": [5.0]}
        ),
        "hub_steps": pd.DataFrame(
            {"hubs_count": [1, 2], "people_served": [85.0, 90.0], "people_gained_low": [15.0, 5.0],
             "people_gained_high": [16.0, 7.0]}
        ),
        "hub_left": pd.DataFrame([left]),
        "hub_gains": pd.DataFrame([
            {"site_id": "new", "zoning": "zone", "zone_id": "1-2", "group_by": "", "group": "total", "people_low": 20.0,
             "people_high": 25.0},
            {"site_id": "new", "zoning": "city", "zone_id": "", "group_by": "profile", "group": "wheelchair",
             "people_low": 0.0, "people_high": 3.0},
        ]),
        "confidence": pd.DataFrame({"zone_id": ZONES, "subject": "mapping", "state": ["measured", "thin", "unknown"],
                                    "reason": ["", "few_places", "nothing_mapped"]}),
        "equity": _equity(),
    }  # fmt: skip


def _places(keys: Any, shapes: list[Any], key: str) -> gpd.GeoDataFrame:
    columns = {key: [*keys], **{name: pd.Series([None] * len(shapes), dtype=object) for name in NAME_COLUMNS}}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM)


def _of_homes() -> pd.DataFrame:
    walk_s = np.array(WALKS_MIN) * 60
    return pd.DataFrame(
        {"origin_id": ["h0", "h1", "h2", "h3"], "category_grocery_s": walk_s,
         "category_grocery_state": ["reached", "reached", "beyond", "not mapped"],
         "domains_reached_count": [7, 6, 5, 0], "domains_unknown_count": [0, 0, 1, 7]}
    )  # fmt: skip


def _of_zones() -> pd.DataFrame:
    people = dict(zip(ZONES, (30.0, 30.0, 40.0), strict=True)) | {"": 100.0}
    rows = [(zone_id, "people", count, NAN, NAN, "") for zone_id, count in people.items()]
    for key in (shown.key for shown in themes(Catalogue.read())["domains"]):
        rows += [(zone_id, key, NAN, *ends, "") for zone_id, ends in HEALTH.items()]
    for key in (shown.key for shown in themes(Catalogue.read())["gaps"]):
        rows += [(zone_id, key, NAN, *ends, "") for zone_id, ends in BEYOND.items()]
    rows += [("1-1", "walkability_4_score", -4.0, NAN, NAN, ""), ("1-2", "walkability_4_score", 0.5, NAN, NAN, "")]
    frame = pd.DataFrame(rows, columns=["zone_id", "measure", "value", "low", "high", "reason"])
    zoning = np.where(frame["zone_id"] == "", "city", "zone")
    return frame.assign(zoning=zoning, profile="adult", group="total")


def _equity() -> pd.DataFrame:
    # By hand: of the people with a known walk 10, 20 and 30 walk 2, 10 and 20 min: 20 + 200 + 600 = 820.
    rows = [("walk_grocery_min", "", "gini", "", 0.333)]
    frame = pd.DataFrame(rows, columns=["measure", "group_by", "statistic", "group", "value"])
    shares = [("domain_health", "ses_cluster", "share", group, low, high)
              for group, low, high in (("2", 0.1, 0.2), ("9", 0.5, 0.9))]  # fmt: skip
    told = pd.DataFrame(shares, columns=["measure", "group_by", "statistic", "group", "low", "high"])
    return pd.concat([frame, told], ignore_index=True).assign(zoning="city", zone_id="", reason="")
