"""What an analysis asks of the engine, so that each search runs once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geokehila.errors import RunError
from geokehila.reach import Decay

#: From the homes to the places, and the way back; on slopes they differ.
TO, FROM = "to", "from"
MEASURES = ("nearest", "counts", "sums", "streets", "pairs", "chain")


@dataclass(frozen=True)
class Ask:
    """What an analysis needs of the engine.

    Attributes
    ----------
    measure
        ``"nearest"`` (seconds to the nearest place), ``"counts"`` (places within each cutoff), ``"sums"`` (places by
        decays), ``"streets"`` (street length, nodes and intersections within each cutoff), ``"pairs"`` (every home and
        place of a category within the longest cutoff) or ``"chain"`` (one walk to a place of each category in turn).
    profile
        Who walks: a key of the catalogue's walkers.
    categories
        Which places; of no meaning for streets. Of a chain in the order in which they are walked to.
    cutoffs_s
        [s] For counts and streets, every cutoff; for pairs the longest walk; inclusive. Decays have their own limits.
    direction
        ``"to"`` the places, or ``"from"`` them: the way back.
    k
        For nearest: the 2nd to the k-th nearest too.
    decays
        For sums: how much a place counts by the walk to it.
    """

    measure: str
    profile: str
    categories: tuple[str, ...] = ()
    cutoffs_s: tuple[float, ...] = ()
    direction: str = TO
    k: int = 1
    decays: tuple[Decay, ...] = ()

    def __post_init__(self) -> None:
        """Raise `RunError` for a measure or a direction that there is not."""
        if self.measure not in MEASURES or self.direction not in ((TO,) if self.measure == "chain" else (TO, FROM)):
            raise RunError(f"an analysis asks for {self.measure} {self.direction}: this is a fault, please report it")


@dataclass(frozen=True)
class United:
    """All asks of one profile in one direction: categories sorted, cutoffs and decays each once."""

    asks: tuple[Ask, ...]

    def categories(self, *measures: str, k: int = 1) -> list[str]:
        """Return the categories asked for by any of some measures, those whose k-th nearest or farther is asked for."""
        return sorted({c for ask in self.asks if ask.measure in measures and ask.k >= k for c in ask.categories})

    def cutoffs_s(self, *measures: str) -> list[float]:
        """[s] Return the cutoffs asked for by any of some measures, rising."""
        return sorted({cutoff for ask in self.asks if ask.measure in measures for cutoff in ask.cutoffs_s})

    @property
    def pairs(self) -> dict[float, list[str]]:
        """Categories whose pairs are asked for, by the longest walk [s] asked for each."""
        longest: dict[str, float] = {}
        for ask in self.asks:
            if ask.measure == "pairs":
                longest |= {c: max(longest.get(c, 0.0), *ask.cutoffs_s) for c in ask.categories}
        return {limit_s: sorted(c for c in longest if longest[c] == limit_s) for limit_s in sorted({*longest.values()})}

    @property
    def chains(self) -> list[tuple[str, ...]]:
        """Chains asked for, each once, in the order in which they were."""
        return [*dict.fromkeys(ask.categories for ask in self.asks if ask.measure == "chain")]

    @property
    def decays(self) -> list[Decay]:
        """Decays asked for, each once, in the order in which they were."""
        return [*dict.fromkeys(decay for ask in self.asks for decay in ask.decays)]

    @property
    def numbers(self) -> int:
        """How many numbers a home is answered with; of pairs nobody knows beforehand."""
        nearest = 3 * len(self.categories("nearest")) + (self.k - 1) * len(self.categories("nearest", k=2))
        counts = len(self.cutoffs_s("counts")) * len(self.categories("counts"))
        sums = len(self.decays) * len(self.categories("sums"))
        return nearest + counts + sums + 3 * len(self.cutoffs_s("streets")) + 2 * len(self.chains)

    @property
    def k(self) -> int:
        """How many of the nearest are asked for at most."""
        return max((ask.k for ask in self.asks if ask.measure == "nearest"), default=1)


def numbers(asks: Iterable[Ask]) -> int:
    """Return how many numbers a home is answered with, of all profiles and directions."""
    return sum(some.numbers for some in united(asks).values())


def united(asks: Iterable[Ask]) -> dict[tuple[str, str], United]:
    """Return the asks by profile and direction, in the order in which these are first asked for."""
    by_walk: dict[tuple[str, str], list[Ask]] = {}
    for ask in asks:
        by_walk.setdefault((ask.profile, ask.direction), []).append(ask)
    return {walk: United(tuple(some)) for walk, some in by_walk.items()}
