"""Why an open space is not the public's, in a word; a table of these words is what a planner reads and disputes."""

from __future__ import annotations

from collections.abc import Mapping

#: Access as tagged.
STATED = ("yes", "public", "permissive", "designated", "destination")
SHUT = ("private", "no", "residents", "members", "permit", "employees", "military")

PRIVATE, CUSTOMERS, FEE, CLUB = "private", "customers", "fee", "club"
SCHOOL_YARD, CAR_PARK, VERGE, PITCH = "school yard", "car park", "verge", "sports pitch"
ISLAND, DOGS, OTHER = "traffic island", "dogs", "no open space"
HOUSE_GARDEN, INDUSTRY, NO_WAY_IN, UNCLEAR = "garden of a house", "industry", "no way in", "access unclear"
SMALL, NARROW = "too small", "too narrow"

#: Why it is not public, the plainest first; and what leaves that open.
NOT_PUBLIC = (SCHOOL_YARD, CAR_PARK, VERGE, ISLAND, DOGS, CLUB, PITCH, OTHER, CUSTOMERS, PRIVATE, FEE, INDUSTRY, SMALL,
              NARROW)  # fmt: skip
OPEN_QUESTIONS = (UNCLEAR, HOUSE_GARDEN, NO_WAY_IN)
#: Ground that is taken out of the park around it.
TAKEN = (SCHOOL_YARD, CAR_PARK, CUSTOMERS, PRIVATE, FEE)
#: Classes that are no open space of the public, and why.
CLASSES: Mapping[str, tuple[str, ...]] = {
    SCHOOL_YARD: ("school", "schoolyard"),
    CAR_PARK: ("parking",),
    VERGE: ("grass", "flowerbed"),
    ISLAND: ("traffic_island",),
    DOGS: ("dog_park",),
    PITCH: ("pitch",),
}
