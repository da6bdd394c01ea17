"""What a run tells catalogues and programs of itself: a Data Package, and its metadata after ISO 19115 beside it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from geokehila.catalogue import LANGUAGES, Names
from geokehila.catalogue.columns import Columns
from geokehila.catalogue.phrases import Phrases
from geokehila.draw.qgis.metadata import licence, metadata
from geokehila.draw.town import Town
from geokehila.names import clean
from geokehila.schema import COUNT, FLAG, NUMBER, SHAPE, TABLES, TEXT, WGS84
from geokehila.store.office import Sheet
from geokehila.store.tables import write_json

PACKAGE, ISO, JOURNAL = "datapackage.json", "metadata.xml", "journal.json"
#: Media type by the end of a file's name.
MEDIA = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
TEXTS = (".csv", ".geojson", ".json", ".xml")
#: Type in a Table Schema by kind of value; shapes are well-known binary there, which it has no word for.
TYPES = {TEXT: "string", NUMBER: "number", COUNT: "integer", FLAG: "boolean", SHAPE: "any"}
ODBL = {
    "name": "ODbL-1.0",
    "path": "https://opendatacommons.org/licenses/odbl/1-0/",
    "title": "Open Data Commons Open Database License v1.0",
}


def write(town: Town, sheets: tuple[Sheet, ...], folder: Path, date: str) -> None:
    """Write ``metadata.xml`` and, of all files that lie in a run's folder then, ``datapackage.json``.

    Parameters
    ----------
    sheets
        What the CSV files hold.
    folder
        The run's, with every file in it but the journal, which alone depends on the clock and is not told of.
    date
        ISO date of the inputs.

    Raises
    ------
    OSError
        The disk did not take it.
    """
    (folder / ISO).write_text(metadata(town, date), encoding="utf-8", newline="\n")
    write_json(package(town, sheets, folder, date), folder / PACKAGE)


def package(town: Town, sheets: tuple[Sheet, ...], folder: Path, date: str) -> dict[str, Any]:
    """Return a run's folder as a Data Package of Frictionless Data, version 1, dated by its inputs.

    Texts are English; what else they are told in stands beside them as ``title_he``, ``description_ar`` and so on.
    """
    shelf = _Shelf(Columns(town.catalogue, town.weights), {sheet.key: sheet for sheet in sheets}, folder)
    record, slug, day = town.record, town.record["city"]["slug"], datetime.date.fromisoformat(date)
    return {
        "profile": "data-package",
        "name": f"geokehila-{slug}",
        "id": f"geokehila-{slug}-{record['run_id']}",
        **_told("title", {one: Phrases(one).say("qgis.title", city=town.city[one]) for one in LANGUAGES}),
        "description": licence(town, Phrases("en")),
        "languages": ["en", *(one for one in LANGUAGES if one != "en")],
        "created": f"{date}T00:00:00Z",
        "version": f"{day.year}.{day.month}.{day.day}+{record['run_id']}",
        "software": f"geokehila {record['version']}",
        "run_id": record["run_id"],
        "crs": record["crs"],
        "fictional": town.is_fictional,
        "weights": town.weights,
        "licenses": [{"name": "fictional", "title": licence(town, Phrases("en"))}] if town.is_fictional else [ODBL],
        "sources": [*_sources(record)],
        "resources": [*shelf.resources(record["crs"])],
    }


def _sources(record: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the files that a run read: their checksums, and what else is known of them."""
    known = {row["role"]: row for row in record["sources"]}
    for row in record["inputs"]:
        more = {key: known.get(row["role"], {}).get(key, "") for key in ("told_by", "date", "licence")}
        told = {"title": clean(str(row["file"])), "role": row["role"], "hash": f"sha256:{row['sha256']}", **more}
        yield {key: value for key, value in told.items() if value}


