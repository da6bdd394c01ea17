"""One profile in one direction before the engine: homes and gates as points, answers as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from geokehila import memory, reach
from geokehila.access.answers import Access, minutes
from geokehila.access.asks import United
from geokehila.network import Walker
from geokehila.reach.arrays import Flags, Floats
from geokehila.reach.graph import Index
from geokehila.schema import EDGE

#: Homes asked about at once: what the engine holds beside the tables stays small, however many there are.
BLOCK = 65_536
#: [bytes] What a pair takes when all are put in order, beside what it comes in: measured with numpy's own counts.
PAIR_BYTES = 80
NO_PAIR = (np.empty(0), np.empty(0), np.empty(0))
Swept = tuple[dict[float, pd.DataFrame], dict[reach.Decay, pd.DataFrame], pd.DataFrame | None]


@dataclass(frozen=True, eq=False)
class Led:
    """Homes and gates brought to the ways that are open to a profile: tables ``snaps``."""

    walker: Walker
    origins: pd.DataFrame
    gates: pd.DataFrame

    @cached_property
    def network(self) -> reach.Prepared:
        """The walker's network, prepared once for both directions."""
        return reach.prepare(self.walker.network)

    @cached_property
    def homes(self) -> reach.Points:
        """Where walks from the homes start."""
        return self.walker.points(self.origins)

    @cached_property
    def ways_in(self) -> reach.Points:
        """Where walks into the places end."""
        return self.walker.points(self.gates)


