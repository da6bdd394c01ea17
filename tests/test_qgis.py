"""The GeoPackage as planners open it: valid by the standard, styled by itself, its numbers those of the tables."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import drawn_town
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely import Point, box
from test_office import RECORD

from geokehila.catalogue import Catalogue
from geokehila.catalogue.themes import Shown, themes
from geokehila.draw import palette
from geokehila.draw.qgis import dress, for_planners, looks, qml, to_join
from geokehila.draw.town import Town
from geokehila.store import tables
from geokehila.store.dress import Dress, Told

PYTHON = "/usr/bin/python3"
EVIL = drawn_town.EVIL + "=HYPERLINK(1)]]>"


def town() -> Town:
    return drawn_town.town(RECORD)


def given_layers() -> dict[str, gpd.GeoDataFrame]:
    made = town().tables
    places = made["places"].assign(
        categories=["community_centre", "community_centre;sport", "school", "school", "worship"]
    )
    gaps = made["origins"].assign(missing_count=[0, 1, 2, 3, 4, 0, 0, 0, 0])
    nothing = gpd.GeoDataFrame({"cell_id": [], "use": []}, geometry=[], crs=2039)
    return {
        "zones": wide_zones(), "homes": homes(), "places": places, "streets": made["streets"].assign(way="residential"),
        "hubs": made["hubs"], "hub_catchments": made["hub_catchments"], "links": made["links"],
        "plans": nothing, "gap_homes": gaps, "candidates": made["candidates"].assign(status="candidate"),
        "communities": made["zones"], "open_spaces": made["zones"].assign(public="yes"),
    }  # fmt: skip


def wide_zones() -> gpd.GeoDataFrame:
    made = town().tables
    return tables.wide(made["zone_scores"], made["zones"], "zone")


def homes() -> gpd.GeoDataFrame:
    made = town().tables
    scores = made["scores_adult"].assign(category_school_s=300.0, category_school_2nd_s=600.0)
    return gpd.GeoDataFrame(made["origins"].merge(scores, on="origin_id"))


def write(path: Path) -> Path:
    layers = for_planners(given_layers(), town().catalogue, town().tables["zone_facts"])
    layers["zone_scores"] = to_join(town().tables["zone_scores"], town().catalogue)
    tables.write_geopackage(layers, path, "2026-03-01", dress(layers, town(), "2026-03-01"))
    return path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("qgis") / "town.gpkg")


@pytest.fixture
def file(package: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(package)) as opened:
        yield opened


def test_it_is_a_geopackage_of_the_standard(file: sqlite3.Connection) -> None:
    assert file.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
    assert file.execute("PRAGMA user_version").fetchone()[0] == 10200
    assert file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert file.execute("PRAGMA foreign_key_check").fetchall() == []
    there = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    extensions = file.execute("SELECT table_name, extension_name, scope FROM gpkg_extensions").fetchall()
    for name, extension, scope in extensions:
        assert name in there and scope in ("read-write", "write-only"), extension
    needed = {("gpkg_data_columns", "gpkg_schema"), ("gpkg_metadata", "gpkg_metadata")}
    needed |= {("gpkg_data_column_constraints", "gpkg_schema"), ("gpkg_metadata_reference", "gpkg_metadata")}
    assert needed <= {(name, extension) for name, extension, _ in extensions}
    types = dict(file.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert types.pop("layer_styles") == types.pop("zone_scores") == "attributes"
    assert {*types.values()} == {"features"}
    assert {name for (name,) in file.execute("SELECT table_name FROM gpkg_geometry_columns")} == {*types}


def test_every_column_of_every_layer_is_told_of_by_a_name_of_its_own(file: sqlite3.Connection) -> None:
    told_of = "SELECT table_name FROM gpkg_contents WHERE table_name <> 'layer_styles'"
    for (layer,) in file.execute(told_of).fetchall():
        columns = {row[1] for row in file.execute(f'PRAGMA table_info("{layer}")')}
        told = file.execute(
            "SELECT column_name, name, title, description FROM gpkg_data_columns WHERE table_name = ?", (layer,)
        ).fetchall()
        assert {row[0] for row in told} == columns and all(all(row) for row in told)
        assert all(description.count("\n") >= 2 for *_, description in told), "a line in each language"


def test_titles_are_in_three_languages(file: sqlite3.Connection) -> None:
    found = dict(file.execute("SELECT table_name, identifier FROM gpkg_contents"))
    assert found["zones"] == "אזורים · المناطق · Areas"


def test_metadata_is_dated_and_tells_sources_and_licence(file: sqlite3.Connection) -> None:
    (text,) = file.execute("SELECT metadata FROM gpkg_metadata").fetchone()
    root = Xml.fromstring(text)
    words = " ".join(root.itertext())
    assert root.tag.endswith("MD_Metadata") and "2026-03-01" in words and "map.osm.pbf" in words
    assert "A fictional town" in words and "יישוב בדיוני" in words
    row = file.execute(
        "SELECT reference_scope, table_name, md_file_id, timestamp FROM gpkg_metadata_reference"
    ).fetchall()
    assert row == [("geopackage", None, 1, "2026-03-01T00:00:00.000Z")]


def test_each_layer_has_one_default_style_and_names_in_three_languages(file: sqlite3.Connection) -> None:
    rows = file.execute(
        "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, update_time FROM layer_styles"
    ).fetchall()
    frame = pd.DataFrame(rows, columns=["layer", "shape", "name", "qml", "default", "time"])
    layers = {name for (name,) in file.execute("SELECT table_name FROM gpkg_geometry_columns")}
    assert {*frame["layer"]} == layers - {"plans"} | {"zone_scores"}, "an empty layer has nothing to draw"
    assert {*frame["time"]} == {"2026-03-01T00:00:00.000Z"}
    assert {*frame.loc[frame["layer"] == "zone_scores", "shape"]} == {""}, "there QGIS looks for names of its fields"
    assert {*frame.loc[frame["layer"] != "zone_scores", "shape"]} == {"geom"}
    assert frame.groupby("layer")["default"].sum().eq(1).all() and not frame.duplicated(["layer", "name"]).any()
    for text in frame["qml"]:
        Xml.fromstring(text)
    zones = frame[frame["layer"] == "zones"]
    assert {"Names in English", "שמות בעברית", "أسماء بالعربية"} <= {*zones["name"]}
    shown = [one for theme in themes(town().catalogue).values() for one in theme]
    there = [one for one in shown if f"{one.key}_low" in wide_zones() or one.key in (*wide_zones(), "ses_cluster")]
    assert len(zones) == len(there) + 3, "one style a measure that the run has, and the names"
    assert "domain_education_share_low" in zones[zones["default"] == 1]["qml"].item(), "most people are beyond it"


def test_equal_runs_are_equal_to_the_byte(package: Path, tmp_path: Path) -> None:
    assert write(tmp_path / "again.gpkg").read_bytes() == package.read_bytes()


def test_the_numbers_are_those_of_the_tables(package: Path) -> None:
    zones = pyogrio.read_dataframe(package, layer="zones").set_index("zone_id")
    scores = town().tables["zone_scores"]
    rows = scores[(scores["zoning"] == "zone") & (scores["profile"] == "adult") & (scores["group"] == "total")]
    checked = 0
    for row in rows.itertuples():
        for column, value in (
            (row.measure, row.value),
            (f"{row.measure}_low", row.low),
            (f"{row.measure}_high", row.high),
        ):
            if column in zones and not np.isnan(value):
                assert zones.loc[row.zone_id, column] == value
                checked += 1
    assert checked > 500
    assert zones.loc[drawn_town.IDS[0], "ses_cluster"] == 3.0


def test_the_table_to_join_tells_what_the_table_of_scores_tells_of_every_walker_and_age(neve_or: Any) -> None:
    """The sample town's GeoPackage, read without the library, holds every row of domains and categories, none else."""
    with closing(sqlite3.connect(neve_or.path / "neve-or.gpkg")) as file:
        joined = pd.read_sql("SELECT * FROM zone_scores", file)
        zones = {zone_id for (zone_id,) in file.execute("SELECT zone_id FROM zones")}
    scores = pd.read_parquet(neve_or.path / "zone_scores.parquet")
    catalogue = Catalogue.read()
    stems = [*(f"domain_{key}" for key in catalogue.domains), *(f"category_{key}" for key in catalogue.categories)]
    wanted = scores[scores["measure"].isin([f"{stem}_{told}" for stem in stems for told in ("share", "beyond_people")])]
    keys = ["zoning", "zone_id", "profile", "group"]
    assert not joined.duplicated(keys).any() and {*joined["profile"]} >= {"adult", "child", "older_adult", "wheelchair"}
    assert joined["group"].nunique() > 1 and {*joined.loc[joined["zoning"] == "zone", "zone_id"]} <= zones
    assert len(joined) == len(wanted.drop_duplicates(keys))
    long = (
        joined.drop(columns="fid")
        .melt(keys, var_name="measure", value_name="number")
        .dropna(subset="number")
        .astype({"number": float})
    )
    ends = (wanted.assign(measure=wanted["measure"] + f"_{end}", number=wanted[end]) for end in ("low", "high"))
    expected = pd.concat(ends)[[*keys, "measure", "number"]].dropna(subset="number")
    assert len(expected) > 1000
    by = [*keys, "measure"]
    pd.testing.assert_frame_equal(long.sort_values(by, ignore_index=True), expected.sort_values(by, ignore_index=True))