@dataclass(frozen=True, eq=False)
class _Shelf:
    """The files of a run, and the words for their columns."""

    columns: Columns
    sheets: Mapping[str, Sheet]
    folder: Path

    def resources(self, crs: str) -> Iterator[dict[str, Any]]:
        """Yield what is said of each file, by name."""
        found = (path for path in self.folder.rglob("*") if path.suffix in MEDIA)
        for path in sorted(path for path in found if path.name not in (PACKAGE, JOURNAL)):
            place = path.relative_to(self.folder)
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            yield {
                # Parquet has the tables as they are; what else is made of them has the end of its file in its name.
                "name": (place.with_suffix("") if path.suffix == ".parquet" else place).as_posix().lower(),
                "path": place.as_posix(),
                **_told("title", self._title(path)),
                "format": path.suffix[1:],
                "mediatype": MEDIA[path.suffix],
                **({"encoding": "utf-8"} if path.suffix in TEXTS else {}),
                "bytes": path.stat().st_size,
                "hash": f"sha256:{digest}",
                **self._inside(path, crs),
            }

    def _title(self, path: Path) -> Names:
        """Return what a file is called: by its table, or by its own name."""
        is_table = path.suffix in (".parquet", ".csv", ".geojson")
        return self.columns.title(path.stem) if is_table else dict.fromkeys(LANGUAGES, path.name)

    def _inside(self, path: Path, crs: str) -> dict[str, Any]:
        """Return what is said of the content of a file: of a table its schema."""
        if path.suffix == ".parquet":
            kinds = {field.name: _kind(path.stem, field) for field in pq.read_schema(path)}
            return {**({"crs": crs} if SHAPE in kinds.values() else {}), "schema": self._schema(path.stem, kinds)}
        if path.suffix == ".geojson":
            beside = self.folder / "geoparquet" / f"{path.stem}.parquet"
            kinds = {field.name: _kind(path.stem, field) for field in pq.read_schema(beside)}
            return {"crs": WGS84, "schema": self._schema(path.stem, kinds)}
        if path.suffix == ".csv":
            schema = pa.Schema.from_pandas(self.sheets[path.stem].table, preserve_index=False)
            kinds = {field.name: _kind(path.stem, field) for field in schema}
            # The second row has the units.
            dialect = {"header": True, "headerRows": [1], "commentRows": [2]}
            return {"dialect": dialect, "schema": self._schema(path.stem, kinds)}
        return {"crs": crs} if path.suffix == ".gpkg" else {}

    def _schema(self, table: str, kinds: Mapping[str, str]) -> dict[str, Any]:
        """Return the Table Schema of columns; the key is the promised one where all of it is there."""
        key = TABLES[table].key if table in TABLES else ()
        fields = [self._field(table, column, kind) for column, kind in kinds.items()]
        return {"fields": fields, **({"primaryKey": [*key]} if key and {*key} <= kinds.keys() else {})}

    def _field(self, table: str, column: str, kind: str) -> dict[str, Any]:
        """Return what is said of a column; one that is promised never to be empty is required."""
        told = self.columns.of(table, column, kind)
        promise = TABLES.get(table)
        is_full = promise and column in promise.columns and column not in promise.nullable
        return {
            "name": column,
            "type": TYPES[kind],
            **_told("description", told.meaning),
            **_told("unit", told.unit),
            **({"method": f"docs/{told.page}"} if told.page else {}),
            **({"constraints": {"required": True}} if is_full else {}),
        }


def _kind(table: str, field: pa.Field) -> str:
    """Return the kind of a column's values as they lie in the file; of one that is all empty, as promised."""
    if types.is_null(field.type):
        return TABLES[table].columns.get(field.name, TEXT) if table in TABLES else TEXT
    tests = (
        (types.is_boolean, FLAG),
        (types.is_integer, COUNT),
        (types.is_floating, NUMBER),
        (types.is_binary, SHAPE),
        (types.is_large_binary, SHAPE),
    )
    return next((kind for is_so, kind in tests if is_so(field.type)), TEXT)


def _told(key: str, words: Names) -> dict[str, str]:
    """Return words in English under a key, and in the other languages under the key with the language's name."""
    others = {f"{key}_{one}": words[one] for one in LANGUAGES if one != "en"}
    return {key: words["en"], **others}
