"""Where the next hubs go: those that there are, those that are recommended with who gains, and the second best."""

from __future__ import annotations

import geopandas as gpd

from geokehila.draw import chosen
from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.maps import Map
from geokehila.draw.atlas.multiples import Plot, notes, title
from geokehila.draw.atlas.paper import Sheet
from geokehila.draw.palette import CATCHMENT, INK, QUIET, SITE
from geokehila.draw.plots import elbow
from geokehila.draw.plots.words import Words
from geokehila.names import NAME_COLUMNS

#: Of those who gain by a hub so many areas are told.
AREAS_TOLD = 4


def hubs(atlas: Atlas, sheet: Sheet) -> None:
    """Draw the sheet of the hubs."""
    words = atlas.words
    atlas.frame(sheet, "hubs", title(words, "hubs"))
    maps, columns = atlas.parts(sheet)
    drawn = Map(sheet, atlas.ground, maps)
    drawn.paper()
    catchments = _catchments(atlas)
    if len(catchments):
        drawn.areas(catchments, facecolor=CATCHMENT, gid="catchments")
        drawn.areas(catchments, facecolor="none", edgecolor=SITE, linewidth=0.8)
    drawn.streets()
    drawn.areas_named()
    beyond = drawn.hubs(atlas.hubs)
    drawn.names()
    drawn.edge()
    kinds = [kind for kind, frame in reversed(atlas.hubs.kinds()) if len(frame)]
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(told.hubs_lead(atlas), size=10.5, bold=True, gap=1.2),
            flow.Words(" ".join(told.chosen_for(atlas)), size=8.5, colour=QUIET, gap=2.5),
            *_new(atlas),
            *_second(atlas),
            flow.heading(words.say("atlas.key")),
            *keys.hubs(words, kinds),
            *([_catchment_key(atlas)] if len(catchments) else []),
            flow.space(1),
            keys.scale(words, drawn.view),
            *([flow.small(words.say("atlas.hubs_beyond", count=words.count(beyond)))] if beyond else []),
            *(_steps(words) if len(atlas.hubs.recommended) else []),
            *(flow.small(line) for line in (*told.best(atlas), words.say("hub.unchecked"))),
            *notes(atlas),
        ],
    )  # fmt: skip


def _steps(words: Words) -> list[flow.Block]:
    """Return what each further hub adds, and why the list has other numbers; without one there is nothing to draw."""
    drawn = flow.Drawing(58.0, lambda sheet, box: Plot(elbow.elbow).into(words, sheet, box))
    return [drawn, flow.space(1.5), flow.small(words.say("hub.steps_note"))]


def _catchments(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return from where each recommended hub is within the walk."""
    drawn = gpd.GeoDataFrame(atlas.town.tables["hub_catchments"])
    return drawn[drawn["site_id"].isin(atlas.hubs.recommended["site_id"])]


def _catchment_key(atlas: Atlas) -> flow.Key:
    return flow.Key(atlas.words.say("atlas.catchment"), keys.filled(CATCHMENT, edgecolor=SITE))


def _new(atlas: Atlas) -> list[flow.Block]:
    words, blocks = atlas.words, list[flow.Block]()
    for (rank, line), row in zip(
        told.new_hubs(atlas), atlas.hubs.recommended.drop(columns="geometry").to_dict("records"), strict=True
    ):
        blocks.append(flow.Words(line, size=9.5, bold=True, indent=5, mark=rank, gap=0.8))
        kind = told.site({**row, **dict.fromkeys(NAME_COLUMNS)}, words)
        facts = [words.say("hub.kind", kind=kind)] if words.name(row) else []
        facts += [words.say(f"hub.change_{change}")] if (change := row["designation_change"]) else []
        facts += [words.say("hub.must")] if row["choice"] == "must" else []
        homes = row["homes_not_counted"]
        facts += [words.say("hub.nobody")] if words.count(row["people_high"]) == "0" and not homes else []
        facts += [words.say("hub.homes", homes=words.count(homes))] if homes else []
        facts += [words.say("hub.areas", list=areas)] if (areas := _areas(atlas, str(row["site_id"]))) else []
        facts += [words.say("hub.profiles", list=others)] if (others := _walkers(atlas, str(row["site_id"]))) else []
        facts += filter(None, [" · ".join(chosen.of_site(row, atlas.town.record["hubs"], told.speech(atlas)))])
        facts += filter(None, [told.chosen_again(atlas, row)])
        hosted = [key for key in str(row["services"]).split(";") if key in atlas.town.catalogue.categories]
        facts += [words.say("hub.services", list=words.listed(map(words.category, hosted)))] if hosted else []
        blocks.extend(flow.Words(fact, size=7.5, indent=5, colour=QUIET, gap=0.5) for fact in facts)
        blocks.append(flow.space(1.2))
    left = told.hubs_left(atlas)
    return [*blocks, *([flow.Words(left, size=9, gap=2.5)] if left else [])]


def _areas(atlas: Atlas, site_id: str) -> str:
    """Return in which areas, those that a map names, most people gain by a hub."""
    gains, units = atlas.town.tables["hub_gains"], atlas.ground.labelled.drop(columns="geometry")
    zoning = str(atlas.town.record["default_zoning"]) if atlas.ground.by_units else "zone"
    mine = gains[(gains["site_id"] == site_id) & (gains["zoning"] == zoning) & (gains["group"] == "total")]
    most = mine[mine["people_high"] >= 0.5].sort_values(["people_high", "zone_id"], ascending=[False, True])
    units, words = units.set_index("zone_id", drop=False), atlas.words
    return words.listed(
        words.say("hub.group", group=words.listed_unit(units.loc[row["zone_id"]]),
                  people=words.counts(row["people_low"], row["people_high"]))
        for row in most.head(AREAS_TOLD).to_dict("records")
        if row["zone_id"] in units.index
    )  # fmt: skip


def _walkers(atlas: Atlas, site_id: str) -> str:
    """Return who gains by a hub if all walk as another profile does."""
    gains, speech = atlas.town.tables["hub_gains"], told.speech(atlas)
    mine = gains[(gains["site_id"] == site_id) & (gains["group_by"] == "profile")]
    return atlas.words.listed(
        atlas.words.say("hub.group", group=speech.profile(row["group"]),
                        people=atlas.words.counts(row["people_low"], row["people_high"]))
        for row in mine.to_dict("records")
    )  # fmt: skip


def _second(atlas: Atlas) -> list[flow.Block]:
    others = told.second_best(atlas)
    if not others:
        return []
    head = flow.Words(atlas.words.say("hub.others"), size=9, bold=True, colour=INK, gap=0.8)
    return [head, *(flow.Words(line, size=8, indent=5, mark=rank, gap=0.5) for rank, line in others), flow.space(2)]
