"""The domain of life that most people lack, on a sheet of its own: where, for how many, from which places."""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D

from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.ground import places_of
from geokehila.draw.atlas.maps import Map
from geokehila.draw.atlas.multiples import Plot, notes
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.palette import INK
from geokehila.draw.plots import walks
from geokehila.schema import WHOLE_ZONE_SHARE

#: Zones with the most people beyond that are named.
ZONES_TOLD = 8


def weakest(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the domain whose gap is of the most people."""
    words, town = atlas.words, atlas.town
    key, sentence = told.missing(atlas)[0]
    values = told.of_domain(atlas, key, "share")
    deciding = town.catalogue.deciding(key)
    places = places_of(town, tuple(category.key for category in deciding))
    atlas.frame(sheet, "weakest", words.say("legend.title", domain=words.domain(key)))
    maps, columns = atlas.parts(sheet)
    drawn = Map(sheet, atlas.ground, maps)
    drawn.paper()
    drawn.classes(values)
    drawn.streets()
    drawn.dots(places, 4.2, INK, "places")
    drawn.names()
    drawn.edge()
    needed = words.listed(
        words.say("legend.walk_item", category=words.category(one.key), minutes=f"{one.cutoff_min:g}")
        for one in deciding
    )
    partial = bool((town.zones["coverage_share"] < WHOLE_ZONE_SHARE).any())
    plot = Plot(lambda on: walks.minutes(on, [category.key for category in deciding]))
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(sentence, size=10.5, bold=True, gap=2.2),
            flow.Words(words.say("legend.walk", list=needed), gap=3),
            flow.heading(words.say("atlas.key")),
            *keys.classes(values.shown, words),
            *keys.states(words, [values], partial),
            flow.Key(words.say("legend.places", domain=words.domain(key)), _dot),
            flow.space(1),
            keys.scale(words, drawn.view),
            *_most(atlas, key),
            flow.Drawing(62.0, lambda sheet, box: plot.into(words, sheet, box)),
            *notes(atlas),
        ],
    )


def _dot(sheet: Sheet, box: Box) -> None:
    bounds = sheet.bounds(box)
    middle = [(bounds.x0 + bounds.x1) / 2], [(bounds.y0 + bounds.y1) / 2]
    sheet.figure.add_artist(Line2D(*middle, marker="o", markersize=4.2, color=INK, transform=sheet.points))


def _most(atlas: Atlas, key: str) -> list[flow.Block]:
    """Name the zones where most people surely lack the domain, of those where anybody does."""
    words = atlas.words
    beyond = told.of_domain(atlas, key, "beyond_people").table
    ends = {end: beyond[end].to_numpy() for end in ("low", "high")}
    table = pd.DataFrame(atlas.town.zones.drop(columns="geometry")).assign(**ends).query("low >= 0.5")
    rows = table.sort_values(["low", "high", "zone_id"], ascending=[False, False, True]).head(ZONES_TOLD)
    if rows.empty:
        return []
    lines = [
        words.say("hub.group", group=words.listed_unit(row), people=words.counts(row["low"], row["high"]))
        for row in rows.to_dict("records")
    ]
    head = flow.heading(words.say("atlas.where"))
    return [flow.space(1), head, *(flow.Words(line, size=8, gap=0.6) for line in lines), flow.space(2)]
