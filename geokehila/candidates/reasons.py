"""Why nobody can build or open a hub at a site, in a word: a planner reads and disputes these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: What the municipality says, and where the site lies; of other closed grounds the reason is their kind: "quarry".
SAID_NEVER, OUTSIDE, AWAY = "never", "outside the data", "far from the zones"
SEA, WATER, MOTORWAY, TRUNK, RAIL = "in the sea", "in water", "on a motorway", "on a trunk road", "on a railway"
MILITARY, PRIVATE, INDUSTRY = "military", "private", "industry without homes near"
#: What the site is.
NOT_APPROVED, NOT_PUBLIC, MAYBE_PUBLIC = "plan not approved", "not public", "not known to be public"
IN_USE, BUILT_UP, SMALL, SIZE_NOT_KNOWN = "in use", "built up", "too small", "size not known"
#: Why a unit has no centre, and a site no walk to it.
NO_INTERSECTION, NO_WAY = "no intersection where a hub can stand", "no way within reach"
#: What is told of the kinds of ground that have no word of their own here.
CLOSED = "closed ground"
#: The plainest first: a site is excluded for the first that applies.
REASONS = (SAID_NEVER, OUTSIDE, SEA, WATER, MOTORWAY, TRUNK, RAIL, MILITARY, PRIVATE, INDUSTRY, AWAY, NOT_APPROVED,
           NOT_PUBLIC, MAYBE_PUBLIC, IN_USE, BUILT_UP, SMALL, SIZE_NOT_KNOWN)  # fmt: skip


def counted(found: Iterable[str]) -> dict[str, int]:
    """Count reasons; kinds of closed ground count together.

    Examples
    --------
    >>> counted(["too small", "quarry", "cemetery", "in water", ""])
    {'too small': 1, 'closed ground': 2, 'in water': 1}
    """
    told = {*REASONS, NO_INTERSECTION, NO_WAY}
    return dict(Counter(reason if reason in told else CLOSED for reason in found if reason))
