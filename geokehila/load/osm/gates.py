"""Closed gates: where they cut the ways they stand on, and which stay open because nothing else joins their sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from geokehila.ledger import Ledger
from geokehila.load.osm.plazas import SAME_M

#: [m] What a closed gate takes out of a way on each side of it.
GATE_M = 0.5
ONLY_WAY_OUT = "the only way out of what lies behind"


@dataclass(frozen=True)
class Gates:
    """How many closed gates cut a way, and how many were left open as the only way out.

    ``behind_m`` [m]: street that nothing but gates left open joins to the longest of the parts they join.
    """

    cut: int
    left_open: int
    behind_m: float


@dataclass(frozen=True)
class _Arm:
    """A way that has vertices at a gate: its row, those vertices, the legs it has there, and whether it is cut."""

    row: int
    at: tuple[int, ...]
    legs: int
    is_cut: bool = True


def cut_at_gates(
    streets: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame, ledger: Ledger
) -> tuple[gpd.GeoDataFrame, Gates]:
    """Cut each way on which a closed gate stands.

    At a junction a gate cuts the ways that end there, never one that passes. A gate that is the only way out of what
    lies behind it stays open: who lives there has the key. It stays open to others too: ways know no walkers.

    Parameters
    ----------
    streets
        Table ``streets``, metres.
    barriers
        Points where nobody gets through on foot: barrier_id, geometry.
    ledger
        Is told of each barrier whether it cuts (kind ``closed gate``).
    """
    barriers = barriers.sort_values("barrier_id", ignore_index=True)
    lines = streets.geometry.to_numpy()
    gates = _found(barriers, lines, ledger)
    needed, behind_m = _only_ways_out(lines, gates)
    for barrier_id in needed:
        ledger.reject("closed gate", barrier_id, ONLY_WAY_OUT)
        del gates[barrier_id]
    if gates:
        ledger.use("closed gate", len(gates))
    return _cut(streets, _cuts(gates)), Gates(len(gates), len(needed), behind_m)


def _found(barriers: gpd.GeoDataFrame, lines: np.ndarray, ledger: Ledger) -> dict[str, list[_Arm]]:
    """Return the ways that each closed gate would cut; reject those that would cut none."""
    gates: dict[str, list[_Arm]] = {}
    again = barriers.geometry.to_wkb().duplicated()
    ledger.read("closed gate", len(barriers))
    for barrier_id, is_again, arms in zip(
        barriers["barrier_id"], again, _arms(barriers.geometry.to_numpy(), lines), strict=True
    ):
        gates[barrier_id], reason = _closed(arms)
        if reason or is_again:
            ledger.reject("closed gate", barrier_id, "mapped twice" if is_again else reason)
            del gates[barrier_id]
    return gates


def _arms(gates: np.ndarray, lines: np.ndarray) -> list[list[_Arm]]:
    """Return, for each gate, the ways that have a vertex there."""
    found: list[list[_Arm]] = [[] for _ in gates]
    pairs = shapely.STRtree(lines).query(gates, predicate="dwithin", distance=SAME_M)
    for gate, row in sorted(pairs.T.tolist()):
        vertices = shapely.points(shapely.get_coordinates(lines[row]))
        at = np.flatnonzero(shapely.distance(vertices, gates[gate]) <= SAME_M).tolist()
        if at:
            ends = sum(vertex in (0, len(vertices) - 1) for vertex in at)
            found[gate].append(_Arm(row, tuple(at), 2 * len(at) - ends))
    return found


def _closed(arms: list[_Arm]) -> tuple[list[_Arm], str]:
    """Tell which of its ways a gate cuts, or why none: which way it stands on is not always told."""
    legs, ends = sum(arm.legs for arm in arms), [arm.legs == 1 for arm in arms]
    if legs < 2:
        return arms, "at the end of a way" if arms else "on no walked way"
    if legs == 2:
        return arms, ""
    if any(ends) and not all(ends):
        return [replace(arm, is_cut=is_end) for arm, is_end in zip(arms, ends, strict=True)], ""
    return arms, "where ways meet"


def _cuts(gates: Mapping[str, list[_Arm]]) -> dict[int, set[int]]:
    """Return the vertices at which each row is cut."""
    cuts: dict[int, set[int]] = {}
    for arm in (arm for arms in gates.values() for arm in arms if arm.is_cut):
        cuts.setdefault(arm.row, set()).update(arm.at)
    return cuts


def _only_ways_out(lines: np.ndarray, gates: Mapping[str, list[_Arm]]) -> tuple[list[str], float]:
    """Return, by their order, the fewest gates that must stay open so that nothing is parted that was joined.

    The second is the street behind them [m]: of the parts that they join, all but the longest.
    """
    if not gates:
        return [], 0.0
    xy, row = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(row, np.arange(len(lines) + 1))
    is_cut = np.zeros(len(xy), bool)
    for cut, vertices in _cuts(gates).items():
        is_cut[first[cut] + np.array(sorted(vertices))] = True
    begins = np.diff(row, prepend=-1) > 0
    # The piece of way that leads to each vertex; from a vertex that is cut the next piece begins.
    piece = np.cumsum(begins) - 1 + np.cumsum(is_cut) - is_cut
    _, node = np.unique((xy / (2 * SAME_M)).round().astype(np.int64), axis=0, return_inverse=True)
    whole, node = ~is_cut, node.reshape(-1)
    pieces = int(piece[-1] + is_cut[-1]) + 1
    links = coo_array(
        (np.ones(whole.sum()), (piece[whole], pieces + node[whole])), shape=(pieces + node.max() + 1,) * 2
    )
    _, part = connected_components(links, directed=False)
    needed, town = [], np.arange(part.max() + 1)
    for barrier_id, arms in gates.items():
        sides = {int(town[part[p]]) for arm in arms for p in _pieces_at(arm, piece, first)}
        if len(sides) > 1:
            needed.append(barrier_id)
            town[np.isin(town, [*sides])] = min(sides)
    legs_m = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    part_m = np.bincount(part[piece], np.where(begins, 0.0, legs_m), minlength=len(town))
    town_m, longest_m = np.bincount(town, part_m), np.zeros(len(town))
    np.maximum.at(longest_m, town, part_m)
    return needed, float((town_m - longest_m[: len(town_m)]).sum())


def _pieces_at(arm: _Arm, piece: np.ndarray, first: np.ndarray) -> set[int]:
    """Return the pieces of a way that a gate parts: before and after each of its vertices there."""
    start, last = first[arm.row], first[arm.row + 1] - 1
    before = {int(piece[start + v]) for v in arm.at if v > 0}
    return before | {int(piece[start + v]) + arm.is_cut for v in arm.at if start + v < last}


def _cut(streets: gpd.GeoDataFrame, cuts: Mapping[int, set[int]]) -> gpd.GeoDataFrame:
    """Replace each way that is cut by what is left of it."""
    if not cuts:
        return streets
    lines = [_left(line, cuts.get(row, set())) for row, line in enumerate(streets.geometry.to_numpy())]
    cut = streets.iloc[np.repeat(np.arange(len(streets)), [len(left) for left in lines])]
    return cut.set_geometry(
        gpd.GeoSeries([line for left in lines for line in left], index=cut.index, crs=streets.crs)
    ).reset_index(drop=True)


def _left(line: shapely.LineString, vertices: set[int]) -> list[shapely.LineString]:
    """Return the pieces of a line between the vertices, each shortened where a gate stands."""
    if not vertices:
        return [line]
    xy = shapely.get_coordinates(line)
    stops, left = sorted({0, len(xy) - 1} | vertices), []
    for start, end in zip(stops[:-1], stops[1:], strict=True):
        piece = shapely.LineString(xy[start : end + 1])
        begin, stop = GATE_M * (start in vertices), piece.length - GATE_M * (end in vertices)
        if stop > begin:
            left.append(substring(piece, begin, stop))
    return left
