"""Lists of places that a municipality hands over: points or areas, in a table or any vector format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.catalogue import Catalogue
from geokehila.catalogue.lists import VETO, ListChoice, role_of
from geokehila.errors import InputError
from geokehila.ledger import Ledger, some
from geokehila.load import totals
from geokehila.load.municipal import columns, coordinates
from geokehila.load.municipal import kinds as list_kinds
from geokehila.load.municipal import rows as list_rows
from geokehila.load.municipal.dates import iso_date
from geokehila.load.municipal.opening import DEFAULT, locate, rows_of
from geokehila.load.municipal.proposal import Proposal, as_categories, columns_as_toml, propose
from geokehila.merging import PlaceList, osm_id
from geokehila.schema import WGS84
from geokehila.study import Study

__all__ = ["DEFAULT", "NO_FACTS", "Proposal", "columns_as_toml", "locate", "propose", "read", "read_all", "rows_of"]

#: How a program knows what is said of rows that are left out for a reason, what they do, and the remedy.
_NOTICES: Mapping[str, tuple[str, str, str]] = {
    coordinates.DEGREES: (
        "degrees_in_metres",
        "have degrees where the others have metres",
        "write all in one grid",
    ),
    coordinates.NOWHERE: (
        "rows_without_coordinates",
        "have no usable coordinates",
        "give lon and lat, in a layer a point",
    ),
    totals.TOTAL: ("totals", "are totals", "keep totals off the list"),
    totals.HEADING: ("headings", "are headings", "give the quarter in a column"),
    list_rows.ID_REPEATS: ("ids_repeat", "repeat the id of an earlier row", "number them apart"),
    list_rows.FAR: ("rows_far", "lie more than 50 km from the study's zones", "check the CRS"),
    list_rows.AGAIN: ("rows_repeat", "repeat the spot and the name of an earlier row", "keep one"),
}
NO_FACTS = Catalogue()


def read(
    path: Path,
    category: str,
    crs: str,
    choice: ListChoice = DEFAULT,
    area: shapely.Geometry | None = None,
    catalogue: Catalogue = NO_FACTS,
) -> PlaceList:
    """Read one list of places.

    Parameters
    ----------
    path
        A table with columns of coordinates, or a vector layer with a stated CRS. Nothing is kept but names, ids, dates,
        categories and sectors: lists hold people's names and telephones.
    category
        The category of every row, unless the list has a column of categories.
    crs
        The projected CRS of the study [m]; in Israel's, rows outside Israel are unusable.
    choice
        What the study says of the list; all else is found in the file.
    area
        The study's zones, in `crs`: rows more than 50 km from them are rejected. None: wherever they lie.
    catalogue
        Keys that a column of categories may hold, and what tells the sector of a place.

    Returns
    -------
    PlaceList
        Places as :mod:`geokehila.places` takes them; ``place_id`` is ``<category>:<id>``, the id as
        :func:`geokehila.load.municipal.rows.identified` makes it where a row has none. The ledger, kind ``place``,
        counts the rows of the file; a rejected row without an id is named by its number.

    Raises
    ------
    InputError
        No columns of coordinates, no CRS, no row with usable coordinates, no row at all in a list that is not stated
        whole, a stated column that is absent or about persons, or a file that cannot be read.

    Examples
    --------
    >>> read(Path("shelters.csv"), "shelter", "EPSG:2039").covered  # doctest: +SKIP
    frozenset({'shelter'})
    """
    ledger = Ledger(path.name)
    rows, numbers = rows_of(path, ledger)
    ledger.read("place", len(rows))
    chosen = columns.choose(rows, choice.columns, path.name)
    known = {*chosen.values(), *choice.where}
    located = locate(rows, chosen, choice, crs, path.name)
    ids = list_rows.cells(rows, chosen.get("id"))
    named_in_osm = np.array([choice.rule == VETO and osm_id(own) is not None for own in ids], dtype=bool)
    _must_hold_rows(located, named_in_osm, choice, category, path.name)
    shapes = gpd.GeoSeries(located.shapes, crs=WGS84).to_crs(crs).to_numpy()
    table = list_rows.places_of(rows, chosen, category, choice, catalogue, path.name)
    places = gpd.GeoDataFrame(table, geometry=shapes, crs=crs)
    aside = list_rows.first(
        np.where(located.reasons == totals.TOTAL, totals.TOTAL, ""), list_rows.not_kept(rows, choice, path.name)
    )
    reasons = list_rows.first(
        aside,
        np.where(places["categories"].str[0] == "", "no such category in [lists]", ""),
        np.where(named_in_osm, "", located.reasons),
        list_rows.far(places.geometry, area),
    )
    reasons = list_rows.first(reasons, list_rows.id_repeats(ids, reasons))
    reasons = list_rows.first(reasons, list_rows.again(places, reasons))
    for place_id, reason in zip(places["place_id"], reasons, strict=True):
        if reason:
            ledger.reject("place", place_id, reason)
    kept, alike = list_rows.identified(places[reasons == ""].reset_index(drop=True), category)
    ledger.use("place", len(kept))
    _warn(ledger, rows, chosen, choice, located)
    kinds = list_kinds.told(rows, catalogue.categories)
    if others := list_kinds.others(kinds, category, choice, "category" in chosen):
        known |= {*kinds}
        _warn_of_others(ledger, rows, kinds, others, category)
    called = [f"row {number} ({place_id})" for number, place_id in zip(numbers, places["place_id"], strict=True)]
    _warn_of_left_out(ledger, called, reasons)
    if not _warn_of_no_name(ledger, rows, chosen, choice):
        columns.warn_of_unread(rows, known, role_of(category), ledger)
    if alike:
        text = f"{alike} rows have no id and the category, name and spot (to 10 m) of an earlier one: give each an id"
        ledger.warn("ids_alike", text)
    lost = places["categories"].str[0][(reasons != "") & (aside == "")]
    named = list_rows.named(category, choice) if choice.whole else frozenset()
    beyond = list_rows.beyond(kept, category, area)
    found = PlaceList(kept, choice.rule, ledger.balance(), choice.whole, beyond, list_rows.none_of(named, kept, lost))
    if choice.rule != VETO:
        _warn_of_none(found, named)
    return found


def read_all(lists: Mapping[str, Path], study: Study, area: shapely.Geometry | None = None) -> tuple[PlaceList, ...]:
    """Read every list handed over, by category; raise `InputError` where the study speaks of one that is not."""
    for category in study.lists:
        if category not in lists:
            role = role_of(category)
            raise InputError(f"{role}: no file {role}.*, of which [lists.{role}] speaks: give it, or drop the table")
    return tuple(
        read(path, category, study.crs, study.lists.get(category, DEFAULT), area, study.catalogue)
        for category, path in lists.items()
    )


def _must_hold_rows(
    located: coordinates.Located, named_in_osm: np.ndarray, choice: ListChoice, category: str, file: str
) -> None:
    """Refuse a list of which no row lies anywhere, but for a whole one without rows: it says that there is none."""
    if (located.reasons == totals.TOTAL).all():
        if not choice.whole:
            remedy = f"give places, or if there is none state whole = true in [lists.{role_of(category)}] of study.toml"
            raise InputError(f"{file}: holds no row: {remedy}")
    elif not (located.reasons == "").any() and not named_in_osm.any():
        raise InputError(
            f"{file}: none of its {len(located.reasons)} rows has usable coordinates: give lon and lat in degrees, "
            "or the CRS of x and y in study.toml"
        )


def _warn_of_none(found: PlaceList, named: frozenset[str]) -> None:
    """Say of which categories a list shows no place in the study's zones, and what follows from that."""
    beyond, silent = (", ".join(sorted(some)) for some in (found.beyond, named - found.covered))
    if found.whole and (none := ", ".join(sorted(found.beyond | found.none))):
        text = f"stated whole, it shows none in the study's zones of: {none}: taken as told, there is none inside them"
        found.ledger.warn("list_shows_none", f"{text}; check the file")
    elif not found.whole and beyond:
        text = f"shows none in the study's zones of: {beyond}, but beyond them: it says nothing of these"
        found.ledger.warn("list_outside", f"{text}; check the file, or state whole = true")
    if silent:
        text = f"stated whole, but rows of its own are left out that may be of: {silent}: it says nothing of these"
        found.ledger.warn("list_says_nothing", f"{text}; mend the rows, or leave them out by where")


