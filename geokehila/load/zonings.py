"""Other ways to divide a city: municipal neighbourhoods, quarters of the statistical areas, hexagons."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.ledger import Ledger
from geokehila.load import area_names
from geokehila.load.geometry import warn_of_overlaps
from geokehila.load.municipal import columns
from geokehila.load.population import statistical_areas, user_zones
from geokehila.load.population.opened import Opened
from geokehila.load.roles import Inputs
from geokehila.load.vector import number, polygon_parts, read_layer
from geokehila.names import NAME_COLUMNS
from geokehila.study import Study

NEIGHBOURHOOD, QUARTER, SUB_QUARTER, HEXAGON = "neighbourhood", "quarter", "sub_quarter", "hexagon"
#: With no more than this share of its land in the study's zones a neighbourhood is another town's, its border drawn
#: twice: of 190 strips where those of the country reach into another town's outline 186 are narrower.
SEAM_SHARE = 0.1
ELSEWHERE, NO_NUMBER, NO_AREA = "outside the study's zones", "no number of its quarter", "not polygonal"
_COLUMNS = ["zone_id", *NAME_COLUMNS, "geometry"]


def read(
    study: Study, inputs: Inputs, zones: gpd.GeoDataFrame, extent: shapely.Geometry
) -> tuple[dict[str, gpd.GeoDataFrame], tuple[Ledger, ...]]:
    """Read the areas that homes can be summed over beside the study's zones.

    Parameters
    ----------
    study
        Its city's code says which quarters; ``zonings.hexagon_edge_m`` asks for hexagons.
    inputs
        Files of the roles neighbourhoods and statistical_areas.
    zones
        Table ``zones``: units that do not lie in them are left out.
    extent
        What the OpenStreetMap data cover, in the CRS of the zones: hexagons are drawn where it and the zones are.

    Returns
    -------
    units : dict of GeoDataFrame
        ``zone_id``, ``name_he``, ``name_ar``, ``name_en``, ``name_ru`` (missing where not known) and geometry, by
        zone_id, under ``neighbourhood``, ``quarter``, ``sub_quarter`` and ``hexagon``; one that nothing at hand draws
        is not among them. Units may leave land out, and neighbourhoods may overlap: the first by id is a home's own.
    ledgers : tuple of Ledger
        Kinds ``neighbourhood``, and ``quarter`` and ``sub_quarter`` for the areas that make them.

    Raises
    ------
    InputError
        The layer of neighbourhoods is not readable, has no CRS or lies elsewhere: [lat, lon] instead of [lon, lat].

    Notes
    -----
    Source: municipalities; quarters (ROVA, TAT_ROVA) by the Israel Central Bureau of Statistics.

    Examples
    --------
    >>> units, ledgers = read(study, inputs, counted.zones, mapped.extent)  # doctest: +SKIP
    >>> units["neighbourhood"].name_he.iloc[0]  # doctest: +SKIP
    'העיר העתיקה ורסקו'
    """
    area, found = zones.union_all(), {}
    ledgers: list[Ledger] = []
    if "neighbourhoods" in inputs.files:
        path = inputs.must("neighbourhoods", "give one layer")
        found[NEIGHBOURHOOD], ledger = neighbourhoods(path, study, area)
        ledgers.append(ledger)
    if study.city.code and "statistical_areas" in inputs.files:
        path = inputs.must("statistical_areas", "give one layer")
        layer = inputs.shelf.take(statistical_areas.opened, path, study.crs)
        for key, (units, ledger) in quarters(layer, study.city.code).items():
            found[key] = units
            ledgers.append(ledger)
    if study.zonings.hexagon_edge_m:
        land = shapely.intersection(area, extent)
        found[HEXAGON] = user_zones.hexagons(land, study.zonings.hexagon_edge_m, study.crs)[_COLUMNS]
    return {key: units for key, units in found.items() if len(units)}, tuple(ledgers)


def neighbourhoods(path: Path, study: Study, area: shapely.Geometry) -> tuple[gpd.GeoDataFrame, Ledger]:
    """Read the neighbourhoods of a layer that lie in an area [m].

    Their ids are the layer's own where it has a column of them, each once; else ``nb1``, ``nb2`` ... from west to east.
    Shapes that cross themselves are mended, and overlaps counted, each with a notice.
    """
    ledger = Ledger(path.name)
    layer = read_layer(path, study.crs, ledger)
    here = _here(layer, area, ledger)
    if here.empty:
        text = f"none of its {len(layer)} shapes lies in the study's zones: give the neighbourhoods of this city"
        ledger.warn("neighbourhoods_elsewhere", text)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name)).loc[here.index]
    units = _units(_ids(table, here), _names(table, study, ledger), here)
    warn_of_overlaps(units, ledger)
    return units, ledger.balance()


def _here(layer: gpd.GeoDataFrame, area: shapely.Geometry, ledger: Ledger) -> gpd.GeoSeries:
    """Return the shapes of the rows that lie in an area, by the rows' index; the others are rejected."""
    ledger.read(NEIGHBOURHOOD, len(layer))
    drawn = layer.geometry.mask(layer.is_empty)
    rows = gpd.GeoDataFrame({"zone_id": [f"row {label + 1}" for label in layer.index]}, geometry=drawn)
    # A layer of the whole country is not mended where it does not matter.
    may_be_here = rows.envelope.intersects(area) | rows.geometry.isna()
    parts = polygon_parts(rows[may_be_here], NEIGHBOURHOOD, ledger)
    shapes = parts.dissolve(parts.index).geometry
    is_here = shapes.intersection(area).area > SEAM_SHARE * shapes.area
    for label in [*rows.index[~may_be_here], *shapes.index[~is_here]]:
        ledger.reject(NEIGHBOURHOOD, f"row {label + 1}", ELSEWHERE)
    ledger.use(NEIGHBOURHOOD, int(is_here.sum()))
    return shapes[is_here]


