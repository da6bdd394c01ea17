"""The asset inventory: every place of a city with where it is known from, written for people to correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import xlsxwriter

from geokehila import corrections
from geokehila.catalogue import LANGUAGES, Category, known
from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.corrections import COLUMNS, LAYER
from geokehila.errors import InputError
from geokehila.places import Places
from geokehila.schema import WGS84
from geokehila.store import keep
from geokehila.store.tables import write_geopackage

EXPLAINED = "explained"
#: What the file of an inventory may end with.
FORMATS = (".xlsx", ".csv", ".gpkg", ".geojson")
#: What ``keep`` may say in the workbook, in each language.
ANSWERS = ("yes", "no", "כן", "לא", "نعم", "لا")
#: How wide each column is shown, and what it is in English, Hebrew and Arabic.
_COLUMNS: Mapping[str, tuple[int, str, str, str]] = {
    "place_id": (16, "Leave as it is; blank in a row that you add", "לא לשנות; ריק בשורה חדשה",
                 "لا تغيّره؛ فارغ في صف جديد"),
    "categories": (22, "What the place is: keys or names of the table below; with ; between",
                   "סוג המקום: מפתחות או שמות מהטבלה למטה, מופרדים ב־;",
                   "نوع المكان: مفاتيح أو أسماء من الجدول أدناه، تفصلها ;"),
    "name_he": (28, "Name in Hebrew", "שם בעברית", "الاسم بالعبرية"),
    "name_ar": (28, "Name in Arabic", "שם בערבית", "الاسم بالعربية"),
    "name_en": (28, "Name in English", "שם באנגלית", "الاسم بالإنجليزية"),
    "name_ru": (20, "Name in Russian", "שם ברוסית", "الاسم بالروسية"),
    "lon": (12, "Longitude [degrees]", "קו אורך [מעלות]", "خط الطول [درجات]"),
    "lat": (12, "Latitude [degrees]", "קו רוחב [מעלות]", "خط العرض [درجات]"),
    "source": (22, "Where it is known from; not read again", "מקור; לא נקרא בחזרה", "المصدر؛ لا يُقرأ مرة أخرى"),
    "source_id": (16, "Its id there; not read again", "מזהה במקור; לא נקרא בחזרה", "معرّفه في المصدر؛ لا يُقرأ مرة أخرى"),
    "date": (12, "When that was known to be so: 2024-05-31, 2024-05 or 2024", "תאריך המידע: 2024-05-31",
             "تاريخ المعلومة: 2024-05-31"),
    "keep": (7, "no: there is no such place, or it does not serve. Deleting a row deletes nothing: write no",
             "לא: המקום לא קיים או לא משרת. מחיקת שורה אינה מוחקת את המקום: יש לכתוב לא",
             "لا: المكان غير موجود أو لا يخدم. حذف الصف لا يحذف المكان: اكتب لا"),
    "note": (28, "Not read again. No names or telephones of persons", "לא נקרא בחזרה. בלי פרטים אישיים",
             "لا يُقرأ مرة أخرى. من دون بيانات شخصية"),
    "check": (32, "Leave as it is: whether the row was edited, and where it was", "לא לשנות: מעיד אם השורה נערכה",
              "لا تغيّره: يدلّ على تعديل الصف وعلى مكانه السابق"),
}  # fmt: skip
#: What a spreadsheet would take for a formula.
_FORMULA = re.compile(r"(?=[=+\-@])")


def taken(counts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what of an edited inventory was taken over, by the counts of its ledger; empty of another file's.

    Examples
    --------
    >>> taken({"correction": {"read": 9, "used": 1, "rejected": {"id repeats": 2}}, "moved": {"used": 1}})
    '9 rows, 1 edited: 1 moved; 2 left out'
    """
    if not (rows := counts.get("correction")):
        return ""
    done = ", ".join(f"{counts[kind]['used']:,} {kind}" for kind in corrections.DONE if kind in counts)
    lost = sum(number for why, number in rows["rejected"].items() if why not in corrections.UNEDITED)
    edited = f"{rows['used']:,} edited: {done}" if done else "none edited"
    return f"{rows['read']:,} rows, {edited}" + (f"; {lost:,} left out" if lost else "")


