"""Sites for a hub that a municipality lists: how large, at what price, whether one must, may or never stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.ledger import Ledger, some
from geokehila.load import cells, municipal
from geokehila.load import spots as spotted
from geokehila.load.municipal import columns
from geokehila.load.municipal import rows as list_rows
from geokehila.load.spots import Spots
from geokehila.load.written import amounts, answers
from geokehila.names import NAME_COLUMNS, matching_key
from geokehila.schema import TABLES, check
from geokehila.study import Study

ROLE, KIND, OWN = "candidates", "candidate", "own"
CANDIDATE, EXCLUDED = "candidate", "excluded"
MUST, MAY, NEVER = "must", "may", "never"
NO_CHOICE = "choice is {!r}: write must, may or never (חובה, אפשרי, לעולם לא)"
NO_ANSWER = "extendable is {!r}: write yes or no"
#: What the columns are called beside those of any list of places.
WORDS: Mapping[str, tuple[str, ...]] = {
    "capacity": columns.WORDS["capacity"],
    "price": ("price", "cost", "מחיר", "עלות", "מחיר בש\"ח", "עלות בש\"ח", "السعر", "التكلفة", "تكلفة"),
    "choice": ("choice", "decision", "must may never", "בחירה", "החלטה", "חובה/אפשרי/לעולם לא", "القرار", "الاختيار"),
    "room_m2": ("room_m2", "room", "floor area", "floor m2", "area m2", "שטח", "שטח במ\"ר", "שטח בנוי", "שטח רצפה",
                "المساحة", "مساحة"),
    "extendable": ("extendable", "can be extended", "הרחבה", "ניתן להרחבה", "אפשר להרחיב", "בר הרחבה", "قابل للتوسيع"),
    "gush": ("gush", "gush_num", "block", "גוש", "מספר גוש", "حوض", "رقم الحوض"),
    "helka": ("helka", "parcel", "parcel_num", "חלקה", "מספר חלקה", "قسيمة", "رقم القسيمة"),
    "plan_number": ("plan_number", "pl_number", "plan no", "plan", "מספר תכנית", "מספר תוכנית", "תכנית", "תוכנית",
                    "תב\"ע", "رقم الخارطة"),
}  # fmt: skip
#: Words that tell a column whatever stands beside them, where one column alone has them.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "price": ("price", "cost", "estimate", "מחיר", "עלות", "אומדן", "سعر", "تكلفة", "تقدير"),
    "choice": ("decision", "החלטה", "החלטת", "قرار"),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    MUST: ("must", "חובה", "חייב", "إلزامي", "ضروري"),
    MAY: ("", "may", "possible", "אפשרי", "אפשר", "רשות", "מותר", "ممكن", "محتمل"),
    NEVER: ("never", "no", "לעולם לא", "לא", "אסור", "פסול", "أبدا", "لا", "ممنوع"),
}
_CHOICE_OF = {matching_key(word): choice for choice, words in _CHOICES.items() for word in words}
#: Below these a row is left out: nobody pays less than nothing, and a site for no person is none.
_LEAST: Mapping[str, float] = {"capacity": 1.0, "price": 0.0, "room_m2": 0.0}
_TEXTS = ("gush", "helka", "plan_number")


@dataclass(frozen=True, eq=False)
class CandidateList:
    """Rows of table ``candidates``, what became of every row of the file, and the column that each key is read from.

    `unread` are the columns that nothing is read from; one of them may hold what no column is found for.
    """

    sites: gpd.GeoDataFrame
    ledger: Ledger
    columns: Mapping[str, str]
    unread: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[str, ...]:
        """What no column tells."""
        return tuple(key for key in WORDS if key not in self.columns)


def read(path: Path, study: Study, area: shapely.Geometry | None = None) -> CandidateList:
    """Read a municipality's list of sites.

    Parameters
    ----------
    path
        A table with columns of coordinates, or a vector layer of points or outlines with a stated CRS. Columns are
        found by their names in Hebrew, Arabic and English; a list needs those of a place alone. None about persons is
        read.
    study
        Its CRS, and the columns that it states.
    area
        The study's zones, in its CRS: rows more than 50 km from them are rejected. None: wherever they lie.

    Returns
    -------
    CandidateList
        Sites of kind ``own``, `site_id` ``own:<id>`` as lists of places have it. `status` is ``candidate``, or
        ``excluded`` for the reason ``never``. A choice that is not told is may, `extendable` that is not told false;
        `capacity` [people], `price` and `room_m2` [m2] that are not told, or in words that are no number, are missing.
        `listed` is what the list calls a site: its id, and the first name that it has.
        Ledger kind ``candidate``.

    Raises
    ------
    InputError
        No columns of coordinates, no CRS, no row with usable coordinates, a stated column that is absent or about
        persons, or a file that cannot be read.

    Examples
    --------
    >>> read(Path("candidates.csv"), Study.of("dimona")).sites.choice.tolist()  # doctest: +SKIP
    ['must', 'may', 'never']
    """
    ledger = Ledger(path.name)
    choice = study.tables.get(ROLE, municipal.DEFAULT)
    spots = spotted.read(path, study.crs, ledger, choice)
    ledger.read(KIND, len(spots.rows))
    found = cells.choose(spots.rows, WORDS, choice, path.name, spots.known)
    found |= _told_by_a_word(spots.rows, {*spots.known, *found.values()}, {*found, *choice.columns})
    said = pd.DataFrame({key: cells.told(spots.rows, found.get(key)) for key in WORDS})
    sites = _sites(spots, said, path.name)
    reasons = _reasons(spots, said, sites, area)
    called = sites["place_id"].where(sites["listed"] == "", OWN + ":" + sites["listed"])
    for row, reason in zip(called, reasons, strict=True):
        if reason:
            ledger.reject(KIND, row, reason)
    kept = _table(sites[reasons == ""].reset_index(drop=True))
    ledger.use(KIND, len(kept))
    if absent := [key for key in WORDS if key not in found]:
        text = f"has no column {', '.join(absent)}: these are not known of its sites; add what is known"
        ledger.warn("columns_missing", text)
    columns.warn_of_unread(spots.rows, {*spots.known, *found.values()}, ROLE, ledger)
    spots.warn_of_left_out(called, reasons, ledger)
    _warn_of_musts(spots, called.where(sites["choice"] == MUST), reasons, ledger)
    _warn_of_amounts(spots, said, sites[reasons == ""].assign(called=called), ledger)
    unread = tuple(columns.unread(spots.rows, {*spots.known, *found.values()}))
    return CandidateList(kept, ledger.balance(), spots.chosen | found, unread)


def _told_by_a_word(rows: pd.DataFrame, taken: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Return the columns that a word in their name tells, for keys not known yet: where one alone has such a word."""
    names = {name: {*columns.plain(name).split()} for name in columns.unread(rows, taken)}
    told = {
        key: [name for name, own in names.items() if own & {form for word in words for form in _forms(word)}]
        for key, words in _TELLING.items()
        if key not in known
    }
    return {key: some[0] for key, some in told.items() if len(some) == 1}