def test_the_table_to_join_has_the_same_columns_in_every_city() -> None:
    scores, catalogue = town().tables["zone_scores"], town().catalogue
    nothing = to_join(scores.head(0), catalogue)
    assert nothing.empty and nothing.columns.tolist() == to_join(scores, catalogue).columns.tolist()
    assert len(nothing.columns) == 4 + 4 * (len(catalogue.domains) + len(catalogue.categories))


def test_homes_keep_what_planners_use_and_no_more(package: Path) -> None:
    found = pyogrio.read_dataframe(package, layer="homes")
    assert {"people", "domain_education_state", "domain_education_5min_state", "category_school_s"} <= {*found.columns}
    assert "category_school_2nd_s" not in found


def test_a_layer_of_points_and_areas_is_points_and_its_areas_are_beside_it(package: Path) -> None:
    points, areas = (pyogrio.read_dataframe(package, layer=name) for name in ("places", "places_areas"))
    assert {*points.geom_type} == {"Point"} and len(points) == 5
    assert areas["place_id"].tolist() == ["w5"] and areas.geometry[0].contains(points.geometry[4])
    assert points["domain"].tolist() == ["community", "community", "education", "education", ""]


@pytest.mark.parametrize("value", [0.0, 0.2, 0.399, 0.4, 0.8, 1.0, None])
def test_a_value_is_drawn_by_one_class_the_one_that_the_city_page_gives_it(value: float | None) -> None:
    shown = Shown("x_share", (0.2, 0.4, 0.6, 0.8), "better")
    said = looks.Said(looks.Phrases("en"), "residents", '(coalesce("people", 1) = 0)')
    rules = looks.classes(shown, frozenset({"x_share_low", "x_share_high"}), said)
    drawn = [
        rule.label for rule in rules if matches(rule.where, {"x_share_low": value, "x_share_high": value, "people": 5})
    ]
    labels = ["< 20%", "20% – < 40%", "40% – < 60%", "60% – < 80%", "≥ 80%"]
    assert drawn == (["Not known"] if value is None else [labels[shown.class_of(value)]])
    colours = [rule.symbol.brushes[0].options.get("color") for rule in rules[:5]]
    assert colours == [*palette.RAMPS["better"]]


