"""What a user asks for, and what became of each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FETCHED, UNCHANGED, KEPT, CARRIED, FAILED, MISSING = "fetched", "unchanged", "kept", "carried", "failed", "missing"
#: States after which a file is there.
GOOD = frozenset((FETCHED, UNCHANGED, KEPT, CARRIED))


@dataclass(frozen=True)
class Wish:
    """What a user asks for.

    Attributes
    ----------
    only
        Roles and keys of sources; empty: all the usual ones.
    files
        Files carried by hand, by role or key of a source.
    offline
        Ask nobody.
    force
        Ask even where the file at hand is fresh, was carried, or is the user's own under the same name.

    Examples
    --------
    >>> Wish(only=("osm", "census"), offline=True).offline
    True
    """

    only: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    offline: bool = False
    force: bool = False


#: Everything usual, where it is not fresh.
USUAL = Wish()


@dataclass(frozen=True)
class Outcome:
    """What became of a source: its state, and of the file that is there now its size [MB] and what it speaks of."""

    role: str
    source: str
    state: str
    file: str = ""
    size_mb: float = 0.0
    date: str = ""
    why: str = ""
    required: bool = False

    @property
    def is_good(self) -> bool:
        """Whether the role has a file that is as new as it can be."""
        return self.state in GOOD


def lacking(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the required sources that failed or are missing."""
    return [outcome for outcome in outcomes if outcome.required and not outcome.is_good]
