"""What every locality of a region has within a walk, domain by domain, and how far that can be believed."""

from __future__ import annotations

import pandas as pd

from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.belief import SUBJECTS
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.maps import ROUGHLY
from geokehila.draw.atlas.multiples import notes, title
from geokehila.draw.atlas.paper import Sheet
from geokehila.draw.atlas.region import table
from geokehila.draw.atlas.region.localities import Localities
from geokehila.draw.atlas.region.table import Cell, Column
from geokehila.draw.atlas.values import Values, classed
from geokehila.draw.palette import BELIEF, RAMPS
from geokehila.draw.plots.words import Words


def localities(atlas: Atlas, sheet: Sheet) -> None:
    """Draw a line for each locality: its residents, the share within a walk of each domain, what can be believed."""
    words, them = atlas.words, Localities(atlas)
    atlas.frame(sheet, "localities", title(words, "localities"))
    place, columns = atlas.parts(sheet)
    shown = [told.of_domain(atlas, key, "share") for key in told.scored(atlas)]
    heads = [*them.heads(), *(Column(words.domain(key)) for key in told.scored(atlas)),
             *(Column(words.say(f"belief.{subject}"), 0.8) for subject in SUBJECTS)]  # fmt: skip
    beliefs = _beliefs(atlas)
    whole = [_share(_whole_alone(values), 0, words) for values in shown]
    lines = them.lines(
        them.of_region([*whole, *(_believed(atlas, subject) for subject in SUBJECTS)]),
        lambda row: [*(_share(values, row, words) for values in shown), *beliefs[them.ids[row]]],
        len(shown) + len(SUBJECTS),
    )
    table.draw(sheet, place, heads, lines)
    flow.pour(
        sheet,
        columns,
        [
            *them.unmeasured(),
            flow.Words(words.say("region_atlas.order"), size=9.5, gap=3),
            flow.heading(words.say("atlas.key")),
            *keys.classes(shown[0].shown, words),
            *keys.states(words, [*shown, *map(_whole_alone, shown)], has_partial=False),
            flow.space(1),
            flow.Words(words.say("region_atlas.believed"), size=8, gap=1.0),
            *(flow.Key(words.say(f"atlas.{key}"), keys.filled(BELIEF[key])) for key in ("measured", "thin")),
            flow.space(1),
            flow.Words(words.say("atlas.note_domains"), size=8),
            *notes(atlas),
        ],
    )


def _share(values: Values, row: int, words: Words) -> Cell:
    one = values.table.iloc[row]
    if one["class"] < 0:
        return table.unknown(words.say("cell.unknown"))
    colour = RAMPS[values.shown.more][int(one["class"])]
    return Cell(share(words, one["low"], one["high"]), colour, ROUGHLY if one["wide"] else "")


def _whole_alone(values: Values) -> Values:
    """Return the number of the whole region as of one locality, in the same classes."""
    row = values.city.to_frame().T.fillna({"reason": ""})
    return Values(values.shown, classed(row, values.shown, pd.Series([1.0])), values.city)


def _beliefs(atlas: Atlas) -> dict[str, list[Cell]]:
    """Return by slug for how many residents each subject can be fully believed."""
    told_of = atlas.town.tables["confidence"].set_index(["zone_id", "subject"])
    return {
        str(key): [
            Cell(atlas.words.percent(float(one["found"])), BELIEF[str(one["state"])])
            for one in (told_of.loc[(key, subject)] for subject in SUBJECTS)
        ]
        for key in atlas.town.record["members"]
        if key not in atlas.town.record["apart"]
    }


def _believed(atlas: Atlas, subject: str) -> Cell:
    return Cell(atlas.words.percent(float(atlas.town.record["believed_share"][subject])))


def share(words: Words, low: float, high: float) -> str:
    """Return a share, at least and at most, as short as it can be."""
    least, most = words.percent(low), words.percent(high)
    return least if least == most else f"{least[:-1]}–{most}"
