"""CBS statistical areas of one locality, 2011 or 2022, and the people the layer itself counts.

The layer circulates as a FileGDB, a GeoJSON and a Shapefile whose column names are cut to ten letters, in ITM or in
degrees, with numbers as text. So columns are found by name without case or punctuation, whole or cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.errors import InputError
from geokehila.load.vector import polygon_parts, read_layer
from geokehila.names import NAME_COLUMNS
from geokehila.schema import TABLES, Ledger, check

#: The columns of the table ``zones`` that are known before any OSM data are read.
COLUMNS = [name for name in TABLES["zones"].columns if name != "coverage_share"]
#: Said of every count that the source leaves blank.
NO_COUNT = "no count in the source"

_VINTAGES: Mapping[str, tuple[str, ...]] = {
    "2011": ("STAT11", "YISHUV_STAT11"),
    "2022": ("STAT_2022", "STAT22", "YISHUV_STAT_2022", "YISHUV_STAT22"),
}
_FUNCTIONS: Mapping[object, str] = {
    1.0: "residential", 2.0: "industry", 4.0: "open", 5.0: "institutional", 6.0: "public",
    "מגורים": "residential", "תעשיה": "industry", "תעשייה": "industry", "שטח פתוח": "open", "מוסדי": "institutional",
    "מתחם ציבורי": "public",
}  # fmt: skip
_AGES: Mapping[str, str] = {f"age_{low}_{low + 4}": f"{low}-{low + 4}" for low in range(0, 85, 5)} | {
    "age_85_up": "85+"
}


def read(path: Path, code: int, crs: str) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Read the statistical areas of one locality.

    Parameters
    ----------
    path
        Any vector file GDAL reads, with a stated CRS. Of several layers the first with CBS keys is taken.
    code
        CBS code of the locality. Unlabelled polygons and other localities are not counted at all.
    crs
        The projected CRS [m] to bring the areas to.

    Returns
    -------
    zones : GeoDataFrame
        The table ``zones`` without ``coverage_share``, by ``zone_id`` (``"9000-114"``). ``function`` is missing where
        the layer has none; names are missing, for CBS names the locality only. Pieces with one key are one area.
    ledger : Ledger
        Kind ``area``: the rows of this locality.

    Raises
    ------
    InputError
        Unreadable file, no CRS, coordinates that do not fit it, no CBS keys, or a locality that is not there.

    Notes
    -----
    Source: Israel Central Bureau of Statistics, statistical areas 2011 and 2022.

    Examples
    --------
    >>> zones, ledger = read(Path("statistical_areas.gpkg"), 9000, "EPSG:2039")  # doctest: +SKIP
    >>> zones.zone_id.iloc[0], zones.vintage.iloc[0]  # doctest: +SKIP
    ('9000-111', '2011')
    """
    ledger = Ledger(path.name)
    layer = read_layer(path, crs, ledger, _vintages)
    rows = _keyed(layer, path, code, "area", ledger)
    parts = polygon_parts(rows, "area", ledger)
    merged = parts.dissolve("zone_id", as_index=False)
    return as_zones(merged.assign(function=_function(merged)), _vintage(layer, path)), ledger.balance()


