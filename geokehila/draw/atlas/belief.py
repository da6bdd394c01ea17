"""How far the data can be believed, zone by zone; and on the last sheet how it was measured, from what."""

from __future__ import annotations

from geokehila import names
from geokehila.draw.atlas import flow, keys, told
from geokehila.draw.atlas.book import GAP_MM, Atlas
from geokehila.draw.atlas.maps import NOT_KNOWN, Map
from geokehila.draw.atlas.multiples import grid, map_box, notes, title, ungrouped
from geokehila.draw.atlas.paper import Box, Sheet
from geokehila.draw.palette import BELIEF, QUIET
from geokehila.schema import REFERENCE

SUBJECTS = ("mapping", "population", "network")
#: Columns of the last sheet, on a broad and on a high one.
COLUMNS = (4, 3)


def confidence(atlas: Atlas, sheet: Sheet) -> None:
    """Draw a map of each subject of table ``confidence``, and how many zones are doubted for which reason."""
    words, town = atlas.words, atlas.town
    atlas.frame(sheet, "confidence", title(words, "confidence"))
    maps, columns = atlas.parts(sheet)
    west, south, east, north = atlas.ground.extent
    boxes = grid(maps, len(SUBJECTS), (east - west) / (north - south))
    told_of = town.tables["confidence"]
    for subject, box in zip(SUBJECTS, boxes, strict=True):
        rows = told_of[told_of["subject"] == subject].set_index("zone_id").reindex(town.zones["zone_id"])
        state = rows["state"].fillna("unknown").to_numpy()
        sheet.write(words.say(f"belief.{subject}"), box.x, box.y, 9.5, bold=True)
        share = words.percent(float(town.record["believed_share"].get(subject, 1.0)))
        sheet.write(words.say("atlas.believed_share", share=share), box.x, box.y + 4.6, 7.5, colour=QUIET)
        drawn = Map(sheet, atlas.ground, map_box(box, own_key=False))
        drawn.paper()
        drawn.states([(state == key, colour, _hatch(key)) for key, colour in BELIEF.items()])
        drawn.streets(all_of_them=False)
        drawn.edge()
    view = atlas.ground.view(*(getattr(map_box(boxes[0], own_key=False), side) for side in ("width", "height")))
    flow.pour(
        sheet,
        columns,
        [
            *(flow.Words(line, size=9.5) for line in told.sure(atlas)),
            flow.space(2),
            flow.heading(words.say("atlas.key")),
            *(flow.Key(words.say(f"atlas.{key}"), keys.filled(colour, _hatch(key))) for key, colour in BELIEF.items()),
            flow.space(1),
            keys.scale(words, view),
            *_reasons(atlas),
            *notes(atlas),
        ],
    )


def _hatch(state: str) -> str:
    return NOT_KNOWN if state == "unknown" else ""


def _reasons(atlas: Atlas) -> list[flow.Block]:
    words, table = atlas.words, atlas.town.tables["confidence"]
    here = table[table["zone_id"].isin(atlas.town.zones["zone_id"]) & (table["reason"] != "")]
    counts = here[here["subject"].isin(SUBJECTS)].groupby(["subject", "reason"]).size()
    if counts.empty:
        return []
    lines = []
    for subject in SUBJECTS:
        of_subject = counts[counts.index.get_level_values(0) == subject].sort_values(ascending=False, kind="stable")
        for reason, count in of_subject.droplevel(0).items():
            said = words.say(f"belief.{reason}") if words.phrases.has(f"belief.{reason}") else words.reason(str(reason))
            zones = words.say("atlas.zones", count=words.count(float(count)))
            lines.append(f"{words.say(f'belief.{subject}')} · {said}. {zones}")
    head = flow.heading(words.say("atlas.why_doubted"))
    return [head, *(flow.Words(line, size=8, gap=0.8) for line in lines)]


