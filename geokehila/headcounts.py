"""Zones and who is counted in them: people by a source or house by house, else dwellings by their buildings."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geokehila import people, zones
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import osm
from geokehila.load.population import zone_people
from geokehila.load.population.zone_people import DWELLINGS, ZonePeople
from geokehila.load.roles import Inputs
from geokehila.schema import WGS84
from geokehila.study import Study


def count(study: Study, inputs: Inputs, mapped: osm.OsmData, buildings: gpd.GeoDataFrame) -> ZonePeople:
    """Return zones and their counts: people as a source counts them, else by their houses, else dwellings.

    Parameters
    ----------
    buildings
        As :func:`geokehila.people.classify` returns them; `residents` are those that a layer counts.

    Raises
    ------
    InputError
        As :func:`geokehila.load.population.zone_people.read`, and where no zone lies in the data.
    """
    counted, is_grid = zone_people.read(study, inputs, mapped.extent), study.zones.kind == "hexagons"
    areas = people.with_coverage(zones.named(counted.zones, mapped.quarters, is_grid), mapped.extent)
    if not areas["coverage_share"].any():
        west, south, east, north = gpd.GeoSeries([mapped.extent], crs=study.crs).to_crs(WGS84).total_bounds.round(2)
        raise InputError(
            f"osm: covers {west} to {east} E, {south} to {north} N, where no area of {study.city.name['en']} lies: "
            "give an extract of that city"
        )
    counted = replace(counted, zones=areas)
    if counted.weights == "residents":
        counted = counted.with_people(people.filled(counted.people, areas, buildings))
    elif study.zones.kind != "statistical_areas" and not study.population_source and not study.assumed:
        counted = _by_houses(counted, buildings, is_grid)
    if counted.weights != DWELLINGS:
        return zone_people.told(counted, people.homes_by_zone(counted.zones, buildings))
    # Dwellings are counted on the buildings themselves, so none of them lies outside the data.
    whole = areas.assign(coverage_share=1.0)
    dwellings = people.dwellings_as_people(whole, buildings, study.assumed)
    return replace(counted, zones=whole, people=dwellings, weights="residents" if study.assumed else counted.weights)


def account(counted: ZonePeople, buildings: gpd.GeoDataFrame, counts: pd.DataFrame) -> ZonePeople:
    """Return the count with what became of the residents that a layer counts house by house, `counts`, in its ledgers.

    Dwellings are no number of people: where they stand in for these, no house's residents are in one.
    """
    if counts.empty:
        return counted
    is_total = (counted.people["group"] == "total") & (counted.weights != DWELLINGS)
    zones, total = counted.zones, counted.people[is_total].set_index("zone_id")["people"]
    found = people.fates(counts, zones, total, buildings)
    ledger = people.account(found, people.houses_not_counted(zones, buildings))
    ledgers = (*counted.ledgers, ledger)
    if counted.weights != "residents" or counted.source == DWELLINGS:
        return replace(counted, ledgers=ledgers)
    people.warn_of_small_totals(found, total, ledger)
    return replace(counted, ledgers=ledgers, in_no_number=people.in_no_number(found))


def _by_houses(counted: ZonePeople, buildings: gpd.GeoDataFrame, is_grid: bool) -> ZonePeople:
    """Return zones counted house by house where all homes of one are counted; the others have no count.

    A cell of a grid holds what stands in it, cut or not, and without a home it is empty ground; an area that somebody
    drew may hold more than the data do, and be one that nobody counted.
    """
    areas = counted.zones.assign(coverage_share=1.0) if is_grid else counted.zones
    homes, residents = people.homes_by_zone(areas, buildings), people.residents_by_zone(areas, buildings)
    if residents[homes > 0].notna().any():
        return replace(counted.by_houses(residents.mask(is_grid & (homes == 0), 0.0)), zones=areas)
    if buildings["residents"].notna().any():
        ledger = Ledger("population")
        text = "residents are counted in some houses, but in no zone in all: dwellings stand in for people"
        ledger.warn("houses_partly_counted", f"{text}; count the other houses, or give zones.* with their residents")
        return replace(counted, ledgers=(*counted.ledgers, ledger))
    return counted
