"""The nearest facility of each category, and the k nearest, from every origin."""

from __future__ import annotations

import numpy as np

from geokehila.errors import RunError
from geokehila.reach import engine, fallback
from geokehila.reach.arrays import Floats, Group, Network, Points
from geokehila.reach.graph import Index, Prepared, is_backwards, prepare
from geokehila.reach.lanes import in_lanes
from geokehila.reach.placed import ready, without_category
from geokehila.reach.ticks import limit

#: Categories that the processor takes at a stroke.
VECTOR = 8
#: Answers that one thread gives in less processor time than two, and no later.
ALONE = 2_000_000

Answer = tuple[Floats, Index]


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
    ticks, backwards = limit(limit_s), is_backwards(direction)
    answer = _nearest if engine.compiled() else fallback.nearest
    return answer(network, origins, places, group, ticks, backwards, threads)


def k_nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    limit_s: float,
    k: int,
    *,
    direction: str = "to",
    threads: int | None = None,
) -> tuple[Floats, Index]:
    """Find the walks between every origin and the k nearest facilities of each category.

    Parameters
    ----------
    network, origins, places, group, limit_s, direction, threads
        As for :func:`nearest`.
    k
        How many, 1 or more.

    Returns
    -------
    walk_s : array of shape (O, C, k)
        [s] Rising; NaN where there are fewer within the limit.
    facility : array of shape (O, C, k)
        Each facility once, by its nearest gate; of equally near ones the first comes first; -1 where there is none.

    Raises
    ------
    RunError
        `k` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from geokehila.reach import Network, Points, Group
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> home = Points(np.array([0]), np.array([50.0]), np.array([50.0]), np.array([0.0]))
    >>> shop = Points(np.array([0]), np.array([100.0]), np.array([0.0]), np.array([5.0]))
    >>> group = Group(np.array([0]), np.array([[True]]))
    >>> walk_s, facility = k_nearest(street, home, shop, group, 900, 2)
    >>> walk_s.tolist(), facility.tolist()
    ([[[55.0, nan]]], [[[0, -1]]])
    """
    ticks, backwards = limit(limit_s), is_backwards(direction)
    if k < 1:
        raise RunError(f"reach: the {k} nearest were asked for: ask for 1 or more")
    places = places.without(without_category(group))
    answer = _k_nearest if engine.compiled() else fallback.k_nearest
    return answer(network, origins, places, group, ticks, k, backwards, threads)


def _nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    ticks: int,
    backwards: bool,
    threads: int | None,
) -> Answer:
    """Answer by one compiled search for all categories, or one a thread; shape (O, C)."""
    from geokehila.reach.kernels.nearest import nearest as search

    on = ready(prepare(network), origins, places, group, backwards)
    shape = (len(origins), group.categories.shape[1])
    lanes, first_lane = in_lanes(on.listed, shape[1])
    walk_s, facility = np.empty(shape), np.empty(shape, np.int32)
    unconnected = origins.edge < 0
    walk_s[unconnected], facility[unconnected] = np.nan, -1

    def task(begin: int, end: int) -> None:
        search(*on, lanes, first_lane[begin], first_lane[end], ticks, walk_s, facility)

    # Each thread goes over all nodes for its categories, which pays where answers are many.
    many = engine.workers(threads) if len(origins) * shape[1] > ALONE else 1
    vectors = -(-shape[1] // (VECTOR * many))
    engine.in_threads(task, shape[1], many, size=VECTOR * max(vectors, 1))
    return walk_s, facility


def _k_nearest(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    ticks: int,
    k: int,
    backwards: bool,
    threads: int | None,
) -> Answer:
    """Answer by one compiled search a category; shape (O, C, k)."""
    from geokehila.reach.kernels import k_nearest as kernels

    graph, _, starts, order, ends, listed = ready(prepare(network), origins, places, group, backwards)
    shape = (group.categories.shape[1], len(origins), k)
    walk_s, facility = np.full(shape, np.nan), np.full(shape, -1, np.int32)

    def task(begin: int, end: int) -> None:
        for category in range(begin, end):
            rank, named = _ranks(group, category)
            chosen = np.flatnonzero((rank >= 0) & (ends.chain >= 0)).astype(np.int32)
            rows = np.full((len(graph.first_arc) - 1, k), kernels.NONE, np.int64)
            kernels.spread(graph, ends, chosen, rank, ticks, rows)
            found = walk_s[category], facility[category]
            kernels.collect(graph, starts, order, ends, listed, rank, named, ticks, rows, *found)

    engine.in_threads(task, shape[0], threads, size=1)
    return walk_s.transpose(1, 0, 2), facility.transpose(1, 0, 2)


def _ranks(group: Group, category: int) -> tuple[Index, Index]:
    """Rank of each place's facility among the category's, -1 where it is not of it, and the facility of each rank."""
    members = group.categories[:, category]
    rank = np.where(members, np.cumsum(members) - 1, -1).astype(np.int32)
    return rank[group.facility], np.flatnonzero(members).astype(np.int32)
