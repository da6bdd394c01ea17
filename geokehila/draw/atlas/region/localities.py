"""The localities of a region in the order of their residents: the lines of its tables, and who is not measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geokehila.draw.atlas import flow
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.region.table import Cell, Column, Line, span, unknown

#: What ``run.json`` of a region says of people who live outside every recognised locality.
OUTSIDE = "outside recognised localities"


@dataclass(frozen=True, eq=False)
class Localities:
    """The localities of a region, rows by their place in ``town.zones``."""

    atlas: Atlas

    @cached_property
    def ids(self) -> list[str]:
        """Their slugs, one a row."""
        return [*self.atlas.town.zones["zone_id"]]

    @cached_property
    def people(self) -> np.ndarray:
        """Residents, one a row; missing where nobody has counted them."""
        return self.atlas.told.people.to_numpy(float)

    @cached_property
    def order(self) -> list[int]:
        """Rows of recognised localities, those with most residents first."""
        rows = [row for row, key in enumerate(self.ids) if self.apart.get(key) != OUTSIDE]
        return sorted(rows, key=lambda row: (-np.nan_to_num(self.people[row]), self.ids[row]))

    @cached_property
    def outside(self) -> list[int]:
        """Rows of settlements outside every recognised locality."""
        return [row for row, key in enumerate(self.ids) if self.apart.get(key) == OUTSIDE]

    @property
    def apart(self) -> dict[str, str]:
        """By slug, why a locality is not measured."""
        return dict(self.atlas.town.record["apart"])

    @property
    def not_placed(self) -> dict[str, float]:
        """By slug, how many residents of a measured locality stand on no map."""
        return dict(self.atlas.town.record["not_placed"])

    def names(self) -> list[str]:
        """Return what each is called, one a row."""
        rows = self.atlas.town.zones.drop(columns="geometry").to_dict("records")
        return [self.atlas.words.unit(row) for row in rows]

    def heads(self) -> list[Column]:
        """Return the first two columns of every table: the name, and the residents."""
        words = self.atlas.words
        return [Column(words.say("region_atlas.locality"), 2.3), Column(words.weights.capitalize(), 1.0)]

    def lines(self, whole: Line, cells: Callable[[int], Sequence[Cell]], columns: int) -> list[Line]:
        """Return a line for the region, one for each locality, and those of who lives outside them or is on no map.

        Parameters
        ----------
        whole
            The first line: :meth:`of_region` or :meth:`of_measured`.
        cells
            Called with the row of each locality that is measured.
        columns
            How many there are beside name and residents: those that are not measured say so over all of them.
        """
        words, names, apart = self.atlas.words, self.names(), self.apart
        found = [whole]
        for row in self.order:
            reason = apart.get(self.ids[row])
            told = [unknown(words.reason(reason), columns)] if reason else cells(row)
            found.append(Line([self._start(names[row]), self._count(self.people[row]), *told]))
        return [*found, *self._beyond(columns)]

    def of_region(self, cells: Sequence[Cell]) -> Line:
        """Return the line of the whole region, those who are not measured among it."""
        name = self.atlas.words.say("region_atlas.whole")
        return Line([self._start(name), self._count(self.atlas.told.everybody), *cells], bold=True)

    def of_measured(self, cells: Sequence[Cell]) -> Line:
        """Return the line of what is known of those alone who are measured."""
        if not (self.apart or self.not_placed):
            return self.of_region(cells)
        people = np.nansum([self.people[row] for row, key in enumerate(self.ids) if key not in self.apart])
        name = self.atlas.words.say("region_atlas.measured_line")
        return Line([self._start(name), self._count(float(people)), *cells], bold=True)

    def advised(self) -> list[flow.Words]:
        """Say that hubs and waves are of the localities that are measured, where not all are."""
        return [flow.Words(self.atlas.words.say("hub.of_measured"), size=9.5, gap=1.2)] if self.apart else []

    def unmeasured(self) -> list[flow.Words]:
        """Say how many localities are measured, and whom every share holds as not known."""
        words, apart = self.atlas.words, self.apart
        measured = [row for row in self.order if self.ids[row] not in apart]
        open_people = np.nansum([self.people[row] for row, key in enumerate(self.ids) if key in apart])
        open_people += sum(self.not_placed.values())
        counted = words.say("region_atlas.counted", count=words.count(len(self.order)), measured=str(len(measured)))
        found = [flow.Words(counted, size=9.5, gap=1.2)]
        if open_people:
            told = {"people": words.count(open_people), "all": words.count(self.atlas.told.everybody)}
            found.append(flow.Words(words.say("region_atlas.unmeasured", **told), size=9.5, gap=1.2))
        if self.outside:
            told = {"people": words.count(np.nansum(self.people[self.outside])), "count": str(len(self.outside))}
            found.append(flow.Words(words.say("region_atlas.outside_people", **told), size=9.5, gap=1.2))
        return [*found, *self._counted_on_no_map()]

    def _counted_on_no_map(self) -> list[flow.Words]:
        words, called = self.atlas.words, dict(zip(self.ids, self.names(), strict=True))
        each = [
            words.say("sentence.not_placed_item", locality=called[key], people=words.count(people))
            for key, people in self.not_placed.items()
        ]
        said = words.say("sentence.not_placed", list=words.listed(each))
        return [flow.Words(said, size=9.5, gap=1.2)] if each else []

    def _beyond(self, columns: int) -> list[Line]:
        say, left = self.atlas.words.say, self.not_placed.values()
        found = [(say("region_atlas.not_placed_line"), sum(left))] if left else []
        if self.outside:
            name = say("region_atlas.outside_line", count=str(len(self.outside)))
            found.append((name, float(np.nansum(self.people[self.outside]))))
        told = unknown(self.atlas.words.reason(OUTSIDE), columns)
        return [Line([self._start(name), self._count(people), told]) for name, people in found]

    @staticmethod
    def _start(name: str) -> Cell:
        return Cell(name, align="start")

    @staticmethod
    def _count(people: float) -> Cell:
        return Cell(span(people, people))
