"""Zones that are not the bureau's: the user's own polygons, a table of H3 cells, and a hexagonal grid."""

from __future__ import annotations

import re
from math import sqrt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila.errors import InputError, StudyError
from geokehila.ledger import Ledger
from geokehila.load import area_names
from geokehila.load.geometry import warn_of_overlaps
from geokehila.load.population.headcount import MOST_PEOPLE, NO_COUNT, numbers
from geokehila.load.population.statistical_areas import as_zones
from geokehila.load.tabular import TEXTS, read_table
from geokehila.load.vector import polygon_parts, read_layer
from geokehila.names import NAME_COLUMNS
from geokehila.schema import WGS84, check

#: Corners of a flat-top hexagon in half edges and half heights: whole numbers, so neighbours share them to the bit.
_CORNERS = np.array([[2, 0], [1, 1], [-1, 1], [-2, 0], [-1, -1], [1, -1]])

#: Fifteen or sixteen hexadecimal digits; h3 itself fails on longer text.
_CELL = re.compile("[0-9a-fA-F]{15,16}")


def polygons(
    path: Path, crs: str, id_column: str, people_column: str | None = None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, Ledger]:
    """Read the user's own zones, from a polygon layer or from a CSV of H3 cells.

    Parameters
    ----------
    path
        A vector layer with a stated CRS, or a ``.csv`` whose ``id_column`` holds H3 cells.
    crs
        The projected CRS [m] to bring the zones to.
    id_column
        The zones' own ids, kept as given.
    people_column
        Residents of each zone; without one nobody is counted.

    Returns
    -------
    zones : GeoDataFrame
        The table ``zones`` without ``coverage_share``, vintage ``user``; named as the layer names them. A name that is
        a number says no more than the id, and is none.
    zone_people : DataFrame
        Group ``total``; 0 is counted none, a blank is missing; ``attrs["weights"]`` is ``residents``,
        ``attrs["unplaced"]`` the people of rows that are no zone.
    ledger : Ledger
        Kind ``zone``: the rows of the file. A row without an id or a polygon is rejected; a notice says whom it counts.

    Raises
    ------
    InputError
        Unreadable file, absent column, repeated id, people negative or not a number, no such H3 cell, h3 not installed.

    Examples
    --------
    >>> zones, counts, ledger = polygons(Path("quarters.gpkg"), "EPSG:2039", "name", "residents")  # doctest: +SKIP
    """
    ledger = Ledger(path.name)
    layer = _cells(path, crs, id_column, ledger) if path.suffix.lower() in TEXTS else _shapes(path, crs, ledger)
    for name in filter(None, (id_column, people_column)):
        _require(layer, name, path)
    ledger.read("zone", len(layer))
    # A whole-number column with a gap arrives as 7.0; the id is 7.
    zone_id = layer[id_column].convert_dtypes().astype("str").where(layer[id_column].notna())
    if zone_id.dropna().duplicated().any():
        twice = zone_id[zone_id.notna() & zone_id.duplicated()].iloc[0]
        raise InputError(f"{path.name}: {id_column} {twice!r} stands in two rows: merge them or number them apart")
    counts = None if people_column is None else _people(layer[people_column], path)
    for label in layer.index[zone_id.isna()]:
        ledger.reject("zone", f"row {label}", "null key")
    rows = gpd.GeoDataFrame({"zone_id": zone_id, "function": None}, geometry=layer.geometry).dropna(subset="zone_id")
    parts = polygon_parts(rows, "zone", ledger)
    ledger.use("zone", parts.index.nunique())
    if parts.empty:
        raise InputError(f"{path.name}: none of its {len(layer)} rows is a polygon with an id: give polygons")
    zones = parts.dissolve("zone_id", as_index=False)
    warn_of_overlaps(zones, ledger)
    people = _zone_people(rows.zone_id[rows.index.isin(parts.index)], counts)
    people.attrs["unplaced"] = 0.0 if counts is None else _unplaced(counts.drop(parts.index.unique()), ledger)
    drawn = parts.index.unique()
    called = _names(pd.DataFrame(layer.drop(columns=layer.geometry.name)).loc[drawn], rows["zone_id"][drawn])
    return as_zones(zones, "user").assign(**called), people, ledger.balance()


def hexagons(extent: shapely.Geometry, edge_m: float, crs: str) -> gpd.GeoDataFrame:
    """Cover a shape with flat-top hexagons anchored to the origin of the CRS.

    The same place has the same hexagon in every study with this edge and CRS, to the last bit.

    Parameters
    ----------
    extent
        What to cover, in ``crs``.
    edge_m
        [m] The edge, which is also the distance from the centre to a corner.
    crs
        A projected CRS [m].

    Returns
    -------
    GeoDataFrame
        The table ``zones`` without ``coverage_share``; ``zone_id`` is ``"h<q>_<r>"``, axial coordinates; only hexagons
        that meet ``extent``.

    Raises
    ------
    StudyError
        An edge that is not above 0, or an empty extent.

    Examples
    --------
    >>> hexagons(shapely.Point(0, 0), 250, "EPSG:2039").zone_id.tolist()
    ['h0_0']
    """
    if not 0 < edge_m < np.inf:
        raise StudyError(f"[zones] edge_m is {edge_m}: state a length in metres above 0")
    if extent.is_empty:
        raise StudyError("[zones] hexagons: the extent is empty: give a place to cover")
    q, r = _axial(extent.bounds, edge_m)
    centres = np.column_stack([3 * q, 2 * r + q])
    shapes = shapely.polygons((centres[:, None] + _CORNERS) * [edge_m / 2, sqrt(3) * edge_m / 2])
    shapely.prepare(extent)
    met = shapely.intersects(extent, shapes)
    zone_id = [f"h{column}_{row}" for column, row in zip(q[met], r[met], strict=True)]
    return as_zones(gpd.GeoDataFrame({"zone_id": zone_id, "function": None}, geometry=shapes[met], crs=crs), "user")


