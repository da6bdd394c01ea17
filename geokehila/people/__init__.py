"""Who lives in which home: buildings told apart, and the people of every zone placed on those that are homes."""

from geokehila.people.counting import (
    RESIDENTS_PER,
    dwellings_as_people,
    filled,
    homes_by_zone,
    named_groups,
    residents_by_zone,
    uncounted,
    uncounted_homes,
)
from geokehila.people.homes import classify
from geokehila.people.house_counts import account, fates, houses_not_counted, in_no_number, warn_of_small_totals
from geokehila.people.placing import IN_NO_ZONE, NOT_HOMES, People, place, with_coverage

__all__ = [
    "IN_NO_ZONE",
    "NOT_HOMES",
    "RESIDENTS_PER",
    "People",
    "account",
    "classify",
    "dwellings_as_people",
    "fates",
    "filled",
    "homes_by_zone",
    "houses_not_counted",
    "in_no_number",
    "named_groups",
    "place",
    "residents_by_zone",
    "uncounted",
    "uncounted_homes",
    "warn_of_small_totals",
    "with_coverage",
]
