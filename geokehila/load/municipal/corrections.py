"""An edited inventory, read again: a table or a layer, with what Excel and people do to either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geokehila.arguments import quoted
from geokehila.catalogue import Category
from geokehila.catalogue.lists import by_name
from geokehila.catalogue.reading import nearest
from geokehila.corrections import COLUMNS, DECIMALS, LAYER, Corrections
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.municipal.columns import as_text, plain
from geokehila.load.municipal.dates import iso_date
from geokehila.load.tabular import SUFFIXES, read_table
from geokehila.load.vector import read_layer
from geokehila.load.written import answers, number
from geokehila.names import NAME_COLUMNS, clean, matching_key
from geokehila.schema import WGS84

#: An apostrophe keeps a spreadsheet from taking a text for a formula.
_GUARD = re.compile(r"'(?=[=+\-@])")
#: Degrees as written where the decimal mark is a comma; never thousands, for there are no such degrees.
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d+\D*$)")


def read(path: Path, categories: Mapping[str, Category]) -> Corrections:
    """Read an edited inventory.

    Parameters
    ----------
    path
        A table or a vector layer with the columns of :func:`geokehila.corrections.inventory`; `place_id` must be
        there, of the others those that are read. Of a workbook the sheet that has it, wherever it stands; so of a
        file of several layers.
    categories
        The catalogue's: a row says what a place is by their keys, or by their names in any language.

    Raises
    ------
    InputError
        Unreadable, no column `place_id`, an unknown category (the nearest is named), or a `keep` that is neither yes
        nor no.

    Examples
    --------
    >>> len(read(Path("corrections.xlsx"), Catalogue.read().categories).rows)  # doctest: +SKIP
    212
    """
    ledger = Ledger(path.name)
    layer = None if path.suffix.lower() in SUFFIXES else read_layer(path, WGS84, ledger, _is_inventory)
    table = read_table(path, ledger, LAYER, "place_id") if layer is None else layer.set_axis(range(1, len(layer) + 1))
    spelled = {plain(str(column)): column for column in reversed([*table.columns])}
    at = {name: spelled[plain(name)] for name in COLUMNS if plain(name) in spelled}
    if "place_id" not in at:
        seen = ", ".join(map(str, table.columns))
        raise InputError(f"{path.name}: no column place_id among {seen}: edit what `geokehila inventory` writes")
    rows = pd.DataFrame({name: table[column].map(_text).astype(object) for name, column in at.items()})
    ledger.read("correction", len(rows))
    return Corrections(_typed(rows, categories, path.name, layer, ledger), ledger)


def _is_inventory(fields: Iterable[str]) -> bool:
    return "place id" in map(plain, fields)


def _typed(
    rows: pd.DataFrame, categories: Mapping[str, Category], file: str, layer: gpd.GeoDataFrame | None, ledger: Ledger
) -> pd.DataFrame:
    typed = rows.copy()
    for name in {*NAME_COLUMNS} & {*rows.columns}:
        typed[name] = rows[name].map(lambda text: clean(text) or None)
    for name in {"lon", "lat"} & {*rows.columns}:
        most = 180 if name == "lon" else 90
        degrees = rows[name].map(lambda text: number(_DECIMAL_COMMA.sub(".", text))).astype("float64")
        typed[name] = degrees.where(degrees.abs() <= most).round(DECIMALS)
    if "categories" in rows:
        listed = [_categories(text, categories, file, f"row {n}") for n, text in rows["categories"].items()]
        typed["categories"] = pd.Series(listed, rows.index, dtype=object)
    typed["keep"] = _kept(rows["keep"], file) if "keep" in rows else True
    typed["at"] = pd.Series([None] * len(rows) if layer is None else _drawn(layer.geometry), rows.index, dtype=object)
    if "date" in rows:
        typed["date"] = rows["date"].map(iso_date).astype(object)
        if lost := int(((rows["date"] != "") & typed["date"].isna()).sum()):
            ledger.warn("dates_not_read", f"{lost} dates are none that can be read: write them as 2024-05-31")
    return typed.astype({name: object for name in ("place_id", "date", *NAME_COLUMNS) if name in typed})


def _text(cell: object) -> str:
    return _GUARD.sub("", as_text(cell), count=1)


def _categories(text: str, categories: Mapping[str, Category], file: str, row: str) -> tuple[str, ...]:
    """Return the keys of the categories that a cell names; a name may have commas in it."""
    called = by_name(categories)
    words = [text] if matching_key(text) in called else re.split("[;,]", text)
    keys = {called.get(matching_key(word), word.strip().lower()) for word in words} - {""}
    if unknown := sorted(keys - {*categories}):
        remedy = f"{nearest(unknown[0], categories)} correct {row} of {file}".lstrip()
        write = "write a key of docs/catalogue.md or its name in Hebrew, Arabic or English"
        raise InputError(f"{file}: {row}: unknown category {quoted(unknown[0])}: {remedy}, {write}")
    return tuple(sorted(keys))


def _kept(texts: pd.Series, file: str) -> pd.Series:
    """Tell which rows stay; a blank says so, too."""
    said = answers(texts).where(texts != "", 1.0)
    unclear = said.index[said.isna()]
    if len(unclear):
        raise InputError(f"{file}: row {unclear[0]}: keep is {texts[unclear[0]]!r}: write yes or no")
    return said == 1


def _drawn(shapes: gpd.GeoSeries) -> list[tuple[float, float] | None]:
    """Return where the points of a layer stand [degrees]."""
    points = shapes.representative_point()
    return [
        None if point is None or point.is_empty else (round(point.x, DECIMALS), round(point.y, DECIMALS))
        for point in points
    ]
