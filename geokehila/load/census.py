"""The 2022 census by statistical area: people and ten-year ages, and the areas it merges for publication."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.load.statistical_areas import NO_COUNT, no_locality
from geokehila.load.tabular import workbook
from geokehila.schema import Ledger, check

_KEYS = ("LocalityCode", "StatArea", "StatAreaCmb", "pop_approx")
_BANDS = {f"{low}_{low + 9}": f"{low}-{low + 9}" for low in range(0, 80, 10)} | {"80": "80+"}
_GROUPS = {"pop_approx": "total"} | {f"{sex}_age{band}_pcnt": group for sex in "mw" for band, group in _BANDS.items()}


def read(path: Path, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Read the census rows of one locality.

    Parameters
    ----------
    path
        The CBS workbook; its English header row is found by content, on any sheet and row.
    code
        CBS code of the locality.

    Returns
    -------
    census : DataFrame
        ``area`` (``"21"``; ``"14+13+18"`` where areas were merged for publication, members in the file's order; ``""``
        where the locality's only row is the whole of it), ``group`` (``total``, ``0-9`` ... ``70-79``, ``80+``),
        ``people``, ``reason``. Totals are rounded to 10 by CBS. Ages are percentages of both sexes together, scaled to
        the total exactly where every band is given. 0 is counted none; a blank or a mark is missing, the mark kept in
        the reason. ``attrs["weights"]`` is ``residents``.
    ledger : Ledger
        Kind ``census row``: the rows of this locality; a total beside its own areas is rejected.

    Raises
    ------
    InputError
        Unreadable workbook, no header, a locality without a row, or one area in two rows.

    Notes
    -----
    Source: Israel Central Bureau of Statistics, Population Census 2022, a sample of about 7 % of households.

    Examples
    --------
    >>> census, ledger = read(Path("census_2022_by_statistical_area.xlsx"), 2600)  # doctest: +SKIP
    >>> census.people[census.group == "total"].sum()  # doctest: +SKIP
    55230.0
    """
    table = _table(path)
    locality = pd.to_numeric(table.LocalityCode, errors="coerce")
    rows = table[locality == code]
    if rows.empty:
        raise no_locality(path, code, locality)
    ledger = Ledger(path.name)
    ledger.read("census row", len(rows))
    area = rows.StatAreaCmb.where(rows.StatAreaCmb != "", rows.StatArea).map(_members)
    beside = (area == "") & bool((area != "").any())
    for label in rows.index[beside]:
        ledger.reject("census row", f"row {label + 1}", "locality total beside its areas")
    ledger.use("census row", int((~beside).sum()))
    if area[~beside].duplicated().any():
        twice = area[~beside][area[~beside].duplicated()].iloc[0]
        raise InputError(f"{path.name}: area {twice!r} of locality {code} has two rows: keep one")
    return _groups(rows[~beside], area[~beside]), ledger.balance()


