"""The cover with its three answers, and the overview with the names of the zones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.book import BAND_MM, Atlas
from geokehila.draw.atlas.maps import Map
from geokehila.draw.atlas.multiples import notes, title
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.palette import INK, PAPER, QUIET, RAMPS, SITE, UNKNOWN

#: Of the domains so many are told on the cover.
GAPS_TOLD = 3
#: [mm] The title of the cover.
COVER_HEAD_MM = 44.0


def cover(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the cover: the town, the date of its data, three answers, a map."""
    maps, columns = head(atlas, sheet)
    drawn = Map(sheet, atlas.ground, maps)
    drawn.paper()
    drawn.parks()
    drawn.streets()
    drawn.areas_named()
    drawn.hubs(atlas.hubs, ("existing", "recommended"))
    drawn.edge()
    flow.pour(sheet, columns, [kept_together(part) for part in answers(atlas, told.new_hubs(atlas))])
    atlas.foot(sheet, "cover")


def head(atlas: Atlas, sheet: Sheet) -> tuple[Box, list[Box]]:
    """Write the title and the date; return the place of the map, and the columns of the answers."""
    words, inner = atlas.words, sheet.inner
    band = BAND_MM + 4.0 if atlas.town.is_fictional else 0.0
    if band:
        atlas.band(sheet, Box(inner.x, inner.y, inner.width, BAND_MM + 1.0))
    top = inner.y + band
    sheet.write(atlas.town.city[atlas.language], inner.x, top + 2.0, 40, bold=True)
    sheet.write(words.say("atlas.title"), inner.x, top + 21.0, 18)
    if dated := told.date(atlas):
        sheet.write(words.say("atlas.dated", date=words.phrases.figure(dated)), inner.x, top + 31.0, 11, colour=QUIET)
    sheet.fill(Box(inner.x, top + COVER_HEAD_MM - 5.0, inner.width, 0.6), INK)
    return _halves(sheet, inner.cut(top=band + COVER_HEAD_MM, bottom=inner.y))


def _halves(sheet: Sheet, body: Box) -> tuple[Box, list[Box]]:
    """Return the place of the map, and the columns of the answers."""
    if sheet.width_mm > sheet.height_mm:
        wide = 0.46 * body.width
        return Box(body.x + wide + 8, body.y, body.width - wide - 8, body.height), [
            Box(body.x, body.y, wide, body.height)
        ]
    high = 0.52 * body.height
    wide = (body.width - 8) / 2
    columns = [Box(body.x + n * (wide + 8), body.y + high + 6, wide, body.height - high - 6) for n in range(2)]
    return Box(body.x, body.y, body.width, high), columns


def kept_together(blocks: Sequence[flow.Single]) -> flow.Together:
    """Return an answer that stays in one column."""
    return flow.Together((*blocks, flow.space(4)))


def answers(atlas: Atlas, sites: Sequence[tuple[str, str]]) -> tuple[list[flow.Single], ...]:
    """Return the three answers: what is missing, where the next hubs go, how sure it is.

    Parameters
    ----------
    sites
        Those that are told, of :func:`told.new_hubs`.
    """
    words = atlas.words

    def heading(key: str) -> flow.Words:
        return flow.Words(words.say(f"headline.{key}"), size=14, bold=True, gap=2.2)

    left = told.hubs_left(atlas)
    kinds = ["existing", "recommended"][: 1 if atlas.hubs.recommended.empty else 2]
    missing: list[flow.Single] = [
        heading("missing"),
        *(flow.Words(sentence, size=11, gap=2.2) for _, sentence in told.missing(atlas)[:GAPS_TOLD]),
        flow.space(1),
        *_strip(atlas),
    ]
    hubs: list[flow.Single] = [
        heading("hubs"),
        flow.Words(told.hubs_lead(atlas), size=11, gap=2.2),
        *(flow.Words(site, size=11, indent=6, mark=rank, gap=1.2) for rank, site in sites),
        *([flow.Words(left, size=9.5, colour=QUIET)] if left else []),
        *keys.hubs(words, kinds),
    ]
    sure: list[flow.Single] = [
        heading("sure"),
        *(flow.Words(sentence, size=11, gap=2.0) for sentence in told.sure(atlas)),
        *(flow.Words(warning, size=9, colour=SITE, gap=1.4) for warning in told.banners(atlas)),
    ]
    return missing, hubs, sure


def _strip(atlas: Atlas) -> list[flow.Single]:
    """Return a bar a domain: the share within a walk, at least in full colour and at most hatched."""

    def bar(key: str) -> Callable[[Sheet, Box], None]:
        share = told.of_domain(atlas, key, "share").city
        low, high = float(share["low"]), float(share["high"])

        def draw(sheet: Sheet, box: Box) -> None:
            name, number = 0.34 * box.width, 0.2 * box.width
            whole = Box(box.x + name, box.y, box.width - name - number, 4.2)
            sheet.write(atlas.words.domain(key), box.x, box.y + 0.6, 9.5, room=name - 2)
            sheet.fill(whole, UNKNOWN if math.isnan(low) else PAPER, edgecolor=QUIET, linewidth=0.4)
            if math.isnan(low):
                return sheet.write(atlas.words.say("cell.unknown"), box.x + box.width, box.y + 0.6, 9.5, align="end")
            upper = Box(whole.x + low * whole.width, whole.y, (high - low) * whole.width, whole.height)
            sheet.fill(Box(whole.x, whole.y, low * whole.width, whole.height), RAMPS["better"][3])
            sheet.fill(upper, RAMPS["better"][1], edgecolor=RAMPS["better"][3], hatch="////")
            return sheet.write(atlas.words.shares(low, high), box.x + box.width, box.y + 0.6, 9.5, align="end",
                               room=number - 2)  # fmt: skip

        return draw

    return [
        *(flow.Drawing(6.2, bar(key)) for key in told.scored(atlas)),
        flow.small(atlas.words.say("atlas.strip")),
    ]


def overview(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the town: zones with their names, ways, public open space, hubs."""
    words = atlas.words
    atlas.frame(sheet, "overview", title(words, "overview"))
    maps, columns = atlas.parts(sheet)
    drawn = Map(sheet, atlas.ground, maps)
    drawn.paper()
    drawn.parks()
    drawn.streets()
    drawn.areas_named()
    beyond = drawn.hubs(atlas.hubs)
    unnamed = drawn.names()
    drawn.edge()
    kinds = [kind for kind, frame in reversed(atlas.hubs.kinds()) if len(frame)]
    flow.pour(
        sheet,
        columns,
        [
            *_facts(atlas),
            flow.heading(words.say("atlas.key")),
            *keys.hubs(words, kinds),
            *keys.ways(words),
            flow.Key(
                words.say("atlas.unit" if atlas.ground.by_units else "atlas.zone"), keys.filled(None, edgecolor=INK)
            ),
            flow.space(1),
            keys.scale(words, drawn.view),
            *([flow.small(words.say("atlas.unnamed", count=words.count(unnamed)))] if unnamed else []),
            *([flow.small(words.say("atlas.hubs_beyond", count=words.count(beyond)))] if beyond else []),
            *notes(atlas),
        ],
    )


def _facts(atlas: Atlas) -> list[flow.Block]:
    words, everybody = atlas.words, atlas.told.everybody
    shown = [words.say("sentence.people", people=words.count(everybody))] if everybody > 0 else []
    shown.append(words.say("atlas.zones", count=words.count(len(atlas.town.zones))))
    shown.append(told.hubs_there(atlas))
    return [*(flow.Words(line, size=9.5, gap=1.2) for line in shown), flow.space(3)]
