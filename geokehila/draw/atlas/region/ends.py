"""What groups of residents reach in a region, and on its last sheet how it was measured, from what."""

from __future__ import annotations

from geokehila.draw.atlas import belief, flow
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.multiples import grid, notes, plots, title
from geokehila.draw.atlas.paper import Sheet
from geokehila.draw.atlas.region.domains import share
from geokehila.draw.atlas.region.localities import Localities
from geokehila.zones import CITY

#: Width by height of plots without a map beside them.
ALONE = 2.0
#: [percentage points] Differences that are told in words.
LEAST_POINTS = 1.0


def equity(atlas: Atlas, sheet: Sheet) -> None:
    """Draw what residents reach by society and by cluster of their area, and where groups surely differ."""
    words = atlas.words
    atlas.frame(sheet, "equity", title(words, "equity"))
    maps, columns = atlas.parts(sheet)
    drawn = plots(atlas, "equity")
    for plot, box in zip(drawn, grid(maps, len(drawn), ALONE), strict=True):
        plot.into(words, sheet, box)
    flow.pour(
        sheet,
        columns,
        [
            flow.Words(words.say("atlas.note_equity"), gap=3),
            *_known(atlas),
            flow.heading(words.say("region_atlas.differ")),
            *(_differ(atlas) or [flow.Words(words.say("region_atlas.alike"))]),
            flow.space(2),
            *Localities(atlas).unmeasured(),
            *notes(atlas),
        ],
    )


def _known(atlas: Atlas) -> list[flow.Block]:
    """Say of how many residents the cluster is known."""
    table = atlas.town.tables["equity"]
    rows = table[(table["group_by"] == "ses_cluster") & (table["statistic"] == "known_share")]
    words = atlas.words
    return [
        flow.Words(words.say("region_atlas.cluster_known", share=words.percent(float(value))), gap=3)
        for value in rows["value"]
    ]


def _differ(atlas: Atlas) -> list[flow.Block]:
    """Return the groups whose ranges of a domain lie a point apart at least: the least and the most served."""
    words, table, found = atlas.words, atlas.town.tables["equity"], list[flow.Block]()
    table = table[(table["zoning"] == CITY) & table["statistic"].isin(("worst_share", "best_share", "gap_pp"))]
    for (measure, by), rows in table.groupby(["measure", "group_by"], sort=True):
        ends = rows.set_index("statistic")
        if float(ends["low"].astype(float)["gap_pp"]) < LEAST_POINTS:
            continue
        said = [
            words.say("region_atlas.group_share", group=words.group(str(by), str(ends.loc[key, "group"])),
                      share=words.phrases.figure(share(words, *ends.loc[key, ["low", "high"]])))
            for key in ("worst_share", "best_share")
        ]  # fmt: skip
        line = f"{words.domain(str(measure).removeprefix('domain_'))}: {words.listed(said)}"
        found.append(flow.Words(line, size=8.5, gap=1.0))
    return found


def method(atlas: Atlas, sheet: Sheet) -> None:
    """Write how it was measured and summed, from which runs and files."""
    atlas.frame(sheet, "method", title(atlas.words, "method"))
    blocks = [
        *belief.rules(atlas),
        *_summed(atlas),
        *belief.cutoffs(atlas),
        *_sources(atlas),
        *_runs(atlas),
        *belief.facts(atlas),
        *notes(atlas),
    ]
    flow.pour(sheet, belief.method_columns(atlas, sheet), blocks, flow.LARGEST)


def _summed(atlas: Atlas) -> list[flow.Block]:
    words = atlas.words
    rules = ("summed", "order", "waves_rule", "groups_rule")
    return [
        flow.space(2),
        flow.heading(words.say("region_atlas.how_summed")),
        *(flow.Words(words.say(f"region_atlas.{key}"), size=8.5) for key in rules),
    ]


def _sources(atlas: Atlas) -> list[flow.Block]:
    words = atlas.words
    lines = [
        " · ".join(
            [atlas.role(row["role"]), words.say("region_atlas.files", count=row["file"])]
            + ([words.phrases.figure(row["date"])] if row["date"] else [])
        )
        for row in atlas.town.record["sources"]
    ]
    return [
        flow.space(2),
        flow.heading(words.say("more.sources")),
        *(flow.Words(line, size=8, gap=1) for line in [*lines, *atlas.credits()]),
    ]


def _runs(atlas: Atlas) -> list[flow.Block]:
    """Return the run of every locality that is measured."""
    them, runs = Localities(atlas), atlas.town.record["members"]
    names = them.names()
    lines = [
        f"{names[row]} · {atlas.words.phrases.figure(runs[them.ids[row]])}"
        for row in them.order
        if them.ids[row] in runs
    ]
    head = flow.heading(atlas.words.say("region_atlas.runs"))
    return [flow.space(2), head, *(flow.Words(line, size=8, gap=0.6) for line in lines)]
