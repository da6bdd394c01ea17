"""What lies around homes: places within a walk, the nearest few, and streets in reach, from a sample of homes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.drawn import SECONDS, Point
from benchmarks.validation.walks import ROUNDED, SLACK, Walked
from geokehila.access import TO
from geokehila.access.answers import minutes
from geokehila.analyses.fifteen_minute import CUTOFFS_S
from geokehila.analyses.walkability.around import PEDSHED_S
from geokehila.schema import REFERENCE

#: Homes from which everything in reach is looked for.
SAMPLED = 150


@dataclass(frozen=True, eq=False)
class Around:
    """What is around some homes of a run."""

    walked: Walked

    def compared(self) -> Iterator[Beside]:
        """Compare counts at every cutoff, the second and third nearest, and the streets of ten minutes."""
        limit_s = CUTOFFS_S[-1] + 2 * SLACK
        found = [self._places(self.walked.drawn.around(home, limit_s, SECONDS)) for home in self.homes]
        yield self._counts(found)
        yield self._further(found)
        yield from self._streets()

    @cached_property
    def homes(self) -> list[Point]:
        """Homes spread over the town that a way leads from."""
        led = [home for home in self.walked.drawn.homes if home in self.walked.drawn.graph]
        return [led[i] for i in np.unique(np.linspace(0, len(led) - 1, SAMPLED).astype(int))]

    @property
    def keys(self) -> list[str]:
        """Categories."""
        return [*self.walked.town.catalogue.categories]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """What the product tells of these homes."""
        return self.walked.town.homes().loc[[name for _, name in self.homes]]

    @cached_property
    def _categories(self) -> dict[str, list[str]]:
        member = self.walked.town.tables["place_categories"]
        known = member[member["category"].isin(self.keys)]
        return known.groupby("place_id")["category"].agg(list).to_dict()

    def _places(self, walks: Mapping[object, float]) -> list[np.ndarray]:
        """[s] Return the walks to all places in reach, sorted, by category."""
        found: dict[str, list[float]] = {key: [] for key in self.keys}
        for place, categories in self._categories.items():
            reached = [walks[gate] for gate in self.walked.drawn.gates.get(place, []) if gate in walks]
            for key in categories if reached else ():
                found[key].append(min(reached))
        return [np.sort(some) for some in found.values()]

    def _counts(self, found: list[list[np.ndarray]]) -> Beside:
        table = self.walked.town.tables["access_counts"]
        mine = table[(table["profile"] == REFERENCE) & (table["direction"] == TO)].set_index("origin_id")
        columns = [[f"{key}_{minutes(cutoff)}_count" for key in self.keys] for cutoff in CUTOFFS_S]
        ours = np.stack([mine.loc[self.scores.index, some].to_numpy(float) for some in columns], axis=2)
        theirs, close = (
            np.array([[[test(walk_s, cutoff).sum() for cutoff in CUTOFFS_S] for walk_s in some] for some in found])
            for test in (lambda walk_s, cutoff: walk_s <= cutoff, lambda walk_s, cutoff: abs(walk_s - cutoff) < SLACK)
        )
        return self._beside("places within 5, 10, 15, 20 min of a home", ours, theirs, close, "places",
                            f"a place just at a cutoff: {ROUNDED}")  # fmt: skip

    def _further(self, found: list[list[np.ndarray]]) -> Beside:
        columns = [f"category_{key}_{k}_s" for key in self.keys for k in ("2nd", "3rd")]
        ours = self.scores[columns].to_numpy(float)
        theirs = np.array([np.concatenate([np.append(walk_s, [np.nan] * 3)[1:3] for walk_s in some]) for some in found])
        # Longer walks than the longest cutoff were not looked for here.
        far = ~(ours < CUTOFFS_S[-1] - SLACK) | ~(theirs < CUTOFFS_S[-1] - SLACK)
        both = (np.where(far, np.nan, some) for some in (ours, theirs))
        return self._beside("walk to the second and third nearest", *both, SLACK, "s", ROUNDED)

    def _streets(self) -> Iterator[Beside]:
        limits = (PEDSHED_S, PEDSHED_S - SLACK, PEDSHED_S + SLACK)
        walks = [self.walked.drawn.around(home, limits[-1], SECONDS) for home in self.homes]
        found, *ends = (np.array([self._in_reach(some, limit_s) for some in walks], float).T for limit_s in limits)
        # Whose walks to the ends of streets are rounded answers as for a walk that much shorter or longer.
        within = np.max([np.abs(end - found) for end in ends], axis=0) + 1e-6
        why = f"{ROUNDED}: streets are followed a little farther or less far"
        names = ("pedshed_km", 1000.0, "m"), ("pedshed_intersections_count", 1.0, "junctions")
        for (name, scale, unit), theirs, most in zip(names, found, within, strict=True):
            ours = self.scores[name].to_numpy(float) * scale
            told = np.where(np.isnan(ours), np.nan, theirs)
            yield self._beside(f"`{name}` of a home", ours, told, most, unit, why)

    def _in_reach(self, walks: Mapping[object, float], limit_s: float) -> tuple[float, int]:
        """Return the street [m], and the junctions of three ends or more, within so long a walk."""
        drawn = self.walked.drawn
        at = np.full(len(drawn.xy), np.inf)
        reached = [node for node in walks if isinstance(node, int)]
        at[reached] = [walks[node] for node in reached]
        a, b, m, *walk_s = (drawn.streets[column].to_numpy() for column in ("a", "b", "m", "there_s", "back_s"))
        share = sum(
            np.clip((limit_s - at[ends]) / np.maximum(s, 1e-9), 0, 1) for ends, s in zip((a, b), walk_s, strict=True)
        )
        return float((np.minimum(share, 1) * m).sum()), int(
            (at[: len(drawn.degree)][drawn.degree >= 3] <= limit_s).sum()
        )

    def _beside(
        self, what: str, ours: np.ndarray, theirs: np.ndarray, within: float | np.ndarray, unit: str, why: str
    ) -> Beside:
        return Beside(what, f"{self.walked.town.name}, {len(self.homes)} homes", of("networkx"), ours, theirs, within,
                      unit, why)  # fmt: skip
