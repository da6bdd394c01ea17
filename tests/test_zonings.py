"""Neighbourhoods, quarters and hexagons: hand-made layers, properties, then the real ones."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from seed_files import REMEDY
from shapely import Polygon, box

from geokehila.catalogue import City, cities
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import zonings
from geokehila.load.population import statistical_areas
from geokehila.load.population.opened import Opened
from geokehila.load.roles import Inputs
from geokehila.names import NAME_COLUMNS
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.study import Study, ZoningChoice

X, Y, SIDE = 180_000, 570_000, 300
OZ = Study(city=City(slug="oz", code=777, name={"he": "עוז", "en": "Oz"}))


def square(column: float, row: float = 0, wide: float = 1, high: float = 1) -> Polygon:
    return box(X + SIDE * column, Y + SIDE * row, X + SIDE * (column + wide), Y + SIDE * (row + high))


#: A town of four squares from west to east.
ZONES = gpd.GeoDataFrame(
    {"zone_id": ["777-1", "777-2"]}, geometry=[square(0, wide=2), square(2, wide=2)], crs=ISRAEL_TM
)
TOWN = ZONES.union_all()


def layer(path: Path, shapes: list[shapely.Geometry | None], **columns: object) -> Path:
    """Write a layer as a GeoPackage, or as what its name says."""
    gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM).to_file(path)
    return path


def read(
    tmp_path: Path, shapes: list[shapely.Geometry | None], **columns: object
) -> tuple[dict[str, gpd.GeoDataFrame], Ledger]:
    path = layer(tmp_path / "neighbourhoods.gpkg", shapes, **columns)
    units, (ledger,) = zonings.read(OZ, Inputs({"neighbourhoods": (path,)}, ()), ZONES, TOWN)
    return units, ledger


def by_id(units: gpd.GeoDataFrame, column: str = "name_he") -> dict[str, str]:
    return dict(zip(units["zone_id"], units[column], strict=True))


def test_neighbourhoods_of_the_study_and_no_others(tmp_path: Path) -> None:
    """The fourth only touches the town; the fifth has 5 % of its land in it, a border drawn twice; the sixth 15 %."""
    shapes = [square(0), square(1, wide=1.5), square(40), square(4), square(3.95), square(3.7, wide=2)]
    units, ledger = read(tmp_path, shapes, name=list("אבגדהו"))
    found = units["neighbourhood"]
    assert by_id(found) == {"nb1": "א", "nb2": "ב", "nb3": "ו"}
    assert [*found.columns] == ["zone_id", *NAME_COLUMNS, "geometry"] and found.crs == ISRAEL_TM
    assert found.geometry.iloc[2].area == pytest.approx(2 * SIDE**2), "as drawn, beyond the town too"
    assert ledger.counts() == {
        "neighbourhood": {"read": 6, "used": 3, "rejected": {"outside the study's zones": 3}},
    }
    assert {*units} == {"neighbourhood"}


def test_numbers_run_from_west_to_east_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    units, _ = read(tmp_path, [square(2), square(0, 0, 1, 0.4), square(0, 0.6, 1, 0.4)], name=["ג", "א", "ב"])
    assert by_id(units["neighbourhood"]) == {"nb1": "א", "nb2": "ב", "nb3": "ג"}


@pytest.mark.parametrize(
    ("ids", "kept"),
    [(["7", "5", "6"], True), ([7, 5, 6], True), (["a", "a", "b"], False), (["a", None, "b"], False)],
)
def test_ids_of_ones_own_where_each_has_one(tmp_path: Path, ids: list[object], kept: bool) -> None:
    units, _ = read(tmp_path, [square(i) for i in range(3)], id=ids, name=["א", "ב", "ג"])
    assert by_id(units["neighbourhood"]) == (
        {"5": "ב", "6": "ג", "7": "א"} if kept else {"nb1": "א", "nb2": "ב", "nb3": "ג"}
    )


@pytest.mark.parametrize(
    "column",
    ["name", "שם", "שכונה", "שם_השכונה", "neighbourhood_he", "Neighborhood", "SHEM_SHCHUNA", "name_he", "רובע"],
)
def test_names_by_the_words_for_them(tmp_path: Path, column: str) -> None:
    units, ledger = read(tmp_path, [square(0)], **{column: ["רמות"], "residents": [5]})
    assert by_id(units["neighbourhood"]) == {"nb1": "רמות"} and ledger.notices == []


def test_names_in_several_languages(tmp_path: Path) -> None:
    units, _ = read(tmp_path, [square(0)], name_he=["רמות"], name_ar=["راموت"], name_en=["Ramot"], name_ru=["Рамот"])
    assert units["neighbourhood"][[*NAME_COLUMNS]].to_numpy().tolist() == [["רמות", "راموت", "Ramot", "Рамот"]]


def test_an_arabic_name_in_the_one_column_is_arabic(tmp_path: Path) -> None:
    found = read(tmp_path, [square(0)], name=["الحي الشرقي"])[0]["neighbourhood"]
    assert found.name_ar.tolist() == ["الحي الشرقي"] and found.name_he.tolist() == [None]


def test_a_shapefile_cuts_its_columns_at_ten_letters(tmp_path: Path) -> None:
    path = layer(tmp_path / "neighbourhoods.shp", [square(0)], neighbourh=["רמות"])
    units, _ = zonings.neighbourhoods(path, OZ, TOWN)
    assert by_id(units) == {"nb1": "רמות"}


def test_the_town_before_the_name_is_left_out(tmp_path: Path) -> None:
    names, town = ["עיר ישנה/רמות", "עוז/א/ב", "צפון/דרום"], ["עיר ישנה", "", ""]
    units, _ = read(tmp_path, [square(i) for i in range(3)], neighbourhood_he=names, locality_he=town)
    assert by_id(units["neighbourhood"]) == {"nb1": "רמות", "nb2": "א/ב", "nb3": "צפון/דרום"}


def test_no_names_are_told(tmp_path: Path) -> None:
    units, ledger = read(tmp_path, [square(0)], residents=[5], contact_name=["someone"])
    assert by_id(units["neighbourhood"]) == {"nb1": None}
    assert [notice.name for notice in ledger.notices] == ["no_name_column"]
    assert "residents" in ledger.notices[0].text and "contact" not in ledger.notices[0].text


def test_a_ring_that_crosses_itself_is_mended_and_told(tmp_path: Path) -> None:
    """Two triangles of a quarter of the square each."""
    bow_tie = Polygon([(X, Y), (X + SIDE, Y + SIDE), (X + SIDE, Y), (X, Y + SIDE)])
    elsewhere = shapely.affinity.translate(bow_tie, 50_000)
    units, ledger = read(tmp_path, [bow_tie, elsewhere], name=["א", "ב"])
    assert units["neighbourhood"].is_valid.all() and units["neighbourhood"].area.iloc[0] == pytest.approx(SIDE**2 / 2)
    (notice,) = ledger.notices
    assert notice.name == "geometry_repaired" and notice.text.startswith("1 shapes cross themselves, the first row 1:")


def test_what_is_no_area_is_rejected(tmp_path: Path) -> None:
    line = shapely.LineString([(X, Y), (X + SIDE, Y)])
    _, ledger = read(tmp_path, [square(0), line, None, Polygon()], name=list("אבגד"))
    rejected = {"empty geometry": 2, "not polygonal": 1}
    assert ledger.counts() == {"neighbourhood": {"read": 4, "used": 1, "rejected": rejected}}


def test_overlaps_are_counted(tmp_path: Path) -> None:
    _, ledger = read(tmp_path, [square(0, wide=1.5), square(1)], name=["א", "ב"])
    (notice,) = ledger.notices
    assert notice.name == "zones_overlap" and REMEDY.match(notice.text)
    assert f"1 pairs of zones share {SIDE**2 // 2} m2, most nb1 and nb2" in notice.text


def test_several_pieces_of_one_row_are_one_unit(tmp_path: Path) -> None:
    found = read(tmp_path, [shapely.MultiPolygon([square(0), square(2)])], name=["א"])[0]["neighbourhood"]
    assert len(found) == 1 and found.area.iloc[0] == pytest.approx(2 * SIDE**2)


@pytest.mark.parametrize("shapes", [[square(40)], []])
def test_neighbourhoods_of_another_town_are_no_zoning(tmp_path: Path, shapes: list[shapely.Geometry]) -> None:
    units, ledger = read(tmp_path, shapes, name=["א"] * len(shapes))
    assert units == {}
    assert [notice.name for notice in ledger.notices] == ["neighbourhoods_elsewhere"]
    assert REMEDY.match(ledger.notices[0].text)


def swapped(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda at: at[:, ::-1])


def test_latitude_before_longitude_is_refused_with_the_remedy(tmp_path: Path) -> None:
    turned = gpd.GeoSeries([square(0)], crs=ISRAEL_TM).to_crs(WGS84).map(swapped)
    path = tmp_path / "neighbourhoods.geojson"
    gpd.GeoDataFrame({"name": ["א"]}, geometry=turned, crs=WGS84).to_file(path)
    with pytest.raises(InputError, match=r"stand as \[latitude, longitude\]: swap them"):
        zonings.neighbourhoods(path, OZ, TOWN)


def test_a_layer_without_a_crs_is_refused(tmp_path: Path) -> None:
    path = layer(tmp_path / "neighbourhoods.shp", [square(0)], name=["א"])
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="no CRS stated"):
        zonings.neighbourhoods(path, OZ, TOWN)


def areas(tmp_path: Path, name: str = "statistical_areas.gpkg", **columns: object) -> Opened:
    """Four areas of 2022 from west to east, and one of another locality."""
    keys = {"SEMEL_YISH": [777] * 4 + [5], "STAT_2022": [11, 12, 21, 22, 1], **columns}
    path = layer(tmp_path / name, [square(i) for i in range(5)], **keys)
    return statistical_areas.opened(path, ISRAEL_TM)


def test_quarters_and_their_parts(tmp_path: Path) -> None:
    opened = areas(tmp_path, ROVA=[1, 1, 2, None, 1], TAT_ROVA=[11, 12, 21, None, 11])
    (units, ledger), (parts, of_parts) = zonings.quarters(opened, 777).values()
    assert by_id(units, "name_he") == {"777-q1": None, "777-q2": None}
    assert units.geometry.iloc[0].equals(square(0, wide=2)) and units.geometry.iloc[1].equals(square(2))
    assert parts.zone_id.tolist() == ["777-q1-s11", "777-q1-s12", "777-q2-s21"]
    for kind, counted in (("quarter", ledger), ("sub_quarter", of_parts)):
        assert counted.counts() == {kind: {"read": 4, "used": 3, "rejected": {"no number of its quarter": 1}}}


@pytest.mark.parametrize("blank", [None, 0])
def test_sub_quarters_alone(tmp_path: Path, blank: int | None) -> None:
    """As in Eilat; a Shapefile writes 0 for a blank."""
    opened = areas(tmp_path, "statistical_areas.shp", ROVA=[blank] * 5, TAT_ROVA=[1, 1, 2, 2, 1])
    ((key, (units, _)),) = zonings.quarters(opened, 777).items()
    assert key == "sub_quarter" and units.zone_id.tolist() == ["777-s1", "777-s2"]


def test_a_layer_without_quarters_has_none(tmp_path: Path) -> None:
    assert zonings.quarters(areas(tmp_path), 777) == {}
    assert zonings.quarters(areas(tmp_path, "b.gpkg", ROVA=[1] * 5), 778) == {}


@given(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=4, max_size=4))
def test_quarters_divide_the_areas_that_have_one(numbers: list[int]) -> None:
    keys = {"SEMEL_YISHUV": [777] * 4, "STAT_2022": [1, 2, 3, 4], "ROVA": numbers}
    frame = gpd.GeoDataFrame(keys, geometry=[square(i) for i in range(4)], crs=ISRAEL_TM)
    found = zonings.quarters(Opened("areas", frame), 777)
    assert {*found} == ({"quarter"} if any(numbers) else set())
    for units, _ in found.values():
        assert units.zone_id.tolist() == [f"777-q{number}" for number in sorted({*numbers} - {0})]
        assert units.area.sum() == pytest.approx(SIDE**2 * sum(number > 0 for number in numbers))


def test_hexagons_are_off_until_a_study_asks(tmp_path: Path) -> None:
    nothing = Inputs({}, ())
    assert zonings.read(OZ, nothing, ZONES, TOWN) == ({}, ())
    asked = replace(OZ, zonings=ZoningChoice(hexagon_edge_m=100.0))
    found = zonings.read(asked, nothing, ZONES, square(0, wide=2))[0]["hexagon"]
    assert [*found.columns] == ["zone_id", *NAME_COLUMNS, "geometry"]
    assert found.zone_id.str.match(r"h-?\d+_-?\d+$").all() and found.zone_id.is_monotonic_increasing
    half = square(0, wide=2)
    assert found.intersects(half).all(), "where the zones and the data are"
    assert found.intersection(half).area.sum() == pytest.approx(half.area), "every spot in one of them"


def test_areas_are_read_once(tmp_path: Path) -> None:
    opened = areas(tmp_path, ROVA=[1, 1, 2, 2, 1])
    inputs = Inputs({"statistical_areas": (tmp_path / opened.name,)}, ())
    units, _ = zonings.read(OZ, inputs, ZONES, TOWN)
    (tmp_path / opened.name).unlink()
    again, _ = zonings.read(OZ, inputs, ZONES, TOWN)
    assert again["quarter"].equals(units["quarter"])


@pytest.mark.shared
@pytest.mark.parametrize(("slug", "count", "one"), [("beer-sheva", 17, "שכונה יא"), ("dimona", 15, "נווה דוד")])
def test_real_neighbourhoods(shared: Path, slug: str, count: int, one: str) -> None:
    """The layer names seventeen of Be'er Sheva; fifteen of Dimona."""
    study = Study(city=cities()[slug])
    zones, _ = statistical_areas.read(
        shared / "negev" / "statistical_areas_2011_demography.geojson", study.city.code, ISRAEL_TM
    )
    units, ledger = zonings.neighbourhoods(shared / "national" / "neighbourhoods.geojson", study, zones.union_all())
    assert len(units) == count and one in units.name_he.tolist()
    assert not units.name_he.str.contains("/").any()
    assert ledger.counts()["neighbourhood"]["read"] == 1179


