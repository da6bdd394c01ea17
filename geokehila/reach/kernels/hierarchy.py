"""Nodes left out of a graph one by one, with shortcuts between their neighbours instead.

Arcs of a node are a linked list. An arc and the one back are written next to each other, at an even and an odd place.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geokehila.reach.kernels.search import lengthened

_SATURATED = 65535


@njit(cache=True, nogil=True)
def leave_out(first_arc, neighbour, cost, cost_back, most):
    """Leave out nodes while there are any of up to `most` neighbours, those of few first.

    Returns how many were left out, and the first fields of a `Hierarchy`, its arcs by the order of nodes: how many each
    node has. Nodes of as many neighbours are taken as they are numbered, so that near ones are near in the order.
    """
    nodes = len(first_arc) - 1
    first, degree, to, costs, following, used = _entered(first_arc, neighbour, cost, cost_back)
    left_out, level = np.zeros(nodes, np.bool_), np.zeros(nodes, np.int32)
    order, many = np.empty(nodes, np.int32), np.zeros(nodes, np.int32)
    room, arcs, core = 2 * nodes, 0, 0
    above, climb, descend = np.empty(room, np.int32), np.empty(room, np.uint16), np.empty(room, np.uint16)
    waiting, waits = np.empty(nodes, np.int32), np.zeros(nodes, np.bool_)
    rest = np.arange(nodes).astype(np.int32)
    for neighbours in range(most + 1):
        for asked in rest:
            waiting[0], waits[asked], waiters = asked, True, 1
            while waiters:
                waiters -= 1
                node = waiting[waiters]
                waits[node] = False
                if left_out[node] or degree[node] > neighbours:
                    continue
                left_out[node], order[core], begin = True, node, arcs
                if arcs + degree[node] > room:
                    room *= 2
                    above, climb, descend = lengthened(above, room), lengthened(climb, room), lengthened(descend, room)
                arcs = _copied(node, first, to, costs, following, left_out, above, climb, descend, arcs)
                many[core] = arcs - begin
                core += 1
                if used + (arcs - begin) ** 2 > len(to):
                    longer = 2 * len(to) + (arcs - begin) ** 2
                    to, costs = lengthened(to, longer), lengthened(costs, longer)
                    following = lengthened(following, longer)
                for a in range(begin, arcs):
                    degree[above[a]] -= 1
                    level[above[a]] = max(level[above[a]], level[node] + 1)
                    for b in range(begin, a):
                        there = np.int64(descend[a]) + np.int64(climb[b])
                        back = np.int64(descend[b]) + np.int64(climb[a])
                        if min(there, back) < _SATURATED:
                            used = _joined(
                                first, degree, to, costs, following, left_out, above[a], above[b], there, back, used
                            )
                for a in range(begin, arcs):
                    if degree[above[a]] <= neighbours and not waits[above[a]]:
                        waiting[waiters], waits[above[a]] = above[a], True
                        waiters += 1
        rest = rest[~left_out[rest]]
    order[core:], level[rest] = rest, level.max() + 1 if nodes else 0
    for i in range(core, nodes):
        if arcs + degree[order[i]] > room:
            room = 2 * room + degree[order[i]]
            above, climb, descend = lengthened(above, room), lengthened(climb, room), lengthened(descend, room)
        begin, arcs = arcs, _copied(order[i], first, to, costs, following, left_out, above, climb, descend, arcs)
        many[i] = arcs - begin
    return core, order, level, many, above[:arcs], climb[:arcs], descend[:arcs]


@njit(cache=True, nogil=True)
def _entered(first_arc, neighbour, cost, cost_back):
    """Enter every arc, of parallel ones the cheapest: what `_joined` adds to."""
    nodes, room = len(first_arc) - 1, len(neighbour) + 1
    first, degree, met = np.full(nodes, -1, np.int32), np.zeros(nodes, np.int32), np.full(nodes, -1, np.int32)
    to, costs, following = np.empty(room, np.int32), np.empty(room, np.uint16), np.empty(room, np.int32)
    used = 0
    for node in range(nodes):
        begin = used
        for a in range(first_arc[node], first_arc[node + 1]):
            there = neighbour[a]
            if there <= node:
                continue  # a loop leads nowhere, and the arc from the lower number is both
            if met[there] < begin:
                met[there] = used
                used = _added(first, degree, to, costs, following, node, there, cost[a], cost_back[a], used)
            else:
                entry = met[there]
                costs[entry], costs[entry + 1] = min(costs[entry], cost[a]), min(costs[entry + 1], cost_back[a])
    return first, degree, to, costs, following, used


@njit(cache=True, nogil=True)
def _added(first, degree, to, costs, following, a, b, there, back, used):
    """Add the arcs between two nodes."""
    to[used], costs[used], following[used], first[a] = b, there, first[a], used
    to[used + 1], costs[used + 1], following[used + 1], first[b] = a, back, first[b], used + 1
    degree[a] += 1
    degree[b] += 1
    return used + 2


@njit(cache=True, nogil=True)
def _joined(first, degree, to, costs, following, left_out, a, b, there, back, used):
    """Join two nodes, or better the arcs that join them; arcs to nodes left out are dropped on the way."""
    if degree[a] > degree[b]:
        a, b, there, back = b, a, back, there
    entry, before = first[a], np.int32(-1)
    while entry >= 0 and to[entry] != b:
        if not left_out[to[entry]]:
            before = entry
        elif before < 0:
            first[a] = following[entry]
        else:
            following[before] = following[entry]
        entry = following[entry]
    there, back = min(there, _SATURATED), min(back, _SATURATED)
    if entry < 0:
        return _added(first, degree, to, costs, following, a, b, there, back, used)
    costs[entry], costs[entry ^ 1] = min(costs[entry], there), min(costs[entry ^ 1], back)
    return used


@njit(cache=True, nogil=True)
def _copied(node, first, to, costs, following, left_out, above, climb, descend, arcs):
    """Copy the arcs of a node to nodes that are not left out; return the number of arcs after."""
    entry = first[node]
    while entry >= 0:
        if not left_out[to[entry]]:
            above[arcs], climb[arcs], descend[arcs] = to[entry], costs[entry], costs[entry ^ 1]
            arcs += 1
        entry = following[entry]
    return arcs
