"""What sources say of zones beside people: socio-economic cluster, cars, tenure, schooling, age, religion, society."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.ledger import Ledger
from geokehila.load.population import census, headcount, socioeconomic
from geokehila.load.population.carried import carried, tells
from geokehila.load.population.opened import Opened
from geokehila.load.roles import Inputs
from geokehila.schema import TABLES, check
from geokehila.study import Study

#: Reasons: the fact is that of the whole locality; the source has no row for the zone; its areas do not agree.
LOCALITY, NO_ROW, DIFFER = "locality", "no row in the source", "its areas differ"
#: A count, which cannot be given to a part of what it counts; every other fact can.
HOUSEHOLDS = "households_count"
#: Clusters of the index, from low to high.
CLUSTERS = range(1, 11)
#: Religion of the majority by its code in the census; the layers of 2011 use the same numbers for other things.
RELIGIONS: Mapping[float, str] = {1.0: "jewish", 2.0: "muslim", 3.0: "christian", 5.0: "druze", 6.0: "other"}
#: Shares 0 to 1, each the sum of columns in percent: the first of these sets that the table has.
_SHARES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "households_without_car_share": (("Vehicle0_pcnt",),),
    "own_share": (("own_pcnt",),),
    "rent_share": (("rent_pcnt",),),
    "academic_share": (("AcadmCert_pcnt",), ("Acadm1Cert_pcnt", "Acadm2Cert_pcnt")),
    "works_outside_share": (("WrkOutLoc_pcnt",),),
}
_OF_INDEX = {"Eshkol19": "ses_cluster", "SocioIndex19": "ses_index"}
_NUMBERS = {HOUSEHOLDS: "hh_total_approx", "age_median": "age_median"}
_RELIGION = ("religion", "Religion_Stat_Code")
#: Of a source whose areas are of another edition than the zones, and which tells nothing of the whole.
_BY_OTHERS = "counted by areas of "
NO_CROSSWALKS: Mapping[str, pd.DataFrame] = {}
_KIND = "row of facts"
_COLUMNS = ["unit", "fact", "value", "text", "reason"]


@dataclass(frozen=True, eq=False)
class _Told:
    """What one source says of one locality, by the units it speaks of.

    ``rows`` has unit (``"14+13+18"``: areas together; ``""``: the whole locality), fact, value, text and reason;
    ``vintage`` is the edition whose areas these are; the catalogue has no ledger.
    """

    source: str
    date: str
    vintage: str
    rows: pd.DataFrame
    ledger: Ledger | None = None

    @property
    def units(self) -> list[str]:
        return sorted(self.rows["unit"].unique())


def read(
    study: Study, inputs: Inputs, zones: gpd.GeoDataFrame, crosswalks: Mapping[str, pd.DataFrame] = NO_CROSSWALKS
) -> tuple[pd.DataFrame, tuple[Ledger, ...]]:
    """Read what the inputs at hand say of a study's zones.

    Parameters
    ----------
    study
        Its city's code says which locality; of the catalogue's city the society is known.
    inputs
        Files of the roles socioeconomic and census.
    zones
        Table ``zones``; areas counted as one are one zone already. Hexagons reach beyond the locality: nothing is
        said of them.
    crosswalks
        Tables ``crosswalk`` by the edition they lead from: they carry what is said of its areas to zones of another.

    Returns
    -------
    zone_facts : DataFrame
        Table ``zone_facts``, one row for each zone and each fact that any source speaks of:

        - ``ses_cluster``, 1 (low) to 10 (high), and ``ses_index``, the value behind it: index of 2019, by areas of
          2011; zones of another edition have it carried by the crosswalk, the reason says so; where there is none, that
          of the locality, with the reason ``locality``;
        - ``households_count``, ``age_median`` [years], and shares of households, 0 to 1: ``own_share``,
          ``rent_share``, ``households_without_car_share``; of people of 15 and above ``academic_share``, and of those
          who work ``works_outside_share`` (of the locality): census of 2022, by areas of 2022;
        - ``religion`` of the majority (jewish, muslim, christian, druze, other): census; ``society``: catalogue.

        A value that is suppressed or blank is missing, with its reason, never 0. Where several areas are one zone, or
        a part of one, the reason names them; where they differ the fact is missing.
    ledgers : tuple of Ledger
        Of each file, kind ``row of facts``: the rows of this locality.

    Raises
    ------
    InputError
        A file is broken, or says what cannot be: a share beyond 100 %, a household less than none.

    Notes
    -----
    Source: Israel Central Bureau of Statistics, socio-economic index 2019 and Population Census 2022.

    Examples
    --------
    >>> table, ledgers = read(study, inputs, counted.zones)  # doctest: +SKIP
    >>> table[table.fact == "ses_cluster"].value.max()  # doctest: +SKIP
    8.0
    """
    if study.zones.kind == "hexagons":
        return _table([]), ()
    told = [*_of_files(study, inputs), *_of_catalogue(study)]
    found = [_said(one, zones, crosswalks.get(one.vintage)) for one in told]
    ledgers = tuple(_account(one, one.ledger, used) for one, (_, used) in zip(told, found, strict=True) if one.ledger)
    return _table([table for tables, _ in found for table in tables]), ledgers


def _said(told: _Told, zones: gpd.GeoDataFrame, cells: pd.DataFrame | None) -> tuple[list[pd.DataFrame], set[str]]:
    """Return what a source says of the zones, carried where there is a crosswalk, and the units it tells of."""
    is_carried = pd.Series(False, zones.index) if cells is None else _is_carried(told, zones)
    near, far = zones[~is_carried], zones.loc[is_carried, "zone_id"].tolist()
    pairs = _pairs(told, near)
    of_near = _on_zones(told, pairs, near)
    said = of_near.loc[of_near["reason"] != f"{_BY_OTHERS}{told.vintage}", "zone_id"]
    tables, used = [of_near], {*pairs.loc[pairs["zone_id"].isin(said), "unit"]}
    if cells is None or not far:
        return tables, used
    of_far = carried(told.rows, told.vintage, cells, far).assign(source=told.source, date=told.date or None)
    return [*tables, of_far], used | tells(told.units, cells, far)


def _is_carried(told: _Told, zones: gpd.GeoDataFrame) -> pd.Series:
    """Tell the zones of another edition than a source's areas, but for a whole locality of which it has a row."""
    has_areas, has_whole = any(told.units), "" in told.units
    is_whole = zones["zone_id"].str.endswith("-all") & has_whole
    is_far: pd.Series = (zones["vintage"] != told.vintage) & has_areas & ~is_whole
    return is_far


