"""What walking costs a profile: slower uphill, and never on ways that are closed to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila.catalogue import Profile
from geokehila.network.build import StreetNetwork
from geokehila.network.slope import STEEPEST, Slopes
from geokehila.reach import Network, Points
from geokehila.reach.arrays import Flags, Floats, Ints

#: Speed on a slope (rise/run in the direction of the walk) by published functions; only their ratio to the flat counts.
#: Minetti's is of energy: at equal power, and downhill no faster than on the flat.
_ON_SLOPES: Mapping[str, Callable[[Floats], Floats]] = {
    "tobler": lambda slope: np.exp(-3.5 * np.abs(slope + 0.05)),
    "irmischer_clarke": lambda slope: 0.11 + np.exp(-((100 * slope + 5) ** 2) / (2 * 30**2)),
    "minetti": lambda slope: np.minimum(1.0, 2.5 / np.polyval([280.5, -58.7, -76.8, 51.9, 19.6, 2.5], slope)),
    "none": np.ones_like,
}


def speed_ratio(function: str, slope: Floats) -> Floats:
    """Return the speed on a slope over that on the flat, f(S) / f(0).

    Parameters
    ----------
    function
        One of the catalogue's :data:`~geokehila.catalogue.SLOPES`.
    slope
        Rise over run in the direction of the walk; uphill is positive.

    Examples
    --------
    >>> speed_ratio("tobler", np.array([0.0, 0.1, -0.05])).round(3).tolist()
    [1.0, 0.705, 1.191]
    """
    f = _ON_SLOPES[function]
    ratio: Floats = f(slope) / f(np.zeros(1))
    return ratio


@dataclass(frozen=True, eq=False)
class Walker:
    """A profile on the part of the network that is open to it.

    Attributes
    ----------
    profile
        Who walks.
    streets
        The edges that are open, E of them.
    slopes
        Along these edges.
    edges
        Which edges of the whole network they are, shape (E,).
    """

    profile: Profile
    streets: StreetNetwork
    slopes: Slopes
    edges: Ints

    @classmethod
    def on(cls, streets: StreetNetwork, slopes: Slopes, closed: Flags, profile: Profile) -> Walker:
        """Put a profile on a network: without the edges closed to it, shape (E,), and those of steeper pieces."""
        closed = closed | (slopes.steepest() > profile.max_slope)
        edges = np.flatnonzero(~closed)
        return cls(profile, streets.open_to(closed, profile.kerbs), slopes.take(edges), edges)

    @cached_property
    def network(self) -> Network:
        """What the engine searches: seconds forward and backward along each edge."""
        forward_s, backward_s = (np.add.reduceat(piece_s, self.slopes.first[:-1]) for piece_s in self._pieces_s)
        streets = self.streets
        return Network(streets.nodes_count, streets.tail, streets.head, forward_s, backward_s, streets.length_m)

    @property
    def fastest_m_s(self) -> float:
        """[m/s] No walk is faster: the flat speed, or downhill where there are slopes."""
        if not self.slopes.slope.any():
            return self.profile.speed_m_s
        every = np.linspace(-STEEPEST, STEEPEST, 701)
        return self.profile.speed_m_s * float(speed_ratio(self.profile.slope, every).max())

    def points(self, snaps: pd.DataFrame) -> Points:
        """Return snapped points (table ``snaps``, of the open edges) as the engine takes them, in the table's order."""
        edge, share = snaps["edge"].to_numpy(np.int64), snaps["offset_share"].fillna(0.0).to_numpy(float)
        off_s = snaps["off_network_m"].fillna(np.inf).to_numpy(float) / self.profile.speed_m_s
        forward_s, backward_s = np.zeros(len(edge)), np.zeros(len(edge))
        on = edge >= 0
        forward_s[on], backward_s[on] = self._along(edge[on], share[on])
        return Points(edge, forward_s, backward_s, off_s)

    @cached_property
    def _pieces_s(self) -> tuple[Floats, Floats]:
        """[s] Walk of each piece of the slopes, forward and backward, shape (S,)."""
        flat_s = self.slopes.length_m / self.profile.speed_m_s
        forward, backward = (flat_s / speed_ratio(self.profile.slope, sign * self.slopes.slope) for sign in (1, -1))
        return forward, backward

    def _along(self, edge: Ints, share: Floats) -> tuple[Floats, Floats]:
        """[s] From the tail forward, and from the head backward, to a share of each edge's length."""
        first, last = self.slopes.first[edge], self.slopes.first[edge + 1]
        total_m = _totals(self.slopes.length_m)
        at_m = total_m[first] + share * (total_m[last] - total_m[first])
        ahead, behind = (_totals(piece_s) for piece_s in self._pieces_s)
        forward_s = np.interp(at_m, total_m, ahead) - ahead[first]
        backward_s = behind[last] - np.interp(at_m, total_m, behind)
        return np.maximum(forward_s, 0), np.maximum(backward_s, 0)


def _totals(of_pieces: Floats) -> Floats:
    """Sums over all pieces before each, shape (S + 1,)."""
    return np.concatenate([[0.0], np.cumsum(of_pieces)])
