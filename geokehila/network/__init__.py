"""The walking network: streets cut at junctions (`build`), the ground they climb (`slope`), points brought to them.

`snap` brings homes and gates to edges; `cost` says what walking them costs a profile, and which are closed to it.
"""

from __future__ import annotations

from geokehila.network.build import FRAGMENT_M, ISLAND_M, MAINLAND, StreetNetwork, build
from geokehila.network.cost import Walker, speed_ratio
from geokehila.network.rolling import is_rough, rolling
from geokehila.network.slope import Slopes, slopes
from geokehila.network.slope import facts as slope_facts
from geokehila.network.snap import Nearest, snap

__all__ = [
    "FRAGMENT_M",
    "ISLAND_M",
    "MAINLAND",
    "Nearest",
    "Slopes",
    "StreetNetwork",
    "Walker",
    "build",
    "is_rough",
    "rolling",
    "slope_facts",
    "slopes",
    "snap",
    "speed_ratio",
]
