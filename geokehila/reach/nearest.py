"""The nearest facility of each category, and the k nearest, from every origin."""

from __future__ import annotations

import numpy as np

from geokehila.errors import RunError
from geokehila.reach import engine, fallback
from geokehila.reach.arrays import Floats, Group, Network, Points
from geokehila.reach.graph import Index, Prepared, prepare
from geokehila.reach.placed import facilities, in_order, place, without_category
from geokehila.reach.ticks import UNREACHED, limit


def nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    limit_s: float,
    *,
    direction: str = "to",
    threads: int | None = None,
) -> tuple[Floats, Index]:
    """Find the walk between every origin and the nearest facility of each category.

    Parameters
    ----------
    network
        Costs of one profile, as they are or prepared by :func:`geokehila.reach.prepare`.
    origins, places
        Where walks start and end; the walks to and from the edges are part of the walk.
    group
        Facilities of the destination points and their categories.
    limit_s
        [s] Walks longer than this are not found; inclusive, up to 4,095.
    direction
        ``"to"``: outbound, from origins to places. ``"from"``: the way back, from places to origins.
    threads
        How many threads search; None: one a processor. The answers are the same.

    Returns
    -------
    walk_s : array of shape (O, C)
        [s] in sixteenths; NaN where no facility is within the limit or the origin is unconnected; 0 is a facility at
        the door.
    facility : array of shape (O, C)
        Index of the nearest facility, -1 where there is none; of equally near ones the first.

    Raises
    ------
    RunError
        A limit that the engine cannot hold, a point on an edge that the network does not have, a negative cost.

    Examples
    --------
    One street of 100 s: a home in its middle, a shop at its end.

    >>> import numpy as np
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> home = Points(np.array([0]), np.array([50.0]), np.array([50.0]), np.array([0.0]))
    >>> shop = Points(np.array([0]), np.array([100.0]), np.array([0.0]), np.array([5.0]))
    >>> nearest(street, home, shop, Group(np.array([0]), np.array([[True]])), 900)[0].tolist()
    [[55.0]]
    """
    ticks = limit(limit_s)
    if direction not in ("to", "from"):
        raise RunError(f"reach: direction {direction!r}: choose 'to' or 'from'")
    places = places.without(without_category(group))
    answer = _compiled if engine.compiled() else fallback.nearest
    walk_s, facility = answer(network, origins, places, group, ticks, direction == "from", threads)
    return walk_s.T, facility.T


def _compiled(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    ticks: int,
    backwards: bool,
    threads: int | None,
) -> tuple[Floats, Index]:
    """Answer by one compiled search a category; walks [s] and facilities of shape (C, O)."""
    from geokehila.reach.kernels.nearest import collect, spread

    prepared = prepare(network)
    graph, starts, ends = prepared.graph, place(origins, prepared), place(places, prepared)
    if backwards:
        starts, ends, graph = starts.reversed(graph), ends.reversed(graph), prepared.reversed_graph
    order, listed = in_order(starts, prepared), facilities(ends, group, prepared)
    starts = starts.take(order)
    categories = group.categories.shape[1]
    walk_s = np.full((categories, len(origins)), np.nan)
    facility = np.full((categories, len(origins)), -1, np.int32)

    def search(category: int) -> None:
        rank, named = _ranks(group, category)
        chosen = np.flatnonzero((rank >= 0) & (ends.chain >= 0)).astype(np.int32)
        narrow = len(named) <= UNREACHED
        bits, key = (16, np.uint32) if narrow else (32, np.uint64)
        best = np.full(len(graph.first_arc) - 1, np.iinfo(key).max >> (0 if narrow else 1), key)
        spread(graph, ends, chosen, rank, ticks, bits, best)
        collect(
            graph, starts, order, ends, listed, rank, named, ticks, bits, best, walk_s[category], facility[category]
        )

    def task(begin: int, end: int) -> None:
        for category in range(begin, end):
            search(category)

    engine.in_threads(task, categories, threads, size=1)
    return walk_s, facility


def _ranks(group: Group, category: int) -> tuple[Index, Index]:
    """Rank of each place's facility among the category's, -1 where it is not of it, and the facility of each rank."""
    members = group.categories[:, category]
    rank = np.where(members, np.cumsum(members) - 1, -1).astype(np.int32)
    return rank[group.facility], np.flatnonzero(members).astype(np.int32)