def attach(zones: gpd.GeoDataFrame, census: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Bring the areas of one locality to the units the census counts, and the counts to those zones.

    Parameters
    ----------
    zones
        The 2022 areas of one locality, from `statistical_areas.read`.
    census
        From :func:`read`.

    Returns
    -------
    zones : GeoDataFrame
        Areas merged for publication are one zone (``"2600-14+13+18"``); a whole locality is ``"2600-all"``.
    zone_people : DataFrame
        Every zone with every group of the census. A zone without a row has people missing, never 0.
        ``attrs["unplaced"]``: (area, people) of the rows none of whose areas is in ``zones``.

    Raises
    ------
    InputError
        Counts by area offered to areas of another edition: the same numbers mean other places there.

    Examples
    --------
    >>> zones, counts = attach(zones, census)  # doctest: +SKIP
    >>> counts.reason.iloc[0]  # doctest: +SKIP
    'no row in the census table'
    """
    areas = census.area.unique().tolist()
    if any(areas) and (zones.vintage != "2022").any():
        raise InputError(f"census 2022: areas of {zones.vintage.iloc[0]} carry other numbers: give the areas of 2022")
    units = unite(zones, areas)
    placed = {zone_id.rpartition("-")[2]: zone_id for zone_id in units.zone_id}
    zone_id = census.area.replace("", "all").map(placed)
    lost = census[zone_id.isna() & (census.group == "total")]
    every = pd.MultiIndex.from_product([units.zone_id, census.group.unique()], names=["zone_id", "group"])
    counts = census.assign(zone_id=zone_id, row=True).dropna(subset="zone_id").set_index(["zone_id", "group"])
    full = counts.reindex(every).reset_index()
    reason = full.reason.astype(object).where(full.row.notna(), "no row in the census table")
    people = check("zone_people", full.assign(reason=reason)[["zone_id", "group", "people", "reason"]])
    people.attrs |= census.attrs | {"unplaced": list(zip(lost.area, lost.people, strict=True))}
    return units, people


def unite(zones: gpd.GeoDataFrame, areas: list[str]) -> gpd.GeoDataFrame:
    """Dissolve the zones that are counted as one: ``"14+13+18"`` by members, ``""`` for all of them.

    A text or number that the members share is kept, else missing; ``land_m2`` [m2] is that of the union.
    """
    unit = {member: area for area in areas for member in area.split("+")}
    parts = zones.zone_id.str.rpartition("-")
    own = "all" if "" in unit else parts[2].map(lambda area: unit.get(area, area))
    united = zones.assign(zone_id=parts[0] + "-" + own).dissolve("zone_id", _shared, as_index=False)
    return united.assign(land_m2=united.area)[zones.columns].sort_values("zone_id", ignore_index=True)


def _shared(values: pd.Series) -> object:
    return values.iloc[0] if values.nunique(dropna=False) == 1 else None


def _table(path: Path) -> pd.DataFrame:
    """Return the rows below the English header, as stripped text, in the columns used here; a blank is ``""``."""
    sheets = workbook(path)
    for sheet in sheets.values():
        header = sheet.isin(_KEYS).sum(axis=1) == len(_KEYS)
        if header.any():
            row = int(header.to_numpy().argmax())
            used = sheet.columns[sheet.iloc[row].isin([*_KEYS, *_GROUPS])]
            body = sheet.loc[sheet.index > row, used].map(lambda cell: str(cell).strip())
            return body.set_axis(sheet.iloc[row][used].tolist(), axis=1)
    raise InputError(f"{path.name}: no row holds {', '.join(_KEYS)}: give the census workbook with its English header")


def _members(cell: str) -> str:
    """Read "14", "14.0", "014" or "14 + 13" as plain area numbers."""
    return "+".join(str(int(float(number))) for number in re.findall(r"[\d.]+", cell))


def _groups(rows: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    """Return one row per area and group: the total, and the ages from the percentages of men and women."""
    cells = rows.assign(area=area).melt("area", [name for name in _GROUPS if name in rows], "group", "text")
    number = pd.to_numeric(cells.text.str.replace(",", ""), errors="coerce").astype("float64")
    mark = f'{NO_COUNT}, marked "' + cells.text + '"'
    cells = cells.assign(
        group=cells.group.map(_GROUPS), people=number, reason=mark.where(number.isna() & (cells.text != ""), None)
    )
    both = cells.groupby(["area", "group"], as_index=False)
    table = both.agg(people=("people", lambda sexes: sexes.sum(skipna=False)), reason=("reason", "first"))
    people = _scaled(table)
    reason = table.reason.astype(object).fillna(NO_COUNT).where(people.isna(), None)
    census = table.assign(people=people, reason=reason)
    census.attrs["weights"] = "residents"
    return census


def _scaled(table: pd.DataFrame) -> pd.Series:
    """Turn the percentages into people, summing to the total where every band is given."""
    is_total = table.group == "total"
    total = table.area.map(table[is_total].set_index("area").people)
    percent = table.people.mask(is_total)
    whole = percent.groupby(table.area).transform(lambda bands: bands.sum(min_count=len(_BANDS))).fillna(100.0)
    return table.people.where(is_total, percent / whole * total)
