"""CBS statistical areas of one locality, 2011 or 2022, and the people the layer itself counts.

The layer circulates as a FileGDB, a GeoJSON and a Shapefile whose column names are cut to ten letters, in ITM or in
degrees, with numbers as text. So columns are found by name without case or punctuation, whole or cut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.geometry import warn_of_overlaps
from geokehila.load.population import headcount
from geokehila.load.population.opened import Opened
from geokehila.load.vector import column, number, plain, polygon_parts, read_layer
from geokehila.names import NAME_COLUMNS, matching_key
from geokehila.schema import TABLES, check

#: The columns of the table ``zones`` that are known before any OSM data are read.
COLUMNS = [name for name in TABLES["zones"].columns if name != "coverage_share"]

_VINTAGES: Mapping[str, tuple[str, ...]] = {
    "2011": ("STAT11", "YISHUV_STAT11"),
    "2022": ("STAT_2022", "STAT22", "YISHUV_STAT_2022", "YISHUV_STAT22"),
}
#: Columns that name the locality, in Hebrew and in English.
_NAMES = (("SHEM_YISHUV", "SHEM_YISHUV_HEBREW"), ("SHEM_YISHUV_ENGLISH",))
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
    return areas(opened(path, crs), code)


def opened(path: Path, crs: str | None) -> Opened:
    """Open the layer once for every locality: its areas in ``crs`` [m], or its table alone where that is None."""
    ledger = Ledger(path.name)
    layer = read_layer(path, crs, ledger, _vintages)
    return Opened(path.name, layer, tuple(ledger.notices))


def localities(layer: Opened) -> pd.Series:
    """Return the code of the locality that each row of an opened layer belongs to; missing for unlabelled land."""
    key = _key(layer.frame, _vintage(layer))
    return number(layer.frame, "SEMEL_YISHUV").fillna(key // 10_000)


def codes_of(layer: Opened, names: Collection[str]) -> tuple[int, ...]:
    """Return the codes of the localities that an opened layer calls by one of the names."""
    keys = {key for name in names if (key := matching_key(name))}
    called = [found for wanted in _NAMES if (found := column(layer.frame, *wanted))]
    rows = pd.Series(False, layer.frame.index)
    for each in called:
        rows |= layer.frame[each].map(lambda cell: matching_key(str(cell)) in keys)
    return tuple(sorted({int(code) for code in localities(layer)[rows].dropna()}))


def name_of(layer: Opened, code: int) -> str:
    """Return what an opened layer calls a locality, in English where it does, "" where it has no name for it."""
    rows = layer.frame[localities(layer) == code]
    for called in (column(rows, *wanted) for wanted in reversed(_NAMES)):
        if called and len(found := rows[called].dropna()):
            return str(found.iloc[0]).strip().title()
    return ""


def areas(layer: Opened, code: int) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Choose the areas of one locality, as :func:`read` does, from an opened layer."""
    ledger = layer.ledger()
    rows = _numbered(_own(layer, code, "area", ledger), "area", ledger)
    parts = polygon_parts(rows, "area", ledger)
    ledger.use("area", parts.index.nunique())
    merged = parts.dissolve("zone_id", as_index=False)
    _warn_of_pieces(rows, ledger)
    warn_of_overlaps(merged, ledger)
    return as_zones(merged.assign(function=_function(merged)), _vintage(layer)), ledger.balance()


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
        with every band is scaled to its total exactly; where a band is blank the others stay as published. People of a
        row without an area number are kept under its row, ``"9000-row 12"``.
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
    return counted(opened(path, None), code)


