"""Statistical areas and the census, in the layouts the Central Bureau of Statistics publishes for 2022."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Locality:
    """A made-up locality: its code and its names in Hebrew and in English capitals."""

    code: int
    name_he: str
    name_en: str


@dataclass(frozen=True)
class Area:
    """A statistical area: number, main function (1 housing, 2 industry), shape in Israel TM Grid [m]."""

    number: int
    function: int
    shape: Polygon


NEVE_OR = Locality(census.CODE, census.NAME_HE, "NEVE OR")


def areas() -> list[Area]:
    """The statistical areas of Neve Or; neighbours share their borders."""
    borders = [_bent(line) for line in (*grounds.borders(), smooth(grounds.WADI))]
    noded = shapely.union_all(shapely.set_precision(borders, 0.01), grid_size=0.01)
    cells = list(shapely.polygonize(shapely.get_parts(noded)).geoms)
    return [Area(number, function, _cell_of(cells, inside)) for number, inside, function in grounds.AREAS]


def _bent(points: tuple[Point, ...]) -> LineString:
    return LineString([on_earth(point) for point in along(points)])


def _cell_of(cells: list[Polygon], inside: tuple[float, float]) -> Polygon:
    return next(cell for cell in cells if cell.covers(Point(on_earth(inside))))


def write_areas(path: Path, locality: Locality, areas: Sequence[Area]) -> None:
    """Write the shapefile with the column names that ten letters leave of the real ones."""
    shapes, numbers = [area.shape for area in areas], [area.number for area in areas]
    table = {
        "OBJECTID": numbers,
        "SEMEL_YISH": [locality.code] * len(numbers),
        "SHEM_YISHU": [locality.name_he] * len(numbers),
        "SHEM_YIS_1": [locality.name_en] * len(numbers),
        "STAT_2022": numbers,
        "YISHUV_STA": [locality.code * 10_000 + number for number in numbers],
        "ROVA": [None] * len(numbers),
        "TAT_ROVA": [1] * len(numbers),
        "COD_TIFKUD": [area.function for area in areas],
        "Shape__Are": [round(shape.area, 3) for shape in shapes],
        "Shape__Len": [round(shape.length, 3) for shape in shapes],
    }
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:2039")
    frame.to_file(path, engine="pyogrio", encoding="UTF-8", DBF_DATE_LAST_UPDATE=f"{WRITTEN:%Y-%m-%d}")


def write_census(path: Path, title: str, town: Sequence[census.Row]) -> None:
    """Write the census workbook: two header rows, the country, then localities and areas; missing is blank."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": title, "created": WRITTEN})
        sheet = book.add_worksheet(SHEET)
        for number, row in enumerate(census.rows(town)):
            sheet.write_row(number, 0, row)