@pytest.mark.shared
def test_eilat_has_sub_quarters_only(shared: Path) -> None:
    path = shared / "eilat" / "statistical_areas_2022" / "statistical_areas_2022.shp"
    opened = statistical_areas.opened(path, ISRAEL_TM)
    ((key, (units, _)),) = zonings.quarters(opened, 2600).items()
    assert key == "sub_quarter" and units.zone_id.tolist() == ["2600-s1", "2600-s2", "2600-s3", "2600-s4"]
    assert units.area.sum() == pytest.approx(opened.frame.area.sum())


@pytest.mark.shared
def test_rings_of_beer_sheva_are_turned(shared: Path, tmp_path: Path) -> None:
    rings = json.loads((shared / "beersheva" / "neighbourhood_rings_latlon.json").read_text(encoding="utf-8"))
    shapes = [Polygon(ring) for ring in rings["hood_borders"]]
    as_given, turned = tmp_path / "as_given.geojson", tmp_path / "turned.geojson"
    gpd.GeoDataFrame(geometry=shapes, crs=WGS84).to_file(as_given)
    gpd.GeoDataFrame(geometry=[swapped(shape) for shape in shapes], crs=WGS84).to_file(turned)
    study = Study.of("beer-sheva")
    areas_of_2011 = shared / "negev" / "statistical_areas_2011_demography.geojson"
    town = statistical_areas.read(areas_of_2011, 9000, ISRAEL_TM)[0].union_all()
    with pytest.raises(InputError, match="swap them"):
        zonings.neighbourhoods(as_given, study, town)
    assert len(zonings.neighbourhoods(turned, study, town)[0]) == len(shapes) == 19
