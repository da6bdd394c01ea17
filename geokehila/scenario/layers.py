"""What a scenario shows on a map: homes that change, and what is added, moved or closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.reach.arrays import Flags
from geokehila.scenario.edits import CLOSE
from geokehila.scenario.found import Found
from geokehila.scenario.gains import Turns

#: What a home that changes is told to do, by column of the layer.
WHAT = ("gains", "may_gain", "loses", "may_lose")


def layers(found: Found) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers for QGIS: homes that change, and what the scenario draws, in the study's CRS."""
    crs = found.base.study.crs
    drawn = [
        (e.id, e.kind, e.do, e.said.get("name", ""), e.said.get("category", ""), e.shape) for e in found.edits.edits
    ]
    rows = [row for row in (*drawn, *_closed(found)) if row[-1] is not None]
    edits = gpd.GeoDataFrame(rows, columns=["id", "kind", "do", "name", "category", "geometry"], crs=crs)
    is_line = edits.geometry.geom_type == "LineString"
    return {
        "homes": homes(found),
        "places": edits[~is_line].assign(geometry=lambda some: some.geometry.representative_point()),
        "streets": edits[is_line],
    }


def _closed(found: Found) -> list[tuple[Any, ...]]:
    """Return what is closed as it stands in the run."""
    base, rows = found.base, []
    tables_of = {"place": ("places", "place_id"), "gate": ("gates", "gate_id")}
    for edit in found.edits.edits:
        if edit.do != CLOSE:
            continue
        name, key = tables_of.get(edit.kind, ("streets", "street_id"))
        table = base.tables[name]
        there = table[table[key] == edit.said["id"]]
        if "part" in edit.said:
            there = there[there["part"] == edit.said["part"]]
        rows += [(edit.said["id"], edit.kind, edit.do, "", "", shape) for shape in there.geometry]
    return rows


def homes(found: Found) -> gpd.GeoDataFrame:
    """Return homes that change: a row a home and profile, the measures that it gains and loses joined by ``;``."""
    origins = found.patched.origins[["origin_id", "zone_id", "people", "geometry"]]
    parts = [_changed(turns, origins) for turns in found.turns.values()]
    every = pd.concat(parts).sort_values(["origin_id", "profile"], ignore_index=True)
    return gpd.GeoDataFrame(every, geometry="geometry", crs=origins.crs)


def _changed(turns: Turns, origins: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    flags = dict(zip(WHAT, (turns.gains, turns.may_gain, turns.loses, turns.may_lose), strict=True))
    rows = np.flatnonzero(np.any([flag.any(axis=1) for flag in flags.values()], axis=0))
    names = np.array(turns.measures, object)[turns.moved]
    words = {what: _joined(names, _only(what, flags)[rows]) for what in WHAT}
    return origins.iloc[rows].assign(profile=turns.profile, **words)


def _joined(names: np.ndarray, own: Flags) -> np.ndarray:
    """Return the names that are each home's own, joined; homes that change alike are put into words once."""
    kinds, kind = np.unique(np.packbits(own, axis=1), axis=0, return_inverse=True)
    sets = np.unpackbits(kinds, axis=1, count=len(names)).astype(bool)
    return np.array([";".join(names[one]) for one in sets], object)[kind.reshape(-1)]


def _only(what: str, flags: Mapping[str, Flags]) -> Flags:
    """Return who does it; of what may be, without what surely is."""
    surely = {"may_gain": "gains", "may_lose": "loses"}.get(what)
    return flags[what] & ~flags[surely] if surely else flags[what]
