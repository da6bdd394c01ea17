"""A run's results for office programs: a workbook, a CSV per table, GeoJSON of small layers; no cell is a formula.

Text comes from outside: marks that turn its direction and controls are taken out, and nothing in it is run or followed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import xlsxwriter
from pandas.api import types

from geokehila.catalogue import LANGUAGES, Names
from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.names import CONTROLS, MARKS
from geokehila.schema import WGS84

#: A cell holds no more letters, a sheet no more rows: longer tables stand in their CSV alone.
LONGEST_CELL, LONGEST_SHEET = 32_767, 100_000
#: A sheet of no more columns is printed on the width of a page, lying; a wider one would not be read.
WIDEST_PRINTED, A4 = 20, 9
#: Letters that stand beside one another in a column of text and in one of numbers.
WIDTH, WIDTH_OF_NUMBERS = 16, 11
#: Rows above the data: what a column holds, its name, its unit.
HEADS = 3
#: How numbers are shown by their unit in English. Of other units whole numbers are shown whole, the rest to two digits,
#: means of counts to one.
WHOLE, TWO, ONE = "#,##0", "#,##0.00", "0.0"
SHOWN: Mapping[str, str] = {
    **dict.fromkeys(("s", "m", "m²", "residents", "eligible voters", "dwellings"), WHOLE),
    "min": ONE,
    "share, 0 to 1": "0.000",
    "year": "0",
}
#: Spreadsheets run a cell that begins so, the wide forms of East Asia too, but for numbers.
RUNS = re.compile(r"^\s*[=+\-@\t\r\n＝＋－＠]")
PLAIN_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*$")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table for office programs.

    Attributes
    ----------
    key, title
        The table's name in the run, and what readers call it, by language.
    table
        Flat: text, numbers, flags.
    heads, units
        By column what it holds and its unit, by language.
    """

    key: str
    title: Names
    table: pd.DataFrame
    heads: Mapping[str, Names]
    units: Mapping[str, Names]


def write(sheets: tuple[Sheet, ...], folder: Path, slug: str, date: str, language: str = LANGUAGES[0]) -> None:
    """Write ``<slug>.xlsx``, titled in a language, and ``csv/<table>.csv`` into a run's folder, dated by the inputs.

    Raises
    ------
    OSError
        The disk did not take it.
    """
    write_workbook(sheets, folder / f"{slug}.xlsx", date, language)
    (folder / "csv").mkdir(exist_ok=True)
    for sheet in sheets:
        write_csv(sheet, folder / "csv")


