"""Sources of places merged: one place a facility, whatever maps it twice, with the gates one enters it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Category
from geokehila.names import NAME_COLUMNS, matching_key
from geokehila.schema import Ledger, check

#: [m] Two points of one category this near, with one name or none, are one place.
SAME_PLACE_M = 30.0
#: [m] Outline points of an area without mapped entrances or ways that meet it.
OUTLINE_STEP_M = 40.0
#: [m] An entrance this near an outline belongs to it.
ON_OUTLINE_M = 1.0
WAY_OUT_ONLY = ("entrance=exit", "entrance=emergency", "entrance=garage", "entrance=service")


@dataclass(frozen=True)
class Places:
    """Tables ``places``, ``place_categories`` and ``gates``; the ledger says what was merged or left out."""

    places: gpd.GeoDataFrame
    categories: pd.DataFrame
    gates: gpd.GeoDataFrame
    ledger: Ledger

    def with_categories(self) -> gpd.GeoDataFrame:
        """Return the places with their categories as a tuple of keys."""
        keys = self.categories.groupby("place_id")["category"].agg(tuple)
        return self.places.assign(categories=self.places["place_id"].map(keys))


def merge(
    sources: Sequence[gpd.GeoDataFrame],
    streets: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    categories: Mapping[str, Category],
) -> Places:
    """Merge places of all sources.

    Parameters
    ----------
    sources
        Frames with place_id, names, source, source_id, date, `categories` (tuple of keys) and geometry [m].
    streets, entrances
        Walkable ways and mapped entrances, for the gates of areas.
    categories
        The catalogue's categories: an area smaller than its `min_area_m2` is no place of that category.
    """
    ledger = Ledger("places")
    candidates = pd.concat(sources, ignore_index=True).sort_values("place_id", ignore_index=True)
    ledger.read("place", len(candidates))
    candidates = _large_enough(candidates, categories, ledger)
    kept = _without_duplicates(candidates, ledger)
    ledger.use("place", len(kept))
    long = kept[["place_id", "categories"]].explode("categories").rename(columns={"categories": "category"})
    return Places(
        places=check("places", kept.drop(columns="categories")),
        categories=check("place_categories", long.astype("str")),
        gates=check("gates", _gates(kept, streets, entrances)),
        ledger=ledger.balance(),
    )


def _large_enough(places: gpd.GeoDataFrame, categories: Mapping[str, Category], ledger: Ledger) -> gpd.GeoDataFrame:
    """Drop from areas the categories they are too small for; points have no size and stay."""
    area = places.geometry.area.to_numpy()
    kept = [
        tuple(key for key in keys if m2 == 0 or m2 >= categories[key].min_area_m2)
        for keys, m2 in zip(places["categories"], area, strict=True)
    ]
    for place_id, keys, left in zip(places["place_id"], places["categories"], kept, strict=True):
        if not left:
            ledger.reject("place", place_id, f"smaller than a {keys[0]} of {categories[keys[0]].min_area_m2:g} m2")
    places = places.assign(categories=kept)
    return places[places["categories"].map(len) > 0].reset_index(drop=True)


def _without_duplicates(places: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
    """Let each place absorb its direct duplicates: large areas first, then points with a name; never in chains."""
    is_area = (places.geometry.area > 0).to_numpy()
    named = places[[*NAME_COLUMNS]].notna().any(axis=1).to_numpy()
    pairs = _duplicate_pairs(places, is_area)
    absorbed_by: dict[int, int] = {}
    for i in np.lexsort((places["place_id"], ~named, -places.geometry.area)).tolist():
        if i not in absorbed_by:
            absorbed_by |= dict.fromkeys((j for j in pairs.get(i, ()) if j not in absorbed_by), i)
    merged = places.copy()
    for j, i in absorbed_by.items():
        ledger.reject("place", places.at[j, "place_id"], "duplicate of another place")
        merged.at[i, "categories"] = tuple(dict.fromkeys((*merged.at[i, "categories"], *places.at[j, "categories"])))
        for column in NAME_COLUMNS:
            if pd.isna(merged.at[i, column]):
                merged.at[i, column] = places.at[j, column]
    return merged.drop(index=list(absorbed_by)).reset_index(drop=True)


def _duplicate_pairs(places: gpd.GeoDataFrame, is_area: np.ndarray) -> dict[int, list[int]]:
    """Return, for each place, the points near or inside it and the areas inside it that show the same facility.

    A place without a name takes the first name it meets: two names in one unnamed area are two facilities.
    """
    keys = [{matching_key(n) for n in row if pd.notna(n)} for row in places[[*NAME_COLUMNS]].itertuples(index=False)]
    shapes = places.geometry.to_numpy()
    points, areas = np.flatnonzero(~is_area), np.flatnonzero(is_area)
    near = shapely.STRtree(shapes[points]).query(shapes, predicate="dwithin", distance=SAME_PLACE_M)
    inside = shapely.STRtree(shapes[areas]).query(shapes[areas], predicate="contains")
    both = np.hstack([[near[0], points[near[1]]], areas[inside]])
    pairs: dict[int, list[int]] = {}
    gained: dict[int, set[str]] = {}
    for i, j in sorted(both.T.tolist()):
        same_name, unnamed = keys[i] & keys[j], not keys[i] or not keys[j]
        inside_or_point = not is_area[i] or shapely.intersects(shapes[i], shapes[j])
        if (
            i != j
            and {*places.at[i, "categories"]} & {*places.at[j, "categories"]}
            and (same_name or (unnamed and inside_or_point))
            and (keys[i] or not keys[j] or gained.setdefault(i, keys[j]) & keys[j])
        ):
            pairs.setdefault(i, []).append(j)
    return pairs


def _gates(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give every place its gates.

    A point is its own; an area has its mapped entrances, else where ways meet its outline, else points of the outline.
    """
    areas = places[places.geometry.area > 0]
    outlines = gpd.GeoSeries(areas.geometry.boundary.to_numpy(), index=areas["place_id"], crs=places.crs)
    points = places[~places["place_id"].isin(areas["place_id"])]
    parts = [
        gpd.GeoDataFrame({"place_id": points["place_id"], "kind": "point"}, geometry=points.geometry, crs=places.crs)
    ]
    for kind, found in (("entrance", _entrances), ("way", _crossings), ("outline", _outline_points)):
        gates = found(outlines, entrances if kind == "entrance" else streets)
        parts.append(gates.assign(kind=kind))
        outlines = outlines[~outlines.index.isin(gates["place_id"])]
    gates = pd.concat(parts, ignore_index=True)
    gates = (
        gates.assign(x=gates.geometry.x, y=gates.geometry.y)
        .sort_values(["place_id", "x", "y"], ignore_index=True)
        .drop(columns=["x", "y"])
    )
    numbers = gates.groupby("place_id").cumcount().astype("str").str.zfill(4)
    return gates.assign(gate_id=gates["place_id"] + "/" + numbers)


