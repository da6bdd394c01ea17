"""The published streets as a graph of networkx: every corner of every street a node, and points led to it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from benchmarks.validation.towns import Town
from geokehila.schema import REFERENCE

#: What the method says (docs/methods/network.md, walking.md): of islands and fragments [m]; the steepest slope.
ISLAND_M, FRAGMENT_M, TIMES = 300.0, 5_000.0, 10.0
STEEPEST = 0.35
ORIGIN, GATE = "origin", "gate"
METRES, SECONDS = "m", "s"
Point = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Streets that are open to an adult, and the points on them.

    Attributes
    ----------
    graph
        Directed, edges with `m` [m] and `s` [s]; nodes are corners, then feet of points, then points as (kind, id).
    streets
        Stretches between corners and feet: ends `a`, `b`, `m` [m]; `level` on bridges, in tunnels; `incline` as mapped;
        `there_s`, `back_s` [s].
    xy
        [m] Where corners and feet lie, shape (N, 2).
    degree
        How many stretches between corners meet at each corner.
    spurs
        Points that ways lead to, their feet, and the way between them [m].
    """

    graph: nx.DiGraph
    streets: pd.DataFrame
    xy: np.ndarray
    degree: np.ndarray
    spurs: list[tuple[Point, int, float]]
    gates: Mapping[str, list[Point]]
    homes: list[Point]

    @classmethod
    def of(cls, town: Town) -> Drawn:
        """Draw the streets of a run, level but where a slope is mapped."""
        tables = town.tables
        open_to = ~tables["streets"]["closed_to"].str.split().map(lambda keys: REFERENCE in keys).astype(bool)
        ends, corners = _stretches(gpd.GeoDataFrame(tables["streets"][open_to]))
        asked = town.gates
        homes, ways_in = ([(kind, name) for name in names] for kind, names in
                          ((ORIGIN, tables["origins"]["origin_id"]), (GATE, asked["gate_id"])))  # fmt: skip
        at = np.concatenate([tables["origins"].geometry, asked.geometry])
        feet = _led(at, ends, town.catalogue.standards["snap_cap"].value)
        on = shapely.line_interpolate_point(ends.geometry.to_numpy()[feet["stretch"].astype(int)], feet["at_m"])
        xy = np.concatenate([corners, np.full((len(at), 2), np.nan)])
        xy[len(corners) + feet.index] = shapely.get_coordinates(on)
        streets = _cut(ends, feet, len(corners))
        degree = np.bincount(np.concatenate([ends["a"], ends["b"]]), minlength=len(corners))
        spurs = [([*homes, *ways_in][row], len(corners) + row, off_m) for row, off_m in feet["off_m"].items()]
        of_place = asked.groupby("place_id")["gate_id"].agg(list)
        gates = {place: [(GATE, gate) for gate in some] for place, some in of_place.items()}
        speed_m_s = town.catalogue.profiles[REFERENCE].speed_m_s
        streets = with_slopes(streets, streets["incline"].fillna(0.0).to_numpy(), speed_m_s)
        graph = walked(streets, spurs, speed_m_s)
        return cls(graph, streets, xy, degree, spurs, gates, homes)

    @cached_property
    def home_rows(self) -> dict[Point, int]:
        """Row of each home by its node."""
        return {home: row for row, home in enumerate(self.homes)}

    @cached_property
    def turned(self) -> nx.DiGraph:
        """The graph turned round: walks to places are looked for from the places."""
        return self.graph.reverse()

    def nearest(self, places: Iterable[str], limit: float, weight: str) -> np.ndarray:
        """[as the weight] Return the walk from each home to the nearest of some places, NaN beyond, shape (O,)."""
        gates = {gate for place in places for gate in self.gates.get(place, []) if gate in self.graph}
        found = np.full(len(self.homes), np.nan)
        for home, walk in self.from_all(gates, limit, weight).items():
            found[self.home_rows[home]] = walk
        return found

    def from_all(self, gates: set[Point], limit: float, weight: str) -> dict[Point, float]:
        """[as the weight] Return the walks from homes to the nearest of some gates that ways lead to."""
        if not gates:
            return {}
        walks = nx.multi_source_dijkstra_path_length(self.turned, gates, cutoff=limit, weight=weight)
        return {node: walk for node, walk in walks.items() if node in self.home_rows}

    def around(self, home: Point, limit: float, weight: str) -> dict[object, float]:
        """[as the weight] Return the walks from a home that a way leads from to every node within a limit."""
        walks: dict[object, float] = nx.single_source_dijkstra_path_length(self.graph, home, limit, weight)
        return walks


def with_slopes(streets: pd.DataFrame, slope: np.ndarray, speed_m_s: float) -> pd.DataFrame:
    """Return streets with the walk `there_s` [s] from `a` to `b` and `back_s`, of slopes from `a` to `b`, by Tobler."""
    slope, flat_s = np.clip(slope, -STEEPEST, STEEPEST), streets["m"].to_numpy() / speed_m_s
    there_s, back_s = (flat_s * np.exp(3.5 * (np.abs(sign * slope + 0.05) - 0.05)) for sign in (1, -1))
    return streets.assign(there_s=there_s, back_s=back_s)