def write_csv(sheet: Sheet, folder: Path) -> None:
    """Write ``<key>.csv``: column names, then units in English, then the rows; UTF-8 with a mark, as Excel wants it.

    A text that a spreadsheet would run has an apostrophe before it. Text stands in quotes, numbers do not.

    Raises
    ------
    OSError
        The disk did not take it.
    """
    table = plain(sheet.table)
    for column in table.columns[[not types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        table[column] = table[column].map(guarded, na_action="ignore")
    units = [sheet.units[str(column)]["en"] for column in table]
    with (folder / f"{sheet.key}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([[*table], units])
        table.to_csv(file, index=False, header=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")


def write_workbook(sheets: tuple[Sheet, ...], path: Path, date: str, language: str = LANGUAGES[0]) -> None:
    """Write sheets into one workbook dated by the inputs, titled in a language; which may turn it.

    Above the data stand what each column holds, its name and its unit; what is missing is an empty cell. Numbers are
    shown rounded and kept as they are. A table longer than a sheet has its heads and the name of the CSV that holds
    all of it.

    Raises
    ------
    OSError
        The disk did not take it.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"created": datetime.fromisoformat(date)})
    try:
        styles = _Styles(
            book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#eef1f5"}),
            book.add_format({"font_color": "#5a6270", "bottom": 1}),
            {shown: book.add_format({"num_format": shown}) for shown in dict.fromkeys((WHOLE, TWO, *SHOWN.values()))},
        )
        for sheet in sheets:
            _add(book, sheet, styles, language)
    finally:
        book.close()


@dataclass(frozen=True)
class _Styles:
    head: object
    key: object
    numbers: Mapping[str, object]


def _add(book: xlsxwriter.Workbook, sheet: Sheet, styles: _Styles, language: str) -> None:
    page = book.add_worksheet(_tab(sheet.title[language]))
    if language in RIGHT_TO_LEFT:
        page.right_to_left()
    page.freeze_panes(HEADS, 1)
    table = plain(sheet.table)
    page.set_row(0, 64)
    if len(table.columns) <= WIDEST_PRINTED:
        _lay_out(page)
    for number, column in enumerate(table):
        is_number = types.is_numeric_dtype(table[column].dtype)
        page.set_column(number, number, WIDTH_OF_NUMBERS if is_number else WIDTH)
        page.write_string(0, number, sheet.heads[str(column)][language], styles.head)
        page.write_string(1, number, str(column), styles.key)
        page.write_string(2, number, sheet.units[str(column)][language], styles.key)
        if len(table) <= LONGEST_SHEET:
            style = styles.numbers[shown(sheet.units[str(column)]["en"], table[column])]
            _fill(page, number, table[column], style)
    if len(table) > LONGEST_SHEET:
        page.write_string(HEADS, 0, f"csv/{sheet.key}.csv")
    page.autofilter(HEADS - 1, 0, HEADS - 1 + max(len(table), 1), max(len(table.columns) - 1, 0))


def _lay_out(page: xlsxwriter.worksheet.Worksheet) -> None:
    """Let a sheet be printed on the width of a lying page, its heads on every one."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, HEADS - 1)


def shown(unit: str, values: pd.Series) -> str:
    """Return the number format of a column by its unit in English.

    Examples
    --------
    >>> shown("residents", pd.Series([12.7])), shown("number", pd.Series([3.0])), shown("number", pd.Series([0.5]))
    ('#,##0', '#,##0', '#,##0.00')
    >>> shown("count", pd.Series([4.097])), shown("count", pd.Series([4.0]))
    ('0.0', '#,##0')
    """
    if unit in SHOWN or not types.is_numeric_dtype(values.dtype):
        return SHOWN.get(unit, WHOLE)
    known = values.dropna().astype(float)
    return WHOLE if (known == known.round()).all() else ONE if unit == "count" else TWO


def _fill(page: xlsxwriter.worksheet.Worksheet, number: int, values: pd.Series, style: object) -> None:
    is_flag = types.is_bool_dtype(values.dtype)
    is_number = types.is_numeric_dtype(values.dtype) and not is_flag
    write = page.write_number if is_number else page.write_boolean if is_flag else page.write_string
    for row, value in enumerate(values.tolist(), HEADS):
        if value not in (None, "") and value == value:  # NaN is no equal of itself
            cell = value[:LONGEST_CELL] if isinstance(value, str) else value
            write(row, number, cell, style if is_number else None)


def _tab(title: str) -> str:
    """Return a title as a sheet may have it: 31 letters and none that Excel refuses."""
    return re.sub(r"[\[\]:*?/\\]", " -", title)[:31].strip("' ")


def write_maps(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> None:
    """Write each layer as ``geojson/<name>.geojson`` and ``geoparquet/<name>.parquet``.

    GeoJSON is that of RFC 7946, degrees of WGS 84 with six decimals; GeoParquet has the CRS of the layer.

    Raises
    ------
    OSError, DataSourceError
        The disk did not take it.
    """
    for kind in ("geojson", "geoparquet"):
        (folder / kind).mkdir(exist_ok=True)
    for name, layer in layers.items():
        layer.to_parquet(folder / "geoparquet" / f"{name}.parquet", index=False)
        shapes = layer.to_crs(WGS84)
        flat = gpd.GeoDataFrame(plain(shapes.drop(columns=shapes.geometry.name)), geometry=shapes.geometry)
        options = {"RFC7946": "YES", "COORDINATE_PRECISION": "6"}
        pyogrio.write_dataframe(flat, folder / "geojson" / f"{name}.geojson", driver="GeoJSON", layer_options=options)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose text has no marks that turn its direction and no controls; infinite numbers are missing."""
    kept = {column: _plain(values) for column, values in table.items()}
    return pd.DataFrame(kept, index=table.index)


def _plain(values: pd.Series) -> pd.Series:
    if types.is_bool_dtype(values.dtype):
        return values
    if types.is_numeric_dtype(values.dtype):
        return values.where(np.isfinite(values.astype(float))) if types.is_float_dtype(values.dtype) else values
    known = {text: CONTROLS.sub(" ", MARKS.sub("", str(text))) for text in values.dropna().unique()}
    return values.map(known).astype(object).where(values.notna(), None)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs.

    Examples
    --------
    >>> guarded("=HYPERLINK(1)"), guarded("-5"), guarded("+972"), guarded("מתנ״ס")
    ("'=HYPERLINK(1)", '-5', '+972', 'מתנ״ס')
    """
    return f"'{text}" if RUNS.match(text) and not PLAIN_NUMBER.match(text) else text
