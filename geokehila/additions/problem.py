"""What the people of a unit lack and what could give it to them: patterns of people, needs, options, additions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geokehila.reach.arrays import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Problem:
    """People who lack the same, merged, and what they could be given.

    An option is one category at one site, or a link; an addition is what is built for it: a site, which may host
    several options, or the link itself. A pattern of people is served where each of its needs is met by an option.
    A need is of one category: of each site one option at most meets it, the one of its category.

    Attributes
    ----------
    people
        Of each pattern, above 0, shape (P,).
    pattern
        Of each need, shape (R,).
    helps
        Which options meet which need, shape (R, V), sparse.
    addition
        Of each option, 0 to A - 1, shape (V,). Of equally good additions the first is taken.
    is_service
        Whether an option is a service at a site, shape (V,); links are none.
    floor_m2
        [m2] What an option takes of its site, shape (V,).
    room_m2
        [m2] What each addition has for its options together, infinite: enough, shape (A,).
    """

    people: Floats
    pattern: Ints
    helps: csr_array
    addition: Ints
    is_service: Flags
    floor_m2: Floats
    room_m2: Floats

    @cached_property
    def cover(self) -> Flags:
        """Which needs each addition meets with all of its options, shape (A, R)."""
        need, option = self.helps.nonzero()
        cover = np.zeros((len(self.room_m2), len(self.pattern)), bool)
        cover[self.addition[option], need] = True
        return cover

    @cached_property
    def is_tight(self) -> Flags:
        """Additions without the room for all of their options, shape (A,)."""
        asked_m2 = np.bincount(self.addition, self.floor_m2, minlength=len(self.room_m2))
        tight: Flags = asked_m2 > self.room_m2
        return tight

    def served(self, options: Flags) -> Flags:
        """Tell which patterns are served by some of the options, shape (P,)."""
        unmet = (self.helps @ options.astype(float)) == 0
        served: Flags = np.bincount(self.pattern[unmet], minlength=len(self.people)) == 0
        return served

    def with_options(self, kept: Flags) -> Problem:
        """Return the same with some of the options only; the numbers of additions stay."""
        return replace(
            self,
            helps=csr_array(self.helps[:, np.flatnonzero(kept)]),
            addition=self.addition[kept],
            is_service=self.is_service[kept],
            floor_m2=self.floor_m2[kept],
        )

    def undominated(self) -> Flags:
        """Tell which options are worth looking at, shape (V,).

        An addition is not where another meets all of its needs, has room for all that it could host and is no more of a
        building; of two that meet the same it is the second.
        """
        size, links = self.cover.sum(axis=1), np.ones(len(self.room_m2), bool)
        links[self.addition[self.is_service]] = False
        shared = self.cover.astype(np.float32) @ self.cover.astype(np.float32).T
        number = np.arange(len(size))
        is_within = (shared >= size[:, None]) & ~self.is_tight[None, :] & (links[None, :] | ~links[:, None])
        is_before = (size[None, :] > size[:, None]) | (number[None, :] < number[:, None])
        dominated = (size == 0) | (is_within & is_before).any(axis=1)
        kept: Flags = ~dominated[self.addition]
        return kept


def merged(people: Floats, home: Ints, helps: csr_array) -> tuple[Floats, Ints, Ints]:
    """Merge homes whose needs are met by the same options.

    Parameters
    ----------
    people
        Of each home, shape (H,).
    home
        Of each need, rising, shape (N,).
    helps
        Which options meet which need, shape (N, V); a need without any makes its home one that nothing helps.

    Returns
    -------
    tuple
        People of each pattern; the pattern of each need that is kept; which of the needs are kept: those of the first
        home of each pattern, one of those that the same options meet.

    Examples
    --------
    Three homes: two lack what the first option gives, the third what the second gives.

    >>> table = csr_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    >>> [part.tolist() for part in merged(np.array([2.0, 3.0, 4.0]), np.array([0, 1, 2]), table)]
    [[5.0, 4.0], [0, 1], [0, 2]]
    """
    table = csr_array(helps)
    table.sort_indices()
    rows = [table.indices[a:z].tobytes() for a, z in zip(table.indptr[:-1], table.indptr[1:], strict=True)]
    needs: dict[int, dict[bytes, int]] = {}
    for number, (of, options) in enumerate(zip(home.tolist(), rows, strict=True)):
        needs.setdefault(of, {}).setdefault(options, number)
    patterns: dict[tuple[bytes, ...], int] = {}
    totals: list[float] = []
    kept: list[tuple[int, int]] = []
    for of, options in needs.items():
        if b"" in options:
            continue
        key = tuple(sorted(options))
        if key not in patterns:
            patterns[key] = len(patterns)
            totals.append(0.0)
            kept += [(patterns[key], number) for number in options.values()]
        totals[patterns[key]] += float(people[of])
    pairs = np.array(kept, np.int64).reshape(-1, 2)
    return np.array(totals), pairs[:, 0], pairs[:, 1]