UNSURE = "Hatched: what is not known may make it another class"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((0.5, 0.9, 7), ["40% – < 60%", UNSURE]),
        ((0.59, 0.6, 7), ["40% – < 60%", UNSURE]),
        ((0.41, 0.599, 7), ["40% – < 60%"]),
        ((0.0, 1.0, 7), ["Not known"]),
        ((0.996, 1.0, 7), ["≥ 80%"]),
        ((None, None, 0), ["No residents there, by the count"]),
        ((None, None, None), ["Not known"]),
    ],
)
def test_what_is_not_known_is_hatched(row: tuple[Any, ...], expected: list[str]) -> None:
    said = looks.Said(looks.Phrases("en"), "residents", '(coalesce("people", 1) = 0)')
    rules = looks.classes(Shown("x_share", (0.2, 0.4, 0.6, 0.8), "better"), frozenset({"x_share_low"}), said)
    values = dict(zip(("x_share_low", "x_share_high", "people"), row, strict=True))
    assert [rule.label for rule in rules if matches(rule.where, values)] == expected


@pytest.mark.parametrize(("likely", "expected"), [(0.55, []), (0.61, [UNSURE]), (None, [])])
def test_what_two_lists_make_likely_hatches_too(likely: float | None, expected: list[str]) -> None:
    said, row = (
        looks.Said(looks.Phrases("en"), "residents", "(people = 0)"),
        {"people": 100, "y_likely_share_high": likely},
    )
    columns = frozenset({"x_share_low", "x_beyond_people_low", "y_likely_share_high"})
    for shown, values in (
        (Shown("x_share", (0.4, 0.6), "better"), {"x_share_low": 0.5, "x_share_high": 0.5}),
        (Shown("x_beyond_people", (40, 60), "worse"), {"x_beyond_people_low": 50.0, "x_beyond_people_high": 50.0}),
    ):
        rules = looks.classes(shown, columns, said, "y_likely_share")
        assert [rule.label for rule in rules if matches(rule.where, values | row)][1:] == expected


