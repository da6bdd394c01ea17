"""Where slopes enter the work: what they cost to walk, there and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from benchmarks.streets import heights
from geokehila.load import terrain
from geokehila.network import StreetNetwork, Walker, slopes
from geokehila.reach import Network
from geokehila.study import Study

#: Rise over run beyond which a street is taken for a bridge, a tunnel or an error of the elevation.
STEEPEST = 0.3


def directed(level: Network, height_m: np.ndarray) -> Network:
    """Return the network with the walks of Tobler's hiking function, as fast on the flat as before.

    Parameters
    ----------
    level
        Costs on the flat.
    height_m
        [m] Height of each node, shape (N,).
    """
    rise = height_m[level.head] - height_m[level.tail]
    slope = np.clip(rise / np.maximum(level.length_m, 5.0), -STEEPEST, STEEPEST)
    return replace(level, forward_s=level.forward_s / _tobler(slope), backward_s=level.backward_s / _tobler(-slope))


def by_rule(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """[m] Return heights of hills made by rule, the same as of the towns made by rule."""
    return heights(x - x.min(), y - y.min(), np.random.default_rng(1))


def on_ground(streets: StreetNetwork, level: np.ndarray, file: Path, crs: str) -> Network:
    """Return the engine's network for an adult on the ground of an elevation model, as the package makes it.

    Parameters
    ----------
    level
        True on bridges and in tunnels, shape (E,).
    """
    ground, _ = terrain.read([file], crs, tuple(shapely.total_bounds(streets.lines).tolist()))
    untagged, closed = np.full(len(level), np.nan), np.zeros(len(level), bool)
    adult = Study.of("dimona").catalogue.profiles["adult"]
    return Walker.on(streets, slopes(streets.lines, level, untagged, ground), closed, adult).network


def _tobler(slope: np.ndarray) -> np.ndarray:
    """Speed on a slope as a share of the speed on the flat."""
    return np.exp(-3.5 * np.abs(slope + 0.05)) / np.exp(-3.5 * 0.05)
