"""Zones and the people counted in them, from whichever sources a study has."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.errors import InputError, StudyError
from geokehila.load import census, socioeconomic, statistical_areas, user_zones
from geokehila.load.roles import Inputs
from geokehila.schema import Ledger
from geokehila.study import Study

#: What the counts are, where no source counts people: homes themselves.
DWELLINGS = "dwellings"


@dataclass(frozen=True)
class ZonePeople:
    """Zones, their people, what the counts are (residents, voters or dwellings), and the ledgers of the sources.

    With dwellings as weights `people` is empty: they are counted on the buildings later. ``in_no_area`` are people whom
    the source counts in areas that the layer lacks.
    """

    zones: gpd.GeoDataFrame
    people: pd.DataFrame
    weights: str
    ledgers: tuple[Ledger, ...]
    in_no_area: float = 0.0


def read(study: Study, inputs: Inputs, extent: shapely.Geometry) -> ZonePeople:
    """Read the zones a study chose and the people its population source counts in them.

    Raises
    ------
    InputError
        A file that the choice needs is missing, or the source does not count by these zones.
    """
    if study.zones.kind == "hexagons":
        return ZonePeople(user_zones.hexagons(extent, study.zones.edge_m, study.crs), pd.DataFrame(), DWELLINGS, ())
    if study.zones.kind == "polygons":
        return _polygons(study, inputs)
    return _statistical_areas(study, inputs)


def _polygons(study: Study, inputs: Inputs) -> ZonePeople:
    path = inputs.must("zones", 'give a polygon layer as zones.geojson, or choose [zones] kind = "hexagons"')
    column = study.zones.population if study.population_source != DWELLINGS else None
    zones, people, ledger = user_zones.polygons(path, study.crs, study.zones.id, column)
    return ZonePeople(zones, people, DWELLINGS if people.empty else "residents", (ledger,))


def _statistical_areas(study: Study, inputs: Inputs) -> ZonePeople:
    path = inputs.must(
        "statistical_areas", 'give the CBS layer as statistical_areas.*, or choose [zones] kind = "hexagons"'
    )
    code = study.city.code
    if not code:
        raise StudyError(
            f"[study] {study.city.name['en']}: statistical areas are found by locality: add code = a CBS code"
        )
    zones, ledger = statistical_areas.read(path, code, study.crs)
    source = study.population_source or _first_source(inputs, zones["vintage"].iloc[0])
    if source == "census":
        table, rows = census.read(inputs.must("census", "give the census workbook as census.xlsx"), code)
        merged, people = census.attach(zones, table)
        lost = pd.DataFrame(people.attrs["unplaced"], columns=["zone_id", "people"])
        return ZonePeople(merged, people, "residents", (ledger, rows, _join(lost)), float(lost["people"].sum()))
    if source == "socioeconomic":
        people, rows = socioeconomic.read(inputs.must("socioeconomic", "give the CBS index as socioeconomic.csv"), code)
        lost = people[~people["zone_id"].isin(zones["zone_id"])]
        found = _for_every(zones, people)
        return ZonePeople(zones, found, "residents", (ledger, rows, _join(lost)), float(lost["people"].sum()))
    people, rows = statistical_areas.people(path, code)
    if source == DWELLINGS or (people.empty and not study.population_source):
        return ZonePeople(zones, pd.DataFrame(), DWELLINGS, (ledger,))
    if people.empty:
        raise InputError(
            f'statistical_areas {path.name}: counts no people: give census.xlsx or set population = "dwellings"'
        )
    united, people = _counted_together(zones, people)
    return ZonePeople(united, people, str(people.attrs["weights"]), (ledger, rows))


def _counted_together(zones: gpd.GeoDataFrame, people: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Make one zone of the areas that the layer counts as one: the count stands at one of them and belongs to all."""
    units = people.attrs.get("united", [])
    code = zones["zone_id"].iloc[0].rpartition("-")[0]
    unit_of = {f"{code}-{member}": f"{code}-{unit}" for unit in units for member in unit.split("+")}
    named = people.assign(zone_id=people["zone_id"].replace(unit_of)).sort_values(["zone_id", "group", "people"])
    counted = named.drop_duplicates(["zone_id", "group"], ignore_index=True)
    counted.attrs |= people.attrs
    return census.unite(zones, units), counted


def _first_source(inputs: Inputs, vintage: str) -> str:
    """The census counts the areas of 2022, the socio-economic index those of 2011; else the layer's own columns."""
    if vintage == "2022" and "census" in inputs.files:
        return "census"
    return "areas"


def _join(lost: pd.DataFrame) -> Ledger:
    """Account for the counts of areas that the layer lacks."""
    ledger = Ledger("areas of the layer")
    ledger.read("count without an area", len(lost))
    for zone_id in lost["zone_id"]:
        ledger.reject("count without an area", str(zone_id), "no such area in the layer")
    return ledger.balance()


def _for_every(zones: gpd.GeoDataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts of these zones; a zone the source has no row for is missing, with the reason."""
    found = people[people["zone_id"].isin(zones["zone_id"])]
    absent = zones["zone_id"][~zones["zone_id"].isin(found["zone_id"])]
    rest = pd.DataFrame({"zone_id": absent, "group": "total", "people": float("nan"), "reason": "no row in the source"})
    return pd.concat([found, rest], ignore_index=True)
