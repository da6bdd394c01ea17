"""Streets made a network: edges between junctions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geokehila.network.curve import ranks_along_curve
from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Points this near are one node: OpenStreetMap's own precision.
NODE_M = 0.01
#: [m] A component with less street than this is an island: nothing is snapped to it.
ISLAND_M = 300.0
#: [m] A component with less street than this is a fragment wherever one :data:`MAINLAND` times as long is at hand: a
#: pavement or a park's paths, mapped without what joins them to the street.
FRAGMENT_M = 5_000.0
MAINLAND = 10.0
#: Ways that a kerb parts from the carriageway: those made for people on foot, and the lines across squares.
PAVEMENTS = frozenset(
    "footway path pedestrian steps cycleway bridleway crossing corridor platform elevator plaza".split()
)


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Edges between junctions, with the geometry that points are snapped to.

    Attributes
    ----------
    lines
        Geometry of each edge, shape (E,), metres.
    tail, head
        Node at each end of each edge, shape (E,).
    length_m
        [m] Length of each edge.
    component
        Component of each edge, 0 being the longest.
    street
        Row in table ``streets`` that each edge is a part of.
    kerb_at_tail, kerb_at_head
        Whether a pavement's edge begins or ends at a raised kerb, shape (E,).
    """

    lines: np.ndarray
    tail: Ints
    head: Ints
    length_m: Floats
    component: Ints
    street: Ints
    kerb_at_tail: Flags
    kerb_at_head: Flags

    @property
    def nodes_count(self) -> int:
        """Number of nodes: junctions, bends where streets meet themselves, and ends."""
        return int(max(self.tail.max(initial=-1), self.head.max(initial=-1)) + 1)

    def facts(self) -> Mapping[str, float]:
        """Return the sizes that a report of the network needs."""
        by_component = np.bincount(self.component, weights=self.length_m)
        total, longest = by_component.sum(), by_component.max(initial=0)
        is_fragment = (by_component < FRAGMENT_M) & (by_component * MAINLAND <= longest) & (by_component >= ISLAND_M)
        return {
            "nodes": self.nodes_count,
            "edges": len(self.tail),
            "street_km": round(float(total) / 1000, 3),
            "components": len(by_component),
            "islands": int((by_component < ISLAND_M).sum()),
            "fragments": int(is_fragment.sum()),
            "longest_component_share": round(float(longest / total), 6) if total else 0.0,
        }

    def open_to(self, closed: Flags, kerbs: bool) -> StreetNetwork:
        """Return the network of who cannot use some edges: the others, in their order.

        Parameters
        ----------
        closed
            Which edges they cannot use, shape (E,).
        kerbs
            Whether raised kerbs stop them: a pavement's edge that ends at one is joined to nothing there.
        """
        of = np.flatnonzero(~closed)
        alone = np.concatenate([self.kerb_at_tail[of], self.kerb_at_head[of]]) & kerbs
        # Ends at kerbs become nodes of their own, numbered beside the node they leave: near ones keep near numbers.
        own = np.where(alone, np.arange(1, len(alone) + 1), 0)
        ends = np.concatenate([self.tail[of], self.head[of]]) * (len(alone) + 1) + own
        nodes, numbered = np.unique(ends, return_inverse=True)
        tail, head = np.split(numbered, 2)
        return StreetNetwork(
            lines=self.lines[of],
            tail=tail,
            head=head,
            length_m=self.length_m[of],
            component=_components(tail, head, self.length_m[of], len(nodes)),
            street=self.street[of],
            kerb_at_tail=self.kerb_at_tail[of],
            kerb_at_head=self.kerb_at_head[of],
        )

    def street_m(self) -> Floats:
        """[m] Return, for each edge, how much street its component has, shape (E,)."""
        by_component = np.bincount(self.component, weights=self.length_m).astype(float)
        street_m: Floats = by_component[self.component]
        return street_m

    def is_fragment(self, extent: shapely.Geometry) -> Flags:
        """Return the edges of components shorter than 5 km, but of the longest and where data end, shape (E,)."""
        is_short = (self.street_m() < FRAGMENT_M) & (self.component > 0)
        return is_short & ~self.leads_out(extent) if is_short.any() else is_short

    def leads_out(self, extent: shapely.Geometry) -> Flags:
        """Return the edges of components that reach the border of the data and may be longer behind it, shape (E,)."""
        border = shapely.boundary(extent)
        is_out = shapely.dwithin(self.lines, border, NODE_M) | ~shapely.intersects(self.lines, extent)
        return np.isin(self.component, self.component[is_out])


def build(streets: gpd.GeoDataFrame, kerbs: gpd.GeoDataFrame | None = None) -> StreetNetwork:
    """Cut streets at their junctions: the points that two of them share, or one passes twice, and their ends.

    Bridges and tunnels share no point with what they cross, so they are not joined to it. Pavements are cut at raised
    kerbs too.

    Parameters
    ----------
    streets
        Table ``streets``, metres.
    kerbs
        Points where a kerb is raised, metres; None: nowhere.
    """
    xy, street = shapely.get_coordinates(streets.geometry.to_numpy(), return_index=True)
    at_kerbs = shapely.get_coordinates(kerbs.geometry.to_numpy()) if kerbs is not None else xy[:0]
    node, kerb_node = np.split(_nodes(np.concatenate([xy, at_kerbs])), [len(xy)])
    is_raised = np.isin(node, kerb_node) & streets["way"].isin(PAVEMENTS).to_numpy()[street]
    starts = np.concatenate([[True], street[1:] != street[:-1]]) if len(street) else np.empty(0, bool)
    ends = np.concatenate([street[1:] != street[:-1], [True]]) if len(street) else np.empty(0, bool)
    cuts = np.flatnonzero(starts | ends | (np.bincount(node)[node] > 1) | is_raised)
    first, last = cuts[:-1][~ends[cuts[:-1]]], cuts[1:][~starts[cuts[1:]]]
    lines = _lines(xy, first, last)
    length_m = shapely.length(lines)
    ends = np.concatenate([first, last])
    junction, at, ends_of_edges = np.unique(node[ends], return_index=True, return_inverse=True)
    tail, head = np.split(ranks_along_curve(xy[ends[at]])[ends_of_edges], 2)
    component = _components(tail, head, length_m, len(junction))
    return StreetNetwork(lines, tail, head, length_m, component, street[first], is_raised[first], is_raised[last])


def _nodes(xy: Floats) -> Ints:
    """Number the places where points lie, those within :data:`NODE_M` being one, shape (N,)."""
    _, node = np.unique((xy / NODE_M).round().astype(np.int64), axis=0, return_inverse=True)
    numbered: Ints = node.reshape(-1)
    return numbered


def _lines(xy: Floats, first: Ints, last: Ints) -> np.ndarray:
    """Return a line for each edge through the vertices from `first` to `last`, both included."""
    width = last - first + 1
    edge = np.repeat(np.arange(len(first)), width)
    vertex = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width) + np.repeat(first, width)
    return shapely.linestrings(xy[vertex], indices=edge) if len(first) else np.empty(0, object)


def _components(tail: Ints, head: Ints, length_m: Floats, nodes: int) -> Ints:
    """Number the components of the edges, the longest first."""
    _, label = connected_components(
        coo_array((np.ones(len(tail)), (tail.astype(np.int32), head.astype(np.int32))), shape=(nodes, nodes)),
        directed=False,
    )
    rank = np.empty(label.max(initial=-1) + 1, np.int64)
    rank[np.argsort(-np.bincount(label[tail], weights=length_m), kind="stable")] = np.arange(len(rank))
    component: Ints = rank[label[tail]]
    return component
