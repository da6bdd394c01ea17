"""How far the ways of a zone can be believed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.confidence.area import Area, Evidence
from geokehila.confidence.rules import NETWORK, rows
from geokehila.reach.arrays import Flags, Floats
from geokehila.schema import MEASURED, NOT_KNOWN, THIN

#: Share of people far from every way above which a zone's streets are thin, or unknown; of people on ways that hang
#: together with nothing, above which they are thin.
SOME_UNCONNECTED, MOST_UNCONNECTED, SOME_ON_FRAGMENTS = 0.05, 0.5, 0.05
#: [m] A home farther than this from its way stands on a guess, and of so many people these make the ways thin.
FAR_M, MANY_FAR = 75.0, 0.2
#: Share of the street length that ways for people on foot, or streets of which a pavement is told, make at least.
FOOTWAYS_SHARE = 0.01
ON_FOOT = frozenset(("footway", "path", "pedestrian", "steps", "living_street", "corridor", "plaza"))
#: What is told of a pavement where there is one.
PAVED = frozenset(("yes", "separate"))


def network(evidence: Evidence, area: Area) -> pd.DataFrame:
    """Can the homes of a zone get onto a way that leads on, near by, and do people map ways on foot at all.

    Found is the share of people whom the reason concerns, 0 to 1; without one, that of those far from every way.
    """
    origins = evidence.origins
    off = _share(evidence, area, ~origins["connected"].to_numpy(bool))
    parted = _share(evidence, area, origins["on_fragment"].to_numpy(bool))
    distant = _share(evidence, area, (origins["off_network_m"] > FAR_M).to_numpy())
    streets, roads = evidence.streets, evidence.roads
    every, walked = _length(streets, area, evidence), _length(streets[streets["way"].isin(ON_FOOT)], area, evidence)
    paved = _length(roads[roads["sidewalk"].isin(PAVED)], area, evidence)
    rules = {
        "far_from_ways": off > MOST_UNCONNECTED,
        "no_ways": every == 0,
        "some_far_from_ways": off > SOME_UNCONNECTED,
        "on_fragments": parted > SOME_ON_FRAGMENTS,
        "long_to_ways": distant > MANY_FAR,
        "no_footways": np.maximum(walked, paved) < FOOTWAYS_SHARE * every,
    }
    state = np.select([*rules.values()], [NOT_KNOWN, NOT_KNOWN, *[THIN] * (len(rules) - 2)], MEASURED)
    reason = np.select([*rules.values()], [*rules], "")
    found = np.select([reason == "on_fragments", reason == "long_to_ways"], [parted, distant], off)
    return rows(area, NETWORK, state, reason, found)


def _share(evidence: Evidence, area: Area, is_so: Flags) -> Floats:
    """Return the share of each zone's people whose homes are so; NaN where nobody lives."""
    origins = evidence.origins
    some = origins["people"].where(is_so, 0.0).groupby(origins["zone_id"]).sum()
    share: Floats = (some / origins.groupby("zone_id")["people"].sum()).reindex(area.zone_ids).to_numpy(float)
    return share


def _length(lines: gpd.GeoDataFrame, area: Area, evidence: Evidence) -> Floats:
    """[m] Return the length of the lines whose middles lie in each zone."""
    middle = shapely.line_interpolate_point(lines.geometry.to_numpy(), 0.5, normalized=True)
    line, zone = shapely.STRtree(middle).query(evidence.zones.geometry.to_numpy(), predicate="intersects")[::-1]
    length = np.bincount(zone, lines.geometry.length.to_numpy()[line], minlength=len(area.zone_ids))
    return length.astype(float)
