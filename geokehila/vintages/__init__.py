"""Areas of one edition and zones of another: who lives in both, what that carries over, and how far it errs."""

from __future__ import annotations

from geokehila.vintages.carrying import ENOUGH_SHARE, Carried, largest, means, sums, united
from geokehila.vintages.checking import errors
from geokehila.vintages.crosswalk import Crosswalk, Edition, cross, land_shares

__all__ = [
    "ENOUGH_SHARE",
    "Carried",
    "Crosswalk",
    "Edition",
    "cross",
    "errors",
    "land_shares",
    "largest",
    "means",
    "sums",
    "united",
]
