"""The 2022 census by statistical area: people and ten-year ages, and the areas it merges for publication."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population import headcount
from geokehila.load.population.headcount import NO_COUNT
from geokehila.load.population.opened import Opened
from geokehila.load.population.statistical_areas import no_locality
from geokehila.load.tabular import workbook
from geokehila.schema import check

_KEYS = ("LocalityCode", "StatArea", "StatAreaCmb", "pop_approx")
_AREAS = re.compile(r"(\d{1,6}(\.0)?( *\+ *\d{1,6}(\.0)?)*)?", re.ASCII)
_BANDS = {f"{low}_{low + 9}": f"{low}-{low + 9}" for low in range(0, 80, 10)} | {"80": "80+"}
#: Columns beside people, as the editions of the table spell them; which of them stand in it differs.
FACTS = (
    "hh_total_approx", "Vehicle0_pcnt", "Vehicle1up_pcnt", "age_median", "own_pcnt", "rent_pcnt", "AcadmCert_pcnt",
    "Acadm1Cert_pcnt", "Acadm2Cert_pcnt", "WrkOutLoc_pcnt", "religion", "Religion_Stat_Code",
)  # fmt: skip
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
    return areas(opened(path), code)


def opened(path: Path) -> Opened:
    """Open the workbook once for every locality."""
    ledger = Ledger(path.name)
    return Opened(path.name, _table(path, ledger), tuple(ledger.notices))


def localities(workbook: Opened) -> pd.Series:
    """Return the code of the locality that each row of the opened workbook counts; missing for the national row."""
    return pd.to_numeric(workbook.frame.LocalityCode, errors="coerce")


def areas(workbook: Opened, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Choose the rows of one locality, as :func:`read` does, from the opened workbook."""
    rows, area, ledger = of_locality(workbook, code)
    beside = (area == "") & bool((area != "").any())
    _account(ledger, beside, "locality total beside its areas")
    _once(area[~beside], workbook.name, code)
    return _groups(rows[~beside], area[~beside]), ledger.balance()


def total(workbook: Opened, code: int) -> tuple[pd.DataFrame, Ledger] | None:
    """Choose a locality's own total, area ``""``, where it stands beside areas; None where it does not."""
    own = workbook.frame[localities(workbook) == code]
    is_total = (own.StatArea == "") & (own.StatAreaCmb == "")
    if is_total.all() or not is_total.any():
        return None
    rows, area, ledger = of_locality(workbook, code)
    _account(ledger, area != "", "area beside the total of its locality")
    _once(area[area == ""], workbook.name, code)
    return _groups(rows[area == ""], area[area == ""]), ledger.balance()


def summed(census: pd.DataFrame) -> pd.DataFrame:
    """Return the whole locality, area ``""``, as the sum of its areas.

    A group that any area leaves blank is missing in the sum, with the reason: the others would be too few.
    """
    groups = census.groupby("group", as_index=False)
    table = groups.agg(people=("people", "sum"), blanks=("reason", "count"))
    reason = "no count in " + table.blanks.astype("str") + f" of the {census.area.nunique()} areas"
    is_blank = table.blanks > 0
    whole = table.assign(
        area="", people=table.people.mask(is_blank), reason=reason.astype(object).where(is_blank, None)
    )
    whole.attrs |= census.attrs
    return whole[["area", "group", "people", "reason"]]


def of_locality(workbook: Opened, code: int) -> tuple[pd.DataFrame, pd.Series, Ledger]:
    """Return the rows of one locality, the areas that each counts (``"14+13+18"``; ``""``: all), and their ledger."""
    locality = localities(workbook)
    rows = workbook.frame[locality == code]
    if rows.empty:
        raise no_locality(workbook.name, code, locality)
    ledger = workbook.ledger()
    ledger.read("census row", len(rows))
    headcount.counted(rows[["pop_approx"]], ledger, whole=True)
    headcount.counted(rows[[name for name in _GROUPS if name in rows and name != "pop_approx"]], ledger, most=100.0)
    for name in ("StatArea", "StatAreaCmb"):
        _must_be_areas(rows[name], workbook.name)
    return rows, rows.StatAreaCmb.where(rows.StatAreaCmb != "", rows.StatArea).map(_members), ledger


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


