"""What a municipality hands over of its plans: cells of statutory plans, sites for hubs, dwellings that are planned."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.catalogue.lists import ListChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import candidate_list, dwellings, municipal, plans
from geokehila.load.roles import Inputs
from geokehila.schema import TABLES
from geokehila.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Handed(Brief):
    """Tables ``plans`` and ``candidates``, empty where nothing is given; planned dwellings, None where none are."""

    plans: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    dwellings: gpd.GeoDataFrame | None
    ledgers: tuple[Ledger, ...]


def read(study: Study, inputs: Inputs, extent: shapely.Geometry, area: shapely.Geometry) -> Handed:
    """Read what is given of it.

    Parameters
    ----------
    extent
        What the map covers, in the study's CRS.
    area
        The study's zones.

    Raises
    ------
    InputError
        A file cannot be read, or the study states columns of one that there is not.
    """
    if lost := [role for role in study.tables if role not in inputs.files]:
        role = lost[0]
        raise InputError(f"{role}: no file {role}.*, of which [lists.{role}] speaks: give it, or drop the table")
    ledgers, files = [], inputs.files
    cells, sites = (_nothing(name, study.crs) for name in ("plans", "candidates"))
    planned = None
    if "plans" in files:
        found = plans.read(files["plans"], study.crs, extent, _stated(study, "plans"))
        cells = found.plans
        ledgers.append(found.ledger)
    if "candidates" in files:
        listed = candidate_list.read(inputs.must("candidates", "give one list of sites"), study, area)
        sites = listed.sites
        ledgers.append(listed.ledger)
    if "dwellings" in files:
        path = inputs.must("dwellings", "give one layer of planned dwellings")
        due = dwellings.read(path, study.crs, extent, _stated(study, "dwellings"))
        planned = due.dwellings
        ledgers.append(due.ledger)
    return Handed(cells, sites, planned, tuple(ledgers))


def _stated(study: Study, role: str) -> ListChoice:
    return study.tables.get(role, municipal.DEFAULT)


def _nothing(table: str, crs: str) -> gpd.GeoDataFrame:
    columns = [column for column in TABLES[table].columns if column != "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(columns=columns), geometry=[], crs=crs)
