"""`geokehila gaps`: what is missing in a city, for how many people, in the order of their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.completing import categories, languages, zonings
from geokehila_cli.gap_lines import CITY, Gaps, records
from geokehila_cli.options import City, Data, Json, Out, Quiet, must_take_csv

if TYPE_CHECKING:
    import pandas as pd

    from geokehila.catalogue.phrases import Phrases
    from geokehila.gaps.sentences import Sentences
    from geokehila.study import Study

#: How many gaps are shown where nothing is said.
TOP = 20


def command(
    study: City,
    category: Annotated[
        str,
        typer.Option(
            metavar="CATEGORY", help="Only gaps of this one, such as clinic. [default: all]", autocompletion=categories
        ),
    ] = "",
    zoning: Annotated[
        str,
        typer.Option(
            metavar="ZONING",
            help="The areas: zone, those of the page and its cards, neighbourhood, community, city.",
            autocompletion=zonings,
        ),
    ] = "zone",
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How many are shown. [default: 20; as JSON all]")
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="he|ar|en", help="Of the sentences.", autocompletion=languages)
    ] = "en",
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Receives all of them, ranked or not. [default: none]")
    ] = None,
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Say what is missing on foot in the parts of a city, and for how many people; the most people first.

    It reads the last run that is kept, and makes one only where there is none. Where areas have too few people to be
    ranked it tells the gap of the whole city; behind the ranked gaps those that are certain for some but not ranked,
    for too little is known there; where no gap is certain, the largest that are possible.

    \b
    geokehila gaps dimona
    geokehila gaps dimona --category clinic --zoning neighbourhood --language he
    """
    from geokehila import pipeline
    from geokehila.catalogue import LANGUAGES, known
    from geokehila.store import keep

    known(language, LANGUAGES, "language")
    chosen = pipeline.choose(study, data)
    if category:
        category = _key(category, chosen)
    _must_be_possible(zoning, chosen, data, out)
    must_take_csv(csv, "--csv")
    made = _last(chosen, data, out, quiet)
    said = _sentences(chosen, made, language)
    rows, of_city = (_told(_of(made, areas, category), said) for areas in (zoning, CITY))
    if csv:
        with keep.filling(csv.parent, "--csv") as work:
            rows.to_csv(work / csv.name, index=False, encoding="utf-8-sig", lineterminator="\n")
    if as_json:
        show.machine(show.records(rows.dropna(subset="rank").head(top) if top else rows))
    elif not quiet:
        gaps = Gaps(rows, of_city, said, made.summary["parameters"]["gaps"]["least_people"])
        typer.echo("\n".join(_lines(made, zoning, gaps, top or TOP)))


def _key(category: str, study: Study) -> str:
    """Return the key of a category that is called by it or by what pages and cards call it, in any language."""
    from geokehila.catalogue import known
    from geokehila.catalogue.lists import by_name
    from geokehila.names import matching_key

    keys = study.catalogue.categories
    named = by_name(keys).get(matching_key(category.replace("_", " ")), category)
    return known(category if category in keys else named, keys, "category")


def _must_be_possible(zoning: str, study: Study, data: Path, out: Path) -> None:
    """See that the run that is kept sums over such areas; where there is none, that one can, before it is made."""
    from geokehila import pipeline
    from geokehila.catalogue import known
    from geokehila.errors import StudyError
    from geokehila.schema import ZONINGS
    from geokehila.store import kept

    if kept.is_run(out, study.city.slug):
        known(zoning, kept.record(kept.newest(out, study.city.slug))["zonings"], "zoning")
        return
    known(zoning, ZONINGS, "zoning")
    if zoning == "hexagon" and not study.zonings.hexagon_edge_m:
        raise StudyError("--zoning hexagon: study.toml asks for none: write [zonings] hexagon_edge_m = 250 into it")
    if zoning == "neighbourhood" and "neighbourhoods" not in (inputs := pipeline.opened(study, data)[1]).files:
        raise StudyError(
            f"--zoning neighbourhood: no file neighbourhoods.* in {inputs.folder}: put one there, or ask for zone"
        )


