"""Where the rows of a list lie: coordinates in the systems of Israel, told by their range; swapped ones turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geokehila.load.written import number, numbers
from geokehila.schema import ISRAEL_TM, WGS84

#: Israel's grid before the present one; its maps and lists are still about.
OLD_GRID = "EPSG:28193"
#: West, south, east, north of Israel in each system [degrees; m]. They share no point, not even with x and y swapped.
BOXES: Mapping[str, tuple[float, float, float, float]] = {
    WGS84: (34.0, 29.0, 36.0, 34.0),
    ISRAEL_TM: (100_000.0, 370_000.0, 300_000.0, 810_000.0),
    OLD_GRID: (50_000.0, 870_000.0, 250_000.0, 1_310_000.0),
}
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_ANYWHERE = (-np.inf, -np.inf, np.inf, np.inf)
#: Share of rows whose numbers tell that a column holds coordinates; fewer may be so by chance.
MOST_ROWS = 0.7
NOWHERE, A_LINE = "no usable coordinates", "a line, neither a point nor an area"
DEGREES = f"{NOWHERE}: these look like degrees"


@dataclass(frozen=True, eq=False)
class Located:
    """Where rows lie.

    Attributes
    ----------
    shapes
        Points and areas in EPSG:4326; None where a row has no usable coordinates.
    reasons
        Why a row has none; empty where it has.
    crs
        The system the coordinates were read in.
    is_swapped
        Whether they stood in the wrong order, all of them, and were turned.
    """

    shapes: np.ndarray
    reasons: np.ndarray
    crs: str
    is_swapped: bool


def of_columns(x: pd.Series, y: pd.Series, stated: str, in_israel: bool) -> Located:
    """Locate rows by two columns of text; one column given twice holds both numbers in each cell.

    Parameters
    ----------
    x, y
        Longitudes and latitudes [degrees], or eastings and northings [m].
    stated
        Their CRS; empty: the one of :data:`BOXES` that most rows fit, outside Israel degrees.
    in_israel
        Whether rows outside Israel are unusable.
    """
    east, north = _pairs(x) if x.name == y.name else (x.map(number), y.map(number))
    at = np.column_stack([east.astype("float64"), north.astype("float64")])
    is_filled = np.isfinite(at).all(axis=1) & (at != 0).any(axis=1)
    crs, good, is_swapped = _system(at, is_filled, _boxes(stated, in_israel))
    at = at[:, ::-1] if is_swapped else at
    shapes = np.full(len(at), None, dtype=object)
    points = gpd.GeoSeries(shapely.points(at[good]), crs=crs).to_crs(WGS84).to_numpy()
    shapes[good] = np.where(np.isfinite(shapely.get_coordinates(points)).all(axis=1), points, None)
    in_degrees = (crs != WGS84) & in_israel & (_within(at, BOXES[WGS84]) | _within(at[:, ::-1], BOXES[WGS84]))
    why = np.where(in_degrees, DEGREES, NOWHERE)
    return Located(shapes, np.where(_is_missing(shapes), why, ""), crs, is_swapped)


def of_layer(layer: gpd.GeoSeries, in_israel: bool) -> Located:
    """Locate the rows of a layer in EPSG:4326: its points, and its areas made valid."""
    shapes = np.array([_point_or_area(shape) for shape in layer.to_numpy()], dtype=object)
    is_filled = ~_is_missing(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    at = np.column_stack([(west + east) / 2, (south + north) / 2])
    _, good, is_swapped = _system(at, is_filled, _boxes(WGS84, in_israel))
    if is_swapped:
        shapes[is_filled] = shapely.transform(shapes[is_filled], lambda corners: corners[:, ::-1])
    is_line = np.isin(shapely.get_type_id(layer.to_numpy()), (1, 2, 5)) & ~is_filled
    shapes[~good] = None
    return Located(shapes, np.where(good, "", np.where(is_line, A_LINE, NOWHERE)), WGS84, is_swapped)


def told_by_numbers(rows: pd.DataFrame) -> dict[str, str]:
    """Return the columns whose numbers are coordinates in Israel, whatever they are called; nothing where none are.

    Examples
    --------
    >>> told_by_numbers(pd.DataFrame({"floor": ["2", "1"], "est": ["179,500", "180100"], "nord": ["573200", "572900"]}))
    {'x': 'est', 'y': 'nord'}
    """
    columns = {str(name): cells.map(number).astype("float64") for name, cells in rows.items()}
    for crs, (west, south, east, north) in BOXES.items():
        x = next((name for name, values in columns.items() if _mostly(values.between(west, east))), None)
        y = next((name for name, values in columns.items() if _mostly(values.between(south, north))), None)
        if x and y:
            return {"lon": x, "lat": y} if crs == WGS84 else {"x": x, "y": y}
    both = next((str(name) for name, cells in rows.items() if _mostly(_in_israel(cells))), None)
    return {"lon": both, "lat": both} if both else {}


def _mostly(fits: pd.Series) -> bool:
    return bool(fits.mean() > MOST_ROWS)


def _in_israel(cells: pd.Series) -> pd.Series:
    """Tell which cells hold both coordinates of a point in Israel, in either order."""
    at = np.column_stack(_pairs(cells)).astype("float64")
    inside = [_within(turned, box) for turned in (at, at[:, ::-1]) for box in BOXES.values()]
    return pd.Series(np.any(inside, axis=0))


def nowhere(count: int) -> Located:
    """Return so many rows without any coordinates."""
    return Located(np.full(count, None, dtype=object), np.full(count, NOWHERE, dtype=object), WGS84, False)


def _is_missing(shapes: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.is_missing(shapes))


def _boxes(stated: str, in_israel: bool) -> Mapping[str, tuple[float, float, float, float]]:
    if not stated:
        return BOXES if in_israel else {WGS84: _WORLD}
    if in_israel and stated in BOXES:
        return {stated: BOXES[stated]}
    return {stated: _WORLD if CRS.from_user_input(stated).is_geographic else _ANYWHERE}


def _system(
    at: np.ndarray, is_filled: np.ndarray, boxes: Mapping[str, tuple[float, float, float, float]]
) -> tuple[str, np.ndarray, bool]:
    """Return the system that most rows fit and which rows do; swapped only where none fits as given and all do so."""
    as_given = {crs: is_filled & _within(at, box) for crs, box in boxes.items()}
    crs = max(boxes, key=lambda crs: int(as_given[crs].sum()))
    if not as_given[crs].any():
        for other, box in boxes.items():
            if is_filled.any() and _within(at[is_filled][:, ::-1], box).all():
                return other, is_filled, True
    return crs, as_given[crs], False


def _within(at: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    west, south, east, north = box
    return np.asarray((at >= (west, south)).all(axis=1) & (at <= (east, north)).all(axis=1))


def _pairs(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return both numbers of cells such as ``31.25, 34.79`` or ``180500/573200``."""
    found = [numbers(str(cell)) for cell in cells]
    pairs = [pair if len(pair) == 2 else [np.nan, np.nan] for pair in found]
    return pd.Series([first for first, _ in pairs]), pd.Series([second for _, second in pairs])


def _point_or_area(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return a shape as a point or a valid area: several points as their middle, a closed line as what it encloses."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    if flat.geom_type in ("Point", "MultiPoint"):
        return flat if flat.geom_type == "Point" else flat.centroid
    if flat.geom_type == "LineString":
        flat = shapely.Polygon(flat) if flat.is_closed and len(flat.coords) > 3 else flat
    if not flat.is_valid:
        flat = shapely.make_valid(flat)
    parts = shapely.get_parts(shapely.get_parts(flat))
    areas = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    if len(areas) < 2:
        return areas[0] if areas else None
    return shapely.MultiPolygon(areas)
