"""Walkability around each home: the streets in reach, how direct ways are, and what lies near."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from scipy import fft

from geokehila.access import Answers
from geokehila.analyses.tables import Tables
from geokehila.catalogue import DISTANCE
from geokehila.reach import Decay
from geokehila.reach.arrays import Flags, Floats
from geokehila.schema import LOADED, REFERENCE

#: [s] The walk whose streets make the pedshed: ten minutes.
PEDSHED_S = 600.0
#: How much an amenity counts by the walk to it: 0.61 at 7.5 minutes, 0.14 at 15, nothing beyond.
AMENITIES = Decay("gaussian", (450.0,), 900.0)
#: [m] Cells in which the street length around homes is added up, and how near a place is too near to tell a detour.
CELL_M, TOO_NEAR_M = 25.0, 50.0


@dataclass(frozen=True, eq=False)
class Around:
    """What an adult has around each home."""

    tables: Tables
    answers: Answers

    def scores(self) -> pd.DataFrame:
        """Return the measures of homes, NaN where no way leads from a home, or a walk could leave the data.

        Notes
        -----
        ``pedshed_km``, ``pedshed_intersections_count``
            Street [km] and junctions of three ends or more within ten minutes.
        ``pedshed_share``
            That street over all the walked street within as far as an adult comes in ten minutes on the flat, straight:
            1 where every way leads on, less where rails, walls and dead ends turn people back.
        ``directness_ratio``
            Straight over walked distance to the nearest place, mean over the required categories whose place is 50 m
            away or more; NaN where there is none.
        ``amenity_score``
            0 to 1: mean over the categories whose list is believed of the sum of places by :data:`AMENITIES`, cut at 1
            each, so that a tenth cafe never makes up for a missing clinic. Shelters and worship are left out.
        """
        adult = self.answers.of(REFERENCE)
        assert adult.streets is not None  # noqa: S101 - asked for
        minutes = f"{PEDSHED_S / 60:g}min"
        walked = adult.streets[f"{minutes}_streets_m"]
        in_reach = self._is_inner(PEDSHED_S)
        columns = {
            "pedshed_km": (walked / 1000).where(in_reach),
            "pedshed_intersections_count": adult.streets[f"{minutes}_intersections_count"].where(in_reach),
            "pedshed_share": (walked / self._around_m).clip(upper=1.0).where(in_reach),
            "directness_ratio": self._directness,
            "amenity_score": np.where(self._is_inner(AMENITIES.limit_s), self._amenities, np.nan),
        }
        return pd.DataFrame(columns, adult.nearest_s.index, dtype=float)

    def _is_inner(self, walk_s: float) -> Flags:
        """Tell which homes reach nothing beyond the data, nor a way in that may be another there, shape (O,)."""
        cap_m, border_m = self.tables.study.catalogue.standards["snap_cap"].value, self.tables.origins["border_m"]
        is_inner: Flags = (border_m.to_numpy(float) - cap_m) / self.answers.of(REFERENCE).fastest_m_s > walk_s
        return is_inner

    @cached_property
    def _around_m(self) -> Floats:
        """[m] Walked street around each home, as far as an adult comes on the flat, shape (O,); NaN for none.

        Street is added up in cells of 25 m, so it is right to about a cell's width of the circle's rim.
        """
        radius_m = PEDSHED_S * self.tables.study.catalogue.profiles[REFERENCE].speed_m_s
        lines = self.tables.streets.geometry.to_numpy()
        at = shapely.get_coordinates(self.tables.origins.geometry.to_numpy())
        if not len(lines) or not len(at):
            return np.full(len(at), np.nan)
        middles, length_m = _pieces(lines)
        # Cells lie where they lie whatever the data cover, so that a border that moves changes nothing inside.
        low = (np.minimum(middles.min(axis=0), at.min(axis=0)) - radius_m - CELL_M) // CELL_M * CELL_M
        size = tuple((np.maximum(middles.max(axis=0), at.max(axis=0)) + radius_m - low) // CELL_M + 2)
        cells = np.zeros(tuple(map(int, size)))
        np.add.at(cells, tuple(((middles - low) // CELL_M).astype(int).T), length_m)
        steps = np.arange(-np.ceil(radius_m / CELL_M), np.ceil(radius_m / CELL_M) + 1) * CELL_M
        disc = (np.hypot(*np.meshgrid(steps, steps)) <= radius_m).astype(np.float64)
        around = _convolved(cells, disc)[tuple(((at - low) // CELL_M).astype(int).T)]
        return np.where(around > CELL_M, around, np.nan)

    @cached_property
    def _directness(self) -> Floats:
        """Straight over walked distance to the nearest places of the required categories, shape (O,)."""
        access, homes = self.answers.of(DISTANCE), self.tables.origins.geometry.to_numpy()
        shapes = self.tables.places.set_index("place_id").geometry
        required = [c.key for c in self.tables.study.catalogue.categories.values() if c.required]
        ratios = np.full((len(required), len(homes)), np.nan)
        for ratio, key in zip(ratios, required, strict=True):
            walked = access.nearest_s[key].to_numpy(float)
            # A place that is farther than the edge of the data may not be the nearest.
            far = np.flatnonzero((walked >= TOO_NEAR_M) & (walked <= self.tables.origins["border_m"].to_numpy(float)))
            to = shapes.reindex(access.nearest_place[key].iloc[far].astype("str")).to_numpy()
            ratio[far] = np.minimum(shapely.distance(homes[far], to) / walked[far], 1.0)
        return _mean(ratios)

    @cached_property
    def _amenities(self) -> Floats:
        sums, catalogue = self.answers.of(REFERENCE).sums[AMENITIES], self.tables.study.catalogue
        scored = [key for key in map(str, sums) if catalogue.categories[key].domain not in ("", "security")]
        parts = [
            np.where(self.tables.listed(key) == LOADED, np.minimum(sums[key].to_numpy(float), 1.0), np.nan)
            for key in scored
        ]
        return _mean(np.array(parts).reshape(len(scored), len(sums)))


def _convolved(cells: Floats, kernel: Floats) -> Floats:
    """Sum cells under a kernel that lies with its middle on each: as scipy.signal does, which takes long to load."""
    shape = [
        fft.next_fast_len(one + other - 1, real=True) for one, other in zip(cells.shape, kernel.shape, strict=True)
    ]
    summed: Floats = fft.irfft2(fft.rfft2(cells, shape) * fft.rfft2(kernel, shape), shape)
    first = [(side - 1) // 2 for side in kernel.shape]
    return summed[tuple(slice(at, at + side) for at, side in zip(first, cells.shape, strict=True))]


def _pieces(lines: np.ndarray) -> tuple[Floats, Floats]:
    """Return the middles (S, 2) and lengths [m] of lines cut into pieces of a cell's size at most."""
    cut = shapely.segmentize(lines, CELL_M)
    xy, line = shapely.get_coordinates(cut, return_index=True)
    inner = np.flatnonzero(line[1:] == line[:-1])
    return (xy[inner] + xy[inner + 1]) / 2, np.hypot(*(xy[inner + 1] - xy[inner]).T)


def _mean(rows: Floats) -> Floats:
    """Return the mean of what is known in each column; NaN where nothing is."""
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(rows.shape[1], np.nan), where=count > 0)
    return mean