def _forms(word: str) -> tuple[str, ...]:
    """Return a word as it is compared, bare and with the article."""
    return tuple(columns.plain(article + word) for article in ("", "ה", "ال"))


def _sites(spots: Spots, said: pd.DataFrame, file: str) -> gpd.GeoDataFrame:
    """Return what the rows say, as places and beyond; a choice that is no known word is missing."""
    places = list_rows.places_of(spots.rows, spots.chosen, OWN, municipal.DEFAULT, municipal.NO_FACTS, file)
    more = {key: amounts(said[key]) for key in _LEAST}
    more |= {key: said[key].astype(object).where(said[key] != "", None) for key in _TEXTS}
    more["choice"] = said["choice"].map(lambda text: _CHOICE_OF.get(matching_key(text)))
    more["extendable"] = answers(said["extendable"]) == 1
    names = places[[*NAME_COLUMNS]].bfill(axis=1).iloc[:, 0].fillna("")
    more["listed"] = (places["source_id"] + " " + names).str.strip().astype("str")
    return gpd.GeoDataFrame(places.assign(**more), geometry=spots.shapes.to_numpy(), crs=spots.shapes.crs)


def _reasons(spots: Spots, said: pd.DataFrame, sites: gpd.GeoDataFrame, area: shapely.Geometry | None) -> np.ndarray:
    """Return why a row is left out; empty where it is a site."""
    reasons = list_rows.first(spots.reasons, list_rows.far(sites.geometry, area), *_unread(said, sites))
    reasons = list_rows.first(reasons, list_rows.id_repeats(sites["source_id"], reasons))
    return list_rows.first(reasons, list_rows.again(sites, reasons))


def _unread(said: pd.DataFrame, sites: gpd.GeoDataFrame) -> Iterator[np.ndarray]:
    """Yield by column why a row cannot be followed; empty where it can."""
    yield np.where(sites["choice"].isna(), said["choice"].map(NO_CHOICE.format), "")
    unclear = answers(said["extendable"]).isna() & (said["extendable"] != "")
    yield np.where(unclear, said["extendable"].map(NO_ANSWER.format), "")
    for key, least in _LEAST.items():
        yield np.where(
            sites[key] < least, said[key].map(f"{key} is {{!r}}: write a number, {least:g} or more".format), ""
        )


def _warn_of_musts(spots: Spots, called: pd.Series, reasons: np.ndarray, ledger: Ledger) -> None:
    """Name every row that is left out and says must: what is decided would be in no plan."""
    lost = np.flatnonzero(called.notna().to_numpy() & (reasons != "")).tolist()
    if lost:
        named = "; ".join(f"{spots.called(row, called)}: {reasons[row]}" for row in lost)
        ledger.warn("must_left_out", f"{len(lost)} rows that say must are left out, and in no plan: {named}: mend them")


def _warn_of_amounts(spots: Spots, said: pd.DataFrame, kept: gpd.GeoDataFrame, ledger: Ledger) -> None:
    """Name the rows that are kept though an amount in them cannot be read."""
    unread = [
        f"{spots.called(row, kept['called'])}: {key} {said[key][row]!r}"
        for row in kept.index
        for key in _LEAST
        if said[key][row] and np.isnan(kept[key][row])
    ]
    if unread:
        text = f"{len(unread)} amounts are no number and not known, the rows stay: {some(unread, mark='; ')}"
        ledger.warn("amounts_not_read", f"{text}: write 900,000")


def _table(kept: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that are left as table ``candidates``."""
    sites, _ = list_rows.identified(kept, OWN)
    never = sites["choice"] == NEVER
    filled = sites.assign(
        site_id=sites["place_id"],
        kind=OWN,
        status=np.where(never, EXCLUDED, CANDIDATE),
        reason=np.where(never, NEVER, ""),
        designation=None,
    )
    return check("candidates", filled[[*TABLES["candidates"].columns, "listed"]])
