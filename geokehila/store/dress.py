"""What a GeoPackage carries beside its layers: titles, the meaning of columns, styles for QGIS, and metadata."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

#: The column that GDAL keeps the shapes in.
SHAPES = "geom"
#: The table in which QGIS looks for styles, as QGIS itself makes it.
STYLES = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
#: Tables of the GeoPackage standard 1.2.1 (OGC 12-128r15), annex F.8 and F.9.
METADATA = (
    """CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')""",
    """CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))""",
)
COLUMNS = (
    """CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gdc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
)
#: The table, its extension and where that is defined.
EXTENSIONS = (
    ("gpkg_data_columns", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema"),
    ("gpkg_data_column_constraints", "gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema"),
    ("gpkg_metadata", "gpkg_metadata", "http://www.geopackage.org/spec121/#extension_metadata"),
    ("gpkg_metadata_reference", "gpkg_metadata", "http://www.geopackage.org/spec121/#extension_metadata"),
)
ISO = "http://www.isotc211.org/2005/gmd"


@dataclass(frozen=True)
class Style:
    """A way of drawing a layer: QGIS opens it with the default one, and offers the others by name.

    Attributes
    ----------
    qml
        The style in the words of QGIS, XML.
    shapes
        The column of the layer's shapes; "" in a table that has none.
    """

    layer: str
    name: str
    qml: str
    description: str = ""
    is_default: bool = False
    shapes: str = SHAPES


@dataclass(frozen=True)
class Told:
    """What is said of a column: a short name that no other of its layer has, a title and a description."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Dress:
    """What is said of the layers of a GeoPackage, and how they are drawn.

    Attributes
    ----------
    titles
        By layer an identifier that no other has, and a description.
    columns
        By layer and column.
    metadata
        ISO 19115 as XML (ISO 19139); "": none.
    """

    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], Told] = field(default_factory=dict)
    styles: tuple[Style, ...] = ()
    metadata: str = ""


def put_on(path: Path, dress: Dress, date: str) -> None:
    """Write a dress into a GeoPackage whose layers are there already.

    Parameters
    ----------
    date
        ISO date, of everything written.

    Raises
    ------
    sqlite3.Error
        The disk did not take it, or two layers or columns have one name.
    """
    time = f"{date}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA foreign_keys = ON")
        for statement in (*METADATA, *COLUMNS, STYLES):
            file.execute(statement)
        file.executemany("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", EXTENSIONS)
        file.executemany(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            [(*dress.titles[layer], layer) for layer in sorted(dress.titles)],
        )
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
            (time,),
        )
        file.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)", _columns(dress))
        file.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
            [(s.layer, s.shapes, s.name, s.qml, s.is_default, s.description, time) for s in dress.styles],
        )
        if dress.metadata:
            _say(file, dress.metadata, time)


def _columns(dress: Dress) -> Iterator[tuple[str, str, str, str, str]]:
    for layer, column in sorted(dress.columns):
        told = dress.columns[layer, column]
        yield layer, column, told.name, told.title, told.description


def _say(file: sqlite3.Connection, metadata: str, time: str) -> None:
    """Write the metadata and that it is of the whole file."""
    file.execute("INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'text/xml', ?)", (ISO, metadata))
    file.execute("INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)", (time,))