def _warn(
    ledger: Ledger,
    rows: pd.DataFrame,
    chosen: Mapping[str, str],
    choice: ListChoice,
    located: coordinates.Located,
) -> None:
    """Say what was guessed or mended, and what a planner would want to look at."""
    if located.is_swapped:
        text = "x and y, or longitude and latitude, are swapped in every row: read turned; mend them"
        ledger.warn("coordinates_swapped", text)
    if located.crs != WGS84 and not choice.crs:
        text = f'coordinates fit {located.crs}: read so; state crs = "{located.crs}" in [lists] of study.toml'
        ledger.warn("coordinates_guessed", text)
    if count := list_rows.unclear(list_rows.cells(rows, chosen.get("capacity"))):
        ledger.warn("capacities_not_read", f"{count} capacities are no number of people and not known: write 80")
    dates = list_rows.cells(rows, chosen.get("date"))
    if count := sum(cell != "" and iso_date(cell) is None for cell in dates):
        ledger.warn("dates_not_read", f"{count} dates are none that can be read: write them as 2024-05-31")
    for column, words in columns.classes(rows, columns.STATUS).items():
        unsaid = [word for word in words if columns.is_not_there(word)]
        if unsaid and column not in choice.where:
            text = f"column {column} holds {', '.join(unsaid)}: say which rows stand, where in [lists] of study.toml"
            ledger.warn("status_not_read", text)


