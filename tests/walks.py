"""Small random walking problems, and a plain Dijkstra over whole ticks that answers them: every point cuts its edge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from math import inf, isfinite

import numpy as np
from hypothesis import strategies as st

from geokehila.reach import Group, Network, Points

Node = int | tuple[str, int]


@dataclass(frozen=True, eq=False)
class Problem:
    network: Network
    origins: Points
    places: Points
    group: Group


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Sparse networks, so that streets continue, with loops, parallel edges, islands, one-way and endless edges."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, edges = draw(st.integers(1, 12)), draw(st.integers(1, 16))
    ends, costs = rng.integers(0, nodes, (2, edges)), rng.uniform(0, 40, (2, edges))
    if draw(st.booleans()):
        ends = np.stack([np.arange(edges) % nodes, (np.arange(edges) + 1) % nodes])  # a ring, walked round
        ends = np.where(rng.random(edges) < 0.5, ends, ends[::-1])
    special = rng.random((2, edges))
    costs[special < 0.1], costs[special > 0.9], costs[special > 0.97] = 0.0, inf, 5000.0
    network = Network(
        nodes, ends[0], ends[1], *costs, np.where(rng.random(edges) < 0.1, 0.0, rng.uniform(0, 90, edges))
    )
    gates, facilities = draw(st.integers(0, 9)), draw(st.integers(1, 5))
    group = Group(rng.integers(0, facilities, gates), rng.random((facilities, 2)) < 0.6)
    return Problem(network, points(rng, network, draw(st.integers(0, 7))), points(rng, network, gates), group)


def points(rng: np.random.Generator, network: Network, count: int) -> Points:
    edge = rng.integers(-1, len(network.tail), count)
    share = np.where(rng.random(count) < 0.5, rng.integers(0, 3, count) / 2, rng.random(count))
    with np.errstate(invalid="ignore"):
        forward, backward = network.forward_s[edge] * share, network.backward_s[edge] * (1 - share)
    off_s = np.where(edge < 0, inf, rng.choice([0.0, 0.0, 1.0, 7.3, 5000.0], count, p=[0.3, 0.2, 0.2, 0.2, 0.1]))
    return Points(edge, forward, backward, off_s)


def ticks(seconds: float) -> float:
    return round(16 * seconds) if isfinite(seconds) else inf


def arcs_of(
    network: Network, direction: str, *named: tuple[str, Points]
) -> list[tuple[Node, Node, float, float, float]]:
    """Pieces of edges between the points on them: from, to, ticks there, ticks back, share of the edge's length.

    Shares are by the ticks of the directions that are open; an edge of no ticks
    is all in the piece that is walked when its point is.
    """
    found = []
    for e in range(len(network.tail)):
        f, b = ticks(network.forward_s[e]), ticks(network.backward_s[e])
        on: list[tuple[float, float, Node]] = []
        for name, some in named:
            for i in np.flatnonzero(some.edge == e):
                ahead, behind = ticks(some.forward_s[i]) if f < inf else 0, ticks(some.backward_s[i]) if b < inf else 0
                on.append((min(ahead, f), min(behind, b), (name, int(i))))
        start, end = (0, b if b < inf else 0, int(network.tail[e])), (f if f < inf else 0, 0, int(network.head[e]))
        chain = [start, *sorted(on, key=lambda p: (p[0], -p[1], str(p[2]))), end]
        for (f1, b1, n1), (f2, b2, n2) in pairwise(chain):
            ticks_of_it = (f2 - f1 if f < inf else 0) + (b1 - b2 if b < inf else 0)
            ticks_of_all = (f if f < inf else 0) + (b if b < inf else 0)
            timeless = (f1, b1, n1) == chain[-2] if (f if direction == "to" else b) == 0 else (f1, b1, n1) == chain[0]
            share = ticks_of_it / ticks_of_all if ticks_of_all else float(timeless)
            same_spot = isinstance(n1, tuple) and isinstance(n2, tuple) and min(f, b) < inf and f1 == f2 and b1 == b2
            there, back = (0, 0) if same_spot else (f2 - f1 if f < inf else inf, b1 - b2 if b < inf else inf)
            there, back = (there, back) if direction == "to" else (back, there)
            found.append((n1, n2, there, back, share * network.length_m[e]))
    return found


def dijkstra(pieces: list[tuple[Node, Node, float, float, float]], source: Node, off: float) -> dict[Node, float]:
    """Ticks from a source to every node, by the plainest means."""
    neighbours: dict[Node, list[tuple[Node, float]]] = {}
    for a, z, there, back, _ in pieces:
        neighbours.setdefault(a, []).append((z, there))
        neighbours.setdefault(z, []).append((a, back))
    walk, queue, count = {}, [(off, 0, source)], 1
    while queue:
        here, _, node = heappop(queue)
        if node in walk or here == inf:
            continue
        walk[node] = here
        for other, cost in neighbours.get(node, []):
            heappush(queue, (here + cost, count, other))
            count += 1
    return walk


def oracle(problem: Problem, direction: str = "to") -> np.ndarray:
    """Ticks between each origin and each place, infinite where there is no way."""
    pieces = arcs_of(problem.network, direction, ("o", problem.origins), ("p", problem.places))
    walk = np.full((len(problem.origins), len(problem.places)), inf)
    for i in np.flatnonzero(problem.origins.edge >= 0):
        found = dijkstra(pieces, ("o", int(i)), ticks(problem.origins.off_s[i]))
        for j in np.flatnonzero(problem.places.edge >= 0):
            walk[i, j] = found.get(("p", int(j)), inf) + ticks(problem.places.off_s[j])
    return walk


@contextmanager
def engine(name: str) -> Iterator[None]:
    """Answer by one engine, whatever is installed."""
    before = os.environ.get("GEOKEHILA_ENGINE", "")
    os.environ["GEOKEHILA_ENGINE"] = name
    try:
        yield
    finally:
        os.environ["GEOKEHILA_ENGINE"] = before
