"""What the homes reach: the engine's answers as tables, one row a home, columns by category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from geokehila.access.asks import TO
from geokehila.reach import Decay
from geokehila.reach.arrays import Flags
from geokehila.schema import EDGE, UNCONNECTED


@dataclass(frozen=True, eq=False)
class Access:
    """What the homes reach, for one profile in one direction; rows are homes by origin_id, columns categories.

    Attributes
    ----------
    nearest_s
        [s] Walk to the nearest place; NaN: none within the horizon, or the home is unconnected.
    nearest_place
        place_id of that place; missing where there is none.
    nearest_certain_s
        [s] The same, without the gates at the edge of the data, where the way in may be another.
    snapped
        Status of each home on this profile's ways: snapped, unconnected or edge.
    fastest_m_s
        [m/s] No walk of this profile is faster.
    further_s
        [s] Walk to the k-th nearest place, by k from 2.
    counts
        Places within each cutoff [s]; 0 means none, NaN that the home is unconnected.
    sums
        Places by each decay, 1 for one at the door; 0 means none within its limit, NaN that the home is unconnected.
    streets
        Street length [m], nodes and intersections within each cutoff: ``<minutes>min_streets_m``, ``…_nodes_count``,
        ``…_intersections_count``; NaN where the home is unconnected.
    pairs
        By category every home and place within the walk asked for: `origin_id`, `place_id` (categorical), `walk_s` [s].
    chains
        By its categories the shortest walk from each home to a place of the first, on to one of the next, and so on:
        `walk_s` [s], and `certain_s` without the gates at the edge of the data; NaN: none within the horizon.
    """

    nearest_s: pd.DataFrame
    nearest_place: pd.DataFrame
    nearest_certain_s: pd.DataFrame
    snapped: pd.Series
    fastest_m_s: float = 1.0
    further_s: Mapping[int, pd.DataFrame] = field(default_factory=dict)
    counts: Mapping[float, pd.DataFrame] = field(default_factory=dict)
    sums: Mapping[Decay, pd.DataFrame] = field(default_factory=dict)
    streets: pd.DataFrame | None = None
    pairs: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    chains: Mapping[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def is_at_edge(self) -> Flags:
        """Whether the way to each home may be another one, beyond the data, shape (O,)."""
        return _flags(self.snapped == EDGE)

    @cached_property
    def is_unconnected(self) -> Flags:
        """Whether no way leads from each home, shape (O,)."""
        return _flags(self.snapped == UNCONNECTED)

    def tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the access tables by name, wide: a row per home, ``<category>_<what>`` a column."""
        walks = [self.nearest_s.add_suffix("_s"), self.nearest_place.add_suffix("_place_id")]
        walks += [table.add_suffix(f"_{k}_s") for k, table in self.further_s.items()]
        yield "access_nearest", pd.concat(walks, axis=1)
        within = [table.add_suffix(f"_{minutes(cutoff)}_count") for cutoff, table in self.counts.items()]
        sums = [table.add_suffix(f"_{label(decay)}_sum") for decay, table in self.sums.items()]
        streets = [] if self.streets is None else [self.streets]
        parts = {"access_counts": within, "access_sums": sums, "pedshed": streets}
        yield from ((name, pd.concat(tables, axis=1)) for name, tables in parts.items() if tables)


def _flags(told: pd.Series) -> Flags:
    flags: Flags = told.to_numpy(bool)
    return flags


@dataclass(frozen=True, eq=False)
class Answers:
    """Everything that was asked, by profile and direction."""

    by_walk: Mapping[tuple[str, str], Access]

    @property
    def walkers(self) -> frozenset[str]:
        """Who was asked for."""
        return frozenset(profile for profile, _ in self.by_walk)

    def of(self, profile: str, direction: str = TO) -> Access:
        """Return what one profile reaches in one direction."""
        return self.by_walk[profile, direction]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the access tables by name, keyed by profile, direction and origin_id; `status` is the home's snap."""
        found: dict[str, list[pd.DataFrame]] = {}
        for (profile, direction), access in self.by_walk.items():
            for name, table in access.tables():
                rows = table.reset_index()
                rows.insert(1, "status", access.snapped.to_numpy())
                rows.insert(0, "direction", direction)
                rows.insert(0, "profile", profile)
                found.setdefault(name, []).append(rows)
        return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}


def minutes(cutoff_s: float) -> str:
    """Return a cutoff in minutes, as columns are named by it.

    Examples
    --------
    >>> minutes(900), minutes(450)
    ('15min', '7.5min')
    """
    return f"{cutoff_s / 60:g}min"


def label(decay: Decay) -> str:
    """Return a decay in a word, as columns are named by it.

    Examples
    --------
    >>> label(Decay("logistic", (600, 60), 1800))
    'logistic_600_60_30min'
    """
    return "_".join([decay.shape, *(f"{parameter:g}" for parameter in decay.parameters_s), minutes(decay.limit_s)])
