"""Edits laid over the tables of a run, and what they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import places, zones
from geokehila.brief import Brief
from geokehila.errors import StudyError
from geokehila.scenario import ways
from geokehila.scenario.base import Base
from geokehila.scenario.edits import ADD, CLOSE, GATE, HOUSING, HUB, MOVE, PLACE, Edit, Edits
from geokehila.schema import WGS84
from geokehila.study import Study

#: [m] A street this near the outline of an area may be a way into it.
AT_OUTLINE_M = 1.0


@dataclass(frozen=True, eq=False, repr=False)
class Patched(Brief):
    """The tables of a run as a scenario has them.

    Attributes
    ----------
    study
        The run's choices, with the scenario's cutoffs.
    streets, places, categories, gates, origins, origin_people
        Tables; ``gates`` and ``origins`` with `fresh`: not where the run brought them to the network.
    touched
        Categories whose walks or cutoffs may be others.
    rebuilt
        Streets were added or closed: everything is brought to the network anew.
    """

    study: Study
    streets: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    categories: pd.DataFrame
    gates: gpd.GeoDataFrame
    origins: gpd.GeoDataFrame
    origin_people: pd.DataFrame
    touched: tuple[str, ...]
    rebuilt: bool


def patch(base: Base, edits: Edits) -> Patched:
    """Lay edits over a run: streets first, then places, gates, housing and cutoffs.

    Raises
    ------
    StudyError
        An id that the run does not have, a point outside its data or zones, a street that joins none.
    """
    for edit in edits.edits:
        _must_lie_in(base, edit)
    streets, lines = ways.edited(base.tables["streets"], edits, base.study.catalogue.profiles)
    of_places = _Places(base.tables["places"], base.tables["place_categories"], base.tables["gates"])
    of_places = _edited(of_places, base, edits, streets, lines)
    origins, people = _housed(base, edits)
    rebuilt = bool(len(lines))
    every = rebuilt or bool(edits.of((HOUSING,), ADD))
    touched = {*edits.cutoff_min, *_categories_of(base, edits), *(base.study.catalogue.categories if every else ())}
    return Patched(
        study=_with_cutoffs(base.study, edits.cutoff_min),
        streets=streets,
        places=of_places.places,
        categories=of_places.categories,
        gates=of_places.gates.assign(fresh=of_places.gates["fresh"] | rebuilt),
        origins=origins.assign(fresh=origins["fresh"] | rebuilt),
        origin_people=people,
        touched=tuple(sorted(touched)),
        rebuilt=rebuilt,
    )


def _must_lie_in(base: Base, edit: Edit) -> None:
    if edit.shape is None or shapely.intersects(base.extent, edit.shape):
        return
    city, crs = base.study.city.name["en"], base.study.crs
    if not edit.in_degrees:
        ends = _between(base.extent, ("x", "y"), 0)
        raise StudyError(f"{edit.where}: lies at {_at(edit.shape, 1)} m, outside the data, {ends} m in {crs}: move it")
    told, extent = gpd.GeoSeries([edit.shape, base.extent], crs=crs).to_crs(WGS84)
    turned = shapely.transform(told, lambda xy: xy[:, ::-1])
    is_turned = shapely.intersects(shapely.box(*extent.bounds), turned)
    remedy = f"the two are swapped, write [{_at(turned, 6)}]" if is_turned else f"write longitude first, in {city}"
    ends = _between(extent, ("longitude", "latitude"), 4)
    raise StudyError(f"{edit.where}: lies at {_at(told, 6)}, outside the data, {ends}: {remedy}")


def _at(shape: shapely.Geometry, digits: int) -> str:
    return ", ".join(f"{x:.10g}" for x in shapely.get_coordinates(shape)[0].round(digits))


def _between(extent: shapely.Geometry, axes: tuple[str, str], digits: int) -> str:
    west, south, east, north = (f"{x:.10g}" for x in np.round(extent.bounds, digits))
    return f"{axes[0]} {west} to {east} and {axes[1]} {south} to {north}"


@dataclass(frozen=True, eq=False)
class _Places:
    """Tables ``places``, ``place_categories`` and ``gates``, these with `fresh`."""

    places: gpd.GeoDataFrame
    categories: pd.DataFrame
    gates: gpd.GeoDataFrame

    def without(self, ids: list[str]) -> _Places:
        """Return the others."""
        return _Places(*(t[~t["place_id"].isin(ids)] for t in (self.places, self.categories, self.gates)))

    def plus(self, rows: pd.DataFrame, categories: pd.DataFrame, crs: object) -> _Places:
        """Return them with new ones, which are points: each its own gate."""
        new = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
        gates = new[["place_id", "geometry"]].assign(gate_id=new["place_id"] + "/0000", kind="point", fresh=True)
        pairs = ((self.places, new), (self.categories, categories), (self.gates, gates))
        keys = (["place_id"], ["place_id", "category"], ["gate_id"])
        both = [pd.concat(pair).sort_values(key, ignore_index=True) for pair, key in zip(pairs, keys, strict=True)]
        return _Places(*both)


def _edited(before: _Places, base: Base, edits: Edits, streets: gpd.GeoDataFrame, lines: np.ndarray) -> _Places:
    """Return places and gates with their edits."""
    gone, moved = edits.of((PLACE,), CLOSE), edits.of((PLACE,), MOVE)
    added = edits.of((PLACE, HUB), ADD)
    for edit in (*gone, *moved):
        ways.must_be_known(edit.said["id"], before.places["place_id"], "place", edit)
    _must_be_once([*gone, *moved])
    now = replace(before, gates=_ways_in(before, base, streets, lines))
    rows = before.places.set_index("place_id").loc[[e.said["id"] for e in moved]].reset_index()
    rows = pd.DataFrame(rows).assign(geometry=np.array([e.shape for e in moved], object))
    new = [{"place_id": e.id, "name_en": e.said.get("name"), "source": "scenario", "geometry": e.shape} for e in added]
    kinds = before.categories[before.categories["place_id"].isin(rows["place_id"])]
    new_kinds = pd.DataFrame(
        {"place_id": [e.id for e in added], "category": [e.said["category"] for e in added]}, dtype="str"
    )
    now = now.without([e.said["id"] for e in (*gone, *moved)])
    every = pd.concat([rows, pd.DataFrame(new, columns=["place_id", "name_en", "source", "geometry"])])
    now = now.plus(every, pd.concat([kinds, new_kinds]), base.study.crs) if len(every) else now
    return replace(now, gates=_with_gates(before.gates, now, edits))


def _must_be_once(edits: list[Edit]) -> None:
    """See that no place is closed or moved twice."""
    seen: dict[str, Edit] = {}
    for edit in edits:
        if other := seen.get(edit.said["id"]):
            raise StudyError(f"{edit.where}: {edit.said['id']!r} is in {other.where} too: keep one of them")
        seen[edit.said["id"]] = edit


def _ways_in(before: _Places, base: Base, streets: gpd.GeoDataFrame, lines: np.ndarray) -> gpd.GeoDataFrame:
    """Return table ``gates`` where other streets lead into some areas than in the run."""
    gates = before.gates.assign(fresh=False)
    shapes = before.places.geometry.to_numpy()
    touched = np.unique(shapely.STRtree(shapely.boundary(shapes)).query(lines, "dwithin", AT_OUTLINE_M)[1])
    areas = before.places.iloc[touched[shapely.area(shapes[touched]) > 0]]
    if areas.empty:
        return gates
    anew = places.gates_of(areas, streets, base.entrances).assign(fresh=True)
    kept = gates[~gates["place_id"].isin(areas["place_id"])]
    return pd.concat([kept, anew]).sort_values("gate_id", ignore_index=True)


def _with_gates(before: gpd.GeoDataFrame, now: _Places, edits: Edits) -> gpd.GeoDataFrame:
    """Return table ``gates`` with some closed and some added; a place that is left keeps one at least."""
    gates = now.gates
    for edit in edits.of((GATE,), CLOSE):
        ways.must_be_known(edit.said["id"], before["gate_id"], "gate", edit)
        gate = before[before["gate_id"] == edit.said["id"]].iloc[0]
        is_it = (gates["place_id"] == gate["place_id"]) & (shapely.distance(gates.geometry, gate.geometry) == 0)
        if is_it.sum() == (gates["place_id"] == gate["place_id"]).sum():
            raise StudyError(f"{edit.where}: {gate['gate_id']} is the last gate of {gate['place_id']}: close the place")
        gates = gates[~is_it]
    for edit in edits.of((GATE,), ADD):
        ways.must_be_known(edit.said["place"], now.places["place_id"], "place", edit)
        row = {"gate_id": edit.id, "place_id": edit.said["place"], "kind": "scenario", "fresh": True}
        gates = pd.concat([gates, gpd.GeoDataFrame([row], geometry=[edit.shape], crs=gates.crs)])
    return gates.sort_values("gate_id", ignore_index=True)


def _categories_of(base: Base, edits: Edits) -> set[str]:
    """Return the categories of the places that edits are about."""
    of_gate = base.tables["gates"].set_index("gate_id")["place_id"]
    ids = {edit.said["id"] for do in (CLOSE, MOVE) for edit in edits.of((PLACE,), do)}
    ids |= {edit.said["place"] for edit in edits.of((GATE,), ADD)}
    ids |= {of_gate[edit.said["id"]] for edit in edits.of((GATE,), CLOSE)}
    table, added = base.tables["place_categories"], edits.of((PLACE, HUB), ADD)
    return {edit.said["category"] for edit in added} | {*table.loc[table["place_id"].isin(ids), "category"]}


def _housed(base: Base, edits: Edits) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return homes and their people, with new housing, whose residents count in all but in no group of age."""
    origins, people = base.tables["origins"].assign(fresh=False), base.tables["origin_people"]
    added = edits.of((HOUSING,), ADD)
    if not added:
        return origins, people
    at, units = np.array([e.shape for e in added]), base.tables["zones"]
    zone = zones.standing_in(at, units.geometry.to_numpy())
    if (zone < 0).any():
        where = added[int(np.argmin(zone))].where
        raise StudyError(f"{where}: stands in no zone of the study: put it into one, or add one and run again")
    count = [_residents(base, edit) for edit in added]
    rows = {
        "origin_id": [e.id for e in added],
        "zone_id": units["zone_id"].to_numpy()[zone],
        "building_id": None,
        "people": count,
        "people_by_footprint": count,
        "on_grid": False,
        "border_m": shapely.distance(at, shapely.boundary(base.extent)),
        "fresh": True,
    }
    new = gpd.GeoDataFrame(rows, geometry=at, crs=origins.crs)
    groups = pd.DataFrame({"origin_id": rows["origin_id"], "group": zones.TOTAL, "people": count})
    both = pd.concat([origins, new]).sort_values("origin_id", ignore_index=True)
    return both, pd.concat([people, groups]).sort_values(["origin_id", "group"], ignore_index=True)


def _residents(base: Base, edit: Edit) -> float:
    """Return how many people housing is for."""
    said = edit.said
    return float(said["residents"] if "residents" in said else said["dwellings"] * base.people_per_dwelling)


def _with_cutoffs(study: Study, minutes: Mapping[str, float]) -> Study:
    categories = study.catalogue.categories
    stated = {key: replace(categories[key], cutoff_min=value) for key, value in minutes.items()}
    return replace(study, catalogue=replace(study.catalogue, categories={**categories, **stated}))
