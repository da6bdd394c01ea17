"""The population behind the CBS socio-economic index 2019, by statistical area of 2011."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geokehila.errors import InputError
from geokehila.load.statistical_areas import NO_COUNT, no_locality
from geokehila.load.tabular import read_table
from geokehila.schema import Ledger, check

_COLUMNS = ("town_code", "STAT19", "Pop2019")


def read(path: Path, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Read the index's own population of the areas of one locality.

    Parameters
    ----------
    path
        The CSV of the index; its columns ``town_code``, ``STAT19`` (an area of **2011**) and ``Pop2019`` are used.
    code
        CBS code of the locality.

    Returns
    -------
    zone_people : DataFrame
        Group ``total`` only. ``Pop2019`` is fractional: the residents the index stands on, not the census.
        Missing is unknown, with its reason. ``attrs["weights"]`` is ``residents``.
    ledger : Ledger
        Kind ``index row``: the rows of this locality; its own row, with no area, is rejected, for it repeats the sum.
        A locality of one area has only that row, so nothing is left of it.

    Raises
    ------
    InputError
        Unreadable file, absent columns, a locality without a row, or one area in two rows.

    Notes
    -----
    Source: Israel Central Bureau of Statistics, socio-economic index 2019 of local authorities, localities and areas.

    Examples
    --------
    >>> counts, ledger = read(Path("Socio-Economical 2019.csv"), 9000)  # doctest: +SKIP
    >>> counts.zone_id.iloc[0]  # doctest: +SKIP
    '9000-111'
    """
    ledger = Ledger(path.name)
    table = _table(path, ledger)
    rows = table[table.town_code == code]
    if rows.empty:
        raise no_locality(path, code, table.town_code)
    ledger.read("index row", len(rows))
    for label in rows.index[rows.STAT19.isna()]:
        ledger.reject("index row", f"row {label}", "locality row, not an area")
    areas = rows[rows.STAT19.notna()]
    ledger.use("index row", len(areas))
    zone_id = f"{code}-" + areas.STAT19.astype(int).astype("str")
    if zone_id.duplicated().any():
        raise InputError(f"{path.name}: area {zone_id[zone_id.duplicated()].iloc[0]} has two rows: keep one")
    reason = pd.Series(NO_COUNT, areas.index).where(areas.Pop2019.isna(), None)
    frame = pd.DataFrame({"zone_id": zone_id, "group": "total", "people": areas.Pop2019, "reason": reason})
    people = check("zone_people", frame)
    people.attrs["weights"] = "residents"
    return people, ledger.balance()


def _table(path: Path, ledger: Ledger) -> pd.DataFrame:
    table = read_table(path, ledger)
    absent = [name for name in _COLUMNS if name not in table]
    if absent:
        seen = ", ".join(table.columns)
        raise InputError(f"{path.name}: columns {', '.join(absent)} absent among {seen}: give the index of 2019")
    return pd.DataFrame({name: pd.to_numeric(table[name], errors="coerce") for name in _COLUMNS})
