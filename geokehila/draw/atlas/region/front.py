"""The cover of a region with its three answers, and its localities at a glance."""

from __future__ import annotations

from geokehila.draw.atlas import flow, front, keys, told
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.maps import NOT_KNOWN, Map
from geokehila.draw.atlas.multiples import notes, title
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.atlas.region.localities import OUTSIDE, Localities
from geokehila.draw.palette import CATCHMENT, INK, UNKNOWN

#: Of the sites of all localities so many are told on the cover.
SITES_TOLD = 6


def cover(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the cover: the region, the date of its data, three answers, the localities."""
    maps, columns = front.head(atlas, sheet)
    _map(atlas, sheet, maps)
    flow.pour(sheet, columns, _answers(atlas))
    atlas.foot(sheet, "cover")


def overview(atlas: Atlas, sheet: Sheet) -> None:
    """Draw every locality with its name; who is not measured is hatched."""
    words, them = atlas.words, Localities(atlas)
    atlas.frame(sheet, "overview", title(words, "overview"))
    maps, columns = atlas.parts(sheet)
    drawn, unnamed = _map(atlas, sheet, maps)
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(words.say("sentence.people", people=words.count(atlas.told.everybody)), size=9.5, gap=1.2),
            *them.unmeasured(),
            flow.Words(told.hubs_there(atlas), size=9.5, gap=3.0),
            flow.heading(words.say("atlas.key")),
            flow.Key(words.say("region_atlas.measured"), keys.filled(CATCHMENT, edgecolor=INK)),
            flow.Key(words.say("region_atlas.apart"), keys.filled(UNKNOWN, NOT_KNOWN)),
            *([flow.Key(words.say("region_atlas.outside_key"), _dashed)] if them.outside else []),
            *keys.far(words, atlas.ground),
            flow.Words(words.say("page.localities"), size=8),
            flow.space(1),
            keys.scale(words, drawn.view),
            *([flow.small(words.say("atlas.unnamed", count=words.count(unnamed)))] if unnamed else []),
            *notes(atlas),
        ],
    )


def _map(atlas: Atlas, sheet: Sheet, box: Box) -> tuple[Map, int]:
    """Draw the localities and return the map, and how many names find no room."""
    drawn, town = Map(sheet, atlas.ground, box), atlas.town
    reasons = town.zones["zone_id"].map(dict(town.record["apart"]))
    is_apart, is_outside = reasons.notna().to_numpy(), (reasons == OUTSIDE).to_numpy()
    drawn.paper()
    drawn.states([(~is_apart, CATCHMENT, ""), (is_apart, UNKNOWN, NOT_KNOWN)])
    drawn.add(drawn.ground.zones(drawn.view).path(is_outside), facecolor="none", **DASHED)
    unnamed = drawn.names()
    drawn.edge()
    return drawn, unnamed


DASHED = {"edgecolor": INK, "linewidth": 0.8, "linestyle": (0, (2, 1.5))}


def _dashed(sheet: Sheet, box: Box) -> None:
    keys.filled(UNKNOWN, NOT_KNOWN)(sheet, box)
    sheet.fill(box.inset(0.3), None, **DASHED)


def _answers(atlas: Atlas) -> list[flow.Block]:
    """Return the three answers, of all localities together."""
    words, them = atlas.words, Localities(atlas)
    missing, hubs, sure = front.answers(atlas, told.new_hubs(atlas)[:SITES_TOLD])
    more = len(atlas.hubs.recommended) - SITES_TOLD
    rest = [flow.Words(words.say("region_atlas.more", count=words.count(more)), size=9.5)] if more > 0 else []
    # No hub is drawn on the map of a region, so there is no key of them.
    hubs = [block for block in hubs if not isinstance(block, flow.Key)]
    parts = (missing, [*hubs, *rest, *them.advised()], [*sure, *them.unmeasured()])
    return [front.kept_together(part) for part in parts]
