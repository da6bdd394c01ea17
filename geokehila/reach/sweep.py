"""All that one search from each origin can tell: places within cutoffs, their decayed sums, the streets in reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach import engine, fallback
from geokehila.reach.arrays import Floats, Group, Network, Points
from geokehila.reach.decays import PARTS, Decay, table
from geokehila.reach.graph import Prepared, is_backwards, prepare
from geokehila.reach.placed import ready, without_category
from geokehila.reach.ticks import limits

Counts = NDArray[np.int32]

NOWHERE = Points(np.empty(0, np.int64), *(3 * (np.empty(0),)))
NOTHING = Group(np.empty(0, np.int64), np.empty((0, 0), np.bool_))


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets in reach of each origin within each cutoff; an unconnected origin has 0 everywhere.

    Attributes
    ----------
    length_m
        [m] Shape (O, K): edges walked in part count in part; to the millimetre on each.
    nodes
        Nodes of the network in reach, shape (O, K).
    intersections
        Those at which three street ends or more meet.
    """

    length_m: Floats
    nodes: Counts
    intersections: Counts


@dataclass(frozen=True, eq=False)
class Swept:
    """What a sweep found: counts (O, K, C), decayed sums (O, D, C), and streets where they were asked for."""

    counts: Counts
    sums: Floats
    streets: Streets | None


def counts(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    cutoffs_s: Sequence[float],
    *,
    direction: str = "to",
    threads: int | None = None,
) -> Counts:
    """Count the facilities of each category within each cutoff, a facility with many gates once.

    Parameters
    ----------
    network, origins, places, group, direction, threads
        As for :func:`geokehila.reach.nearest`.
    cutoffs_s
        [s] Inclusive, up to 4,095, shape (K,).

    Returns
    -------
    array of shape (O, K, C)
        0 means none within the cutoff; an unconnected origin has 0 everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> from geokehila.reach import Network, Points, Group
    >>> street = Network(2, np.array([0]), np.array([1]), np.array([100.0]), np.array([100.0]))
    >>> home = Points(np.array([0]), np.array([50.0]), np.array([50.0]), np.array([0.0]))
    >>> shop = Points(np.array([0]), np.array([100.0]), np.array([0.0]), np.array([5.0]))
    >>> group = Group(np.array([0]), np.array([[True]]))
    >>> counts(street, home, shop, group, [50, 55]).tolist()
    [[[0], [1]]]
    """
    return sweep(network, origins, places, group, cutoffs_s, direction=direction, threads=threads).counts


def pedshed(
    network: Network | Prepared,
    origins: Points,
    cutoffs_s: Sequence[float],
    *,
    direction: str = "to",
    threads: int | None = None,
) -> Streets:
    """Measure the streets in reach of each origin within each cutoff.

    Parameters
    ----------
    network
        With ``length_m``.
    origins, cutoffs_s, direction, threads
        As for :func:`counts`.

    Examples
    --------
    From the middle of a street of 130 m and 100 s, 20 s lead 26 m each way.

    >>> import numpy as np
    >>> street = Network(2, *np.array([[0], [1]]), *np.array([[100.0], [100.0]]), np.array([130.0]))
    >>> home = Points(np.array([0]), np.array([50.0]), np.array([50.0]), np.array([0.0]))
    >>> pedshed(street, home, (20, 900)).length_m.tolist()
    [[52.0, 130.0]]
    """
    swept = sweep(network, origins, NOWHERE, NOTHING, cutoffs_s, streets=True, direction=direction, threads=threads)
    assert swept.streets is not None  # noqa: S101 - asked for above
    return swept.streets


def sweep(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    cutoffs_s: Sequence[float],
    *,
    decays: Sequence[Decay] = (),
    streets: bool = False,
    direction: str = "to",
    threads: int | None = None,
) -> Swept:
    """Count places, sum them by decays and measure streets with one search from each origin.

    Parameters
    ----------
    network, origins, places, group, cutoffs_s, direction, threads
        As for :func:`counts`.
    decays
        Each sums the weights of the facilities of each category, in parts of 2 ** -20.
    streets
        Whether to measure streets; the network needs ``length_m``.

    Raises
    ------
    RunError
        A cutoff that the engine cannot hold, a point off the network, a negative cost, streets without lengths.
    """
    cutoffs = limits(cutoffs_s)
    whole = network.network if isinstance(network, Prepared) else network
    if streets and whole.length_m is None:
        raise RunError("reach: streets in reach are measured along edges: give the network its length_m")
    order, place_of = np.unique(cutoffs, return_inverse=True)
    places = places.without(without_category(group))
    answer = _compiled if engine.compiled() else fallback.sweep
    counted, parts, mm, nodes, junctions = answer(
        network, origins, places, group, order, table(decays), streets, is_backwards(direction), threads
    )
    if not np.array_equal(place_of, np.arange(len(order))):
        counted, nodes, junctions, mm = (
            counted[:, place_of],
            nodes[:, place_of],
            junctions[:, place_of],
            mm[:, place_of],
        )
    return Swept(counted, parts / PARTS, Streets(mm / 1000, nodes, junctions) if streets else None)


Answer = tuple[Counts, NDArray[np.int64], NDArray[np.int64], Counts, Counts]


def _compiled(
    network: Network | Prepared,
    origins: Points,
    places: Points,
    group: Group,
    cutoffs: NDArray[np.int64],
    weights: NDArray[np.uint32],
    streets: bool,
    backwards: bool,
    threads: int | None,
) -> Answer:
    """Answer by the compiled sweep, over origins in an order that keeps neighbours together."""
    from geokehila.reach.kernels.sweep import sweep as run

    graph, hierarchy, starts, order, ends, met = ready(prepare(network), origins, places, group, backwards)
    longest = np.uint16(max(cutoffs.max(initial=0), weights.shape[1] - 1 if len(weights) else 0))
    shape, categories = (len(origins), len(cutoffs)), group.categories.shape[1]
    counted = np.zeros((*shape, categories), np.int32)
    parts = np.zeros((len(origins), len(weights), categories), np.int64)
    rows = shape if streets else (0, len(cutoffs))
    mm, nodes, junctions = np.zeros(rows, np.int64), np.zeros(rows, np.int32), np.zeros(rows, np.int32)
    limits16 = cutoffs.astype(np.uint16)

    def task(begin: int, end: int) -> None:
        run(
            graph,
            hierarchy,
            starts,
            begin,
            end,
            order,
            met,
            ends,
            longest,
            limits16,
            weights,
            streets,
            counted,
            parts,
            mm,
            nodes,
            junctions,
        )

    engine.in_threads(task, len(order), threads)
    return counted, parts, mm, nodes, junctions
