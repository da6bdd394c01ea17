"""One list of places from several: what lists of a municipality say of the map's, and what two of them show twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue.lists import REPLACE, VETO
from geokehila.ledger import Ledger
from geokehila.names import NAME_COLUMNS, matching_key

#: [m] Two points of one category this near, with one name or none, are one place.
SAME_PLACE_M = 30.0
#: [m] A row of a veto speaks of the nearest place of its category that is mapped within this.
VETO_M = 50.0
#: A list whose rows are mapped as another category, by their names and within so many metres, was perhaps handed over
#: under the wrong one: where so many rows are, and this share of them all.
MIX_UP_M, MIX_UP_ROWS, MIX_UP_SHARE = 100.0, 3, 0.8
OSM = "osm"
NO_SUCH_PLACE = f"no such place of the map within {VETO_M:g} m"
#: Short forms are those of the table ``places``; "N12" is how somebody numbers his shelters.
_OSM_ID = re.compile(r"(?:(?:.*openstreetmap\.org/)?((?i:node|way|relation))[ /]|([nwr]))(\d+)/?")


@dataclass(frozen=True, eq=False)
class PlaceList:
    """A list of places that somebody handed over, as it is merged with the map.

    Attributes
    ----------
    places
        Columns of the table ``places``, `categories` and `sectors` (tuples of keys). A veto that names its place by an
        OpenStreetMap id may lack a shape.
    rule
        ``complete``, ``replace`` or ``veto``.
    ledger
        Of the file: read = used + rejected.
    whole
        Somebody states that nothing is missing in it: where it shows none there is none.
    beyond
        Categories it holds places of beyond the study's zones only: not stated whole, it says nothing of the zones.
    none
        Categories that a list stated whole names and holds no place of: there is none.
    """

    places: gpd.GeoDataFrame
    rule: str
    ledger: Ledger
    whole: bool = False
    beyond: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()

    @property
    def covered(self) -> frozenset[str]:
        """Categories that the list speaks of in the zones: it holds places of them, or there is none; a veto's: no."""
        if self.rule == VETO:
            return frozenset()
        held = frozenset(key for keys in self.places["categories"] for key in keys)
        return (held if self.whole else held - self.beyond) | self.none

    @property
    def believed(self) -> frozenset[str]:
        """Categories of which nothing is missing: those covered by a list that is stated to be whole."""
        return self.covered if self.whole else frozenset()


def unite(
    sources: Sequence[gpd.GeoDataFrame], lists: Sequence[PlaceList], area: shapely.Geometry | None, ledger: Ledger
) -> gpd.GeoDataFrame:
    """Put places of all sources under one another, as the rules of the lists have it; duplicates are still there.

    Parameters
    ----------
    sources
        Frames with place_id, names, source, source_id, date, `categories` (tuple of keys) and geometry [m]; those that
        tell for whom their places are have `sectors` too.
    lists
        Lists of a municipality: a veto takes a category from places of OpenStreetMap; a list that replaces takes it
        from all of them in `area`.
    area
        The study's zones, where such a list ends; None: it ends nowhere.
    ledger
        Kind ``place``: all rows but those of vetoes, which are kind ``veto``.

    Returns
    -------
    GeoDataFrame
        The same columns, `sectors` (tuple of keys, () where not told), and ``list``: 0 for the sources, else the number
        of the list. Sorted by place_id.
    """
    handed = [listed for listed in lists if listed.rule != VETO]
    frames = [*(source.assign(list=0) for source in sources)]
    frames += [listed.places.assign(list=number) for number, listed in enumerate(handed, 1)]
    united = _with_sectors(pd.concat(frames, ignore_index=True).sort_values("place_id", ignore_index=True))
    ledger.read("place", len(united))
    for listed in handed:
        _warn_of_mix_up(listed, united[united["source"] == OSM])
    for veto in (listed for listed in lists if listed.rule == VETO):
        united = _vetoed(united, veto, ledger)
    for listed in handed:
        if listed.rule == REPLACE:
            united = _replaced(united, listed, area, ledger)
    return united