def _entrances(outlines: gpd.GeoSeries, entrances: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    usable = entrances[~entrances["kind"].isin(WAY_OUT_ONLY)].geometry.to_numpy()
    outline, entrance = shapely.STRtree(usable).query(outlines.to_numpy(), predicate="dwithin", distance=ON_OUTLINE_M)
    return _points(outlines, outline, usable[entrance])


def _crossings(outlines: gpd.GeoSeries, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Where ways meet the outline on the ground: a bridge over a park or a tunnel under it is no way in."""
    lines = streets.geometry[~(streets["bridge"] | streets["tunnel"])].to_numpy()
    outline, street = shapely.STRtree(lines).query(outlines.to_numpy(), predicate="intersects")
    coordinates, index = shapely.get_coordinates(
        shapely.intersection(outlines.to_numpy()[outline], lines[street]), return_index=True
    )
    unique = np.unique(np.column_stack([outline[index], coordinates.round(2)]), axis=0)
    return _points(outlines, unique[:, 0].astype(int), shapely.points(unique[:, 1:]))


def _outline_points(outlines: gpd.GeoSeries, _: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rings, index = shapely.get_parts(outlines.to_numpy(), return_index=True)
    counts = np.maximum(4, np.ceil(shapely.length(rings) / OUTLINE_STEP_M)).astype(int)
    shares = np.concatenate([np.arange(n) / n for n in counts]) if len(counts) else np.empty(0)
    return _points(
        outlines,
        np.repeat(index, counts),
        shapely.line_interpolate_point(np.repeat(rings, counts), shares, normalized=True),
    )


def _points(outlines: gpd.GeoSeries, outline: np.ndarray, points: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"place_id": outlines.index.to_numpy()[outline]}, geometry=points, crs=outlines.crs)


def list_states(
    categories: Mapping[str, Category],
    place_categories: pd.DataFrame,
    people: float,
    has_places: bool,
    handed_over: frozenset[str],
) -> Mapping[str, str]:
    """Tell for each category whether its list of places can be believed.

    Parameters
    ----------
    people
        Everybody the places in the data serve.
    has_places
        Whether a file that carries places was read at all.
    handed_over
        Categories that a municipality's list covers.

    Returns
    -------
    mapping
        ``loaded``; ``not mapped``: the layer was read, but holds no place of it or too few for so many people to be
        credible; ``not loaded``: no file carries places at all. A list handed over by a municipality is believed.
    """
    found = place_categories["category"].value_counts()

    def state(key: str, residents_per_place: float) -> str:
        if key in handed_over:
            return "loaded"
        if not has_places:
            return "not loaded"
        places = int(found.get(key, 0))
        return "loaded" if places and people / places <= residents_per_place else "not mapped"

    return {key: state(key, c.credible_residents) for key, c in categories.items()}
