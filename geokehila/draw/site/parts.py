"""What the page says in one language: its parts, a region or another group each, with lists and a map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geokehila.catalogue import REGIONS, cities
from geokehila.catalogue.phrases import Phrases
from geokehila.draw.site.entries import FICTIONAL, OTHER, REFERENCE, Entry
from geokehila.draw.site.sketch import Frame, Mark

#: Societies in the order in which all drawings name them; nobody is ranked.
SOCIETIES = ("jewish_majority", "arab_druze", "bedouin", "mixed", "")


@dataclass(frozen=True)
class Parts:
    """The parts of the page, in one language."""

    said: Phrases
    found: list[Entry]
    regions: frozenset[str]

    def listed(self) -> list[dict[str, Any]]:
        """Return the parts in order: regions, then what is in none of their figures; those with cities first."""
        others = [(group, self._of(group)) for group in (REFERENCE, OTHER, FICTIONAL)]
        parts = [
            *(self._region(region) for region in REGIONS),
            *(self._other(group, rows) for group, rows in others if rows),
        ]
        return sorted(parts, key=lambda part: not part["groups"])

    def _region(self, region: str) -> dict[str, Any]:
        all_of_it = [city for city in cities().values() if city.programme_region == region]
        rows = self._of(region)
        numbers = {"kept": self.said.number(sum(row.has_page for row in rows)), "all": self.said.number(len(all_of_it))}
        name = self.said.say(f"regions.{region}")
        return {
            "key": region,
            "title": name,
            "note": self.said.say("site.counted", **numbers),
            "page": f"{region}/index.html" if region in self.regions else "",
            "groups": [*self._by_society(rows)],
            "map": self._map(region),
            "map_title": self.said.say("site.map", region=name),
        }

    def _other(self, group: str, rows: list[Entry]) -> dict[str, Any]:
        has_note = self.said.has(f"site.{group}_note")
        return {
            "key": group,
            "title": self.said.say(f"site.{group}"),
            "note": self.said.say(f"site.{group}_note") if has_note else "",
            "page": "",
            "groups": [{"title": "", "rows": [self._row(entry) for entry in rows]}],
            "map": None,
        }

    def _of(self, group: str) -> list[Entry]:
        """Return the cities of a group by name."""
        found = [entry for entry in self.found if entry.group == group]
        return sorted(found, key=lambda entry: (self.said.name(entry.name), entry.slug))

    def _by_society(self, rows: list[Entry]) -> Iterator[dict[str, Any]]:
        for society in SOCIETIES:
            if mine := [self._row(entry) for entry in rows if entry.society == society]:
                title = self.said.say(f"groups.society_{society}") if society else self.said.say("site.other")
                yield {"title": title, "rows": mine}

    def _row(self, entry: Entry) -> dict[str, Any]:
        weights = self.said.say(f"weights.{entry.weights}")
        return {
            "name": self.said.name(entry.name),
            "people": self.said.say("sentence.people", people=self.said.number(entry.people), weights=weights),
            "date": self.said.say("site.date", date=self.said.figure(entry.date)) if entry.date else "",
            "page": _page(entry, self.said),
            "cards": f"{entry.slug}/cards/index.html#{self.said.language}" if entry.has_cards else "",
            "atlases": [
                {"href": f"{entry.slug}/atlas-{one}.pdf", "name": Phrases(one).say("page.switch"), "language": one}
                for one in entry.atlases
            ],
            "is_fictional": entry.is_fictional,
        }

    def _map(self, region: str) -> Mapping[str, Any] | None:
        """Return the map of a region: its localities, those without a page as dots, and what is invented there.

        None where all of it would be dots.
        """
        places = {city.slug: city for city in cities().values() if city.programme_region == region}
        frame = Frame.around([(city.lon, city.lat) for city in places.values()])
        shown = [entry for entry in self.found if entry.has_page and self._is_in(entry, region, frame)]
        runs = [(entry, entry.place) for entry in shown if entry.place]
        marks = [
            Mark(frame.at(place), entry.people, self.said.name(entry.name), _page(entry, self.said), entry.is_fictional)
            for entry, place in runs
        ]
        absent = [city for slug, city in places.items() if slug not in {entry.slug for entry, _ in runs}]
        dots = [(frame.at((city.lon, city.lat)), self.said.name(city.name)) for city in absent]
        return frame.drawn(marks, dots) if marks else None

    def _is_in(self, entry: Entry, region: str, frame: Frame) -> bool:
        """Tell whether a city is drawn with a region: one of it, or one of no region that lies there."""
        if entry.group in (*REGIONS, REFERENCE):
            return entry.group == region
        return entry.place is not None and frame.has(entry.place)


def _page(entry: Entry, said: Phrases) -> str:
    return f"{entry.slug}/index.html#{said.language}" if entry.has_page else ""
