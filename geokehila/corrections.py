"""What people who know a place correct in its inventory: the rows of one, and their effect on the places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from math import isfinite, isnan, nan
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.ledger import Ledger, some
from geokehila.names import NAME_COLUMNS, clean, matching_key, repaired
from geokehila.schema import WGS84

#: The sheet or layer of an inventory.
LAYER = "inventory"
#: The columns of an inventory.
COLUMNS = tuple(f"place_id categories {' '.join(NAME_COLUMNS)} lon lat source source_id date keep note check".split())
EDITED = (*NAME_COLUMNS, "date", "categories", "keep")
#: [degrees] Decimals of coordinates: about a centimetre.
DECIMALS = 7
Row = dict[str, Any]
#: Place ids that corrections give to places of their own.
OWN = "corrections:"
NO_SUCH_PLACE, ANOTHER, REMOVED = "no such place now", "another place now", "removed by correction"
#: Of a row that nobody edited: nothing is lost with it, so no notice tells of it.
GONE = "no such place now, nor was the row edited"
#: Of a row that says of its place what is known already.
NOTHING_NEW = "as the place stands: nothing is corrected"
UNEDITED = (GONE, NOTHING_NEW)
#: What a row that is followed does, kinds of the ledger: some by the columns that it changes.
CHANGED = {"moved": {"lon", "lat"}, "renamed": {*NAME_COLUMNS}, "of another kind": {"categories"}, "redated": {"date"}}
DONE = ("removed", *CHANGED, "new")
NOWHERE, FAR, AWAY = "no usable coordinates", "far from the study area", "far from where it was exported"
REPEATS, NO_CATEGORY = "id repeats", "no category"
#: [m] A place farther from where the row was exported, and of another name, is another one that has the id now.
ANOTHER_M = 100.0
#: [m] A correction farther from the study's zones, or from where the place was, is a slip of the coordinates.
FAR_M = 50_000.0
#: What is said of rows that are left out, for which reasons, under the name by which a program knows it.
_NOTICES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "corrections_unmatched": ((NO_SUCH_PLACE,), "name places that are no more: export the inventory anew"),
    "corrections_elsewhere": (
        (ANOTHER,), f"name a place that is now another one, {ANOTHER_M:g} m away or more: export the inventory anew"
    ),
    "corrections_no_coordinates": (
        (NOWHERE, FAR, AWAY),
        f"have no usable lon and lat, or lie over {FAR_M / 1000:g} km away: write them in degrees, as exported",
    ),
    "corrections_repeat": ((REPEATS,), "repeat the place_id of an earlier row: leave one, blank it in a new place"),
    "corrections_no_category": ((NO_CATEGORY,), "have no category: write a key, or keep = no to remove a place"),
}  # fmt: skip
_OSM_ID = re.compile(r"[nwr]\d+")
#: The column `check`.
_CHECK = re.compile(r"([0-9a-f]{8}) (-?[\d.]+) (-?[\d.]+)")


@dataclass(frozen=True, eq=False)
class Corrections:
    """An edited inventory.

    Attributes
    ----------
    rows
        Of :data:`COLUMNS` those the file has, as text, None where blank, but `categories` (tuple of keys), `lon` and
        `lat` [degrees; NaN: none usable], `at` (where a layer's point stands, as lon and lat; None in tables), `keep`
        (bool) and `date` (ISO).
    ledger
        Of the file, kind ``correction``; rows that cannot be read are rejected already.
    """

    rows: pd.DataFrame
    ledger: Ledger


def inventory(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return places as rows of an inventory, sorted by place_id: what an export shows and an import compares with.

    Parameters
    ----------
    places
        Table ``places`` with `categories` (tuple of keys).

    Returns
    -------
    DataFrame
        :data:`COLUMNS`; names and date None where they are not known; lon and lat [degrees] of a point in the place.
    """
    points = gpd.GeoSeries(shapely.point_on_surface(places.geometry.to_numpy()), crs=places.crs).to_crs(WGS84)
    rows = pd.DataFrame(places.drop(columns="geometry")).assign(
        lon=points.x.round(DECIMALS).to_numpy(),
        lat=points.y.round(DECIMALS).to_numpy(),
        categories=places["categories"].map(sorted).map(tuple),
        keep=True,
        note=None,
    )
    rows = rows.astype(dict.fromkeys((*NAME_COLUMNS, "date"), object))
    rows = rows.where(rows.notna(), None).sort_values("place_id", ignore_index=True)
    return rows.assign(check=[_check(row) for row in _records(rows)])[[*COLUMNS]]


def _records(rows: pd.DataFrame) -> list[Row]:
    """Return rows as mappings; what is missing is None, but a coordinate NaN."""
    names, columns = [str(name) for name in rows.columns], [rows[name].tolist() for name in rows.columns]
    return [
        {
            name: None if name not in ("lon", "lat") and _is_nan(cell) else cell
            for name, cell in zip(names, row, strict=True)
        }
        for row in zip(*columns, strict=True)
    ]


def _is_nan(cell: object) -> bool:
    return isinstance(cell, float) and isnan(cell)


def fingerprint(row: Mapping[str, object]) -> str:
    """Return eight letters that a row has as long as nobody edits it."""
    position = f"{row['lon']:.{DECIMALS}f} {row['lat']:.{DECIMALS}f}"
    edited = [row[name] or "" for name in (*NAME_COLUMNS, "date")]
    return sha256(repr((row["categories"], edited, position, row["keep"])).encode()).hexdigest()[:8]


def _check(row: Mapping[str, Any]) -> str:
    """Return the column `check`: that nobody edited the row, and where its place stood then [degrees]."""
    return f"{fingerprint(row)} {row['lon']:.{DECIMALS}f} {row['lat']:.{DECIMALS}f}"


def apply(
    places: gpd.GeoDataFrame, corrections: Corrections, area: shapely.Geometry | None, ledger: Ledger
) -> gpd.GeoDataFrame:
    """Return the places as corrected.

    Parameters
    ----------
    places
        Table ``places`` with `categories`, without duplicates.
    corrections
        Rows as they stand now change nothing, nor do rows that nobody edited since they were exported, whatever the
        map says by now. A changed name, category, date or position is taken over; an area whose position is changed
        becomes that point. ``keep`` = no removes the place. A row without place_id, or with one that an earlier
        correction gave, is a new place. A place that was merged with another since is known by any of its ids; an
        edit of one that now stands over 100 m from where the row was exported, under other names, is rejected, as is
        a move by more than 50 km. Rows that are rejected have a notice each reason.
    area
        The study's zones: a position more than 50 km from them is rejected. None: wherever it lies.
    ledger
        Kind ``place``: new places are read, removed ones rejected.
    """
    now = {str(row["place_id"]): row for row in _records(inventory(places))}
    shapes = gpd.GeoSeries(places.geometry.to_numpy(), places["place_id"], places.crs)
    said, rows = corrections.ledger, _with_ids(_records(corrections.rows), now)
    edits: dict[str, Row] = {}
    removed: set[str] = set()
    left_out: dict[int, str] = {}
    for number, row, place_id in zip(corrections.rows.index, rows, _meant(rows, now), strict=True):
        edit = _edit(row, now.get(place_id))
        lost = REPEATS if place_id in edits else _lost(row, edit, place_id, now.get(place_id), shapes)
        if reason := lost or _refused(row, edit, now.get(place_id), places.crs, area):
            left_out[number] = reason
            said.reject("correction", str(row["place_id"]), reason)
            continue
        edits[place_id] = edit if row["keep"] else {}
        removed |= set() if row["keep"] else {place_id}
        _tell(said, row, edit, now.get(place_id))
    _warn(said, left_out, len(rows))
    return _corrected(places, {place_id: edit for place_id, edit in edits.items() if edit}, removed, said, ledger)


def _tell(said: Ledger, row: Row, edit: Row, now: Row | None) -> None:
    """Count a row and, under kinds of their own, what it does."""
    done = [kind for kind, columns in CHANGED.items() if columns & {*edit}] if now else ["new"]
    if not row["keep"]:
        done = ["removed"] if now else []
    if done:
        said.use("correction")
    else:
        said.reject("correction", str(row["place_id"]), NOTHING_NEW)
    for kind in done:
        said.read(kind)
        said.use(kind)


def _warn(said: Ledger, left_out: Mapping[int, str], rows: int) -> None:
    """Say how many rows are left out, by their reasons and the numbers of some in the file."""
    for name, (reasons, text) in _NOTICES.items():
        if numbers := [str(number) for number, reason in left_out.items() if reason in reasons]:
            said.warn(name, f"{len(numbers)} of {rows} rows, in the file row {some(numbers)}, {text}")


def _with_ids(rows: list[Row], now: Mapping[str, Row]) -> list[Row]:
    """Return the rows, those without a place_id numbered as places of the corrections' own."""
    taken = {row["place_id"] for row in rows} | {*now}
    free = (f"{OWN}{number}" for number in count(1) if f"{OWN}{number}" not in taken)
    return [row if row["place_id"] else {**row, "place_id": next(free)} for row in rows]


def _meant(rows: list[Row], now: Mapping[str, Row]) -> list[str]:
    """Return the id that the place of each row has now: its own, else that of the place it was merged with since.

    A place that two rows would mean so, or one of them by its own id, is not for the others to change.
    """
    own = [str(row["place_id"]) for row in rows]
    merged = {key: place_id for place_id, place in now.items() if place_id not in {*own} for key in _ids(place)}
    meant = [
        place_id
        if place_id in now or place_id.startswith(OWN)
        else next((merged[key] for key in _ids(row) if key in merged), place_id)
        for place_id, row in zip(own, rows, strict=True)
    ]
    times = Counter(meant)
    return [other if times[other] == 1 else place_id for place_id, other in zip(own, meant, strict=True)]


def _ids(row: Row) -> list[str]:
    """Return what a place may be called: its id, those of OpenStreetMap and those of lists that it was merged from."""
    parts = str(row.get("source_id") or "").split("; ")
    listed = [f"{key}:{part}" for key in row.get("categories", ()) for part in parts if part]
    return [str(row["place_id"]), *filter(_OSM_ID.fullmatch, parts), *listed]


def _lost(row: Row, edit: Row, place_id: str, now: Row | None, shapes: gpd.GeoSeries) -> str:
    """Return why a row no longer speaks of the place that has its id now; empty where it does, or changes nothing."""
    if now is None:
        if place_id.startswith(OWN):
            return ""
        return GONE if _is_untouched(row, *_position(row, now)) else NO_SUCH_PLACE
    if (row["keep"] and not edit) or _keys(row) & _keys(now):
        return ""
    stood = next(at for at in (_exported(row), row, now) if isfinite(at.get("lon", nan) + at.get("lat", nan)))
    return "" if shapely.dwithin(_projected(stood, shapes.crs), shapes[place_id], ANOTHER_M) else ANOTHER


def _keys(row: Row) -> set[str]:
    return {key for name in NAME_COLUMNS if (key := matching_key(row.get(name)))}


def _exported(row: Row) -> Row:
    """Return the lon and lat at which the place of a row stood when it was exported; nothing where `check` is gone."""
    check = _CHECK.fullmatch(str(row.get("check")))
    return {"lon": float(check[2]), "lat": float(check[3])} if check else {}


def _edit(row: Row, now: Row | None) -> Row:
    """Return what a row changes of the place as it stands now: names, categories, date, position; of a new one all."""
    lon, lat = _position(row, now)
    if now is None:
        return {**{name: row.get(name) for name in (*NAME_COLUMNS, "date", "categories")}, "lon": lon, "lat": lat}
    if _is_untouched(row, lon, lat):
        return {}
    edit = {name: row[name] for name in NAME_COLUMNS if name in row and not _is_same(row[name], now[name])}
    if "categories" in row and row["categories"] != now["categories"]:
        edit["categories"] = row["categories"]
    if (stated := row.get("date")) and not _says_no_more(stated, now["date"]):
        edit["date"] = stated
    if not _is_near(lon, lat, now) and not _is_near(lon, lat, _exported(row) or now):
        edit |= {"lon": lon, "lat": lat}
    return edit


def _is_untouched(row: Row, lon: float, lat: float) -> bool:
    """Tell whether nobody edited a row since it was exported, as its column `check` has it."""
    check = str(row.get("check") or "").partition(" ")[0]
    return bool(check) and {*EDITED} <= {*row} and fingerprint({**row, "lon": lon, "lat": lat}) == check


def _position(row: Row, now: Row | None) -> tuple[float, float]:
    """Return where a row says its place is [degrees]: of a layer its point, unless only the columns were edited."""
    here = (nan, nan) if now is None else (float(now["lon"]), float(now["lat"]))
    stated = (float(row["lon"]), float(row["lat"])) if {"lon", "lat"} <= {*row} else here
    drawn: tuple[float, float] | None = row.get("at")
    if drawn is None:
        return stated
    is_drawn = now is None or not any(_is_near(*drawn, place) for place in (now, _exported(row) or now))
    return drawn if is_drawn else stated


def _is_near(lon: float, lat: float, now: Row) -> bool:
    return bool(max(abs(lon - now["lon"]), abs(lat - now["lat"])) < 1.5 * 10**-DECIMALS)


def _says_no_more(date: str, now: str | None) -> bool:
    """Tell whether a date is as it was or less of it; Excel makes the first of May out of "2024-05"."""
    return now is not None and (now.startswith(date) or (len(now) == len("2024-05") and date == f"{now}-01"))


def _is_same(text: str | None, now: str | None) -> bool:
    """Tell whether a name is as it was, also where a code page lost its letters: Excel's cp1255 has no Arabic."""
    was = repaired(clean(now or ""))
    if not text:
        return not was
    is_lost = not text.strip("? ")
    return is_lost or text in (was, now, was.encode("cp1255", errors="replace").decode("cp1255"))


def _refused(row: Row, edit: Row, now: Row | None, crs: object, area: shapely.Geometry | None) -> str:
    """Return why what a row says cannot be followed; empty where it can."""
    if not row["keep"]:
        return ""
    if "categories" in edit and not edit["categories"]:
        return NO_CATEGORY
    if "lon" in edit:
        if not isfinite(edit["lon"] + edit["lat"]):
            return NOWHERE
        point = _projected(edit, crs)
        if area is not None and not shapely.dwithin(area, point, FAR_M):
            return FAR
        if now is not None and not shapely.dwithin(_projected(_exported(row) or now, crs), point, FAR_M):
            return AWAY
    return ""


def _projected(at: Row, crs: object) -> shapely.Point:
    """Return lon and lat as a point in the CRS of the study."""
    return gpd.GeoSeries([shapely.Point(at["lon"], at["lat"])], crs=WGS84).to_crs(crs).iloc[0]


def _corrected(
    places: gpd.GeoDataFrame, edits: Mapping[str, Row], removed: set[str], said: Ledger, ledger: Ledger
) -> gpd.GeoDataFrame:
    """Return the places without the removed ones, the others edited, the new ones among them."""
    kept = places[~places["place_id"].isin(removed)].reset_index(drop=True)
    for place_id in places.loc[places["place_id"].isin(removed), "place_id"]:
        ledger.reject("place", place_id, REMOVED)
    new = sorted({*edits} - {*places["place_id"]})
    ledger.read("place", len(new))
    blank = {"source": said.source, "source_id": "", "date": None, "categories": (), "sectors": (), "geometry": None}
    rows = [dict.fromkeys(NAME_COLUMNS) | blank | {"place_id": place_id, "source_id": place_id} for place_id in new]
    if rows:
        kept = pd.concat([kept, gpd.GeoDataFrame(rows, crs=places.crs)], ignore_index=True)
    for at, place_id in kept["place_id"][kept["place_id"].isin([*edits])].items():
        for column, value in _columns(edits[place_id], kept.loc[at], said.source, places.crs).items():
            kept.at[at, column] = value
    return kept.sort_values("place_id", ignore_index=True)


def _columns(edit: Row, place: pd.Series, file: str, crs: object) -> Row:
    """Return an edit as columns of the table ``places``; the source says who made it."""
    columns = {name: value for name, value in edit.items() if name not in ("lon", "lat")}
    if "lon" in edit:
        columns["geometry"] = _projected(edit, crs)
    return columns | {"source": "; ".join(dict.fromkeys([*place["source"].split("; "), file]))}