def _axial(bounds: tuple[float, float, float, float], edge_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the axial coordinates of every hexagon that may meet the bounds, one ring to spare."""
    low, high = np.reshape(bounds, (2, 2)) / [1.5 * edge_m, sqrt(3) * edge_m]
    columns = np.arange(np.floor(low[0]) - 1, np.ceil(high[0]) + 2, dtype=int)
    rows = np.arange(np.floor(low[1]) - 1, np.ceil(high[1]) + 2, dtype=int)
    q, row = (axis.ravel() for axis in np.meshgrid(columns, rows, indexing="ij"))
    return q, row - q // 2


def _shapes(path: Path, crs: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Read a layer, its rows numbered from 1 as those of a table are."""
    layer = read_layer(path, crs, ledger)
    return layer.set_axis(layer.index + 1)


def _cells(path: Path, crs: str, id_column: str, ledger: Ledger) -> gpd.GeoDataFrame:
    """Read a CSV of H3 cells and draw their outlines."""
    try:
        import h3  # the only user of an optional package
    except ImportError as fault:
        raise InputError(f"{path.name}: zones of H3 cells need the package h3: pip install geokehila[h3]") from fault
    table = read_table(path, ledger)
    _require(table, id_column, path)
    cells = table[id_column]
    wrong = cells[cells.notna()].map(lambda cell: not (_CELL.fullmatch(cell) and h3.is_valid_cell(cell)))
    wrong = wrong.reindex(cells.index, fill_value=False)
    if wrong.any():
        row, cell = next((row, cell) for row, cell in cells[wrong].items())
        raise InputError(f"{path.name}: row {row}: {cell[:60]!r} is no H3 cell: give cells, or polygons in a layer")
    outlines = [None if pd.isna(cell) else _outline(h3.cell_to_boundary(cell)) for cell in cells]
    return gpd.GeoDataFrame(table, geometry=outlines, crs=WGS84).to_crs(crs)


def _outline(corners: tuple[tuple[float, float], ...]) -> shapely.Polygon:
    """H3 gives (latitude, longitude)."""
    return shapely.Polygon([(lon, lat) for lat, lon in corners])


def _require(table: pd.DataFrame, name: str, path: Path) -> None:
    if name not in table:
        seen = ", ".join(map(str, table.columns))
        raise InputError(f"{path.name}: column {name!r} absent among {seen}: name it in study.toml under [zones]")


def _people(column: pd.Series, path: Path) -> pd.Series:
    """Return the residents; a blank stays missing, a word or a negative number stops the run."""
    number = numbers(column)
    wrong = (number.isna() & column.notna()) | (number < 0) | (number > MOST_PEOPLE)
    if wrong.any():
        row, cell = next((row, cell) for row, cell in column[wrong].items())
        what = f"{path.name}: row {row}: {column.name} is {str(cell)[:60]!r}"
        raise InputError(
            f"{what}: write a number of residents from 0 to {MOST_PEOPLE:.0f}, or nothing where it is not known"
        )
    return number


def _zone_people(zone_id: pd.Series, counts: pd.Series | None) -> pd.DataFrame:
    kept = zone_id if counts is not None else zone_id.iloc[:0]
    people = (counts if counts is not None else pd.Series(dtype="float64")).reindex(kept.index)
    reason = pd.Series(NO_COUNT, kept.index, dtype=object).where(people.isna(), None)
    frame = check("zone_people", pd.DataFrame({"zone_id": kept, "group": "total", "people": people, "reason": reason}))
    frame.attrs["weights"] = "residents"
    return frame


def _names(table: pd.DataFrame, zone_id: pd.Series) -> dict[str, list[str | None]]:
    """Return what the zones are called, by language, in the order of their ids."""
    told = area_names.read(table).set_axis(zone_id)
    return {
        language: [name if name and not name.isdigit() else None for name in told[language].sort_index()]
        for language in NAME_COLUMNS
    }


def _unplaced(counts: pd.Series, ledger: Ledger) -> float:
    """Return the people of rows that are no zone, and name them."""
    peopled = counts[counts > 0]
    if len(peopled):
        text = f"{peopled.sum():,.0f} people of {len(peopled)} rows without an id or a polygon, the first row "
        ledger.warn("people_without_zone", f"{text}{peopled.index[0]}, stand in no zone: mend these rows")
    return float(peopled.sum())