def people(path: Path, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Read the people that the layer of statistical areas itself counts.

    Parameters
    ----------
    path, code
        As for :func:`read`.

    Returns
    -------
    zone_people : DataFrame
        Group ``total`` and, where given, the five-year groups ``0-4`` ... ``85+``; empty where the layer counts nobody.
        0 is counted none; missing is unknown, with its reason: CBS leaves bands of one to three people blank. An area
        with every band is scaled to its total exactly; where a band is blank the others stay as published.
        ``attrs``: ``weights`` is ``residents`` (``Pop_Total``) or ``voters`` (``eligible_voters_2022``),
        ``ages_scaled`` the number of areas scaled, ``united`` the areas counted as one (``"645+646"``), whose total
        stands at one member.
    ledger : Ledger
        Kind ``people``: the rows of this locality.

    Raises
    ------
    InputError
        As :func:`read`, and where two pieces of one area carry different counts.

    Examples
    --------
    >>> counts, ledger = people(Path("statistical_areas.gpkg"), 9000)  # doctest: +SKIP
    >>> counts.people[counts.group == "total"].sum(), counts.attrs["weights"]  # doctest: +SKIP
    (210587.0, 'residents')
    """
    ledger = Ledger(path.name)
    rows = _keyed(read_layer(path, None, Ledger(path.name), _vintages), path, code, "people", ledger)
    weights, counts = _counts(rows)
    if counts.columns.empty:
        empty = pd.DataFrame(columns=list(TABLES["zone_people"].columns)).astype({"people": "float64"})
        empty.attrs |= {"weights": weights, "ages_scaled": 0, "united": []}
        return empty, Ledger(path.name)
    single = _single(rows.zone_id, counts, path, ledger)
    scaled, areas = _scaled(counts[single])
    table = scaled.assign(zone_id=rows.zone_id, blank=_blank(rows)).melt(["zone_id", "blank"], None, "group", "people")
    reason = table.blank.where(table.people.isna(), None)
    frame = check("zone_people", table.assign(reason=reason).drop(columns="blank"))
    frame.attrs |= {"weights": weights, "ages_scaled": areas, "united": _united(rows)}
    return frame, ledger.balance()


def as_zones(frame: gpd.GeoDataFrame, vintage: str) -> gpd.GeoDataFrame:
    """Shape ``zone_id``, ``function`` and geometry [m] into the table ``zones`` without ``coverage_share``."""
    full = frame.assign(**dict.fromkeys(NAME_COLUMNS), vintage=vintage, land_m2=frame.area)
    return full[COLUMNS].sort_values("zone_id", ignore_index=True)


def no_locality(path: Path, code: int, known: pd.Series) -> InputError:
    """Say that a locality is not in a file, and name the nearest codes that are."""
    codes = sorted(known.dropna().astype(int).unique(), key=lambda other: (abs(other - code), other))
    near = ", ".join(map(str, codes[:5]))
    return InputError(
        f"{path.name}: locality {code} is not among its {len(codes)} (nearest: {near}): "
        "check the code, or give the file that holds it"
    )


def _keyed(layer: pd.DataFrame, path: Path, code: int, kind: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the locality's rows with their ``zone_id``; rows without an area number are rejected."""
    vintage = _vintage(layer, path)
    key = _number(layer, *(name for name in _VINTAGES[vintage] if name.startswith("YISHUV")))
    # Unlabelled land carries its region's code alone where others carry code * 10000 + area.
    key = key.where(key >= 10_000)
    locality = _number(layer, "SEMEL_YISHUV").fillna(key // 10_000)
    area = _number(layer, *_VINTAGES[vintage][:-1]).fillna(key % 10_000)
    own = locality == code
    if not own.any():
        raise no_locality(path, code, locality)
    ledger.read(kind, int(own.sum()))
    numbered = own & (area > 0)
    for label in layer.index[own & ~numbered]:
        ledger.reject(kind, f"row {label + 1}", "null key")
    zone_id = f"{code}-" + area[numbered].astype(int).astype("str")
    return layer[numbered].assign(zone_id=zone_id)


def _vintages(fields: Iterable[str]) -> list[str]:
    plain = {_plain(field) for field in fields}
    return [vintage for vintage, names in _VINTAGES.items() if plain & {_plain(name) for name in names}]


def _vintage(layer: pd.DataFrame, path: Path) -> str:
    found = _vintages(layer.columns)
    if len(found) != 1:
        what = "both 2011 and 2022 keys" if found else "no CBS keys (STAT11, STAT_2022, YISHUV_STAT...)"
        raise InputError(f"{path.name}: {what} among its columns {', '.join(layer.columns)}: give one CBS edition")
    return found[0]


def _function(frame: pd.DataFrame) -> pd.Series:
    code = _number(frame, "Main_Function_Code", "COD_TIFKUD").map(_FUNCTIONS)
    text = _column(frame, "Main_Function_Txt")
    return code.astype(object) if text is None else code.astype(object).fillna(frame[text].map(_FUNCTIONS))


def _counts(rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Return what the weights are, and the wide counts [people] of the groups the layer has."""
    if _column(rows, "Pop_Total"):
        groups = {"Pop_Total": "total"} | {name: group for name, group in _AGES.items() if _column(rows, name)}
        return "residents", pd.DataFrame({group: _number(rows, name) for name, group in groups.items()})
    if _column(rows, "eligible_voters_2022"):
        return "voters", pd.DataFrame({"total": _number(rows, "eligible_voters_2022")})
    return "residents", pd.DataFrame(index=rows.index)


def _single(zone_id: pd.Series, counts: pd.DataFrame, path: Path, ledger: Ledger) -> pd.Series:
    """Mark the rows to count: an area in several pieces carries its people on each of them."""
    first = ~pd.concat([zone_id, counts], axis=1).duplicated()
    clash = zone_id[first][zone_id[first].duplicated()]
    if len(clash):
        raise InputError(f"{path.name}: area {clash.iloc[0]} has two different counts: keep one row per area")
    for zone in zone_id[~first]:
        ledger.reject("people", zone, "repeats the count of its area")
    ledger.use("people", int(first.sum()))
    return first


def _scaled(counts: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Scale the ages of areas with every band to their total; return also how many areas that changed."""
    ages = counts.columns.drop("total")
    sums = counts[ages].sum(axis=1, min_count=len(_AGES))
    off = (sums > 0) & (sums != counts.total) & counts.total.notna()
    factor = (counts.total / sums).where(off, 1.0)
    return counts.assign(**counts[ages].mul(factor, axis=0)), int(off.sum())


def _blank(rows: pd.DataFrame) -> pd.Series:
    """Say of each area why a count of it may be missing: counted with another area, or blank."""
    ref = _number(rows, "Stat11_Ref", "Stat22_Ref", "Stat2022_Ref")
    return ref.map(lambda area: f"counted in area {area:.0f}", na_action="ignore").astype(object).fillna(NO_COUNT)


def _united(rows: pd.DataFrame) -> list[str]:
    name = _column(rows, "Stat11_Unite", "Stat22_Unite", "Stat2022_Unite")
    return [] if name is None else sorted({text for text in rows[name].dropna().astype(str) if "+" in text})


def _number(frame: pd.DataFrame, *names: str) -> pd.Series:
    name = _column(frame, *names)
    values = pd.Series(np.nan, frame.index) if name is None else frame[name]
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _column(frame: pd.DataFrame, *names: str) -> str | None:
    """Return the first column called by one of the names, whole or cut to a Shapefile's ten letters."""
    columns = {_plain(column): str(column) for column in frame.columns}
    wanted = (_plain(name[:width]) for width in (None, 10) for name in names)
    return next((columns[name] for name in wanted if name in columns), None)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