@dataclass(frozen=True)
class Kept:
    """A run as it lies on disk: its folder, and what it says of itself."""

    path: Path
    summary: Mapping[str, Any]


def _last(study: Study, data: Path, out: Path, quiet: bool) -> Kept:
    """Return the last run of a city; one is made only where none is kept."""
    from geokehila import pipeline
    from geokehila.errors import GeoKehilaError
    from geokehila.store import kept

    slug = study.city.slug
    if not kept.is_run(out, slug):
        made = pipeline.run(study, data, out, show.progress(quiet))
        return Kept(made.path, made.summary)
    folder = kept.newest(out, slug)
    with suppress(GeoKehilaError):  # a folder without files tells nothing of the run that is kept
        asked, inputs = pipeline.opened(study, data)
        run = kept.record(folder)
        what = ", ".join(_differing(run, asked, inputs.fingerprints()))
        # The gaps of a run are its own whatever run it was compared with.
        if pipeline.id_of(asked, inputs) != folder.name and (what or run["previous"] is None):
            what = what or "its choices"
            typer.echo(f"note: now other than in the last run: {what}: `geokehila run {slug}` makes it anew", err=True)
    return Kept(folder, kept.record(folder))


def _differing(run: Mapping[str, Any], study: Study, files: list[dict[str, str]]) -> Iterator[str]:
    """Name the files and the choices that are others than a run's."""
    from geokehila import __version__
    from geokehila.catalogue import otherwise

    then, now = (
        {(row["role"], row["file"]): row["sha256"] for row in rows if row["role"] != "previous"}
        for rows in (run["inputs"], files)
    )
    yield from sorted({file for role, file in {*then, *now} if then.get((role, file)) != now.get((role, file))})
    yield from otherwise.altered(run, study.told())
    if run["version"] != __version__:
        yield f"GeoKehila {__version__}"


def _of(made: Kept, zoning: str, category: str) -> pd.DataFrame:
    """Return table ``gaps`` of everybody in the units of one zoning, the most people surely beyond first."""
    import pandas as pd

    from geokehila.catalogue import known

    gaps = pd.read_parquet(made.path / "gaps.parquet")
    keys = sorted({*gaps["zoning"]})
    rows = gaps[(gaps["zoning"] == known(zoning, keys, "zoning")) & (gaps["group_by"] == "")]
    if category:
        return rows[rows["category"] == category].sort_values(["rank", "zone_id"])
    # As they are ranked: sums of the same people in another order are the same.
    order = pd.concat([-rows[["beyond_low", "beyond_high"]].round(6), rows[["zone_id", "category"]]], axis=1)
    return rows.loc[order.sort_values([*order]).index]


def _sentences(study: Study, made: Kept, language: str) -> Sentences:
    """Return what is said of a run's gaps."""
    import pandas as pd

    from geokehila.gaps.sentences import Sentences
    from geokehila.names import NAME_COLUMNS

    zonings = pd.read_parquet(made.path / "zonings.parquet", columns=["zoning", "zone_id", *NAME_COLUMNS])
    return Sentences(study, zonings, made.summary["weights"], language)


def _told(rows: pd.DataFrame, said: Sentences) -> pd.DataFrame:
    """Return the rows with the names of their units and a sentence each."""
    told = records(rows)
    return rows.assign(name=[said.name(row) for row in told], sentence=[said.of(row) for row in told])


def _lines(made: Kept, zoning: str, gaps: Gaps, top: int) -> list[str]:
    title = made.summary["city"]["name"]["en"] + (" (FICTIONAL)" if made.summary["fictional"] else "")
    return [
        f"{title}: gaps by {zoning}, the most people surely beyond first",
        *gaps.lines(top),
        *_not_counted(made, gaps.said.phrases),
        f"tables: {made.path}",
    ]


def _not_counted(made: Kept, phrases: Phrases) -> Iterator[str]:
    """Yield how many homes stand in areas without a count, if any: their people have no part in any number."""
    if homes := made.summary["facts"]["homes_not_counted"]:
        yield phrases.say("sentence.in_no_number", homes=phrases.number(homes))
