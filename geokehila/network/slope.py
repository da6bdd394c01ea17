"""Slopes along the edges of the network: what is mapped of them, else what the heights of the ground say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

from geokehila.reach.arrays import Flags, Floats, Ints

#: [m] Heights are taken along an edge at least this often: about a cell of an open elevation model.
STEP_M = 25.0
#: Steeper slopes are errors of the heights, or stairs; they are cut to this.
STEEPEST = 0.35
#: Rise over run that a report names: where a path becomes a ramp, and the steepest ramp of one in twelve.
RAMP, STEEP_RAMP = 1 / 20, 1 / 12
#: What the slope of a piece rests on: heights, a mapped incline, a bridge or tunnel that has none, nothing.
GROUND, TAGGED, LEVEL, UNKNOWN = range(4)


class Ground(Protocol):
    """Heights of the ground, such as :class:`geokehila.load.terrain.Elevation`."""

    def at(self, xy: Floats) -> Floats:
        """[m] Return the heights of points, shape (N, 2); NaN where not known, shape (N,)."""
        ...

    def smoothed(self) -> Ground:
        """Return the heights without what makes false slopes between near points."""
        ...


@dataclass(frozen=True, eq=False)
class Slopes:
    """Edges in pieces of even slope.

    Attributes
    ----------
    first
        The pieces of edge e are ``first[e]`` to ``first[e + 1] - 1``, one at least, shape (E + 1,).
    length_m
        [m] Length of each piece; those of an edge sum to its length, shape (S,).
    slope
        Rise over run in the edge's direction, 0 where not known, shape (S,). Walked backward its sign turns.
    basis
        What each slope rests on: `GROUND`, `TAGGED`, `LEVEL` or `UNKNOWN`, shape (S,).
    """

    first: Ints
    length_m: Floats
    slope: Floats
    basis: Ints

    def steepest(self) -> Floats:
        """Return the steepest slope of each edge, up or down, as 0 and more, shape (E,)."""
        steepest: Floats = np.maximum.reduceat(np.abs(self.slope), self.first[:-1])
        return steepest

    def take(self, edges: Ints) -> Slopes:
        """Return some of the edges, by their numbers."""
        count = np.diff(self.first)[edges]
        pieces = np.repeat(self.first[:-1][edges], count) + _numbers(count)
        return Slopes(_starts(count), self.length_m[pieces], self.slope[pieces], self.basis[pieces])


def slopes(lines: np.ndarray, level: Flags, tagged: Floats, ground: Ground | None) -> Slopes:
    """Return the slopes along edges.

    A mapped incline holds for its whole edge; bridges and tunnels have none, for heights tell of the ground below or
    above them. Of all other edges the smoothed heights are taken at even steps of 25 m at most, both ends included:
    as a height depends on the place alone, edges that meet agree on it, and a short edge takes the slope of the ground
    around it. No slope is steeper than 0.35.

    Parameters
    ----------
    lines
        Geometry of each edge [m], shape (E,).
    level
        True on bridges and in tunnels, shape (E,).
    tagged
        Mapped rise over run in the line's direction, NaN where none is, shape (E,).
    ground
        None: nothing is known but what is mapped.

    Returns
    -------
    Slopes
        0 where a height at an end of a piece is not known (NaN).

    Examples
    --------
    >>> lines = shapely.linestrings([[(0, 0), (60, 0)], [(0, 0), (0, 40)]])
    >>> found = slopes(lines, np.array([False, False]), np.array([0.04, np.nan]), None)
    >>> found.length_m.tolist(), found.slope.tolist()
    ([60.0, 40.0], [0.04, 0.0])
    """
    whole_m, otherwise = shapely.length(lines), UNKNOWN if ground is None else GROUND
    of_edge = np.select([np.isfinite(tagged), level], [TAGGED, LEVEL], otherwise)
    count = np.where(of_edge == GROUND, np.maximum(np.ceil(whole_m / STEP_M), 1), 1).astype(np.int64)
    length_m, basis = np.repeat(whole_m / count, count), np.repeat(of_edge, count)
    slope = np.repeat(np.where(of_edge == TAGGED, tagged, 0.0), count)
    if ground is not None:
        on = of_edge == GROUND
        rise = _rises(lines[on], whole_m[on], count[on], ground.smoothed())
        run = length_m[basis == GROUND]
        slope[basis == GROUND] = np.divide(rise, run, out=np.zeros(len(run)), where=run > 0)
    basis[np.isnan(slope)] = UNKNOWN
    return Slopes(_starts(count), length_m, np.clip(np.nan_to_num(slope), -STEEPEST, STEEPEST), basis)


def facts(found: Slopes, cell_m: float) -> Mapping[str, float | None]:
    """Return how much street has a slope, of what basis, and how much of it is steep, for a run's report.

    Parameters
    ----------
    cell_m
        [m] Side of the elevation model's cells, NaN without one.

    Returns
    -------
    Mapping
        Metres of street by basis, and of slopes cut to 0.35; shares of the street whose slope is of the ground or
        mapped, None where there is none.

    Examples
    --------
    >>> one = Slopes(np.array([0, 1]), np.array([60.0]), np.array([0.07]), np.array([GROUND]))
    >>> facts(one, 30.0)["over_5_percent_share"], facts(one, 30.0)["over_8_33_percent_share"]
    (1.0, 0.0)
    """
    by_basis = np.bincount(found.basis, weights=found.length_m, minlength=4)
    steep = np.abs(found.slope)
    metres = {
        "slope_of_ground_m": by_basis[GROUND],
        "slope_tagged_m": by_basis[TAGGED],
        "slope_level_m": by_basis[LEVEL],
        "slope_unknown_m": by_basis[UNKNOWN],
        "slope_clipped_m": found.length_m[steep == STEEPEST].sum(),
    }
    told = by_basis[GROUND] + by_basis[TAGGED]
    shares = {
        f"over_{name}_percent_share": round(float(found.length_m[steep > limit].sum() / told), 6) if told else None
        for name, limit in (("5", RAMP), ("8_33", STEEP_RAMP))
    }
    cell = round(cell_m, 1) if np.isfinite(cell_m) else None
    return {"dem_cell_m": cell, **{name: round(float(sum_m), 3) for name, sum_m in metres.items()}, **shares}


def _rises(lines: np.ndarray, whole_m: Floats, count: Ints, ground: Ground) -> Floats:
    """[m] Return the rise along each of the even pieces of lines, NaN where a height is not known."""
    line = np.repeat(np.arange(len(lines)), count + 1)
    share = _numbers(count + 1) / count[line]
    stops = shapely.line_interpolate_point(lines[line], share * whole_m[line])
    heights = ground.at(np.column_stack([shapely.get_x(stops), shapely.get_y(stops)]))
    # To the micrometre: what is left of adding in another order is no slope.
    rises: Floats = np.diff(heights).round(6)[line[1:] == line[:-1]]
    return rises


def _starts(count: Ints) -> Ints:
    """Return where the pieces of each edge start, and where all end."""
    return np.concatenate([[0], np.cumsum(count)])


def _numbers(count: Ints) -> Ints:
    """Return the numbers 0 to n - 1 for each n in turn."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
