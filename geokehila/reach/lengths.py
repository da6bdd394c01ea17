"""How far a walk leads along an edge, in whole numbers of 16 bits: lanes are narrow, and sums exact in any order.

A length is held in units of 2 ** n millimetres, n the least that makes it fewer than 32,768: to 1/65,536 of itself, or
half a millimetre. What is walked of it is off by less than two units more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geokehila.errors import RunError
from geokehila.reach.arrays import Network
from geokehila.reach.ticks import CLOSED, Ticks

#: Lengths are fewer units than this, and n is less than `SIZES`.
UNITS, SIZES = 1 << 15, 16

Small = NDArray[np.uint16]


class Lengths(NamedTuple):
    """Lengths in units, and the n of the units."""

    units: Small
    size: NDArray[np.uint8]

    def take(self, chosen: NDArray[np.int32]) -> Lengths:
        """Return some of the lengths, in the order given."""
        return Lengths(self.units[chosen], self.size[chosen])

    def millimetres(self) -> NDArray[np.int32]:
        """Return the lengths as they are held [mm]."""
        return self.units.astype(np.int32) << self.size


def held(network: Network) -> Lengths:
    """Return the length of each edge, 0 where lengths are not given.

    Raises
    ------
    RunError
        A length below 0 m, not a number, or above 1,000 km.
    """
    length_m = np.zeros(len(network.tail)) if network.length_m is None else network.length_m
    if not ((length_m >= 0) & (length_m <= 1e6)).all():
        wrong = length_m[~((length_m >= 0) & (length_m <= 1e6))][0]
        raise RunError(f"reach: an edge is {wrong:g} m long: lengths are 0 m to 1,000 km")
    mm = np.rint(length_m * 1000)
    size = np.maximum(np.frexp(mm / (UNITS - 1))[1], 0)
    return Lengths(np.rint(np.ldexp(mm, -size)).astype(np.uint16), size.astype(np.uint8))


def pace(units: Small, ticks: Ticks) -> tuple[Small, Small]:
    """Return for each length what turns ticks walked into units: a scale, and a rate in parts of 2 ** 16.

    Fewer ticks than the whole takes, times the scale, stay within 16 bits; times the rate, below the whole.
    """
    walked = (ticks > 0) & (ticks < CLOSED)
    scale = np.where(walked, np.left_shift(1, np.clip(16 - np.frexp(ticks.astype(np.float64))[1], 0, 15)), 0)
    rate = units.astype(np.int64) * 65536 // np.maximum(ticks.astype(np.int64) * scale, 1)
    return scale.astype(np.uint16), np.where(walked, rate, 0).astype(np.uint16)
