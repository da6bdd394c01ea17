"""Lists of places: how many of each category, how far they are believed, and how many were mapped twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from geokehila import catalogue
from geokehila.confidence import MAPPING, NETWORK, POPULATION
from geokehila.doctor.findings import OK, Finding, judged
from geokehila.gathered import Gathered
from geokehila.schema import MEASURED, NOT_KNOWN, THIN
from geokehila.study import Study

REMEDY = {
    POPULATION: "see the zones' reasons in the table confidence of a run",
    NETWORK: "map ways for people on foot in OpenStreetMap",
    MAPPING: "map the town's places in OpenStreetMap, or give lists of your own",
}
LISTS = (
    "give lists of your own of those that matter: places_<category>.csv, shelters.csv; of one in which nothing is "
    "missing say whole = true in [lists.<role>]"
)


def examine(study: Study, gathered: Gathered, believed: pd.DataFrame) -> Iterator[Finding]:
    """Look at each category's list and how it is believed in the zones where people live."""
    ledger = gathered.places.ledger.counts().get("place", {})
    rejected: dict[str, int] = dict(ledger.get("rejected", {}))  # type: ignore[call-overload]
    twice = sum(number for reason, number in rejected.items() if reason.startswith("duplicate"))
    yield Finding("duplicates", OK, f"{twice:,} places were mapped or listed twice and merged")
    lived_in = believed[believed["zone_id"].isin(gathered.homes.origins["zone_id"])]
    by_subject = {str(subject): rows for subject, rows in lived_in.groupby("subject")}
    for subject, remedy in REMEDY.items():
        belief, is_whole = _believed(by_subject.get(subject))
        yield judged(f"belief {subject}", is_whole, belief, remedy)
    yield from _lists(gathered.places.categories["category"].value_counts(), by_subject, study)


def _lists(counts: pd.Series, by_subject: Mapping[str, pd.DataFrame], study: Study) -> Iterator[Finding]:
    """Give each category with its number of places, those that are believed alike together."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for key in study.catalogue.categories:
        alike.setdefault(_believed(by_subject.get(key)), []).append(f"{key} {int(counts.get(key, 0)):,}")
    for (belief, is_whole), listed in alike.items():
        yield judged("places", is_whole, f"{', '.join(listed)}: {belief}", LISTS)


def _believed(rows: pd.DataFrame | None) -> tuple[str, bool]:
    """Count the zones with people by how far a subject is believed, with the reason that most of them have."""
    if rows is None:
        return "nobody lives in the zones", True
    states = rows["state"].value_counts()
    told = {MEASURED: "believed", THIN: "doubtful", NOT_KNOWN: "not known"}
    text = ", ".join(f"{int(states.get(state, 0))} {words}" for state, words in told.items())
    doubts = rows.loc[rows["state"] != MEASURED, "reason"].value_counts(sort=False).sort_index()
    why = f": {_in_words(str(doubts.idxmax()))}" if len(doubts) else ""
    return f"of {len(rows)} areas {text}{why}", doubts.empty


def _in_words(reason: str) -> str:
    return str(catalogue.text("en")["belief"].get(reason, reason.replace("_", " ")))
