"""What the page of scenarios says in one language: edits, who gains and who loses, in the city and by area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geokehila.catalogue.phrases import RIGHT_TO_LEFT, whole
from geokehila.draw.cards.voice import Voice
from geokehila.scenario.found import GAINS, Found
from geokehila.scenario.gains import told_once
from geokehila.scenario.newcomers import by_walker, walkers
from geokehila.schema import REACHED
from geokehila.zones import CITY, TOTAL, ZONE
from geokehila.zones.telling import Units

#: Areas told of a scenario at most, and edits that are the title of one without a title.
AREAS, TOLD = 12, 2
#: What housing is told in.
HOUSED = ("residents", "dwellings")


@dataclass(frozen=True)
class View:
    """The page in one language."""

    language: str
    every: Sequence[Found]
    profile: str

    @cached_property
    def voice(self) -> Voice:
        """Its words."""
        return Voice(self.language, self.every[0].base.record["weights"])

    @cached_property
    def units(self) -> Units:
        """What areas are called: those of several zonings may have one name."""
        base = self.every[0].base
        return Units.of(base.tables["zonings"], self.voice.phrases, base.study.city.name)

    def told(self, legend: Sequence[tuple[tuple[str, str, str], str]]) -> dict[str, Any]:
        """Return everything that is said; of a legend what each path, fill and stroke is called, by its key."""
        say, record = self._say, self.every[0].base.record
        who = self.voice.phrases.say(f"profiles.{self.profile}")
        city = self.voice.phrases.name(record["city"]["name"])
        run = self.voice.phrases.figure(self.every[0].base.folder.name)
        heads = [say(key) for key in ("what", "gained", "lost", "before", "after")]
        return {
            "language": self.language,
            "dir": "rtl" if self.language in RIGHT_TO_LEFT else "ltr",
            "switch": self.voice.phrases.say("page.switch"),
            "fictional": self.voice.phrases.say("banners.fictional") if record["fictional"] else "",
            "title": say("title", name=" · ".join(map(self._title, self.every))),
            "base": say("base", run=run, city=city),
            "doubt": say("doubt"),
            "map": say("map", profile=who),
            "legend": [{"path": f"M0,0{p}", "fill": f, "stroke": s, "text": say(key)} for (p, f, s), key in legend],
            "heads": heads,
            "areas": say("areas"),
            "area_heads": [say("area"), *heads[:3]],
            "nobody": say("nobody"),
            "domain": say("domain"),
            "today": say("today"),
            "scenarios": [self._scenario(one) for one in self.every],
        }

    def _say(self, key: str, **words: str) -> str:
        return self.voice.say(f"scenario.{key}", **words)

    def _scenario(self, found: Found) -> dict[str, Any]:
        mine = told_once(self._mine(found), found.base.study.catalogue)
        of_city, areas = _rows(mine[mine["zoning"] == CITY]), _most(mine[mine["zoning"] == ZONE])
        new = found.new_residents
        left, file = len(areas) - AREAS, self.voice.phrases.figure(GAINS)
        return {
            "title": self._title(found),
            "edits": [*self._edits(found)],
            "new": self._say("new", count=self.voice.number(new)) if new else "",
            "newcomers": self._newcomers(found) if new else {},
            "room": self.room(found),
            "unknown": self.unknown(found),
            "rows": [self._row(row, found) for row in of_city],
            "areas": [self._of_area(row, found) for row in _rows(areas[:AREAS])],
            "more": self._say("more", count=self.voice.number(left), file=file) if left > 0 else "",
        }

    def _mine(self, found: Found) -> pd.DataFrame:
        """Return what anybody who walks so gains or loses, or may."""
        table = found.gains
        mine = table[(table["group"] == TOTAL) & (table["profile"] == self.profile)]
        return mine[(mine["gained_high"] > 0) | (mine["lost_high"] > 0)]

    def room(self, found: Found) -> str:
        """Say that the room of hubs is not asked, as it is where hubs are chosen; empty where none is added."""
        categories = found.patched.study.catalogue.categories
        added = found.edits.of(("place", "hub"), "add")
        return self._say("room") if any(categories[edit.said["category"]].hub for edit in added) else ""

    def unknown(self, found: Found) -> str:
        """Say why nobody surely gains where surely more reach a service than before: who does today is not known.

        Empty where there is nothing of the kind to say.
        """
        mine = self._mine(found)
        rows = _rows(mine[mine["zoning"] == CITY])
        told = [row for row in rows if row["measure"].startswith("category_") and not whole(row["gained_low"])]
        moved_in = self._moved_in(found)
        ends = [
            (row["before_low"], row["after_low"] - moved_in.get(row["measure"], 0.0), row["measure"]) for row in told
        ]
        ends = [(before, after, measure) for before, after, measure in ends if whole(after) > whole(before)]
        if not ends:
            return ""
        before, after, measure = max(ends, key=lambda one: float(one[1] - one[0]))
        category = found.patched.study.catalogue.categories[measure.removeprefix("category_")]
        numbers = {"before": self.voice.number(before), "after": self.voice.number(after)}
        key = "partly_unknown" if whole(before) else "unknown"
        return self._say(key, category=self.voice.phrases.category(category), **numbers)

    def _moved_in(self, found: Found) -> dict[str, float]:
        """Return how many of who moves in surely reach each category and domain: they are no residents of today."""
        rows = found.newcomers[(found.newcomers["zoning"] == CITY) & (found.newcomers["profile"] == self.profile)]
        return dict(zip(rows["measure"], rows["reached_people_low"], strict=True))

    def _newcomers(self, found: Found) -> dict[str, Any]:
        """Return what they reach who move in, by domain and by who walks."""
        table, catalogue = found.newcomers, found.patched.study.catalogue
        *told, (_, _, lost) = by_walker(table, catalogue)
        profiles = walkers(table, catalogue)
        off, cap = dict(zip(profiles, lost, strict=True))[self.profile][0], catalogue.standards["snap_cap"].value
        count = self.voice.number(found.new_residents)
        return {
            "title": self._say("new_title", count=count),
            "walkers": [self.voice.called(catalogue.profiles[key]) for key in profiles],
            "rows": [
                (
                    self.voice.called(catalogue.domains[key]) if what == REACHED else "",
                    self._say(f"new_{what}"),
                    self._cells(ends),
                )
                for key, what, ends in told
            ],
            "lost": [self._say("new_unconnected"), *self._cells(lost)],
            "off": self._say("new_off", count=self.voice.number(off), cap=self.voice.phrases.distance(cap))
            if off
            else "",
        }

    def _cells(self, ends: Sequence[tuple[float, float]]) -> list[str]:
        return [self.voice.counts(*pair) for pair in ends]

    def _title(self, found: Found) -> str:
        """Return what a scenario is called in its file, else what it edits."""
        edits = [*self._edits(found)]
        more = (
            [self.voice.say("card.and_more", count=self.voice.number(len(edits) - TOLD))] if len(edits) > TOLD else []
        )
        return found.edits.title or self.voice.listed([*edits[:TOLD], *more])

    def _edits(self, found: Found) -> Iterator[str]:
        categories = found.patched.study.catalogue.categories
        places = found.base.tables["places"].set_index("place_id")
        for edit in found.edits.edits:
            category = categories.get(edit.said.get("category", "")) if edit.kind == "place" else None
            told_id = edit.said.get("place", edit.said.get("id", ""))
            called = self.voice.name(places.loc[told_id]) if told_id in places.index else ""
            told = [self.voice.called(category) if category else "", edit.said.get("name", ""), called or told_id]
            told += [
                self._say(f"of_{key}", count=self.voice.number(edit.said[key])) for key in HOUSED if key in edit.said
            ]
            what = self.voice.listed(filter(None, told))
            yield f"{self._say(f'kind_{edit.kind}')} ({self._say(f'do_{edit.do}')})" + (f": {what}" if what else "")
        for key, minutes in found.edits.cutoff_min.items():
            walk = self._say("do_cutoff", minutes=self.voice.phrases.figure(f"{minutes:g}"))
            yield f"{self.voice.called(categories[key])}: {walk}"

    def _row(self, row: Mapping[str, Any], found: Found) -> list[str]:
        pairs = ((row[f"{key}_low"], row[f"{key}_high"]) for key in ("gained", "lost", "before", "after"))
        names = [self._called(measure, found) for measure in (row["measure"], row["also"]) if measure]
        return [self.voice.listed(names), *(self.voice.counts(*pair) for pair in pairs)]

    def _called(self, measure: str, found: Found) -> str:
        kind, _, key = measure.partition("_")
        catalogue = found.patched.study.catalogue
        return self.voice.called(catalogue.domains[key] if kind == "domain" else catalogue.categories[key])

    def _of_area(self, row: Mapping[str, Any], found: Found) -> list[str]:
        return [self.units.numbered(ZONE, row["zone_id"]), *self._row(row, found)[:3]]


def _most(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of areas in the order of how many gain or lose there, surely first."""
    ends = {end: rows[[f"gained_{end}", f"lost_{end}"]].max(axis=1) for end in ("low", "high")}
    order = pd.DataFrame(ends).sort_values(["low", "high"], ascending=False, kind="stable").index
    return rows.loc[order]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
