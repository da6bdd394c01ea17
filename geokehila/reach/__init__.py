"""The engine: shortest walks from points on edges to points on edges. NumPy in, NumPy out.

Costs are directed and held in sixteenths of a second (`ticks`). Networks are prepared once (`graph`), points placed on
them (`placed`), and the searches compiled when first used (`kernels`) or left to scipy (`fallback`), with equal answers.
"""

from __future__ import annotations

from geokehila.reach.arrays import Group, Network, Points
from geokehila.reach.decays import Decay
from geokehila.reach.engine import compiled, notice
from geokehila.reach.graph import Prepared, prepare
from geokehila.reach.nearest import k_nearest, nearest
from geokehila.reach.od import Pairs, od
from geokehila.reach.path import Path, path
from geokehila.reach.sweep import Streets, Swept, counts, pedshed, sweep

__all__ = [
    "Decay",
    "Group",
    "Network",
    "Pairs",
    "Path",
    "Points",
    "Prepared",
    "Streets",
    "Swept",
    "compiled",
    "counts",
    "k_nearest",
    "nearest",
    "notice",
    "od",
    "path",
    "pedshed",
    "prepare",
    "sweep",
]
