"""The bus lines of Neve Or as plain tables: where they run, and how often on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

#: First and last start [minutes after midnight] and the headway between [minutes].
Span = tuple[int, int, int]

WEEKDAYS, FRIDAY, SATURDAY = 1, 2, 3
# service, Sunday to Saturday: the working week, a short Friday, and nothing on Saturday until the Sabbath is out
SERVICES = (
    (WEEKDAYS, (1, 1, 1, 1, 1, 0, 0)), (FRIDAY, (0, 0, 0, 0, 0, 1, 0)), (SATURDAY, (0, 0, 0, 0, 0, 0, 1)),
)  # fmt: skip
#: The stops that make up the town's station.
STATION = (2, 3)


@dataclass(frozen=True)
class Line:
    """A line in one direction: its number, stops in order (places in `transit.STOPS`), spans by service."""

    name: str
    stops: tuple[int, ...]
    hours: Mapping[int, tuple[Span, ...]]
    direction: int = 0

    def back(self) -> Line:
        """The same line the other way."""
        return replace(self, stops=self.stops[::-1], direction=1)


# 1 the town's spine, 2 the hill, 3 the closes and the works, 4 the Arabic-speaking quarter
LINES = (
    Line("1", (4, 0, 2, 5, 6, 14, 13, 15),
         {WEEKDAYS: ((330, 540, 10), (540, 900, 15), (900, 1140, 10), (1140, 1441, 20)),
          FRIDAY: ((360, 900, 20),), SATURDAY: ((1200, 1430, 30),)}),
    Line("2", (11, 10, 12, 9, 8, 2, 7),
         {WEEKDAYS: ((360, 1320, 30),), FRIDAY: ((390, 840, 60),)}),
    Line("3", (15, 13, 14, 6, 5, 3, 1, 17, 16),
         {WEEKDAYS: ((345, 555, 15), (900, 1110, 20)), FRIDAY: ((360, 720, 60),)}),
    Line("4", (20, 19, 23, 22, 21, 24, 18, 6, 5, 3),
         {WEEKDAYS: ((375, 1260, 60),), FRIDAY: ((420, 780, 120),)}),
)  # fmt: skip