def table(places: Places) -> pd.DataFrame:
    """Return the inventory: the places as corrected, and with ``keep`` = no those that a correction removed.

    So an inventory that is written, edited and read again holds what earlier ones said.

    Returns
    -------
    DataFrame
        The columns of :data:`geokehila.corrections.COLUMNS`, as they are written; sorted by place_id.
    """
    rows, base = corrections.inventory(places.with_categories()), corrections.inventory(places.uncorrected)
    removed = base[~base["place_id"].isin(rows["place_id"])].assign(keep=False)
    rows = pd.concat([rows, removed]).sort_values("place_id", ignore_index=True) if len(removed) else rows
    rows = rows.assign(
        categories=rows["categories"].map(";".join),
        keep=rows["keep"].map({True: "yes", False: "no"}),
        check=rows["place_id"].map(base.set_index("place_id")["check"]),
    )
    texts = rows.drop(columns=["lon", "lat"]).astype(object)
    return texts.where(texts.notna(), None).join(rows[["lon", "lat"]])[[*COLUMNS]]


def write(
    rows: pd.DataFrame, path: Path, categories: Mapping[str, Category], date: str, language: str = LANGUAGES[0]
) -> None:
    """Write an inventory as ``.xlsx``, ``.csv``, ``.gpkg`` or ``.geojson``; equal ones are equal to the byte.

    Parameters
    ----------
    rows
        As :func:`table` returns them.
    path
        A file that is not there yet: an inventory may hold a day's work of corrections.
    categories
        The catalogue's, for the sheet that explains them.
    date
        ISO date that files are marked with, never today's.
    language
        Which way the workbook opens; it is explained in each.

    Raises
    ------
    StudyError, InputError, RunError
        Another format; a file that is there already; a folder that cannot be written.
    """
    writers: Mapping[str, Callable[[Path], object]] = {
        ".xlsx": lambda to: _workbook(rows, to, categories, date, language),
        ".csv": lambda to: _csv(rows, to),
        ".gpkg": lambda to: write_geopackage({LAYER: _layer(rows)}, to, date),
        ".geojson": lambda to: pyogrio.write_dataframe(_layer(rows), to, layer=LAYER, driver="GeoJSON"),
    }
    must_be_new(path)
    with keep.filling(path.parent) as work:
        writers[path.suffix.lower()](work / path.name)


def must_be_new(path: Path) -> None:
    """See that an inventory can be written to a file, before its places are read.

    Raises
    ------
    StudyError, InputError, RunError
        Another format; a file that is there already; a folder that cannot be written.
    """
    known(path.suffix.lower(), FORMATS, "format of an inventory")
    if path.exists():
        raise InputError(f"{path}: is there already, perhaps with corrections in it: name another --out, or move it")
    keep.must_take(path.parent)


def _layer(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=WGS84)


def _csv(rows: pd.DataFrame, path: Path) -> None:
    """Write with the mark and the line ends that Excel wants, no text such that it would take it for a formula."""
    texts = {name: rows[name].map(_guarded) for name in COLUMNS if name not in ("lon", "lat")}
    numbers = {name: rows[name].map(f"{{:.{corrections.DECIMALS}f}}".format) for name in ("lon", "lat")}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows.assign(**texts, **numbers).to_csv(file, index=False, lineterminator="\r\n")


def _guarded(text: str | None) -> str:
    return _FORMULA.sub("'", text, count=1) if text and _FORMULA.match(text) else text or ""


def _workbook(rows: pd.DataFrame, path: Path, categories: Mapping[str, Category], date: str, language: str) -> None:
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": datetime.fromisoformat(date)})
    bold = book.add_format({"bold": True})
    # Cells marked as text stay as they are typed: "2024-05" is no date, "007" no number.
    text, degrees = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.0000000"})
    sheet = book.add_worksheet(LAYER)
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(COLUMNS):
        is_number = name in ("lon", "lat")
        sheet.set_column(column, column, _COLUMNS[name][0], degrees if is_number else text)
        sheet.write_string(0, column, name, bold)
        for row, cell in enumerate(rows[name], 1):
            if is_number:
                sheet.write_number(row, column, cell, degrees)
            elif cell:
                sheet.write_string(row, column, cell, text)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    keep = COLUMNS.index("keep")
    sheet.data_validation(1, keep, len(rows) + 1000, keep, {"validate": "list", "source": [*ANSWERS]})
    _explain(book, categories, bold)
    for page in book.worksheets() if language in RIGHT_TO_LEFT else ():
        page.right_to_left()
    book.close()


def _explain(book: Any, categories: Mapping[str, Category], bold: Any) -> None:
    """Add the sheet that says what the columns are, and the keys of categories."""
    sheet = book.add_worksheet(EXPLAINED)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 3, 60)
    spoken = ("English", "עברית", "العربية")
    explained = [("column", *spoken), *((name, *_COLUMNS[name][1:]) for name in COLUMNS), ("",)]
    names = ((c.key, *(c.name.get(language, "") for language in ("en", "he", "ar"))) for c in categories.values())
    keys = [("category", *spoken), *names]
    for row, cells in enumerate([*explained, *keys]):
        is_head = row in (0, len(explained))
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, *([bold] if is_head else []))