def _warn_of_others(
    ledger: Ledger,
    rows: pd.DataFrame,
    kinds: Mapping[str, Mapping[str, Sequence[str]]],
    others: Sequence[str],
    category: str,
) -> None:
    """Say which rows are called something else than what they are counted as, and what to write."""
    for column, words in kinds.items():
        count = int(rows[column].map(columns.as_text).isin(others).sum())
        text = (
            f"{count} of {len(rows)} rows are {', '.join(others)} by column {column}, and counted as {category}: in "
            f"[lists.{role_of(category)}] state category = {column!r} in columns, and {as_categories(words)}"
        )
        ledger.warn("kinds_not_read", text)


def _warn_of_left_out(ledger: Ledger, called: Sequence[str], reasons: np.ndarray) -> None:
    """Say how many rows are left out and why, and name some of them, in the file and in `rejected`."""
    for reason, (name, they, remedy) in _NOTICES.items():
        left = [row for row, why in zip(called, reasons, strict=True) if _is_of(str(why), reason)]
        if left:
            text = f"{len(left)} of {len(called)} rows are left out, for they {they}: {some(left)}: {remedy}"
            ledger.warn(name, text)


def _is_of(why: str, reason: str) -> bool:
    """Tell whether a row is left out for a reason, which may name another row behind it."""
    return why == reason or why.startswith(f"{reason} ")


def _warn_of_no_name(ledger: Ledger, rows: pd.DataFrame, chosen: Mapping[str, str], choice: ListChoice) -> bool:
    """Say so where no column is read as a name, though one of those left might be it; stated as "" there is none."""
    unread = columns.unread(rows, {*chosen.values(), *choice.where})
    if not unread or any(key.startswith("name") for key in {*chosen, *choice.columns}):
        return False
    seen = ", ".join(unread[: columns.MOST_NAMED]) + ", …" * (len(unread) > columns.MOST_NAMED)
    text = f'no column of names among {seen}, which are not read: state name = "…" in columns of [lists]'
    ledger.warn("no_name_column", text)
    return True
