"""`geokehila region`: the localities of a region together, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from geokehila_cli import show
from geokehila_cli.completing import regions
from geokehila_cli.options import Atlas, Data, Json, Out, Quiet, languages_of


def command(
    region: Annotated[str, typer.Argument(metavar="negev|galilee", help="A programme region.", autocompletion=regions)],
    atlas: Atlas = "",
    data: Data = Path("data/raw"),
    out: Out = Path(),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Bring the last runs of a region's localities together: one page, one order of waves, nobody left blank.

    Localities without a run are told: those whose last try failed with the reason, others as not run.

    \b
    geokehila batch --region negev
    geokehila region negev
    geokehila region negev --atlas he,ar
    """
    from geokehila.catalogue import REGIONS, known
    from geokehila.region import write
    from geokehila.store import keep

    languages = languages_of(atlas)
    known(region, REGIONS, "region")
    keep.must_take(out)
    path, page = write(region, out, data / "national", languages)
    drawn = [page.with_name(f"atlas-{language}.pdf") for language in languages]
    told = _localities(path, out)
    if as_json:
        show.machine({"page": str(page), "tables": str(path), "atlas": [*map(str, drawn)], **told})
    elif not quiet:
        typer.echo("\n".join([_line(told), f"page:   {page}", f"tables: {path}", *(f"atlas:  {one}" for one in drawn)]))


def _localities(path: Path, out: Path) -> dict[str, Any]:
    """Return which localities are measured, of the others why they are not, and how many residents are on no map."""
    from geokehila.catalogue.otherwise import in_words
    from geokehila.region import NOT_RUN, why_failed
    from geokehila.store import kept

    record = kept.record(path)
    apart: dict[str, str] = record["apart"]
    others = {slug: f" of {in_words(choices)}" for slug, choices in record["chosen_otherwise"].items()}
    failed = {slug: why for slug, reason in apart.items() if reason == NOT_RUN and (why := why_failed(out, slug))}
    return {
        "measured": [slug for slug in record["members"] if slug not in apart],
        "failed": failed,
        "not_run": [slug for slug, reason in apart.items() if reason == NOT_RUN and slug not in failed],
        "apart": {slug: reason + others.get(slug, "") for slug, reason in apart.items() if reason != NOT_RUN},
        "not_placed": record["not_placed"],
    }


def _line(told: Mapping[str, Any]) -> str:
    """Return how many localities came to what, why those failed or stand apart, and whom no map of theirs holds."""
    parts = [f"measured {len(told['measured'])}"]
    for word in ("failed", "apart"):
        if told[word]:
            whys = "; ".join(f"{slug}: {why}" for slug, why in told[word].items())
            parts.append(f"{word} {len(told[word])} ({whys})")
    parts.append(f"not run {len(told['not_run'])}")
    if left := told["not_placed"]:
        each = "; ".join(f"{slug} {people:,.0f}" for slug, people in left.items())
        parts.append(f"residents on no map {sum(left.values()):,.0f} ({each})")
    return ", ".join(parts)
