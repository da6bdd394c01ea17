"""Statistical areas and the census of Neve Or, in the layouts the Central Bureau of Statistics publishes for 2022."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import shapely
import xlsxwriter
from shapely.geometry import LineString, Point, Polygon

from geokehila.sample_town import census, grounds
from geokehila.sample_town.plan import along, on_earth, smooth

#: Written into files that carry a date, so that two writes give the same bytes.
WRITTEN = dt.datetime(2025, 1, 1)
SHEET = "אזורים סטיסטיים"


def areas() -> list[Polygon]:
    """The statistical areas in the order of `grounds.AREAS`, Israel TM Grid [m]; neighbours share their borders."""
    borders = [_bent(line) for line in (*grounds.borders(), smooth(grounds.WADI))]
    noded = shapely.union_all(shapely.set_precision(borders, 0.01), grid_size=0.01)
    cells = list(shapely.polygonize(shapely.get_parts(noded)).geoms)
    return [_cell_of(cells, inside) for _, inside, _ in grounds.AREAS]


def _bent(points: tuple[Point, ...]) -> LineString:
    return LineString([on_earth(point) for point in along(points)])


def _cell_of(cells: list[Polygon], inside: tuple[float, float]) -> Polygon:
    return next(cell for cell in cells if cell.covers(Point(on_earth(inside))))


def write_areas(path: Path) -> None:
    """Write the shapefile with the column names that ten letters leave of the real ones."""
    shapes = areas()
    numbers = [number for number, _, _ in grounds.AREAS]
    table = {
        "OBJECTID": numbers,
        "SEMEL_YISH": [census.CODE] * len(numbers),
        "SHEM_YISHU": [census.NAME_HE] * len(numbers),
        "SHEM_YIS_1": ["NEVE OR"] * len(numbers),
        "STAT_2022": numbers,
        "YISHUV_STA": [census.CODE * 10_000 + number for number in numbers],
        "ROVA": [None] * len(numbers),
        "TAT_ROVA": [1] * len(numbers),
        "COD_TIFKUD": [function for _, _, function in grounds.AREAS],
        "Shape__Are": [round(shape.area, 3) for shape in shapes],
        "Shape__Len": [round(shape.length, 3) for shape in shapes],
    }
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:2039")
    frame.to_file(path, engine="pyogrio", encoding="UTF-8", DBF_DATE_LAST_UPDATE=f"{WRITTEN:%Y-%m-%d}")


def write_census(path: Path) -> None:
    """Write the census workbook: two header rows, the country, then localities and areas; missing is blank."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "Fictional census of Neve Or", "created": WRITTEN})
        sheet = book.add_worksheet(SHEET)
        for number, row in enumerate(census.rows()):
            sheet.write_row(number, 0, row)