@dataclass(frozen=True, eq=False)
class Search:
    """What the engine is asked about the walks of one profile in one direction.

    ``gate_place`` is the place_id of each gate, by gate_id; ``member`` has a row per place (by place_id) and a column
    per category, true where it belongs.
    """

    led: Led
    direction: str
    gate_place: pd.Series
    member: pd.DataFrame
    horizon_s: float

    def answer(self, asked: United) -> Access:
        """Answer everything that is asked of these walks."""
        categories = asked.categories("nearest")
        walk_s, place = self._nearest(self.led.ways_in, categories)
        certain_s = self._nearest(self._certain, categories)[0] if self._at_edge.any() else walk_s
        named = (pd.Categorical.from_codes(codes, self.member.index) for codes in place.T)
        counts, sums, streets = self._swept(asked)
        return Access(
            nearest_s=self._table(walk_s, categories),
            nearest_place=pd.DataFrame(dict(zip(categories, named, strict=True)), self._ids),
            nearest_certain_s=self._table(certain_s, categories),
            snapped=self.led.origins["status"].set_axis(self._ids),
            fastest_m_s=self.led.walker.fastest_m_s,
            further_s=self._further_s(asked),
            counts=counts,
            sums=sums,
            streets=streets,
            pairs={c: table for limit_s, keys in asked.pairs.items() for c, table in self._pairs(keys, limit_s)},
            chains={keys: self._chain(keys) for keys in asked.chains},
        )

    @cached_property
    def _ids(self) -> pd.Index:
        ids: pd.Index = pd.Index(self.led.origins["point_id"], name="origin_id")
        return ids

    @cached_property
    def _at_edge(self) -> Flags:
        at_edge: Flags = (self.led.gates["status"] == EDGE).to_numpy()
        return at_edge

    @cached_property
    def _certain(self) -> reach.Points:
        """The ways in, without those at the edge of the data."""
        return self.led.ways_in.without(self._at_edge)

    def _nearest(self, gates: reach.Points, categories: Sequence[str]) -> tuple[Floats, Index]:
        group = self._group(categories)
        found: tuple[Floats, Index] = reach.nearest(
            self.led.network, self.led.homes, gates, group, self.horizon_s, direction=self.direction
        )
        return found

    def _further_s(self, asked: United) -> Mapping[int, pd.DataFrame]:
        """[s] Walks to the 2nd to the k-th nearest, by k."""
        if asked.k == 1:
            return {}
        categories = asked.categories("nearest", k=2)
        group = self._group(categories)
        walk_s, _ = reach.k_nearest(
            self.led.network, self.led.homes, self.led.ways_in, group, self.horizon_s, asked.k, direction=self.direction
        )
        by_k = {k: self._table(walk_s[:, :, k - 1], categories) for k in range(2, asked.k + 1)}
        return {k: table[asked.categories("nearest", k=k)] for k, table in by_k.items()}

    def _swept(self, asked: United) -> Swept:
        """Counts by cutoff, sums by decay, and streets where they are asked for, from one search a home."""
        cutoffs, categories = asked.cutoffs_s("counts", "streets"), asked.categories("counts", "sums")
        if not cutoffs and not asked.decays:
            return {}, {}, None
        found = [self._sweep(homes, categories, cutoffs, asked) for homes in self._blocks()]
        counts = np.concatenate([block.counts for block in found])
        sums = np.concatenate([block.sums for block in found])
        by_cutoff = {cutoff: self._known(counts[:, i], categories) for i, cutoff in enumerate(cutoffs)}
        by_decay = {decay: self._known(sums[:, i], categories) for i, decay in enumerate(asked.decays)}
        return (
            {cutoff: by_cutoff[cutoff][asked.categories("counts")] for cutoff in asked.cutoffs_s("counts")},
            {decay: table[asked.categories("sums")] for decay, table in by_decay.items()},
            self._streets([block.streets for block in found if block.streets], cutoffs, asked.cutoffs_s("streets")),
        )

    def _sweep(
        self, homes: reach.Points, categories: Sequence[str], cutoffs: Sequence[float], asked: United
    ) -> reach.Swept:
        return reach.sweep(
            self.led.network,
            homes,
            self.led.ways_in,
            self._group(categories),
            cutoffs,
            decays=asked.decays,
            streets=bool(asked.cutoffs_s("streets")),
            direction=self.direction,
        )

    def _pairs(self, categories: Sequence[str], limit_s: float) -> Iterator[tuple[str, pd.DataFrame]]:
        """Every home and place within a walk, by category; rows by home and then place."""
        group = self._group(categories)
        member: Flags = np.any(group.categories, axis=1)
        gates, network = self.led.ways_in.without(~member[group.facility]), self.led.network
        found = [*_fitting(reach.od(network, self.led.homes, gates, group.facility, limit_s, direction=self.direction))]
        home, place, walk_s = (np.concatenate([*parts, []]) for parts in zip(*found, strict=True)) if found else NO_PAIR
        home, place = home.astype(np.int64), place.astype(np.int64)
        order = np.lexsort((place, home))
        home, place, walk_s = home[order], place[order], walk_s[order]
        for column, category in enumerate(categories):
            rows = group.categories[place, column]
            ids = {
                "origin_id": pd.Categorical.from_codes(home[rows], self._ids),
                "place_id": pd.Categorical.from_codes(place[rows], self.member.index),
            }
            yield category, pd.DataFrame(ids | {"walk_s": walk_s[rows]})

    def _chain(self, categories: Sequence[str]) -> pd.DataFrame:
        """Walk a chain over all gates, and over those for certain; no way out is needed of the last place."""
        walk_s = {
            "walk_s": self._along(categories, self.led.ways_in),
            "certain_s": self._along(categories, self._certain),
        }
        return pd.DataFrame(walk_s, self._ids)

    def _along(self, categories: Sequence[str], gates: reach.Points) -> Floats:
        """[s] Walk to a place of each category in turn, searched from its end: a place costs the walk on from it."""
        onward_s = np.zeros(len(gates))
        for before, category in zip(categories[-2::-1], categories[:0:-1], strict=True):
            leaving = gates.without(~self._is_gate_of(before))
            onward_s = self._from_places(self._to(leaving, gates, onward_s, category))
        return self._to(self.led.homes, gates, onward_s, categories[0])

    def _to(self, starts: reach.Points, gates: reach.Points, onward_s: Floats, category: str) -> Floats:
        """[s] Walk from each start to a place of a category and on from there."""
        ahead = replace(gates, off_s=gates.off_s + onward_s).without(onward_s > self.horizon_s)
        walk_s: Floats
        walk_s, _ = reach.nearest(self.led.network, starts, ahead, self._group([category]), self.horizon_s)
        return walk_s[:, 0]

    def _is_gate_of(self, category: str) -> Flags:
        group = self._group([category])
        is_gate: Flags = group.categories[group.facility, 0]
        return is_gate

    def _from_places(self, walk_s: Floats) -> Floats:
        """[s] Return at each gate the shortest of the walks from the gates of its place; infinite where none is."""
        place = self._group([]).facility
        least = np.full(len(self.member), np.inf)
        np.fmin.at(least, place, walk_s)
        at_gates: Floats = least[place]
        return at_gates

    def _blocks(self) -> Iterator[reach.Points]:
        starts = range(0, max(len(self.led.homes), 1), BLOCK)
        return (self.led.homes.take(np.arange(start, min(start + BLOCK, len(self.led.homes)))) for start in starts)

    def _streets(
        self, blocks: Sequence[reach.Streets], cutoffs: Sequence[float], asked: Sequence[float]
    ) -> pd.DataFrame | None:
        """Streets by measure and cutoff, of the cutoffs at which they are asked for."""
        if not blocks:
            return None
        measures = {"streets_m": "length_m", "nodes_count": "nodes", "intersections_count": "intersections"}
        whole = {name: np.concatenate([getattr(block, field) for block in blocks]) for name, field in measures.items()}
        columns = {f"{minutes(c)}_{name}": table[:, cutoffs.index(c)] for c in asked for name, table in whole.items()}
        return self._known(np.column_stack([*columns.values()]), [*columns])

    def _table(self, rows: np.ndarray, categories: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame(rows, self._ids, [*categories])

    def _known(self, rows: np.ndarray, columns: Sequence[str]) -> pd.DataFrame:
        """Return what was counted from each home; missing, not 0, where no way leads from it."""
        is_on = (self.led.homes.edge >= 0)[:, None]
        return self._table(np.where(is_on, rows, np.nan), columns)

    def _group(self, categories: Sequence[str]) -> reach.Group:
        places = self.gate_place.reindex(self.led.gates["point_id"])
        member = self.member.reindex(columns=[*categories], fill_value=False)
        return reach.Group(self.member.index.get_indexer(pd.Index(places)), member.to_numpy(bool))


def _fitting(blocks: Iterable[reach.Pairs]) -> Iterator[reach.Pairs]:
    """Yield blocks of pairs for as long as all that have come can still be put in order."""
    count = 0
    for block in blocks:
        count += len(block.origin)
        remedy = "state a shorter walk, fewer sites or a smaller map"
        memory.must_fit(f"{count:,} walks between homes and places", PAIR_BYTES * count, remedy)
        yield block
