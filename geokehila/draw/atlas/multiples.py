"""A theme on one sheet: a small map for each of its measures, plots beside them, and what could not be computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from geokehila.draw import chosen
from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.book import GAP_MM, Atlas
from geokehila.draw.atlas.maps import Map
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.atlas.values import Values, why_absent
from geokehila.draw.palette import QUIET
from geokehila.draw.plots import spread, walks
from geokehila.draw.plots.canvas import Canvas
from geokehila.draw.plots.words import Words
from geokehila.schema import WHOLE_ZONE_SHARE
from geokehila.zones.sums import PARTLY_KNOWN

#: [mm] Words above a small map, and its own classes below it.
TITLE_MM, STRIP_MM = 11.0, 8.0
#: No plot is higher than this share of its width.
HIGHEST = 0.8
#: Plots without a map beside them may be so much wider than high.
ALONE = 2.5
#: Files that tell groups of people apart, by role.
GROUPED_BY = {"census": "census.xlsx", "socioeconomic": "socioeconomic.csv"}


@dataclass(frozen=True)
class Plot:
    """A plot that stands among the maps of a theme."""

    draw: Callable[[Canvas], None]

    def into(self, words: Words, sheet: Sheet, box: Box) -> None:
        """Draw it into a place."""
        place = Box(box.x, box.y, box.width, min(box.height, HIGHEST * box.width))
        canvas = Canvas(sheet.axes(place), words)
        bounds = sheet.bounds(place)
        self.draw(canvas)
        canvas.fit(bounds.transformed(sheet.points + sheet.figure.transFigure.inverted()))


def plots(atlas: Atlas, key: str) -> list[Plot]:
    """Return the plots that belong to a theme."""
    town = atlas.town
    found = {
        "fifteen_minute": [
            Plot(lambda on: walks.minutes(on, walks.required(town))),
            Plot(walks.reached),
        ],
        "equity": [
            *(Plot(partial(spread.by_group, by=by)) for by in told_apart(atlas)),
            *([Plot(lambda on: spread.lorenz(on, spread.LORENZ))] if spread.curves_of(town, spread.LORENZ) else []),
        ],
    }
    return found.get(key, [])


def told_apart(atlas: Atlas) -> list[str]:
    """Return by what people are told apart: what sources say of them, else who walks."""
    return spread.groupings(atlas.town) or spread.groupings(atlas.town, [spread.WALKER])


def shown(atlas: Atlas, key: str) -> list[Values]:
    """Return the measures of a theme that the run has."""
    return [values for values in atlas.themes[key] if values.is_known]


def is_filled(atlas: Atlas, key: str) -> bool:
    """Tell whether a theme has anything to show."""
    return bool(shown(atlas, key) or plots(atlas, key))


def theme(atlas: Atlas, sheet: Sheet, key: str) -> None:
    """Draw the sheet of a theme."""
    words, known = atlas.words, shown(atlas, key)
    atlas.frame(sheet, key, title(words, key))
    alike = len({(values.shown.breaks, values.shown.more, words.unit_of(values.shown)) for values in known}) == 1
    drawn = plots(atlas, key)
    maps, columns = atlas.parts(sheet)
    boxes = grid(maps, len(known) + len(drawn), _aspect(atlas) if known else ALONE)
    for values, box in zip(known, boxes, strict=False):
        small_map(atlas, sheet, box, values, own_key=not alike)
    for plot, box in zip(drawn, boxes[len(known) :], strict=True):
        plot.into(words, sheet, box)
    flow.pour(sheet, columns, [*_words(atlas, key), *_of_known(atlas, known), *_key(atlas, known, boxes, alike),
                               *_absent(atlas, key), *notes(atlas)])  # fmt: skip


def small_map(atlas: Atlas, sheet: Sheet, box: Box, values: Values, own_key: bool) -> None:
    """Draw one measure: its name, the number of the whole city, the map, its own classes where others differ."""
    words, city = atlas.words, values.city
    lines = sheet.lines(words.measure(values.shown.key), 8.5, box.width, bold=True)[:2]
    number = "" if math.isnan(city["low"]) else words.value(values.shown, city["low"], city["high"])
    if number and values.shown.within and city["reason"] == PARTLY_KNOWN:
        number = words.say("theme.of_whom_known", number=number)
    below = sheet.write_lines(lines, box.x, box.y, 8.5, bold=True)
    if number:
        sheet.write(words.say(atlas.whole, number=number), box.x, below - 0.3, 7, colour=QUIET)
    drawn = Map(sheet, atlas.ground, map_box(box, own_key))
    drawn.paper()
    drawn.classes(values)
    drawn.streets(all_of_them=False)
    drawn.edge()
    if own_key:
        keys.strip(sheet, Box(box.x, box.y + box.height - STRIP_MM + 1.5, box.width, STRIP_MM), values.shown)


def map_box(box: Box, own_key: bool) -> Box:
    """Return the place of the map itself in its cell."""
    return box.cut(top=TITLE_MM, bottom=STRIP_MM if own_key else 0.0)


def grid(area: Box, count: int, aspect: float) -> list[Box]:
    """Return places in rows, as many as are asked for, in which maps of an aspect (width by height) become largest.

    Examples
    --------
    >>> [(box.x, box.y, box.width, box.height) for box in grid(Box(0, 0, 205, 100), 2, 1.0)]
    [(0.0, 0.0, 100.0, 100.0), (105.0, 0.0, 100.0, 100.0)]
    """
    if not count:
        return []

    def cell(columns: int) -> tuple[float, float]:
        rows = math.ceil(count / columns)
        return (area.width - GAP_MM * (columns - 1)) / columns, (area.height - GAP_MM * (rows - 1)) / rows

    def size(columns: int) -> float:
        wide, high = cell(columns)
        return min(wide / aspect, high - TITLE_MM - STRIP_MM)

    best = max(range(1, count + 1), key=lambda columns: (size(columns), -columns))
    wide, high = cell(best)
    return [
        Box(area.x + (wide + GAP_MM) * (n % best), area.y + (high + GAP_MM) * (n // best), wide, high)
        for n in range(count)
    ]


def title(words: Words, key: str) -> str:
    """Return what a sheet is called."""
    for section in ["region_atlas", "atlas"] if words.town.is_region else ["atlas"]:
        if words.phrases.has(f"{section}.sheet_{key}"):
            return words.say(f"{section}.sheet_{key}")
    return str(words.phrases.texts["measures"][key]["title"])


def notes(atlas: Atlas) -> list[flow.Block]:
    """Return the warnings of the run, in small letters."""
    warned = told.banners(atlas)
    return [flow.space(2), *(flow.small(warning) for warning in warned)] if warned else []


def _aspect(atlas: Atlas) -> float:
    west, south, east, north = atlas.ground.extent
    return (east - west) / (north - south)


def _words(atlas: Atlas, key: str) -> list[flow.Block]:
    """Return what is to be known of a theme."""
    measures, words = atlas.words.phrases.texts["measures"].get(key, {}), atlas.words
    note = measures.get("note") or (words.say(f"atlas.note_{key}") if words.phrases.has(f"atlas.note_{key}") else "")
    of_groups = [*ungrouped(atlas), *_optimistic(atlas)] if key == "equity" else []
    return [*([flow.Words(str(note), gap=3)] if note else []), *of_groups]


def _of_known(atlas: Atlas, known: Sequence[Values]) -> list[flow.Block]:
    """Return of which domains a measure does not tell that is of the known ones alone."""
    if not any(values.shown.within for values in known):
        return []
    words = atlas.words
    unknown = [words.domain(key) for key in told.scored(atlas) if not told.is_known(atlas, key)]
    key = "theme.of_known_but" if unknown else "theme.of_known"
    return [flow.Words(words.say(key, list=words.listed(unknown)), bold=True, gap=3)]


def ungrouped(atlas: Atlas) -> list[flow.Block]:
    """Return which files would tell groups of people apart; nothing where some are."""
    if spread.groupings(atlas.town):
        return []
    words = atlas.words
    files = (f"{atlas.role(role)} ({words.own(file)})" for role, file in GROUPED_BY.items())
    return [flow.Words(words.say("atlas.no_groups", list=words.listed(files)), gap=3)]


def _optimistic(atlas: Atlas) -> list[flow.Block]:
    """Return what is to be minded of wheels where walkers are told apart: untold kerbs, unpaved ways, doors."""
    if told_apart(atlas) != [spread.WALKER]:
        return []
    town, network = atlas.town, atlas.town.record["network"]
    walkers = [town.catalogue.profiles[key] for key in town.walkers]
    kerbs_open = network["rules"].get("kerb_not_told") and any(profile.kerbs for profile in walkers)
    said = [atlas.words.say("walker.optimistic")] if kerbs_open else []
    if any(profile.on_wheels for profile in walkers):
        said += [*chosen.on_wheels(network, told.speech(atlas)), atlas.words.say("walker.doors")]
    return [flow.small(sentence) for sentence in said]


def _key(atlas: Atlas, known: Sequence[Values], boxes: Sequence[Box], alike: bool) -> list[flow.Block]:
    if not known:
        return []
    words, town = atlas.words, atlas.town
    partial = bool((town.zones["coverage_share"] < WHOLE_ZONE_SHARE).any())
    own = map_box(boxes[0], own_key=not alike)
    each = keys.classes(known[0].shown, words) if alike else _directions(known, words)
    return [
        flow.heading(words.say("atlas.key")),
        *each,
        *keys.states(words, known, partial),
        *keys.far(words, atlas.ground),
        flow.space(1),
        keys.scale(words, atlas.ground.view(own.width, own.height)),
    ]


def _directions(known: Sequence[Values], words: Words) -> list[flow.Block]:
    """Tell which colours stand for more, and whether that is better."""
    blocks: list[flow.Block] = [flow.Words(words.say("atlas.own_classes"), size=8)]
    for more in dict.fromkeys(values.shown.more for values in known):
        blocks.append(flow.Drawing(4.4, keys.ramp(more)))
        blocks.append(flow.Words(words.say(f"atlas.{more}"), size=8, gap=1.5))
    return blocks


def _absent(atlas: Atlas, key: str) -> list[flow.Block]:
    words = atlas.words
    absent = [values for values in atlas.themes[key] if not values.is_known]
    if not absent:
        return []
    rows = [
        f"{words.measure(values.shown.key)}: {words.why_absent(why_absent(atlas.town, values))}" for values in absent
    ]
    return [
        flow.space(2),
        flow.heading(words.say("more.absent")),
        *(flow.Words(row, size=7.5, gap=1.0) for row in rows),
    ]
