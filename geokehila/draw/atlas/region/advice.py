"""Hubs by locality with who gains, and the waves: how many neighbourhoods of which locality are reached when."""

from __future__ import annotations

import math

import pandas as pd

from geokehila.draw.atlas import flow, told
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.multiples import notes, title
from geokehila.draw.atlas.paper import Sheet
from geokehila.draw.atlas.region import table
from geokehila.draw.atlas.region.localities import Localities
from geokehila.draw.atlas.region.table import Cell, Column, span
from geokehila.draw.palette import RAMPS
from geokehila.draw.plots.words import Words

#: Of the sites of all localities so many are told.
SITES_TOLD = 14
#: Colours of waves, the first the darkest; and of what comes after the last.
WAVES = RAMPS["neither"][::-1]


def hubs(atlas: Atlas, sheet: Sheet) -> None:
    """Draw hubs by locality: those that there are, those proposed, who gains, who stays beyond; and the first sites."""
    words, them = atlas.words, Localities(atlas)
    atlas.frame(sheet, "hubs", title(words, "hubs"))
    place, columns = atlas.parts(sheet)
    keys = ("hubs_now", "hubs_new", "gain", "without_now", "without_then")
    counts = _counted(atlas)
    heads = [*them.heads(), *(Column(words.say(f"region_atlas.{key}")) for key in keys)]
    lines = them.lines(them.of_measured(counts[""]), lambda row: counts[them.ids[row]], len(keys))
    table.draw(sheet, place, heads, lines)
    first = [flow.Words(line, size=9, indent=6, mark=rank, gap=0.8) for rank, line in told.new_hubs(atlas)[:SITES_TOLD]]
    more = len(atlas.hubs.recommended) - SITES_TOLD
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(told.hubs_lead(atlas), size=10.5, bold=True, gap=2.5),
            *([flow.Words(left, size=9, gap=2.5)] if (left := told.hubs_left(atlas)) else []),
            *([flow.heading(words.say("region_atlas.first")), *first] if first else []),
            *([flow.Words(words.say("region_atlas.more", count=words.count(more)), size=9)] if more > 0 else []),
            flow.space(2),
            *them.advised(),
            *them.unmeasured(),
            flow.small(words.say("hub.unchecked")),
            *notes(atlas),
        ],
    )


def _counted(atlas: Atlas) -> dict[str, list[Cell]]:
    """Return hubs, and people without one now and then, of each locality that is measured, and of the region."""
    town, found = atlas.town, {}
    left = town.tables["hub_left"].set_index("zone_id")
    for key in ("", *town.record["members"]):
        if key in left.index and key not in town.record["apart"]:
            now = _of_locality(atlas.hubs.existing["site_id"], key)
            new = _of_locality(atlas.hubs.recommended["site_id"], key)
            row = left.loc[key]
            gained = sorted(max(0.0, row[f"now_{end}"] - row[f"then_{end}"]) for end in ("low", "high"))
            found[key] = [
                Cell(span(now, now)),
                Cell(span(new, new)),
                Cell(span(*gained)),
                Cell(span(row["now_low"], row["now_high"])),
                Cell(span(row["then_low"], row["then_high"])),
            ]
    return found


def _of_locality(site_ids: pd.Series, slug: str) -> int:
    """Return how many sites are of a locality; of all where it is empty."""
    return int((site_ids.str.split("/").str[0] == slug).sum()) if slug else len(site_ids)


def waves(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the waves: neighbourhoods of each locality, and the residents who live in them."""
    words, them = atlas.words, Localities(atlas)
    atlas.frame(sheet, "waves", title(words, "waves"))
    place, columns = atlas.parts(sheet)
    rows = atlas.town.tables["rollout"]
    there = rows[["wave", "year"]].dropna().drop_duplicates().sort_values("wave")
    numbers = [*there["wave"], *([math.nan] if rows["wave"].isna().any() else [])]
    heads = [*them.heads(), *(Column(_wave(atlas, *pair)) for pair in there.itertuples(index=False))]
    heads += [Column(words.say("region_atlas.later"))] if len(numbers) > len(there) else []
    lines = them.lines(
        them.of_measured(_in_waves(rows, numbers, words)),
        lambda row: _in_waves(rows[rows["city"] == them.ids[row]], numbers, words),
        len(numbers),
    )
    table.draw(sheet, place, heads, lines)
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(words.say("region_atlas.waves_lead"), size=10.5, bold=True, gap=2.5),
            *(flow.Words(line, size=9.5, gap=1.2) for line in _so_far(atlas, rows, there)),
            flow.space(2),
            flow.Words(words.say("region_atlas.waves_cell"), size=9),
            *them.advised(),
            *them.unmeasured(),
            *notes(atlas),
        ],
    )


def _wave(atlas: Atlas, wave: float, year: float) -> str:
    return atlas.words.say("region_atlas.wave", wave=f"{wave:.0f}", year=f"{year:.0f}")


def _in_waves(rows: pd.DataFrame, numbers: list[float], words: Words) -> list[Cell]:
    """Return the neighbourhoods of each wave, then the residents in them, as is read; nothing where there is none."""
    found = []
    for number, wave in enumerate(numbers):
        mine = rows[rows["wave"].isna() if math.isnan(wave) else rows["wave"] == wave]
        people = float(mine["people"].sum())
        colour = WAVES[min(number, len(WAVES) - 1)] if len(mine) else None
        both = [str(len(mine)), span(people, people)]
        found.append(Cell(" · ".join(both[::-1] if words.from_right else both) if len(mine) else "", colour))
    return found


def _so_far(atlas: Atlas, rows: pd.DataFrame, there: pd.DataFrame) -> list[str]:
    """Return how many of the region's residents live where a wave has come, by the end of each."""
    words, everybody = atlas.words, atlas.told.everybody
    shares = [rows.loc[rows["wave"] <= wave, "people"].sum() / everybody for wave in there["wave"]]
    return [
        f"{_wave(atlas, *pair)}: {words.say('region_atlas.so_far', share=words.percent(float(share)))}"
        for pair, share in zip(there.itertuples(index=False), shares, strict=True)
    ]