def counted(layer: Opened, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Choose the people whom the layer counts in one locality, as :func:`people` does, from an opened layer."""
    ledger = Ledger(layer.name)
    own = _own(layer, code, "people", ledger)
    kind, groups = _groups(own)
    if not groups:
        empty = pd.DataFrame(columns=list(TABLES["zone_people"].columns)).astype({"people": "float64"})
        empty.attrs |= {"weights": kind, "ages_scaled": 0, "united": []}
        return empty, Ledger(layer.name)
    every = headcount.counted(pd.DataFrame(own[[*groups]]), ledger, whole=True).rename(columns=groups)
    rows = _numbered(_named_by_row(own, code, every.total > 0), "people", ledger)
    cells, counts = pd.DataFrame(rows[[*groups]]), every.loc[rows.index]
    single = _single(rows.zone_id, counts, layer.name, ledger)
    scaled, areas = _scaled(counts[single])
    table = scaled.assign(zone_id=rows.zone_id, united=_united_with(rows)).melt(
        ["zone_id", "united"], None, "group", "people"
    )
    mark = headcount.marked(cells[single]).melt()["value"]
    reason = table.united.fillna(mark).where(table.people.isna(), None)
    frame = check("zone_people", table.assign(reason=reason).drop(columns="united"))
    frame.attrs |= {"weights": kind, "ages_scaled": areas, "united": _united(rows)}
    return frame, ledger.balance()


def weights(layer: Opened) -> str:
    """Return what an opened layer counts in its areas: ``residents``, ``voters``, or ``""`` where it counts nobody."""
    kind, groups = _groups(layer.frame)
    return kind if groups else ""


def as_zones(frame: gpd.GeoDataFrame, vintage: str) -> gpd.GeoDataFrame:
    """Shape ``zone_id``, ``function`` and geometry [m] into the table ``zones`` without ``coverage_share``."""
    full = frame.assign(**dict.fromkeys(NAME_COLUMNS), vintage=vintage, land_m2=frame.area)
    return full[COLUMNS].sort_values("zone_id", ignore_index=True)


def no_locality(name: str, code: int, known: pd.Series) -> InputError:
    """Say that a locality is not in a file, and name the nearest codes that are."""
    codes = sorted({int(other) for other in known[known.abs() < np.inf]}, key=lambda other: (abs(other - code), other))
    if not codes:
        return InputError(f"{name}: no row holds the code of a locality where it should: have its columns moved?")
    near = ", ".join(map(str, codes[:5]))
    return InputError(
        f"{name}: locality {code} is not among its {len(codes)} (nearest: {near}): "
        "check the code, or give the file that holds it"
    )


def _own(layer: Opened, code: int, kind: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the locality's rows with their ``zone_id``, missing where a row has no area number."""
    vintage, frame, locality = _vintage(layer), layer.frame, localities(layer)
    area = number(frame, *_VINTAGES[vintage][:-1]).fillna(_key(frame, vintage) % 10_000)
    own = locality == code
    if not own.any():
        raise no_locality(layer.name, code, locality)
    ledger.read(kind, int(own.sum()))
    numbered = own & (area > 0) & (area % 1 == 0)
    zone_id = f"{code}-" + area[numbered].map("{:.0f}".format).astype("str")
    if kind == "area":
        _warn_of_two_keys(zone_id, (code * 10_000 + area)[numbered], _key(frame, vintage)[numbered], ledger)
    return frame[own].assign(zone_id=zone_id)


def _numbered(rows: gpd.GeoDataFrame, kind: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the rows with a ``zone_id``; the others are rejected."""
    for label in rows.index[rows.zone_id.isna()]:
        ledger.reject(kind, f"row {label + 1}", "null key")
    return rows.dropna(subset="zone_id")


def _named_by_row(rows: gpd.GeoDataFrame, code: int, is_peopled: pd.Series) -> gpd.GeoDataFrame:
    """Name rows that count people and have no area number by their row, so that nobody is lost."""
    names = pd.Series([f"{code}-row {label + 1}" for label in rows.index], rows.index)
    return rows.assign(zone_id=np.where(rows.zone_id.notna(), rows.zone_id, names.where(is_peopled)))


def _warn_of_two_keys(zone_id: pd.Series, short: pd.Series, long: pd.Series, ledger: Ledger) -> None:
    apart = long.notna() & (long != short)
    if apart.any():
        first = f"row {apart.index[apart][0] + 1}: {zone_id[apart].iloc[0]} and {long[apart].iloc[0]:.0f}"
        text = f"{apart.sum()} rows carry two keys, the first {first}: YISHUV_STAT is not read; mend it"
        ledger.warn("keys_disagree", text)


def _key(frame: pd.DataFrame, vintage: str) -> pd.Series:
    """Return locality * 10000 + area; unlabelled land carries its region's code alone, which is none."""
    key = number(frame, *(name for name in _VINTAGES[vintage] if name.startswith("YISHUV")))
    return key.where(key >= 10_000)


def _vintages(fields: Iterable[str]) -> list[str]:
    seen = {plain(field) for field in fields}
    return [vintage for vintage, names in _VINTAGES.items() if seen & {plain(name) for name in names}]


def _vintage(layer: Opened) -> str:
    found = _vintages(layer.frame.columns)
    if len(found) != 1:
        what = "both 2011 and 2022 keys" if found else "no CBS keys (STAT11, STAT_2022, YISHUV_STAT...)"
        seen = ", ".join(layer.frame.columns)
        raise InputError(f"{layer.name}: {what} among its columns {seen}: give one CBS edition")
    return found[0]


def _function(frame: pd.DataFrame) -> pd.Series:
    code = number(frame, "Main_Function_Code", "COD_TIFKUD").map(_FUNCTIONS)
    text = column(frame, "Main_Function_Txt")
    words = code.astype(object)
    return words if text is None else words.combine_first(frame[text].map(_FUNCTIONS))


def _groups(rows: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """Return what the weights are, and the group that each column of counts [people] stands for."""
    if total := column(rows, "Pop_Total"):
        bands = {name: group for band, group in _AGES.items() if (name := column(rows, band))}
        return "residents", {total: "total", **bands}
    voters = column(rows, "eligible_voters_2022")
    return ("voters", {voters: "total"}) if voters else ("residents", {})


def _single(zone_id: pd.Series, counts: pd.DataFrame, name: str, ledger: Ledger) -> pd.Series:
    """Mark the rows to count: an area in several pieces carries its people on each of them."""
    first = ~pd.concat([zone_id, counts], axis=1).duplicated()
    clash = zone_id[first][zone_id[first].duplicated()]
    if len(clash):
        raise InputError(f"{name}: area {clash.iloc[0]} has two different counts: keep one row per area")
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


def _united_with(rows: pd.DataFrame) -> pd.Series:
    """Say of each area with which other one it is counted; missing where it is counted by itself."""
    ref = number(rows, "Stat11_Ref", "Stat22_Ref", "Stat2022_Ref")
    return ref.map(lambda area: f"counted in area {area:.0f}", na_action="ignore").astype(object)


def _warn_of_pieces(rows: pd.DataFrame, ledger: Ledger) -> None:
    again = rows.zone_id.duplicated()
    if again.any():
        text = f"{again.sum()} rows repeat an area, the first {rows.zone_id[again].iloc[0]}: taken for pieces of it"
        ledger.warn("areas_in_pieces", f"{text}; if they are other areas, mend their numbers")


def _united(rows: pd.DataFrame) -> list[str]:
    name = column(rows, "Stat11_Unite", "Stat22_Unite", "Stat2022_Unite")
    return [] if name is None else sorted({text for text in rows[name].dropna().astype(str) if "+" in text})
