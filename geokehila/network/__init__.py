"""The walking network: streets cut at junctions (`build`), points brought to its edges (`snap`)."""

from __future__ import annotations

from geokehila.network.build import FRAGMENT_M, ISLAND_M, MAINLAND, StreetNetwork, build
from geokehila.network.snap import snap

__all__ = ["FRAGMENT_M", "ISLAND_M", "MAINLAND", "StreetNetwork", "build", "snap"]