@pytest.mark.parametrize(("ends", "expected"), [((0.0, 1.0), [UNSURE]), ((0.85, 1.0), []), ((None, None), [])])
def test_of_what_is_known_alone_the_rest_hatches(ends: tuple[Any, Any], expected: list[str]) -> None:
    said = looks.Said(looks.Phrases("en"), "residents", "(people = 0)")
    shown = Shown("x_share", (0.2, 0.4, 0.6, 0.8), "better", within="all_share")
    row = {"x_share_low": 1.0, "x_share_high": 1.0, "all_share_low": ends[0], "all_share_high": ends[1], "people": 9}
    rules = looks.classes(shown, frozenset(row), said)
    assert [rule.label for rule in rules if matches(rule.where, row)] == ["≥ 80%", *expected]


def matches(where: str, row: dict[str, Any]) -> bool:
    """SQLite stands in for QGIS's expressions, which say the same of these words."""
    with closing(sqlite3.connect(":memory:")) as memory:
        names = ", ".join(f":{name} AS {name}" for name in row)
        return bool(memory.execute(f"SELECT 1 FROM (SELECT {names}) WHERE {where}", row).fetchall())


def test_names_from_outside_are_text_in_styles_and_metadata(tmp_path: Path) -> None:
    city = {"he": EVIL, "en": EVIL}
    evil = drawn_town.town(RECORD | {"sources": [{"file": EVIL, "date": EVIL, "licence": ""}]}, city=city)
    layers = for_planners({"hubs": evil.tables["hubs"]}, evil.catalogue, pd.DataFrame())
    made = dress(layers, evil, "2026-03-01")
    assert "<script" not in made.metadata and "\u202e" not in made.metadata
    Xml.fromstring(made.metadata)
    tables.write_geopackage(layers, tmp_path / "a.gpkg", "2026-03-01", made)
    assert pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="hubs")["name_he"].tolist()[1] == drawn_town.EVIL


def test_cells_of_a_grid_are_named_from_near_by_where_somebody_lives() -> None:
    hexagons = drawn_town.town(RECORD)
    hexagons = replace(hexagons, study=replace(hexagons.study, zones=replace(hexagons.study.zones, kind="hexagons")))
    made = dress({"zones": wide_zones()}, hexagons, "2026-03-01").styles[0]
    label = Xml.fromstring(made.qml).find(".//settings")
    assert label.find("text-style").get("fieldName").startswith("if((coalesce(\"people\", 0) = 0), '', coalesce(")  # type: ignore[union-attr]
    assert label.find("rendering").get("scaleMax") == "10000"  # type: ignore[union-attr]


def test_a_style_holds_any_label_and_column() -> None:
    text = qml.style([qml.Rule(EVIL + "\x00", looks.area("#ffffff"), qml.quoted('a"b') + " = 1")], None, {'a"b': EVIL})
    root = Xml.fromstring(text)
    assert root.find(".//rule").get("filter") == '"a""b" = 1'  # type: ignore[union-attr]
    assert root.find(".//alias").get("field") == 'a"b' and "\u202e" not in text  # type: ignore[union-attr]


def test_a_dress_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame({"a": [1], "b": [2]}, geometry=[Point(0, 0)], crs=2039)
    same = Dress(columns={("x", "a"): Told("n", "", ""), ("x", "b"): Told("n", "", "")})
    with pytest.raises(sqlite3.IntegrityError):
        tables.write_geopackage({"x": layer}, tmp_path / "a.gpkg", "2026-03-01", same)