def _of_files(study: Study, inputs: Inputs) -> Iterator[_Told]:
    """Read the index and the census, where they are at hand and hold the locality."""
    code = study.city.code
    if code and "socioeconomic" in inputs.files:
        index = inputs.shelf.take(socioeconomic.opened, inputs.must("socioeconomic", "give one file"))
        if (socioeconomic.localities(index) == code).any():
            yield _of_index(index, code)
    if code and "census" in inputs.files:
        workbook = inputs.shelf.take(census.opened, inputs.must("census", "give one file"))
        if (census.localities(workbook) == code).any():
            yield _of_census(workbook, code)


def _of_index(index: Opened, code: int) -> _Told:
    rows = index.frame[index.frame["town_code"] == code]
    unit = rows["STAT19"].map("{:.0f}".format, na_action="ignore").astype(object).fillna("")
    value = {name: pd.to_numeric(rows[name], errors="coerce") for name in socioeconomic.FACTS if name in rows}
    if "Eshkol19" in value:
        value["Eshkol19"] = value["Eshkol19"].where(value["Eshkol19"].isin(CLUSTERS))
    facts = [_fact(unit, _OF_INDEX[name], number, _missing(rows[name])) for name, number in value.items()]
    return _Told(index.name, "2019", "2011", _rows(facts), index.ledger())


def _of_census(workbook: Opened, code: int) -> _Told:
    rows, unit, read_as_people = census.of_locality(workbook, code)
    ledger = Ledger(workbook.name, notices=read_as_people.notices)
    in_percent = [name for name in rows if str(name).endswith("_pcnt") and name in census.FACTS]
    shares = _with_cars_turned(headcount.counted(rows[in_percent], ledger, most=100.0))
    marks = headcount.marked(rows[in_percent]).rename(columns={"Vehicle1up_pcnt": "Vehicle0_pcnt"})
    facts = []
    for fact, choices in _SHARES.items():
        if columns := next(([*names] for names in choices if {*names} <= {*shares}), None):
            why = _first_told(marks[columns].where(shares[columns].isna()))
            facts.append(_fact(unit, fact, shares[columns].sum(axis=1, skipna=False) / 100, why))
    numbers = rows[[name for name in _NUMBERS.values() if name in rows]]
    counted, blanks = headcount.counted(numbers, ledger), headcount.marked(numbers)
    facts += [_fact(unit, fact, counted[name], blanks[name]) for fact, name in _NUMBERS.items() if name in counted]
    if religion := next((name for name in _RELIGION if name in rows), None):
        text = pd.to_numeric(rows[religion], errors="coerce").map(RELIGIONS).astype(object)
        facts.append(_fact(unit, "religion", text, _missing(rows[religion])))
    return _Told(workbook.name, "2022", "2022", _rows(facts), ledger)


def _first_told(table: pd.DataFrame) -> pd.Series:
    """Return the first cell of each row that is not missing, missing where all are."""
    cells = table.to_numpy(object)
    return pd.Series(cells[np.arange(len(cells)), pd.notna(cells).argmax(axis=1)], table.index, dtype=object)


def _with_cars_turned(shares: pd.DataFrame) -> pd.DataFrame:
    """Add the households without a car [%] where only those with one are told."""
    if "Vehicle0_pcnt" in shares or "Vehicle1up_pcnt" not in shares:
        return shares
    return shares.assign(Vehicle0_pcnt=100 - shares["Vehicle1up_pcnt"])


