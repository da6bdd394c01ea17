"""The population behind the CBS socio-economic index 2019, by statistical area of 2011."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population import headcount
from geokehila.load.population.opened import Opened
from geokehila.load.population.statistical_areas import no_locality
from geokehila.load.tabular import read_table
from geokehila.schema import check

_COLUMNS = ("town_code", "STAT19", "Pop2019")
#: Columns beside people: the cluster, 1 the lowest to 10, and the value behind it.
FACTS = ("Eshkol19", "SocioIndex19")


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
        A locality of one area has only its own row: zone ``"41-all"``. Missing is unknown, with its reason.
        ``attrs["weights"]`` is ``residents``.
    ledger : Ledger
        Kind ``index row``: the rows of this locality; its own row, with no area, is rejected beside areas, for it
        repeats their sum.

    Raises
    ------
    InputError
        Unreadable file, absent columns, a locality without a row, one area in two rows, or people below 0.

    Notes
    -----
    Source: Israel Central Bureau of Statistics, socio-economic index 2019 of local authorities, localities and areas.

    Examples
    --------
    >>> counts, ledger = read(Path("Socio-Economical 2019.csv"), 9000)  # doctest: +SKIP
    >>> counts.zone_id.iloc[0]  # doctest: +SKIP
    '9000-111'
    """
    return areas(opened(path), code)


def opened(path: Path) -> Opened:
    """Open the table once for every locality."""
    ledger = Ledger(path.name)
    table = read_table(path, ledger)
    absent = [name for name in _COLUMNS if name not in table]
    if absent:
        seen = ", ".join(table.columns)
        raise InputError(f"{path.name}: columns {', '.join(absent)} absent among {seen}: give the index of 2019")
    keys = {name: pd.to_numeric(table[name], errors="coerce") for name in ("town_code", "STAT19")}
    facts = [name for name in FACTS if name in table]
    return Opened(path.name, table[[*_COLUMNS, *facts]].assign(**keys), tuple(ledger.notices))


def localities(index: Opened) -> pd.Series:
    """Return the code of the locality that each row of the opened table speaks of."""
    return index.frame.town_code


def areas(index: Opened, code: int) -> tuple[pd.DataFrame, Ledger]:
    """Choose the rows of one locality, as :func:`read` does, from the opened table."""
    rows = index.frame[index.frame.town_code == code]
    if rows.empty:
        raise no_locality(index.name, code, localities(index))
    ledger = index.ledger()
    ledger.read("index row", len(rows))
    cells = rows[["Pop2019"]].set_axis(rows.index - 1)
    people, why = (found["Pop2019"].to_numpy() for found in (headcount.counted(cells, ledger), headcount.marked(cells)))
    rows = rows.assign(Pop2019=people, why=why)
    beside = rows.STAT19.isna() & bool(rows.STAT19.notna().any())
    for label in rows.index[beside]:
        ledger.reject("index row", f"row {label}", "locality row, not an area")
    kept = rows[~beside]
    ledger.use("index row", len(kept))
    zone_id = f"{code}-" + kept.STAT19.map("{:.0f}".format, na_action="ignore").astype(object).fillna("all")
    if zone_id.duplicated().any():
        raise InputError(f"{index.name}: area {zone_id[zone_id.duplicated()].iloc[0]} has two rows: keep one")
    reason = kept.why.where(kept.Pop2019.isna(), None)
    frame = pd.DataFrame({"zone_id": zone_id, "group": "total", "people": kept.Pop2019, "reason": reason})
    counts = check("zone_people", frame)
    counts.attrs["weights"] = "residents"
    return counts, ledger.balance()
