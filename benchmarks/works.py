"""The work that is measured: a street network with costs, and places of 20 categories on its edges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from benchmarks import slopes
from benchmarks.streets import SPEED_M_S, at_nodes, hilbert, town
from geokehila import network as streets_network
from geokehila.catalogue import Category
from geokehila.load import osm
from geokehila.reach import Group, Network, Points
from geokehila.reach.ticks import limit, limits, rounded
from geokehila.study import Study

#: [s] NEAREST looks 2,000 m far on the level.
HORIZON_S = 2000.0 / SPEED_M_S
#: [s] COUNTS and the streets in reach.
CUTOFFS_S = (300.0, 600.0, 900.0)
HORIZON, CUTOFFS = limit(HORIZON_S), limits(CUTOFFS_S)
#: [m] Places farther than this from every street are left out.
CAP_M = 150.0
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True, eq=False)
class Work:
    """A network, and places on its edges; origins are all its nodes.

    Attributes
    ----------
    name
        What the table calls it.
    x, y
        [m] Where the nodes lie, shape (N,).
    lines
        Geometry of each edge, shape (E,); None: straight.
    level, hilly
        Costs on the flat, and on slopes: directed.
    edge, share
        The edge of each place, and how far along it, 0 to 1, shape (P,).
    category
        Category of each place, shape (P,).
    categories
        How many there are; one may have no place.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    lines: np.ndarray | None
    level: Network
    hilly: Network
    edge: np.ndarray
    share: np.ndarray
    category: np.ndarray
    categories: int = 20

    @property
    def nodes(self) -> int:
        """How many nodes, all of them origins."""
        return len(self.x)

    def network(self, hilly: bool = True) -> Network:
        """Return the network with one of its costs."""
        return self.hilly if hilly else self.level

    def origins(self, network: Network) -> Points:
        """Return every node."""
        return at_nodes(network, np.arange(self.nodes))

    def places(self, network: Network) -> Points:
        """Return the places where they are on their edges."""
        forward, backward = network.forward_s[self.edge], network.backward_s[self.edge]
        return Points(self.edge, forward * self.share, backward * (1 - self.share), np.zeros(len(self.edge)))

    def place_node(self) -> np.ndarray:
        """Return the node of each place, the nearer end of its edge, for libraries that know no points on edges."""
        return np.where(self.share < 0.5, self.level.tail[self.edge], self.level.head[self.edge])

    def geometry(self) -> np.ndarray:
        """Return the geometry of each edge."""
        if self.lines is not None:
            return self.lines
        xy = np.column_stack([self.x, self.y])
        return shapely.linestrings(np.stack([xy[self.level.tail], xy[self.level.head]], axis=1))

    def group(self) -> Group:
        """Return each place as a facility of its category."""
        return Group(np.arange(len(self.edge)), self.category[:, None] == np.arange(self.categories)[None, :])

    def arcs(self, hilly: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return start, end and cost in whole ticks of every arc, of parallel ones the cheapest; no loops.

        The same whole numbers for every library: so answers are compared without allowance for rounding.
        """
        network = self.network(hilly)
        start, end = (
            np.concatenate([network.tail, network.head]),
            np.concatenate([network.head, network.tail]),
        )
        cost = np.concatenate([rounded(network.forward_s), rounded(network.backward_s)])
        order = np.lexsort((cost, end, start))
        start, end, cost = start[order], end[order], cost[order]
        first = np.concatenate([[True], (np.diff(start) != 0) | (np.diff(end) != 0)]) & (start != end)
        return start[first], end[first], cost[first]


def synthetic(nodes: int) -> Work:
    """Make a town by rule, 0.2 to 3 % of its nodes as places in each category."""
    made = town(nodes)
    network = made.network
    level_s = network.length_m / SPEED_M_S
    level = replace(network, forward_s=level_s, backward_s=level_s)
    return Work(f"a town by rule of {len(made.x):,} nodes", made.x, made.y, None, level, network, *_drawn(network))


def las_palmas(data: Path = DATA) -> Work:
    """Read Las Palmas: real streets and places; hills by rule, as no elevation is at hand."""
    file = data / "las_palmas" / "las_palmas_2023-02-21.osm.pbf"
    found, streets = _read(file, "EPSG:32628")
    keys = [category.key for category in _categories()]
    listed = found.places.explode("categories").reset_index(drop=True)
    points = gpd.GeoSeries(listed.representative_point().to_numpy(), [f"{i:06d}" for i in listed.index], listed.crs)
    snaps = streets_network.snap(points, "gate", streets, CAP_M)
    on = (snaps["edge"] >= 0).to_numpy()
    category = listed["categories"].map({key: i for i, key in enumerate(keys)}).to_numpy()
    edge, share = snaps["edge"].to_numpy()[on], snaps["offset_share"].to_numpy()[on]
    x, y = _nodes(streets)
    level = _level(streets)
    hilly = slopes.directed(level, slopes.by_rule(x, y))
    return Work("Las Palmas", x, y, streets.lines, level, hilly, edge, share, category[on], len(keys))


def porto_alegre(data: Path = DATA) -> Work:
    """Read Porto Alegre: real streets and elevation; places drawn by lot, as few are mapped in the extract."""
    folder = data / "porto_alegre"
    found, streets = _read(folder / "poa_osm.pbf", "EPSG:31982")
    level, (x, y) = _level(streets), _nodes(streets)
    spans = found.streets.iloc[streets.street]
    spans = (spans["bridge"] | spans["tunnel"]).to_numpy(bool)
    hilly = slopes.on_ground(streets, spans, folder / "poa_elevation.tif", "EPSG:31982")
    return Work("Porto Alegre", x, y, streets.lines, level, hilly, *_drawn(level))


def every_bend(work: Work) -> Work:
    """Return the same streets and places with every bend a node: what OpenStreetMap holds before any joining."""
    xy, street = shapely.get_coordinates(work.geometry(), return_index=True)
    starts = np.concatenate([[True], np.diff(street) != 0])
    ends = np.append(starts[1:], True)
    node = work.nodes + np.cumsum(~starts & ~ends) - 1
    node[starts], node[ends] = work.level.tail, work.level.head
    rank = np.empty(node.max() + 1, np.int64)
    x, y = np.empty((2, len(rank)))
    x[node], y[node] = xy.T
    rank[np.argsort(hilbert(x, y), kind="stable")] = np.arange(len(rank))
    x[rank], y[rank] = x.copy(), y.copy()
    first = np.flatnonzero(~ends)
    piece_m = np.hypot(*(xy[first + 1] - xy[first]).T)
    total_m = np.concatenate([[0.0], np.cumsum(piece_m)])
    at_m = total_m[np.searchsorted(street[first], work.edge)] + work.share * work.level.length_m[work.edge]
    piece = np.minimum(np.searchsorted(total_m, at_m, "right") - 1, len(first) - 1)
    share = np.clip((at_m - total_m[piece]) / np.maximum(piece_m[piece], 1e-9), 0, 1)
    walk_s = piece_m / SPEED_M_S
    level = Network(len(rank), rank[node[first]], rank[node[first + 1]], walk_s, walk_s, piece_m)
    hilly = slopes.directed(level, slopes.by_rule(x, y))
    return Work(
        f"{work.name}, every bend a node", x, y, None, level, hilly, piece, share, work.category, work.categories
    )


def _categories() -> Iterable[Category]:
    return list(Study.of("dimona").catalogue.categories.values())


def _read(file: Path, crs: str) -> tuple[osm.OsmData, streets_network.StreetNetwork]:
    found = osm.read([file], _categories(), crs, ())
    return found, streets_network.build(found.streets)


def _level(streets: streets_network.StreetNetwork) -> Network:
    """Return the engine's network on the flat."""
    walk_s = streets.length_m / SPEED_M_S
    return Network(streets.nodes_count, streets.tail, streets.head, walk_s, walk_s, streets.length_m)


def _nodes(streets: streets_network.StreetNetwork) -> tuple[np.ndarray, np.ndarray]:
    """Where each node lies: at an end of any of its edges."""
    xy, edge = shapely.get_coordinates(streets.lines, return_index=True)
    first, last = (
        np.searchsorted(edge, np.arange(len(streets.lines))),
        np.searchsorted(edge, np.arange(len(streets.lines)), "right"),
    )
    at = np.empty((streets.nodes_count, 2))
    at[streets.tail], at[streets.head] = xy[first], xy[last - 1]
    return at[:, 0], at[:, 1]


def _drawn(network: Network, categories: int = 20, seed: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw places anywhere on edges: from 0.2 % of the nodes in the rarest category to 3 % in the commonest."""
    rng = np.random.default_rng(seed)
    many = np.maximum(3, rng.permutation(np.geomspace(0.002, 0.03, categories)) * network.nodes_count).astype(int)
    count = int(many.sum())
    return rng.integers(0, len(network.tail), count), rng.random(count), np.repeat(np.arange(categories), many)
