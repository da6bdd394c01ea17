"""What is no street of its own: turning lanes beside streets that go on, driveways, paths that lead nowhere."""

from __future__ import annotations

import numpy as np

from geokehila.fabric.clusters import turning_lane
from geokehila.fabric.graph import PATH, Graph, components
from geokehila.reach.arrays import Flags

#: [m] A dead end that is shorter, from the middle of the street it leaves, is a driveway or where one turns round.
STUB_M = 15.0


def without_turning_lanes(graph: Graph, leaves: Flags) -> Graph:
    """Leave out turning lanes and ramps that hang together, unless a street would end without them.

    Where it leaves the data, shape (N,), it does not end.
    """
    is_lane = turning_lane(graph)
    others = graph.take(~is_lane).degree
    together = components(graph.tail[is_lane], graph.head[is_lane], len(graph.xy))
    is_needed = np.zeros(len(graph.xy), bool)
    is_needed[together[(others == 1) & ~leaves]] = True
    return graph.take(~is_lane | is_needed[together[graph.tail]])


def without_stubs(graph: Graph, leaves: Flags) -> Graph:
    """Leave out short dead ends; nodes where streets leave the data are none, shape (N,)."""
    degree, is_blind = graph.degree, (graph.degree == 1) & ~leaves
    hangs = (is_blind[graph.tail] & (degree[graph.head] > 2)) | (is_blind[graph.head] & (degree[graph.tail] > 2))
    return graph.take(~(hangs & (graph.length_m < STUB_M)))


def without_blind_paths(graph: Graph, leads: Flags) -> Graph:
    """Leave out footpaths that end where nothing leads on, shape (N,), and those that lead to such alone."""
    while True:
        is_blind = (graph.degree == 1) & ~leads
        blind = (graph.told("kind") == PATH) & (is_blind[graph.tail] | is_blind[graph.head])
        if not blind.any():
            return graph
        graph = graph.take(~blind)