def _of_catalogue(study: Study) -> Iterator[_Told]:
    """The society of a city of the catalogue, which is said of the whole."""
    if study.city.society:
        told = pd.Series([study.city.society], dtype=object)
        rows = _rows([_fact(pd.Series([""]), "society", told, pd.Series([""]))])
        yield _Told("catalogue", "", "", rows)


def _fact(unit: pd.Series, fact: str, told: pd.Series, why: pd.Series) -> pd.DataFrame:
    """Return one fact by unit: its numbers, or its texts; why it is missing where it is."""
    nothing = pd.Series(None, unit.index, dtype=object)
    value, text = (nothing.astype("float64"), told) if told.dtype == object else (told, nothing)
    reason = why.astype(object).where(told.isna(), None)
    table = {"unit": unit, "fact": fact, "value": value, "text": text.where(text.notna(), None), "reason": reason}
    return pd.DataFrame(table)[_COLUMNS]


def _missing(cells: pd.Series) -> pd.Series:
    """Return why each cell would tell nothing: it is blank, a mark, or a number that stands for nothing."""
    mark = headcount.marked(cells.to_frame()).iloc[:, 0]
    is_mark = pd.to_numeric(cells, errors="coerce").isna()
    return mark.where(is_mark, 'unknown code "' + cells.astype(str) + '"')


def _rows(facts: list[pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame(columns=_COLUMNS).astype({"value": "float64"})
    return pd.concat(facts, ignore_index=True) if facts else empty


def _pairs(told: _Told, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return which units stand for each zone, and how: None: just for it; else what they speak of besides.

    A zone of the edition that the source counts by has the units that share an area with it. Other zones, and all of
    them where the source divides the locality by no area, have that of the locality, or all of its areas.
    """
    units = {unit: {*unit.split("+")} for unit in told.units if unit}
    whole = [""] if "" in told.units else [*units]
    found: list[tuple[str, str, str | None]] = []
    for zone_id, vintage in zip(zones["zone_id"], zones["vintage"], strict=True):
        tail = str(zone_id).rpartition("-")[2]
        if units and vintage == told.vintage and tail != "all":
            own = {*tail.split("+")}
            met = [unit for unit, members in units.items() if members & own]
            how = None if len(met) == 1 and units[met[0]] == own else f"areas {', '.join(met)}"
        else:
            met, how = whole, None if tail == "all" else LOCALITY
        found += [(zone_id, unit, how) for unit in met]
    return pd.DataFrame(found, columns=["zone_id", "unit", "how"], dtype=object)


def _on_zones(told: _Told, pairs: pd.DataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give each zone every fact of the source: what all its units say alike, else missing with the reason."""
    key = ["zone_id", "fact"]
    met = pairs.merge(told.rows, on="unit")
    alike = met.groupby(key)[["value", "text"]].nunique(dropna=False).le(1).all(axis=1)
    every = pd.MultiIndex.from_product([zones["zone_id"], told.rows["fact"].unique()], names=key)
    table = met.drop_duplicates(key).set_index(key).reindex(every)
    bare, differs = table["unit"].isna(), ~alike.reindex(every, fill_value=True)
    in_others = table["how"].notna() & (table.index.get_level_values("fact") == HOUSEHOLDS)
    lost = bare | differs | in_others
    value, text = table["value"].mask(lost), table["text"].astype(object).mask(lost, None)
    otherwise = pd.Series(DIFFER, every).mask(table["how"] == LOCALITY, f"{_BY_OTHERS}{told.vintage}")
    reason = table["how"].astype(object).mask(value.isna() & text.isna(), table["reason"])
    reason = reason.mask(in_others, "counted in " + table["how"]).mask(differs, otherwise).mask(bare, NO_ROW)
    made = {"value": value, "text": text, "source": told.source, "date": told.date or None, "reason": reason}
    return pd.DataFrame(made, every).reset_index()


def _account(told: _Told, ledger: Ledger, used: set[str]) -> Ledger:
    """Account for what a file speaks of: areas, or the locality; what stands for no zone is rejected."""
    ledger.read(_KIND, len(told.units))
    ledger.use(_KIND, len(used))
    for unit in told.units:
        if unit not in used:
            ledger.reject(_KIND, unit or LOCALITY, "no zone that it speaks of")
    if told.units and not used:
        text = f"what it tells of areas of {told.vintage} is in no result, for the zones are other areas"
        ledger.warn("not_joined", f"{text}; give the layer of {told.vintage} as statistical_areas_{told.vintage}.*")
    return ledger.balance()


def _table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = [*TABLES["zone_facts"].columns]
    empty = pd.DataFrame(columns=columns).astype({"value": "float64"})
    return check("zone_facts", pd.concat([part[columns] for part in parts], ignore_index=True) if parts else empty)