def _once(area: pd.Series, name: str, code: int) -> None:
    """Refuse an area that stands in two rows, be it alone or among those counted together."""
    members = area.map(lambda row: sorted({*row.split("+")})).explode()
    if members.duplicated().any():
        twice = members[members.duplicated()].iloc[0]
        where = " and ".join(f"{label + 1} ({area[label]!r})" for label in members.index[members == twice][:2])
        raise InputError(f"{name}: area {twice!r} of locality {code} has two rows, {where}: keep one")


def _account(ledger: Ledger, rejected: pd.Series, reason: str) -> None:
    for label in rejected.index[rejected]:
        ledger.reject("census row", f"row {label + 1}", reason)
    ledger.use("census row", int((~rejected).sum()))


def _must_be_areas(cells: pd.Series, name: str) -> None:
    """Refuse text and fractions where area numbers stand: read as blank, an area would be taken for its locality."""
    wrong = cells[~cells.map(lambda cell: bool(_AREAS.fullmatch(cell)))]
    if len(wrong):
        what = f"{name}: row {wrong.index[0] + 1}: {cells.name} is {wrong.iloc[0][:60]!r}"
        raise InputError(
            f"{what}: give area numbers such as 14 or 14+13; if its columns have moved, give it as published"
        )


def _table(path: Path, ledger: Ledger) -> pd.DataFrame:
    """Return the rows below the English header, as stripped text, in the columns used here; a blank is ``""``."""
    sheets = workbook(path)
    headers = {name: _holds_keys(sheet) for name, sheet in sheets.items()}
    found = [name for name, header in headers.items() if header.any()]
    if not found:
        keys = ", ".join(_KEYS)
        raise InputError(f"{path.name}: no row holds {keys}: give the census workbook with its English header")
    if len(found) > 1:
        rest = ", ".join(map(repr, found[1:]))
        text = f"sheet {found[0]!r} is read; {rest} have the same header and are not: keep one of them"
        ledger.warn("sheets_not_read", text)
    sheet, row = sheets[found[0]], int(headers[found[0]].to_numpy().argmax())
    used = sheet.columns[sheet.iloc[row].isin([*_KEYS, *_GROUPS, *FACTS])]
    columns = sheet.iloc[row][used]
    if columns.duplicated().any():
        raise InputError(f"{path.name}: two columns are called {columns[columns.duplicated()].iloc[0]}: keep one")
    body = sheet.loc[sheet.index > row, used].map(lambda cell: str(cell).strip())
    return body.set_axis(columns.tolist(), axis=1)


def _holds_keys(sheet: pd.DataFrame) -> pd.Series:
    """Tell which rows of a sheet hold every key."""
    return pd.concat([(sheet == key).any(axis=1) for key in _KEYS], axis=1).all(axis=1)


def _members(cell: str) -> str:
    """Read "14", "14.0", "014" or "14 + 13" as plain area numbers."""
    return "+".join(str(int(float(number))) for number in re.findall(r"[\d.]+", cell))


def _groups(rows: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    """Return one row per area and group: the total, and the ages from the percentages of men and women."""
    cells = rows.assign(area=area).melt("area", [name for name in _GROUPS if name in rows], "group", "text")
    number = pd.to_numeric(cells.text.str.replace(",", ""), errors="coerce").astype("float64")
    mark = f'{NO_COUNT}, marked "' + cells.text + '"'
    marked = mark.where(number.isna() & (cells.text != ""), None)
    cells = cells.assign(group=cells.group.map(_GROUPS), people=number, blank=number.isna(), reason=marked)
    both = cells.groupby(["area", "group"], as_index=False)
    table = both.agg(people=("people", "sum"), blank=("blank", "any"), reason=("reason", "first"))
    table = table.assign(people=table.people.mask(table.blank)).drop(columns="blank")
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
    whole = percent.groupby(table.area).transform("sum", min_count=len(_BANDS)).fillna(100.0)
    return table.people.where(is_total, percent / whole * total)