def test_a_city_without_places_people_or_plans_is_dressed_too(tmp_path: Path) -> None:
    zones = gpd.GeoDataFrame({"zone_id": ["1"], "people": [0.0]}, geometry=[box(0, 0, 9, 9)], crs=2039)
    empty = gpd.GeoDataFrame({"site_id": []}, geometry=[], crs=2039)
    layers = for_planners({"zones": zones, "hubs": empty}, Catalogue.read(), pd.DataFrame())
    tables.write_geopackage(layers, tmp_path / "a.gpkg", "2026-03-01", dress(layers, town(), "2026-03-01"))
    assert pyogrio.list_layers(tmp_path / "a.gpkg")[:, 0].tolist() == ["zones", "hubs", "layer_styles"]


SCRIPT = """
import json, os, sys
from qgis.core import QgsApplication, QgsMapSettings, QgsMapRendererSequentialJob, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
path, png, names = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
found, layers = {}, []
for name in names:
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    kind = layer.renderer().type() if layer.isSpatial() else ""
    rules = layer.renderer().rootRule().children() if kind == "RuleRenderer" else []
    _, ids, styles, _, _ = layer.listStylesInDatabase()
    before = {field.name(): layer.attributeAlias(n) for n, field in enumerate(layer.fields())}
    text, _ = layer.getStyleFromDatabase(ids[styles.index("Names in English")])
    document = QDomDocument()
    document.setContent(text)
    layer.importNamedStyle(document)
    found[name] = {
        "valid": layer.isValid(), "count": layer.featureCount(), "kind": kind,
        "labels": [rule.label() for rule in rules], "aliases": before,
        "english": {field.name(): layer.attributeAlias(n) for n, field in enumerate(layer.fields())},
        "kept": [rule.label() for rule in layer.renderer().rootRule().children()] if rules else [],
        "styles": styles, "errors": [rule.filter().parserErrorString() for rule in rules if rule.filter()],
        "colours": [rule.symbol().color().name() for rule in rules],
        "named_from": layer.labeling().settings().minimumScale if rules and layer.labelsEnabled() else None,
    }
    layers.append(layer)
settings = QgsMapSettings()
settings.setLayers([layer for layer in layers if layer.name() in ("hubs", "streets", "zones")][::-1])
settings.setOutputSize(QSize(400, 400))
settings.setDestinationCrs(layers[0].crs())
settings.setExtent(layers[0].extent())
settings.setBackgroundColor(QColor("#ffffff"))
job = QgsMapRendererSequentialJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(png)
pixels = {image.pixelColor(x, y).name() for x in range(0, 400, 2) for y in range(0, 400, 2)}
print("FOUND" + json.dumps({"layers": found, "pixels": sorted(pixels)}), flush=True)
os._exit(0)  # QGIS and Python take down the same layers at the end, and may fall over each other
"""


def has_qgis() -> bool:
    if not shutil.which(PYTHON):
        return False
    asked = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    return asked.returncode == 0


def test_real_qgis_opens_it_styled(package: Path, tmp_path: Path) -> None:
    if not has_qgis():
        pytest.skip("QGIS is absent: install python3-qgis to see that the GeoPackage opens styled")
    names = [
        "zones",
        *(name for name in pyogrio.list_layers(package)[:, 0] if name not in ("zones", "plans", "layer_styles")),
    ]
    command = [PYTHON, "-c", SCRIPT, str(package), str(tmp_path / "map.png"), ",".join(names)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = json.loads(re.search(r"FOUND(.*)", said.stdout)[1])  # type: ignore[index]
    for name, layer in found["layers"].items():
        assert layer["valid"] and layer["kind"] == ("RuleRenderer" if name != "zone_scores" else ""), name
        assert not any(layer["errors"]), name
        assert layer["aliases"] != layer["english"] and layer["kept"] == layer["labels"], "names change, colours stay"
        assert all(layer["aliases"].values()) and all(layer["english"].values())
    zones = found["layers"]["zones"]
    assert zones["named_from"] == 25_000 and found["layers"]["hubs"]["named_from"] == 0, "0: at every scale"
    assert zones["labels"][:2] == ["< 20%", "20% – < 40%"] and zones["labels"][-1] == "לא ידוע"
    assert zones["colours"][:5] == [*palette.RAMPS["better"]] and zones["count"] == 9
    assert zones["aliases"]["people"] == "תושבים כאן" and zones["english"]["people"] == "residents here"
    assert {palette.RAMPS["better"][0], palette.RAMPS["better"][1]} <= {*found["pixels"]}, "classes are seen on the map"
