"""Streets as a graph of networkx, for what other libraries ask of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from geokehila.errors import InputError
from geokehila.frames.given import streets_of, walker_of, ways_of
from geokehila.network import Walker
from geokehila.schema import REFERENCE

if TYPE_CHECKING:
    import networkx


def to_networkx(streets: gpd.GeoDataFrame, profile: str = REFERENCE) -> networkx.MultiDiGraph:
    """Return streets as a graph of networkx, laid out as OSMnx lays out its own.

    Parameters
    ----------
    streets
        As for :func:`walks`.
    profile
        Who walks; ways closed to them are left out.

    Returns
    -------
    MultiDiGraph
        Nodes with `x` and `y` [m]; for each street between two junctions an edge there and one back with `osmid` (its
        row in `streets`, multi-part lines counted by part), `length` [m], `travel_time` [s] and `geometry`. The graph's
        `crs` is that of the streets.

    Raises
    ------
    InputError
        networkx is not installed, or as for :func:`walks`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (130, 0)])], crs="EPSG:2039")
    >>> [round(edge["travel_time"]) for *_, edge in to_networkx(street).edges(data=True)]
    [100, 100]
    """
    try:
        import networkx
    except ImportError:
        raise InputError("networkx is not installed: pip install geokehila[interchange]") from None
    lines = streets_of(streets)
    ways, who = ways_of(lines), walker_of(profile)
    walker = Walker.on(ways.network, ways.slopes, ways.closed(who), who)
    graph = networkx.MultiDiGraph(crs=str(lines.crs))
    costs, edges = walker.network, walker.streets
    for edge, line in enumerate(edges.lines):
        ends = edges.tail[edge].item(), edges.head[edge].item()
        for node, (x, y) in zip(ends, (line.coords[0], line.coords[-1]), strict=True):
            graph.add_node(node, x=x, y=y)
        told = {"osmid": edges.street[edge].item(), "length": edges.length_m[edge].item()}
        graph.add_edge(*ends, **told, travel_time=costs.forward_s[edge].item(), geometry=line)
        graph.add_edge(*ends[::-1], **told, travel_time=costs.backward_s[edge].item(), geometry=line.reverse())
    return graph
