"""A run in a PostGIS database: its tables with keys, comments and a spatial index, all of them or none."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import csv
from pyproj import CRS

from geokehila.catalogue.columns import Columns
from geokehila.errors import StudyError
from geokehila.schema import COUNT, FLAG, NUMBER, SHAPE, TEXT
from geokehila.store.database import Target, joined, name, sql, transaction
from geokehila.store.published import CITY, RUN, Part, parts

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composable

#: Type in PostgreSQL by kind of value. In a row numbers stand before texts, so that 600 columns fit into one page of
#: the database without gaps between them.
TYPES = {
    COUNT: "bigint",
    NUMBER: "double precision",
    FLAG: "boolean",
    TEXT: "text",
    SHAPE: "geometry(Geometry, {})",
}
#: Rows that are sent at a time.
ROWS = 10_000
#: Whoever publishes waits for this lock of the database; any number that others do not take.
LOCK = 9_107_105


@dataclass(frozen=True)
class Published:
    """What was published: of which run, and how many rows of each table."""

    city: str
    run_id: str
    rows: Mapping[str, int]


def publish(folder: Path, columns: Columns, target: Target) -> Published:
    """Write a run into a database, in the place of what it holds of the city: everything in one transaction.

    Parameters
    ----------
    folder
        ``data/processed/<slug>/<run_id>``.
    columns
        The words for comments on tables and columns.

    Raises
    ------
    InputError
        The folder holds no whole run.
    StudyError
        The schema holds shapes of another reference system, or tables that are not GeoKehila's under its names.
    RunError
        What it takes is not installed, the database cannot be reached, or it refuses: it stays as it was.

    Examples
    --------
    >>> publish(folder, columns, Target("postgresql://planner@localhost/plans")).rows["zones"]  # doctest: +SKIP
    9
    """
    with transaction(target) as database:  # before the tables are read: who cannot be reached is told at once
        found = [*parts(folder)]
        about = found[0].rows.iloc[0]
        desk = _Desk(database, target.schema, columns, _srid(str(about["crs"])))
        ours = desk.prepare({part.name for part in found})
        for table in sorted(ours):
            desk.forget(table, about[CITY])
        for part in found:
            desk.put(part)
    return Published(about[CITY], about[RUN], {part.name: len(part.rows) for part in found})


@dataclass(frozen=True, eq=False)
class _Desk:
    """A schema of a database, in a transaction; all shapes in it are of one reference system, an EPSG code."""

    database: Connection
    schema: str
    columns: Columns
    srid: int

    def prepare(self, names: set[str]) -> set[str]:
        """Have PostGIS and the schema, alone, and return the tables of cities and runs that are there."""
        self._do("SELECT pg_advisory_xact_lock({})", LOCK)
        self._do("CREATE EXTENSION IF NOT EXISTS postgis")
        if not self._do("SELECT 1 FROM pg_namespace WHERE nspname = {}", self.schema):
            self._do("CREATE SCHEMA {}", name(self.schema))
        others = "SELECT srid FROM geometry_columns WHERE f_table_schema = {} AND srid <> {} LIMIT 1"
        if other := self._do(others, self.schema, self.srid):
            fault = f"holds shapes in EPSG:{other[0][0]}, this run's are in EPSG:{self.srid}"
            raise StudyError(f"publish: schema {self.schema} {fault}: name another --schema")
        there = self._tables()
        if strange := sorted(names & {table for table, is_ours in there.items() if not is_ours}):
            fault = f"has a table {strange[0]} that is not of GeoKehila"
            raise StudyError(f"publish: schema {self.schema} {fault}: name another --schema")
        return {table for table, is_ours in there.items() if is_ours}

    def _tables(self) -> dict[str, bool]:
        """Return what is in the schema by name, and whether it is ours: a table that tells city and run."""
        query = (
            "SELECT t.table_name, t.table_type = 'BASE TABLE' AND count(c.column_name) = 2 "
            "FROM information_schema.tables t LEFT JOIN information_schema.columns c "
            "ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name IN ({}, {}) "
            "WHERE t.table_schema = {} GROUP BY t.table_name, t.table_type"
        )
        return dict(self._do(query, CITY, RUN, self.schema))

    def forget(self, table: str, city: str) -> None:
        """Delete the rows of a city."""
        self._do("DELETE FROM {} WHERE {} = {}", name(self.schema, table), name(CITY), city)

    def put(self, part: Part) -> None:
        """Add the rows of a table; one that is not there is made, with columns that are not."""
        table, ordered = name(self.schema, part.name), [*TYPES]
        names = sorted(part.kinds, key=lambda one: (*_place(one, part.key), ordered.index(part.kinds[one])))
        self._lay(part, table, names)
        self._say(part, table)
        for rows in _in_pieces(part, names, self.srid):
            listed = joined(", ", [name(one) for one in names])
            with self.database.cursor().copy(sql("COPY {} ({}) FROM STDIN (FORMAT csv)", table, listed)) as copy:
                copy.write(rows)

    def _lay(self, part: Part, table: Composable, names: list[str]) -> None:
        """Have a table with all columns of a part, and an index of its shapes."""
        columns = [sql("{} " + TYPES[part.kinds[one]], name(one), self.srid) for one in names]
        key = joined(", ", [name(one) for one in part.key])
        self._do("CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({}))", table, joined(", ", columns), key)
        added = [sql("ADD COLUMN IF NOT EXISTS {}", column) for column in columns]
        self._do("ALTER TABLE {} {}", table, joined(", ", added))
        if SHAPE in part.kinds:
            index = name(f"{part.name}_{SHAPE}_idx")
            self._do("CREATE INDEX IF NOT EXISTS {} ON {} USING gist ({})", index, table, name(SHAPE))

    def _say(self, part: Part, table: Composable) -> None:
        """Write on a table and its columns what they hold, in English and Hebrew, and where its method is told."""
        title = self.columns.title(part.name)
        said = [sql("COMMENT ON TABLE {} IS {}", table, f"{title['en']} · {title['he']}")]
        for column, kind in part.kinds.items():
            told = self.columns.of(part.name, column, kind)
            lines = [f"{told.meaning[one]} [{told.unit[one]}]" for one in ("en", "he")]
            words = "\n".join([*lines, *([f"docs/{told.page}"] if told.page else [])])
            said.append(sql("COMMENT ON COLUMN {}.{} IS {}", table, name(column), words))
        self._do("{}", joined("; ", said))

    def _do(self, query: str, *words: object) -> list[Any]:
        """Run a statement, words filled in, and return its rows."""
        done = self.database.execute(sql(query, *words))
        return done.fetchall() if done.description else []


def _place(column: str, key: tuple[str, ...]) -> tuple[bool, int]:
    """Return where a column stands: of the key in its order, else after it."""
    return column not in key, key.index(column) if column in key else 0


def _in_pieces(part: Part, names: list[str], srid: int) -> Iterator[bytes]:
    """Yield rows as CSV, so many at a time: what is missing is empty, a text that is empty stands in quotes."""
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for begin in range(0, len(part.rows), ROWS):
        rows = part.rows.iloc[begin : begin + ROWS]
        columns = [_values(rows[one], part.kinds[one], srid) for one in names]
        buffer = io.BytesIO()
        csv.write_csv(pa.Table.from_arrays(columns, names=names), buffer, options)
        yield buffer.getvalue()


def _values(values: pd.Series, kind: str, srid: int) -> pa.Array:
    """Return a column's values; shapes, in the plane, as the database reads them."""
    if kind == SHAPE:
        shapes = shapely.set_srid(shapely.force_2d(gpd.GeoSeries(values).to_numpy()), srid)
        return pa.array(shapely.to_wkb(shapes, hex=True, include_srid=True), pa.string())
    if kind == TEXT:
        told = values.astype(object)
        return pa.array([None if missing else str(one) for one, missing in zip(told, values.isna(), strict=True)])
    types = {COUNT: (np.int64, pa.int64()), NUMBER: (np.float64, pa.float64()), FLAG: (np.bool_, pa.bool_())}
    numpy_type, arrow_type = types[kind]
    return pa.array(values.to_numpy(numpy_type), arrow_type, from_pandas=True)


def _srid(crs: str) -> int:
    code = CRS(crs).to_epsg()
    if code is None:
        raise StudyError(
            f"publish: crs {crs}: a database knows reference systems by EPSG code: state one in study.toml"
        )
    return int(code)
