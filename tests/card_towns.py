"""Towns to draw cards of: the sample town, run, and a made-up one without most of what a run may find."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from drawn_town import IDS, town

from geokehila import Run, pipeline
from geokehila.draw.town import Town
from geokehila.store.kept import KeptTables, record

ENDS = {"s": float, "place_id": "str"}


def kept_town(raw: Path, run: Run) -> Town:
    """The sample town as a finished run left it."""
    return Town(pipeline.choose("neve-or", raw), KeptTables(run.path), record(run.path))


def plain_town(**more: pd.DataFrame) -> Town:
    """A made-up town without most of what a run may find."""
    groups = pd.DataFrame({"zone_id": IDS, "group": "total", "people": 1000.0, "reason": None})
    rules = pd.DataFrame(columns=["zoning", "zone_id", "standard"]).astype("str")
    nearest = pd.DataFrame({"profile": pd.Series(dtype="str"), "direction": "", "origin_id": ""})
    base = town()
    ends = {f"{key}_{end}": pd.Series(dtype=kind) for key in base.catalogue.categories for end, kind in ENDS.items()}
    steps = base.tables["additions"].assign(site_id="s9", link_id="l1", not_asked="", reason="")
    waves = pd.DataFrame(
        {"zoning": "zone", "zone_id": IDS[:1], "rank": 1.0, "wave": 2.0, "year": 2026.0, "readiness": 0.6}
    ).assign(readiness_known=5.0, rank_first=1.0, rank_last=3.0)
    own = {
        "zone_people": groups,
        "compliance": rules,
        "access_nearest": nearest.assign(**ends),
        "additions": steps,
        "rollout": waves,
        "streets": base.tables["streets"].assign(way="residential"),
        "buildings": gpd.GeoDataFrame(geometry=[], crs=base.tables["zones"].crs),
    }
    return Town(base.study, {**base.tables, **own, **more}, base.record)


def survey(**changed: Any) -> pd.DataFrame:
    row = {"zoning": "zone", "zone_id": IDS[0], "domain": "education", "answers_count": 40.0, "share": 0.655}
    row |= {"low": 0.5, "high": 0.78, "margin": 0.14, "objective_low": 0.05, "objective_high": 0.1}
    return pd.DataFrame([row | {"diverges": "above", "reason": ""} | changed])