def walked(streets: pd.DataFrame, spurs: list[tuple[Point, int, float]], speed_m_s: float) -> nx.DiGraph:
    """Return streets with slopes, and the ways of points to them, as a graph."""
    graph = nx.DiGraph()
    # Of parallel stretches the shortest stays: it comes last.
    rows = streets.sort_values("m", ascending=False, kind="stable")[["a", "b", "m", "there_s", "back_s"]]
    for a, b, m, there_s, back_s in rows.itertuples(index=False):
        graph.add_edge(a, b, **{METRES: m, SECONDS: there_s})
        graph.add_edge(b, a, **{METRES: m, SECONDS: back_s})
    for point, foot, off_m in spurs:
        graph.add_edge(point, foot, **{METRES: off_m, SECONDS: off_m / speed_m_s})
        graph.add_edge(foot, point, **{METRES: off_m, SECONDS: off_m / speed_m_s})
    return graph


def _stretches(streets: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Return stretches between corners, and the corners.

    Returns
    -------
    stretches
        Ends `a` and `b`, `m`, `level`, `incline`, and the street of their component `street_m` [m].
    corners
        [m] Shape (N, 2).
    """
    xy, line = shapely.get_coordinates(streets.geometry.to_numpy(), return_index=True)
    corners, node = np.unique(xy.round(2), axis=0, return_inverse=True)
    node, inner = node.reshape(-1), np.flatnonzero(line[1:] == line[:-1])
    shapes = shapely.linestrings(np.stack([xy[inner], xy[inner + 1]], axis=1))
    level = (streets["bridge"] | streets["tunnel"]).to_numpy(bool)[line[inner]]
    columns = {"a": node[inner], "b": node[inner + 1], "m": shapely.length(shapes), "level": level,
               "incline": streets["incline"].to_numpy(float)[line[inner]]}  # fmt: skip
    ends = gpd.GeoDataFrame(columns, geometry=shapes)
    ends = ends[ends["a"] != ends["b"]].reset_index(drop=True)
    graph = nx.from_pandas_edgelist(ends, "a", "b")
    component = {node: number for number, some in enumerate(nx.connected_components(graph)) for node in some}
    of = ends["a"].map(component)
    return ends.assign(street_m=ends["m"].groupby(of).transform("sum")), corners


def _led(at: np.ndarray, ends: gpd.GeoDataFrame, cap_m: float) -> pd.DataFrame:
    """Lead points to the nearest stretch but those of islands, past fragments where the cap allows.

    Returns
    -------
    DataFrame
        By row of the point: `stretch`, `off_m`, the way to it, and `at_m`, how far along it [m].
    """
    point, stretch = shapely.STRtree(ends.geometry.to_numpy()).query(at, predicate="dwithin", distance=cap_m)
    near = pd.DataFrame({"point": point, "stretch": stretch})
    near["street_m"] = ends["street_m"].to_numpy()[stretch]
    near = near[near["street_m"] >= ISLAND_M]
    near["off_m"] = shapely.distance(at[near["point"]], ends.geometry.to_numpy()[near["stretch"]])
    near = near.sort_values(["point", "off_m", "stretch"])
    chosen = near.drop_duplicates("point").set_index("point")
    while len(near):
        here = near["point"].map(chosen["street_m"])
        near = near[(here < FRAGMENT_M) & (near["street_m"] >= TIMES * here)]
        longer = near.drop_duplicates("point").set_index("point")
        chosen.loc[longer.index] = longer
    shapes = ends.geometry.to_numpy()[chosen["stretch"].astype(int)]
    return chosen.assign(at_m=shapely.line_locate_point(shapes, at[chosen.index]))


def _cut(ends: pd.DataFrame, feet: pd.DataFrame, many: int) -> pd.DataFrame:
    """Cut stretches at the feet of points, which are the nodes from `many` on."""
    every = np.arange(len(ends))
    rows = pd.DataFrame({
        "stretch": np.concatenate([every, every, feet["stretch"]]).astype(int),
        "at_m": np.concatenate([np.zeros(len(ends)), ends["m"], feet["at_m"]]),
        "node": np.concatenate([ends["a"], ends["b"], many + feet.index]).astype(int),
        "last": np.concatenate([np.zeros(len(ends)), np.full(len(ends), 2), np.ones(len(feet))]),
    }).sort_values(["stretch", "last", "at_m"])  # fmt: skip
    stretch, node, at_m = (rows[column].to_numpy() for column in ("stretch", "node", "at_m"))
    same = np.flatnonzero(stretch[1:] == stretch[:-1])
    between = {"a": node[same], "b": node[same + 1], "m": np.maximum(at_m[same + 1] - at_m[same], 0.0)}
    told = ends[["level", "incline"]].iloc[stretch[same]].reset_index(drop=True)
    return pd.DataFrame(between).join(told)
