"""What a run tells programs of itself: every file, every column with its type and words, nothing of the clock."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geokehila.catalogue import Catalogue
from geokehila.catalogue.columns import Columns
from geokehila.draw.datapackage import _sources
from geokehila.schema import TABLES

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: What a Table Schema calls the values of a Parquet column; one that is empty throughout is as promised.
TYPES = {"double": "number", "int64": "integer", "bool": "boolean", "binary": "any"}
KINDS = {"text": "string", "number": "number", "count": "integer", "flag": "boolean", "geometry": "any"}


@pytest.fixture(scope="module")
def told(neve_or: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((neve_or.path / "datapackage.json").read_text("utf-8"))
    return read


def resources(told: dict[str, Any], ends: str) -> list[dict[str, Any]]:
    return [one for one in told["resources"] if one["path"].endswith(ends)]


def fields(resource: dict[str, Any]) -> dict[str, str]:
    listed = [(one["name"], one["type"]) for one in resource["schema"]["fields"]]
    assert len(listed) == len(dict(listed)), "a column is told of once"
    return dict(listed)


def named(resource: str, field: dict[str, Any]) -> tuple[str, str]:
    return Path(resource).name.split(".")[0], field["name"]


def test_it_tells_of_every_file_but_the_journal_and_itself(neve_or: Any, told: dict[str, Any]) -> None:
    files = {path.relative_to(neve_or.path).as_posix() for path in neve_or.path.rglob("*") if path.is_file()}
    assert {one["path"] for one in told["resources"]} == files - {"journal.json", "datapackage.json"}
    names = [one["name"] for one in told["resources"]]
    assert len(names) == len({*names})
    assert [name for name in [told["name"], *names] if not re.fullmatch(r"[-a-z0-9._/]+", name)] == []
    for one in told["resources"]:
        content = (neve_or.path / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
        assert one["path"].endswith(one["format"])


def test_a_source_says_who_made_it_and_when_where_that_is_known() -> None:
    inputs = [{"role": role, "file": f"{role}.geojson", "sha256": "ab"} for role in ("zones", "plans")]
    made = {"told_by": "village committee", "date": "2026-05"}
    assert [*_sources({"sources": [{"role": "zones", "licence": "", **made}], "inputs": inputs})] == [
        {"title": "zones.geojson", "role": "zones", "hash": "sha256:ab", **made},
        {"title": "plans.geojson", "role": "plans", "hash": "sha256:ab"},
    ]


def test_every_column_of_every_table_stands_there_with_its_type(neve_or: Any, told: dict[str, Any]) -> None:
    seen = resources(told, ".parquet")
    assert {"zones", "homes", "gaps"} - {one["name"] for one in seen} == {"homes"}, "homes are the table of origins"
    for one in seen:
        table = TABLES.get(Path(one["path"]).stem)
        expected = {}
        for column in pq.read_schema(neve_or.path / one["path"]):
            promised = KINDS[table.columns.get(column.name, "text")] if table else "string"
            expected[column.name] = promised if str(column.type) == "null" else TYPES.get(str(column.type), "string")
        assert fields(one) == expected, one["path"]
        if table and "/" not in one["path"]:
            assert one["schema"].get("primaryKey", []) == [*table.key]
            kept = pd.read_parquet(neve_or.path / one["path"], columns=[*expected])
            assert not table.key or not kept.duplicated([*table.key]).any()
            required = {f["name"] for f in one["schema"]["fields"] if f.get("constraints", {}).get("required")}
            assert required == {*table.columns} - table.nullable
            assert not kept[sorted(required)].isna().any().any()


def test_a_csv_is_read_as_it_is_told_of(neve_or: Any, told: dict[str, Any]) -> None:
    for one in resources(told, ".csv"):
        with (neve_or.path / one["path"]).open(encoding="utf-8-sig", newline="") as file:
            head, units, *rows = csv.reader(file)
        assert [*fields(one)] == head
        assert one["dialect"]["commentRows"] == [2] and one["dialect"]["header"] is True
        assert [field["unit"] for field in one["schema"]["fields"]] == units or not head
        for place, kind in enumerate(fields(one).values()):
            cells = [row[place] for row in rows if row[place]]
            if kind == "number":
                assert [cell for cell in cells if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)] == []
            if kind == "integer":
                assert [cell for cell in cells if not re.fullmatch(r"-?\d+", cell)] == []
            if kind == "boolean":
                assert {*cells} <= {"True", "False"}


def test_every_word_of_the_sheet_of_what_was_left_out_is_in_the_dictionary_of_words(neve_or: Any) -> None:
    """But for words with a number or a name in them: tags, sizes, and what a cell of a list holds."""
    left, words = (pd.read_csv(neve_or.path / f"csv/{name}.csv", skiprows=[1]) for name in ("rejected", "words"))
    said = {*left["kind"], *left["reason"]}
    assert {"an area", "motor road", "street", "plan cell"} <= said
    assert {word for word in said if not re.search(r"=|\d|from \w+ by its tags", word)} <= {*words["key"]}


def test_a_geojson_is_told_of_with_its_properties(neve_or: Any, told: dict[str, Any]) -> None:
    for one in resources(told, ".geojson"):
        assert one["crs"] == "EPSG:4326"
        assert {*fields(one)} == {*gpd.read_file(neve_or.path / one["path"])}


def test_each_column_has_its_words_in_three_languages_and_its_unit(told: dict[str, Any]) -> None:
    tables = [one for one in told["resources"] if "schema" in one]
    columns = [(one["name"], field) for one in tables for field in one["schema"]["fields"]]
    assert len(columns) > 1000
    words = [f"{key}{language}" for key in ("description", "unit") for language in ("", "_he", "_ar")]
    assert [(name, field["name"]) for name, field in columns if not all(field[word] for word in words)] == []
    known = Columns(Catalogue.read())
    assert [(name, field["name"]) for name, field in columns if not known.knows(*named(name, field))] == []
    assert told["languages"] == ["en", "he", "ar"] and told["title_he"].endswith("נווה אור")
    pages = {field["method"] for _, field in columns if "method" in field}
    assert [page for page in pages if not (DOCS.parent / page).is_file()] == []
    untold = [one["name"] for one in tables if re.search("[א-ת]", one["title_he"]) is None]
    assert untold == []


def test_it_is_of_the_run_and_dated_by_its_inputs(neve_or: Any, told: dict[str, Any]) -> None:
    record = json.loads((neve_or.path / "run.json").read_text("utf-8"))
    assert told["id"] == f"geokehila-neve-or-{record['run_id']}"
    assert told["created"] == f"{record['dates']['osm']}T00:00:00Z" == "2025-01-01T00:00:00Z"
    assert told["version"] == f"2025.1.1+{record['run_id']}"
    assert told["fictional"] is True and [one["name"] for one in told["licenses"]] == ["fictional"]
    given = {(one["file"], f"sha256:{one['sha256']}") for one in record["inputs"]}
    assert {(one["title"], one["hash"]) for one in told["sources"]} == given


def test_the_metadata_are_those_of_the_geopackage(neve_or: Any) -> None:
    import sqlite3
    from contextlib import closing

    beside = (neve_or.path / "metadata.xml").read_text("utf-8")
    with closing(sqlite3.connect(neve_or.path / "neve-or.gpkg")) as file:
        ((inside,),) = file.execute("SELECT metadata FROM gpkg_metadata")
    assert beside == inside
    assert Xml.fromstring(beside).tag == "{http://www.isotc211.org/2005/gmd}MD_Metadata"


def test_every_page_of_method_stands_in_the_changelog_of_methods() -> None:
    pages = {path.name for path in (DOCS / "methods").glob("*.md")} - {"CHANGELOG.md"}
    text = (DOCS / "methods" / "CHANGELOG.md").read_text("utf-8")
    named = re.findall(r"\]\(([\w.]+\.md)\)", text)
    assert {*named} == pages, "name each page in docs/methods/CHANGELOG.md when it begins"
    versions = re.findall(r"^## (\S+) · (\d{4}-\d{2}-\d{2})$", text, flags=re.MULTILINE)
    assert versions, "an entry is a version and its date"
    assert [date for _, date in versions] == sorted((date for _, date in versions), reverse=True), "the newest first"


@pytest.mark.parametrize(
    "sheet",
    [
        *("שוויון", "השוואה לכללים", "פרוגרמה", "מי מרוויח ממוקד", "מה להוסיף", "גלי יישום", "כיסוי הגלים", "סקר"),
        *("ביקוש למוקדים", "אמינות הנתונים", "עובדות על אזורים", "פערים", "מי נותר ללא מוקד"),
    ],
)
def test_every_word_of_the_sheets_stands_in_the_dictionary_of_words(neve_or: Any, sheet: str) -> None:
    """But for numbers, dates and files of sources, names and ids; a cell may hold several words."""
    book = openpyxl.load_workbook(neve_or.path / "neve-or.xlsx")
    meanings = {row[0]: row[1:] for row in book["מילון המילים"].iter_rows(min_row=4, values_only=True)}
    _, names, _, *rows = book[sheet].iter_rows(values_only=True)
    is_own = re.compile(r".*_id|(city|neighbourhood)?_?name(_..)?|city|date|source|sentence(_..)?").fullmatch
    told = {column: {*cells} - {None} for column, *cells in zip(names, *rows, strict=True) if not is_own(column)}
    cells = {cell for some in told.values() for cell in some if isinstance(cell, str)}
    words = {word for cell in cells for word in cell.split(";")}
    plain = {word for word in words if not re.fullmatch(r"[\d-]+|\w+\.xlsx", word)}
    assert plain and plain <= {*meanings}
    assert all(all(meanings[word]) for word in plain)


@pytest.mark.parametrize("sheet", ["שוויון", "השוואה לכללים"])
def test_sheets_of_few_columns_are_printed_on_a_pages_width(neve_or: Any, sheet: str) -> None:
    book = openpyxl.load_workbook(neve_or.path / "neve-or.xlsx")
    assert book[sheet].sheet_properties.pageSetUpPr.fitToPage and book[sheet].page_setup.orientation == "landscape"