def method(atlas: Atlas, sheet: Sheet) -> None:
    """Write how it was measured: rules, cutoffs, sources, what could not be computed."""
    atlas.frame(sheet, "method", title(atlas.words, "method"))
    blocks = [*rules(atlas), *cutoffs(atlas), *_sources(atlas), *facts(atlas), *_not_computed(atlas), *notes(atlas)]
    flow.pour(sheet, method_columns(atlas, sheet), blocks)


def method_columns(atlas: Atlas, sheet: Sheet) -> list[Box]:
    """Return the columns of the last sheet."""
    body = atlas.body(sheet)
    count = COLUMNS[0] if sheet.width_mm > sheet.height_mm else COLUMNS[1]
    wide = (body.width - GAP_MM * (count - 1) * 1.6) / count
    return [Box(body.x + n * (wide + 1.6 * GAP_MM), body.y, wide, body.height) for n in range(count)]


def rules(atlas: Atlas) -> list[flow.Block]:
    """Return the rules of measuring."""
    words, adult = atlas.words, atlas.town.catalogue.profiles[REFERENCE]
    keys_of = ["interval", "domain", "walk", "slope_ground" if _has_slopes(atlas) else "slope_level", "median",
               "described", "gap", "list", "ages", "edge"]  # fmt: skip
    said = [words.say(f"method.{key}", speed=f"{adult.speed_m_s:g}") for key in keys_of]
    shelters = str(words.phrases.texts["measures"]["emergency"]["note"])
    return [flow.heading(words.say("more.method")), *(flow.Words(rule, size=8.5) for rule in [*said, shelters])]


def _has_slopes(atlas: Atlas) -> bool:
    return any(row["role"] == "dem" for row in atlas.town.record["inputs"])


def cutoffs(atlas: Atlas) -> list[flow.Block]:
    """Return how long the walk to each required service may be."""
    words, catalogue = atlas.words, atlas.town.catalogue
    lines = [
        f"{words.domain(key)}: "
        + words.listed(
            words.say("legend.walk_item", category=words.category(one.key), minutes=f"{one.cutoff_min:g}")
            for one in catalogue.deciding(key)
        )
        for key in told.scored(atlas)
    ]
    return [
        flow.space(2),
        flow.heading(words.say("more.cutoffs")),
        *(flow.Words(line, size=8, gap=1) for line in lines),
    ]


def _sources(atlas: Atlas) -> list[flow.Block]:
    words, lines = atlas.words, []
    for row in atlas.town.record["sources"]:
        made_by = [words.own(maker)] if (maker := row.get("told_by")) else []
        dated = [words.phrases.figure(names.clean(row["date"]))] if row["date"] else []
        lines.append(" · ".join([atlas.role(row["role"]), words.own(row["file"]), *made_by, *dated]))
    return [
        flow.space(2),
        flow.heading(words.say("more.sources")),
        *(flow.Words(line, size=8, gap=1) for line in [*lines, *atlas.credits()]),
    ]


def facts(atlas: Atlas) -> list[flow.Block]:
    """Return the facts of the run."""
    words, told_of = atlas.words, atlas.town.record["facts"]
    lines = [
        f"{words.say(f'facts.{key}')}: {words.percent(value) if 'share' in key else words.count(value)}"
        for key in words.phrases.texts["facts"]
        if (value := told_of.get(key)) is not None
    ]
    return [flow.space(2), flow.heading(words.say("more.facts")), *(flow.Words(line, size=8, gap=1) for line in lines)]


def _not_computed(atlas: Atlas) -> list[flow.Block]:
    words, absent = atlas.words, atlas.town.record["not_computed"]
    lines = [f"{words.measure(row['measure'])}: {words.why_absent(row['reason'])}" for row in absent]
    blocks = [
        *(flow.Words(line, size=8, gap=1) for line in lines),
        *([] if "equity" in atlas.keys else ungrouped(atlas)),
    ]
    if not blocks:
        return []
    return [flow.space(2), flow.heading(words.say("more.absent")), *blocks]