def quarters(layer: Opened, code: int) -> dict[str, tuple[gpd.GeoDataFrame, Ledger]]:
    """Unite the statistical areas of a locality by quarter (``"9000-q1"``) and sub-quarter (``"9000-q1-s11"``).

    Nobody names them in the layer. A level that no area has a number of is not returned; where only sub-quarters are
    numbered they are ``"2600-s1"``.
    """
    rows = layer.frame[statistical_areas.localities(layer) == code]
    quarter, sub = _number(rows, "ROVA"), _number(rows, "TAT_ROVA")
    within = (f"{code}" + ("-q" + quarter).fillna("")) + "-s" + sub
    ids = {QUARTER: f"{code}-q" + quarter, SUB_QUARTER: within}
    return {key: _united(rows, unit, Ledger(layer.name), key) for key, unit in ids.items() if unit.notna().any()}


def _number(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return the numbers of a column as text; a Shapefile writes 0 for a blank."""
    found = number(rows, name)
    return found.where(found > 0).map("{:.0f}".format, na_action="ignore").astype(object)


def _united(rows: gpd.GeoDataFrame, unit: pd.Series, ledger: Ledger, kind: str) -> tuple[gpd.GeoDataFrame, Ledger]:
    ledger.read(kind, len(rows))
    for label in rows.index[unit.isna()]:
        ledger.reject(kind, f"row {label + 1}", NO_NUMBER)
    numbered = rows.assign(zone_id=unit)[unit.notna()]
    # What had to be mended was said when the areas themselves were read.
    parts = polygon_parts(numbered, kind, Ledger(ledger.source))
    ledger.use(kind, parts.index.nunique())
    for label in numbered.index.difference(parts.index):
        ledger.reject(kind, f"row {label + 1}", NO_AREA)
    shapes = parts.dissolve("zone_id").geometry
    unnamed = pd.DataFrame(None, shapes.index, [*NAME_COLUMNS], dtype=object)
    return _units(shapes.index.to_series(), unnamed, shapes), ledger.balance()


def _units(ids: pd.Series, named: pd.DataFrame, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return the units by zone_id."""
    frame = named.where(named.notna(), None).reset_index(drop=True).assign(zone_id=ids.to_numpy(object))
    units = gpd.GeoDataFrame(frame, geometry=shapes.to_numpy(), crs=shapes.crs)
    return units[_COLUMNS].sort_values("zone_id", ignore_index=True)


def _ids(table: pd.DataFrame, shapes: gpd.GeoSeries) -> pd.Series:
    """Return the layer's own ids where each unit has one of its own, else numbers from west to east."""
    if own := columns.find(table).get("id"):
        ids = table[own].map(columns.as_text)
        if (ids != "").all() and ids.is_unique:
            return ids
    at = shapely.get_coordinates(shapely.centroid(shapes.to_numpy())).round(3)
    rank = np.lexsort((at[:, 1], at[:, 0])).argsort()
    return pd.Series([f"nb{place}" for place in rank + 1], shapes.index, dtype=object)


def _names(table: pd.DataFrame, study: Study, ledger: Ledger) -> pd.DataFrame:
    """Return the units' names by language, without the name of their town before them."""
    if not area_names.columns_of(table) and len(table):
        seen = ", ".join(columns.unread(table, ())) or "none"
        ledger.warn("no_name_column", f"no column of names among {seen}: call it name, or name_he, name_ar, name_en")
    return area_names.read(table, {*study.city.name.values()})
