"""One page of scenarios side by side: homes that gain and lose on maps, numbers in tables, in three languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from jinja2 import Environment, PackageLoader, StrictUndefined

from geokehila.catalogue import LANGUAGES
from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.draw import palette
from geokehila.draw.cards.sketch import HEIGHT, WIDTH, Frame
from geokehila.draw.cards.voice import Voice
from geokehila.draw.town import language_of
from geokehila.names import NAME_COLUMNS, shown
from geokehila.scenario.found import Found
from geokehila.scenario.gains import Turns
from geokehila.scenario.layers import layers
from geokehila.schema import REFERENCE
from geokehila.zones import CITY, TOTAL, best_known

#: [m] So much ground is drawn around what changes; areas told of a scenario at most; half the width of a mark.
AROUND_M, AREAS, HALF = 150.0, 12, 5
#: Of a scenario without a title so many edits are its title.
TOLD = 2
#: [drawing units] Lines are simplified by this much.
FINE = 1.5
#: Shape and colours of a home that changes: round marks gain, square ones lose, hollow ones may.
ROUND = f"m-{HALF},0a{HALF},{HALF} 0 1 0 {2 * HALF},0a{HALF},{HALF} 0 1 0 -{2 * HALF},0z"
SQUARE = f"m-{HALF},-{HALF}h{2 * HALF}v{2 * HALF}h-{2 * HALF}z"
DIAMOND = f"m0,-{HALF + 3}l{HALF + 3},{HALF + 3}l-{HALF + 3},{HALF + 3}l-{HALF + 3},-{HALF + 3}z"
GAIN, LOSE, BOTH, HOLLOW = palette.RAMPS["better"][3], palette.RAMPS["worse"][3], palette.RAMPS["neither"][4], "#ffffff"
MARKS = {
    "may_gain": (ROUND, HOLLOW, GAIN),
    "may_lose": (SQUARE, HOLLOW, LOSE),
    "gains": (ROUND, GAIN, GAIN),
    "loses": (SQUARE, LOSE, LOSE),
    "both": (DIAMOND, BOTH, BOTH),
}
EDITED = "edited"
Layers = Mapping[str, gpd.GeoDataFrame]


def html(every: Sequence[Found], drawn: Sequence[Layers] = (), profile: str = REFERENCE) -> str:
    """Return a page that asks no host for anything and runs no script; the same scenarios give the same text.

    Parameters
    ----------
    every
        Scenarios of one run, side by side in this order.
    drawn
        Their layers, where they are made already.
    profile
        Whose gains are shown.
    """
    made = Environment(loader=PackageLoader("geokehila.scenario", "."), autoescape=True, undefined=StrictUndefined)
    drawn = drawn or [layers(one) for one in every]
    frame = _frame(every, drawn, profile)
    first = language_of(every[0].base.study)
    colours = {"ink": palette.INK, "paper": palette.PAPER, "line": palette.LINE, "street": palette.STREET}
    return made.get_template("page.html.j2").render(
        views=[_View(language, every, profile).told() for language in sorted(LANGUAGES, key=lambda one: one != first)],
        maps=[_map(one, some, frame, profile) for one, some in zip(every, drawn, strict=True)],
        width=WIDTH,
        height=HEIGHT,
        accent=palette.ACCENT,
        **colours,
    )


def _frame(every: Sequence[Found], drawn: Sequence[Layers], profile: str) -> Frame:
    """Return the ground on which anything is edited or changes for a profile in any scenario."""
    homes = [layer["homes"].geometry[layer["homes"]["profile"] == profile] for layer in drawn]
    shapes = pd.concat([*homes, *(layer[name].geometry for layer in drawn for name in ("places", "streets"))])
    west, south, east, north = shapes.total_bounds if len(shapes) else every[0].base.extent.bounds
    return Frame.around((west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M))


def _map(found: Found, drawn: Layers, frame: Frame, profile: str) -> dict[str, Any]:
    """Return the paths of one map."""
    at = shapely.get_coordinates(found.patched.origins.geometry.to_numpy())
    kinds = _kinds(found.turns[profile])
    marks = [
        {"path": _at(frame, at[rows], path), "fill": fill, "stroke": stroke}
        for kind, (path, fill, stroke) in MARKS.items()
        if len(rows := kinds[kind])
    ]
    points = shapely.get_coordinates(drawn["places"].geometry.to_numpy())
    return {
        "streets": _lines(frame, found.patched.streets.geometry.to_numpy()),
        "marks": marks,
        "lines": _lines(frame, drawn["streets"].geometry.to_numpy()),
        "edits": _at(frame, points, DIAMOND),
    }


def _kinds(turns: Turns) -> dict[str, np.ndarray]:
    """Return the rows of homes by what they do: surely, else perhaps; what is both stands alone."""
    gains, loses, may_gain, may_lose = (
        flag.any(axis=1) for flag in (turns.gains, turns.loses, turns.may_gain, turns.may_lose)
    )
    perhaps = ~gains & ~loses
    kinds = {
        "may_gain": may_gain & perhaps,
        "may_lose": may_lose & ~may_gain & perhaps,
        "gains": gains & ~loses,
        "loses": loses & ~gains,
        "both": gains & loses,
    }
    return {kind: np.flatnonzero(flag) for kind, flag in kinds.items()}


def _at(frame: Frame, at: np.ndarray, path: str) -> str:
    """Return a mark at each point that is drawn; what falls on one spot is one."""
    units = frame.units(at[:, :2]) if len(at) else np.empty((0, 2), np.int64)
    inside = units[((units > 0) & (units < (WIDTH, HEIGHT))).all(axis=1)]
    return "".join(f"M{x},{y}{path}" for x, y in np.unique(inside, axis=0).tolist())


def _lines(frame: Frame, lines: np.ndarray) -> str:
    """Return the part of lines that is drawn as a path."""
    parts = shapely.get_parts(shapely.clip_by_rect(lines, *frame.box))
    fine = shapely.simplify(parts[shapely.length(parts) > 0], FINE / frame.per_m, preserve_topology=False)
    corners, line = shapely.get_coordinates(fine, return_index=True)
    letters = np.where(np.diff(line, prepend=-1) != 0, "M", "L").tolist()
    return "".join(f"{a}{x} {y}" for a, (x, y) in zip(letters, frame.units(corners).tolist(), strict=True))


@dataclass(frozen=True)
class _View:
    """The page in one language."""

    language: str
    every: Sequence[Found]
    profile: str

    @cached_property
    def voice(self) -> Voice:
        """Its words."""
        return Voice(self.language, self.every[0].base.record["weights"])

    def told(self) -> dict[str, Any]:
        """Return everything that is said."""
        say, record = self._say, self.every[0].base.record
        who = self.voice.phrases.say(f"profiles.{self.profile}")
        city, run = shown(record["city"]["name"], self.language)[0], self.every[0].base.folder.name
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
            "legend": [{"path": f"M0,0{p}", "fill": f, "stroke": s, "text": t} for (p, f, s), t in self._legend()],
            "heads": heads,
            "areas": say("areas"),
            "area_heads": [say("area"), *heads[:3]],
            "nobody": say("nobody"),
            "scenarios": [self._scenario(one) for one in self.every],
        }

    def _legend(self) -> Iterator[tuple[tuple[str, str, str], str]]:
        yield from ((mark, self._say(kind)) for kind, mark in MARKS.items())
        yield (DIAMOND, palette.ACCENT, HOLLOW), self._say(EDITED)

    def _say(self, key: str, **words: str) -> str:
        return self.voice.say(f"scenario.{key}", **words)

    def _scenario(self, found: Found) -> dict[str, Any]:
        table = found.gains
        mine = table[(table["group"] == TOTAL) & (table["profile"] == self.profile)]
        mine = mine[(mine["gained_high"] > 0) | (mine["lost_high"] > 0)]
        new = sum(edit.said["residents"] for edit in found.edits.of(("housing",), "add"))
        return {
            "title": self._title(found),
            "edits": [*self._edits(found)],
            "new": self._say("new", count=self.voice.number(new)) if new else "",
            "rows": [self._row(row, found) for row in _rows(mine[mine["zoning"] == CITY])],
            "areas": [*self._areas(mine, found)],
        }

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
            what = self.voice.listed(filter(None, told))
            yield f"{self._say(f'kind_{edit.kind}')} ({self._say(f'do_{edit.do}')})" + (f": {what}" if what else "")
        for key, minutes in found.edits.cutoff_min.items():
            walk = self._say("do_cutoff", minutes=self.voice.phrases.figure(f"{minutes:g}"))
            yield f"{self.voice.called(categories[key])}: {walk}"

    def _row(self, row: dict[str, Any], found: Found) -> list[str]:
        pairs = ((row[f"{key}_low"], row[f"{key}_high"]) for key in ("gained", "lost", "before", "after"))
        return [self._called(row["measure"], found), *(self.voice.counts(*pair) for pair in pairs)]

    def _called(self, measure: str, found: Found) -> str:
        kind, _, key = measure.partition("_")
        catalogue = found.patched.study.catalogue
        return self.voice.called(catalogue.domains[key] if kind == "domain" else catalogue.categories[key])

    def _areas(self, mine: pd.DataFrame, found: Found) -> Iterator[list[str]]:
        """Yield of the areas that a meeting knows best those where most people gain or lose one thing, surely first."""
        zoning = best_known(found.base.zonings(found.patched.origins), found.patched.origins["people"].to_numpy(float))
        rows = mine[mine["zoning"] == zoning.key]
        ends = {end: rows[[f"gained_{end}", f"lost_{end}"]].max(axis=1) for end in ("low", "high")}
        most = pd.DataFrame(ends).sort_values(["low", "high"], ascending=False, kind="stable")
        units = zoning.units.set_index("zone_id")
        for row in _rows(rows.loc[most.index[:AREAS]]):
            names = {column.removeprefix("name_"): units.at[row["zone_id"], column] for column in NAME_COLUMNS}
            known = {key: name for key, name in names.items() if isinstance(name, str)}
            area = self.voice.phrases.name(known) or row["zone_id"]
            what, gained, lost, *_ = self._row(row, found)
            yield [area, what, gained, lost]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
