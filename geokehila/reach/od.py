"""The sparse matrix of walks from origins to facilities, in blocks, so that memory is bounded whatever its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geokehila.reach import engine, fallback
from geokehila.reach.arrays import Group, Ints, Network, Points
from geokehila.reach.graph import Index, Prepared, is_backwards, prepare
from geokehila.reach.placed import ready
from geokehila.reach.ticks import PER_S, limit


class Pairs(NamedTuple):
    """Origins and facilities within the limit of each other, by origin and then facility; walks [s] are exact."""

    origin: Index
    facility: Index
    walk_s: NDArray[np.float32]


def od(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    facility: Ints,
    limit_s: float,
    *,
    direction: str = "to",
    threads: int | None = None,
    block: int = 1024,
) -> Iterator[Pairs]:
    """Find every origin and facility within a limit, block by block.

    Parameters
    ----------
    network, origins, places, limit_s, direction, threads
        As for :func:`geokehila.reach.nearest`.
    facility
        Facility of each place, 0 to F - 1: a facility with many gates is paired once, by the nearest.
    block
        Origins to a block; a few blocks, one a thread, are in memory at once.

    Yields
    ------
    Pairs
        Each pair once. A block holds all pairs of its origins; which origins a block holds follows the network's
        numbering, near ones together. Unconnected origins are in none.

    Examples
    --------
    >>> import numpy as np
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> at = Points(np.array([0, 0]), np.array([0.0, 90.0]), np.array([100.0, 10.0]), np.zeros(2))
    >>> [pairs.walk_s.tolist() for pairs in od(street, at, at, np.array([0, 1]), 100)]
    [[0.0, 90.0, 90.0, 0.0]]
    """
    group = Group(facility, np.empty((int(facility.max(initial=-1)) + 1, 0), np.bool_))
    answer = _compiled if engine.compiled() else fallback.pairs
    for origin, found, ticks in answer(
        network, origins, places, group, limit(limit_s), is_backwards(direction), threads, block
    ):
        order = np.lexsort((found, origin))
        yield Pairs(
            origin[order].astype(np.int32), found[order].astype(np.int32), (ticks[order] / PER_S).astype(np.float32)
        )


def _compiled(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    longest: int,
    backwards: bool,
    threads: int | None,
    block: int,
) -> Iterator[tuple[Index, Index, NDArray[np.uint16]]]:
    """Answer by the compiled search, as many blocks ahead as there are threads."""
    from geokehila.reach.kernels.od import pairs

    graph, hierarchy, starts, order, ends, listed = ready(prepare(network), origins, places, group, backwards)
    workers = engine.workers(threads)
    waiting: deque[Future[tuple[Index, Index, NDArray[np.uint16]]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for begin in range(0, len(order), block):
            end = min(begin + block, len(order))
            waiting.append(
                pool.submit(pairs, graph, hierarchy, starts, begin, end, order, listed, ends, np.uint16(longest))
            )
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