def _with_sectors(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return places with `sectors`, () where none is told."""
    told = places["sectors"] if "sectors" in places else [()] * len(places)
    keys = [some if isinstance(some, tuple) else () for some in told]
    return places.assign(sectors=pd.Series(keys, places.index, dtype=object))


def _warn_of_mix_up(listed: PlaceList, mapped: gpd.GeoDataFrame) -> None:
    """Say so where the map has most rows of a list, by their names, under a category that is not the list's."""
    tree = shapely.STRtree(mapped.geometry.to_numpy())
    times: Counter[str] = Counter()
    for _, row in listed.places.iterrows():
        near = mapped.iloc[np.sort(tree.query(row.geometry, predicate="dwithin", distance=MIX_UP_M))]
        found = [{*place["categories"]} for _, place in near.iterrows() if _keys(row) & _keys(place)]
        if not any(keys & {*row["categories"]} for keys in found):
            times.update(frozenset[str]().union(*found))
    if not times:
        return
    category, count = min(times.items(), key=lambda item: (-item[1], item[0]))
    if count >= MIX_UP_ROWS and count >= MIX_UP_SHARE * len(listed.places):
        text = f"{count} of {len(listed.places)} rows are mapped as {category}: check the name of the file, or [lists]"
        listed.ledger.warn("list_of_another_category", text)


def osm_id(text: str) -> str | None:
    """Return the id of an OpenStreetMap object as the table ``places`` writes it; None where the text is none.

    Examples
    --------
    >>> osm_id("way/123"), osm_id("https://www.openstreetmap.org/node/7"), osm_id("r5"), osm_id("17")
    ('w123', 'n7', 'r5', None)
    """
    found = _OSM_ID.fullmatch(text.strip())
    return (found[1] or found[2])[0].lower() + found[3] if found else None


def _replaced(
    places: gpd.GeoDataFrame, listed: PlaceList, area: shapely.Geometry | None, ledger: Ledger
) -> gpd.GeoDataFrame:
    """Take the categories of a list from the map's places inside the area: beyond its border a list says nothing."""
    inside = places["source"] == OSM
    if area is not None:
        inside &= places.representative_point().intersects(area)
    lost = dict.fromkeys(np.flatnonzero(inside).tolist(), listed.covered)
    return _without(places, lost, f"replaced by {listed.ledger.source}", ledger)


def _vetoed(places: gpd.GeoDataFrame, veto: PlaceList, ledger: Ledger) -> gpd.GeoDataFrame:
    ledger.read("veto", len(veto.places))
    mapped = places[places["source"] == OSM]
    tree = shapely.STRtree(mapped.geometry.to_numpy())
    lost: dict[int, frozenset[str]] = {}
    unmatched: list[str] = []
    for _, row in veto.places.iterrows():
        at = _named_by(row, mapped, tree)
        if at is None:
            ledger.reject("veto", row["place_id"], NO_SUCH_PLACE)
            unmatched.append(" ".join([row["place_id"], *filter(pd.notna, row[[*NAME_COLUMNS]])]))
        else:
            ledger.use("veto")
            lost[at] = lost.get(at, frozenset()) | {*row["categories"]}
    _warn_of_unmatched(veto, unmatched)
    return _without(places, lost, f"vetoed by {veto.ledger.source}", ledger)


def _warn_of_unmatched(veto: PlaceList, unmatched: Sequence[str]) -> None:
    """Say so where rows of a veto speak of no place: what they were to take away is still there."""
    if unmatched:
        text = (
            f"{len(veto.places) - len(unmatched)} of {len(veto.places)} rows found a place of the map within "
            f"{VETO_M:g} m: {unmatched[0]} did not; check its spot and category, or give the id of the map, way/123"
        )
        veto.ledger.warn("veto_unmatched", text)


def _named_by(row: pd.Series, mapped: gpd.GeoDataFrame, tree: shapely.STRtree) -> int | None:
    """Return the label of the place that a row of a veto speaks of: by its id, else the nearest, of its name first."""
    category = row["categories"][0]
    if stated := osm_id(row["source_id"]):
        at = mapped.index[mapped["place_id"] == stated]
        return int(at[0]) if len(at) and category in mapped.at[at[0], "categories"] else None
    named = _keys(row)
    near = mapped.iloc[np.sort(tree.query(row.geometry, predicate="dwithin", distance=VETO_M))]
    ranked = [
        (not named & _keys(place), row.geometry.distance(place.geometry), place["place_id"], int(label))
        for label, place in near.iterrows()
        if category in place["categories"]
    ]
    return min(ranked)[-1] if ranked else None


def _without(
    places: gpd.GeoDataFrame, lost: Mapping[int, frozenset[str]], reason: str, ledger: Ledger
) -> gpd.GeoDataFrame:
    """Take categories from places, by label; a place that has none left is rejected."""
    kept = [
        tuple(key for key in keys if key not in lost.get(i, ()))
        for i, keys in zip(places.index, places["categories"], strict=True)
    ]
    bare = np.array([not keys for keys in kept], dtype=bool)
    for place_id in places.loc[bare, "place_id"]:
        ledger.reject("place", place_id, reason)
    return places.assign(categories=pd.Series(kept, places.index, dtype=object))[~bare].reset_index(drop=True)


def without_duplicates(places: gpd.GeoDataFrame, ledger: Ledger) -> gpd.GeoDataFrame:
    """Let each place absorb its direct duplicates, never in chains, and drop the column ``list``.

    Large areas absorb first, then points of a list, then points with a name; of each list one row at most. What a list
    says of a place goes before what the map says: its name and date; of both the source and the id are kept.
    """
    is_area = (places.geometry.area > 0).to_numpy()
    named = places[[*NAME_COLUMNS]].notna().any(axis=1).to_numpy()
    listed = places["list"].to_numpy() > 0
    pairs = _duplicate_pairs(places, is_area)
    absorbed_by: dict[int, int] = {}
    for i in np.lexsort((places["place_id"], ~named, ~listed, -places.geometry.area)).tolist():
        if i not in absorbed_by:
            free = [j for j in pairs.get(i, ()) if j not in absorbed_by]
            absorbed_by |= dict.fromkeys(_one_a_list(free, places["list"], int(places.at[i, "list"])), i)
    merged = places.copy()
    for j, i in absorbed_by.items():
        ledger.reject("place", places.at[j, "place_id"], "duplicate of another place")
        for keys in ("categories", "sectors"):
            merged.at[i, keys] = tuple(dict.fromkeys((*merged.at[i, keys], *places.at[j, keys])))
        for column, value in _of_both(merged.loc[i], places.loc[j]).items():
            merged.at[i, column] = value
    return merged.drop(index=list(absorbed_by), columns="list").reset_index(drop=True)


def _one_a_list(rows: Sequence[int], lists: pd.Series, own: int) -> list[int]:
    """Return the rows but the second of any list, who made it told them apart; of list 0, the map, all may be one."""
    taken, kept = {own} - {0}, []
    for row in rows:
        if (number := int(lists[row])) not in taken:
            kept.append(row)
            taken |= {number} - {0}
    return kept


def _of_both(one: pd.Series, other: pd.Series) -> dict[str, object]:
    """Return names, capacity, date, source and id of two that are one place; of one source's capacities the larger."""
    first, then = (other, one) if other["list"] > one["list"] else (one, other)
    both: dict[str, object] = {c: first[c] if pd.notna(first[c]) else then[c] for c in NAME_COLUMNS}
    if "capacity" in one:
        listed = first["capacity"] if one["list"] != other["list"] else np.nan
        both["capacity"] = np.fmax(one["capacity"], other["capacity"]) if pd.isna(listed) else listed
    if one["list"] != other["list"]:
        # The map, list 0, is named before the lists.
        older, newer = sorted((one, other), key=lambda row: int(row["list"]))
        both |= {c: "; ".join(dict.fromkeys([*older[c].split("; "), newer[c]])) for c in ("source", "source_id")}
        both["date"] = first["date"] if pd.notna(first["date"]) else then["date"]
    return both


def _keys(row: pd.Series) -> set[str]:
    """Return the names of a place as they are compared."""
    return {matching_key(name) for name in row[[*NAME_COLUMNS]] if pd.notna(name)}


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
