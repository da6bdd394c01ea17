"""Statistical areas: hand-made layers in every spelling, then the real ones."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geokehila.errors import InputError
from geokehila.load.population import statistical_areas
from geokehila.schema import ISRAEL_TM

# GDAL warns that it cuts the names of a Shapefile and keeps the whole numbers of a FileGDB as floats.
pytestmark = pytest.mark.filterwarnings("ignore:Normalized/laundered", "ignore:Field .* of type Integer64")

X, Y = 180_000, 570_000


def square(column: int, size: int = 100) -> Polygon:
    return box(X + 100 * column, Y, X + 100 * column + size, Y + size)


def layer(count: int = 3, **columns: object) -> gpd.GeoDataFrame:
    keys = {"SEMEL_YISHUV": 9000, "STAT11": range(11, 11 + count)}
    return gpd.GeoDataFrame(keys | columns, geometry=[square(i) for i in range(count)], crs=ISRAEL_TM)


def write(frame: gpd.GeoDataFrame, path: Path, **options: str) -> Path:
    pyogrio.write_dataframe(frame, path, driver="OpenFileGDB" if path.suffix == ".gdb" else None, **options)
    return path


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    return write(layer(Pop_Total=[10, 0, None]), tmp_path / "areas.gpkg")


def test_a_layer_gives_zones_in_order(areas: Path) -> None:
    zones, ledger = statistical_areas.read(areas, 9000, ISRAEL_TM)
    assert zones.columns.tolist() == statistical_areas.COLUMNS
    assert zones.zone_id.tolist() == ["9000-11", "9000-12", "9000-13"]
    assert zones.land_m2.tolist() == [10_000.0] * 3
    assert set(zones.vintage) == {"2011"}
    assert zones[["name_he", "name_en", "function"]].isna().all(axis=None)
    assert ledger.counts() == {"area": {"read": 3, "used": 3, "rejected": {}}}


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.geojson", "areas.gdb", "אזורים סטטיסטיים.shp"])
@pytest.mark.parametrize("crs", [ISRAEL_TM, "EPSG:4326"])
def test_every_format_and_crs_gives_the_same_zones(tmp_path: Path, name: str, crs: str) -> None:
    columns = {"SHEM_YISHUV": "באר שבע", "SHEM_YISHUV_ENGLISH": "BE'ER SHEVA", "YISHUV_STAT_2022": 26000011}
    frame = layer(1, **columns, STAT_2022=11, COD_TIFKUD=6).drop(columns="STAT11").assign(SEMEL_YISHUV=2600)
    path = write(frame.to_crs(crs), tmp_path / name)
    zones, _ = statistical_areas.read(path, 2600, ISRAEL_TM)
    assert zones[["zone_id", "function", "vintage"]].to_numpy().tolist() == [["2600-11", "public", "2022"]]
    assert zones.land_m2.iloc[0] == pytest.approx(10_000, rel=1e-4)
    assert zones.crs == ISRAEL_TM


def test_keys_may_be_text_padded_lower_case_or_one_number(tmp_path: Path) -> None:
    text = layer(2, STAT11=["011", "12"]).assign(SEMEL_YISHUV=["09000", "9000"]).rename(columns=str.lower)
    for frame in (text, layer(2, YISHUV_STAT11=[90000011, 90000012]).drop(columns=["SEMEL_YISHUV", "STAT11"])):
        zones, _ = statistical_areas.read(write(frame, tmp_path / f"{len(frame.columns)}.gpkg"), 9000, ISRAEL_TM)
        assert zones.zone_id.tolist() == ["9000-11", "9000-12"]


def test_unlabelled_land_is_no_area_and_no_locality(tmp_path: Path) -> None:
    frame = layer(3).assign(
        SEMEL_YISHUV=[9000, 9000, None], STAT11=[11, None, None], YISHUV_STAT11=[90000011, None, 9971]
    )
    _, ledger = statistical_areas.read(path := write(frame, tmp_path / "a.gpkg"), 9000, ISRAEL_TM)
    assert ledger.counts() == {"area": {"read": 2, "used": 1, "rejected": {"null key": 1}}}
    with pytest.raises(InputError, match="locality 9971"):
        statistical_areas.read(path, 9971, ISRAEL_TM)


def test_shapes_are_repaired_dissolved_or_rejected(tmp_path: Path) -> None:
    bowtie = Polygon([(X, Y), (X + 2, Y + 2), (X + 2, Y), (X, Y + 2)])
    collection, line = GeometryCollection([square(5), Point(X, Y)]), LineString([(X, Y), (X, Y + 1)])
    shapes = [square(0), square(1), bowtie, collection, line, MultiPolygon([square(7), square(9)]), None]
    frame = gpd.GeoDataFrame({"SEMEL_YISHUV": 9000, "STAT11": [1, 1, 2, 3, 4, 5, 6]}, geometry=shapes, crs=ISRAEL_TM)
    zones, ledger = statistical_areas.read(write(frame, tmp_path / "a.gpkg"), 9000, ISRAEL_TM)
    assert zones.zone_id.tolist() == ["9000-1", "9000-2", "9000-3", "9000-5"]
    assert zones.land_m2.tolist() == [20_000, 2, 10_000, 20_000]
    assert zones.is_valid.all() and set(zones.geom_type) <= {"Polygon", "MultiPolygon"}
    assert ledger.counts() == {"area": {"read": 7, "used": 5, "rejected": {"empty geometry": 1, "not polygonal": 1}}}


@pytest.mark.parametrize(("encoding", "page"), [("cp1255", True), ("cp1255", False), ("utf-8", True)])
def test_hebrew_in_a_dbf_never_stops_the_keys(tmp_path: Path, encoding: str, page: bool) -> None:
    path = write(layer(1, COD_TIFKUD=2, SHEM="תעשייה"), tmp_path / "areas.shp", encoding=encoding)
    if not page:
        path.with_suffix(".cpg").unlink()
    zones, _ = statistical_areas.read(path, 9000, ISRAEL_TM)
    assert zones[["zone_id", "function"]].to_numpy().tolist() == [["9000-11", "industry"]]


def test_function_from_hebrew_text(tmp_path: Path) -> None:
    texts = ["מגורים", "שטח פתוח", None]
    zones, _ = statistical_areas.read(write(layer(Main_Function_Txt=texts), tmp_path / "a.gpkg"), 9000, ISRAEL_TM)
    assert zones.function.dropna().tolist() == ["residential", "open"]
    assert zones.function.isna().tolist() == [False, False, True]


def test_the_layer_with_keys_is_chosen_among_several(tmp_path: Path) -> None:
    path = write(layer().drop(columns="STAT11"), tmp_path / "many.gpkg", layer="a_first")
    write(layer(), path, layer="statistical_areas")
    assert len(statistical_areas.read(path, 9000, ISRAEL_TM)[0]) == 3


def test_people_keep_zero_and_missing_apart(areas: Path) -> None:
    people, ledger = statistical_areas.people(areas, 9000)
    assert people[["zone_id", "group"]].to_numpy().tolist() == [[f"9000-{a}", "total"] for a in (11, 12, 13)]
    assert people.people.iloc[:2].tolist() == [10, 0] and pd.isna(people.people.iloc[2])
    assert people.reason.iloc[2] == "no count in the source" and people.reason.iloc[:2].isna().all()
    assert people.attrs == {"weights": "residents", "ages_scaled": 0, "united": []}
    assert ledger.counts()["people"]["used"] == 3


def ages(*columns: list[float | None]) -> dict[str, list[float | None]]:
    names = [f"age_{low}_{low + 4}" for low in range(0, 85, 5)] + ["age_85_up"]
    return {name: [area[i] for area in columns] for i, name in enumerate(names)}


def test_whole_ages_are_scaled_and_suppressed_ones_are_not(tmp_path: Path) -> None:
    # 18 bands of 10 make 180 against 90: each is halved. A blank band hides 2 people: the others are as published.
    bands = ages([10] * 18, [10] * 17 + [None], [10] * 18)
    path = write(layer(Pop_Total=[90, 172, 180], **bands), tmp_path / "a.gpkg")
    people, _ = statistical_areas.people(path, 9000)
    wide = people.pivot(index="zone_id", columns="group", values="people")
    assert wide.loc["9000-11"].drop("total").tolist() == [5.0] * 18
    assert wide.loc["9000-12", "0-4"] == 10 and pd.isna(wide.loc["9000-12", "85+"])
    assert wide.loc["9000-13", "40-44"] == 10
    assert people.attrs["ages_scaled"] == 1


def test_people_counted_with_another_area_say_so(tmp_path: Path) -> None:
    columns = {"Pop_Total": [10, None, 5], "Stat11_Unite": ["11+12", None, "13"], "Stat11_Ref": [None, "11", None]}
    people, _ = statistical_areas.people(write(layer(**columns), tmp_path / "a.gpkg"), 9000)
    assert people.reason.iloc[1] == "counted in area 11"
    assert people.attrs["united"] == ["11+12"]


def test_voters_where_there_is_nothing_else_even_cut(tmp_path: Path) -> None:
    path = write(layer(eligible_voters_2022=[1, 2, 3]), tmp_path / "a.shp")
    people, _ = statistical_areas.people(path, 9000)
    assert people.people.tolist() == [1, 2, 3] and people.attrs["weights"] == "voters"


def test_no_population_column_gives_an_empty_table(tmp_path: Path) -> None:
    people, ledger = statistical_areas.people(write(layer(), tmp_path / "a.gpkg"), 9000)
    assert people.empty and ledger.counts() == {}


def test_pieces_of_an_area_are_counted_once_or_clash(tmp_path: Path) -> None:
    pieces = layer(3, STAT11=[1, 1, 2], Pop_Total=[7, 7, 7])
    people, ledger = statistical_areas.people(write(pieces, tmp_path / "a.gpkg"), 9000)
    assert people.people.tolist() == [7, 7]
    assert ledger.counts()["people"]["rejected"] == {"repeats the count of its area": 1}
    with pytest.raises(InputError, match="9000-1 has two different counts"):
        statistical_areas.people(write(pieces.assign(Pop_Total=[7, 8, 7]), tmp_path / "b.gpkg"), 9000)


def test_errors_are_one_line_with_what_and_remedy(tmp_path: Path, areas: Path) -> None:
    (tmp_path / "broken.gpkg").write_text("no map")
    itm_as_degrees = layer().set_crs("EPSG:4326", allow_override=True)
    files = {
        "cannot be read": tmp_path / "broken.gpkg",
        "absent.gpkg: cannot be read": tmp_path / "absent.gpkg",
        "do not fit its CRS": write(itm_as_degrees, tmp_path / "degrees.gpkg"),
        "no CBS keys .* SEMEL_YISHUV, geometry": write(layer().drop(columns="STAT11"), tmp_path / "nokeys.gpkg"),
        "both 2011 and 2022": write(layer(STAT_2022=1), tmp_path / "both.gpkg"),
    }
    with pytest.warns(UserWarning, match="crs"):
        files["no CRS stated"] = write(layer().set_crs(None, allow_override=True), tmp_path / "nocrs.gpkg")
    for message, path in files.items():
        with pytest.raises(InputError, match=message) as fault:
            statistical_areas.read(path, 9000, ISRAEL_TM)
        assert "\n" not in str(fault.value)
    with pytest.raises(InputError, match=r"locality 70 is not among its 1 .nearest: 9000.: check"):
        statistical_areas.read(areas, 70, ISRAEL_TM)


@pytest.mark.shared
def test_a_regional_council_has_land_and_no_area(shared: Path) -> None:
    path = shared / "negev" / "statistical_areas_2011_demography.geojson"
    zones, ledger = statistical_areas.read(path, 5541, ISRAEL_TM)
    assert zones.empty and ledger.counts()["area"]["rejected"] == {"null key": 1}
    assert statistical_areas.people(path, 5541)[0].empty


@pytest.mark.shared
def test_beer_sheva_2011(shared: Path) -> None:
    path = shared / "negev" / "statistical_areas_2011_demography.geojson"
    zones, _ = statistical_areas.read(path, 9000, ISRAEL_TM)
    people, _ = statistical_areas.people(path, 9000)
    total = people[people.group == "total"]
    assert len(zones) == len(total) == 62 and set(zones.zone_id) == set(total.zone_id)
    assert total.people.sum() == 210_587 and total.people.isna().sum() == 3
    assert set(total.reason.dropna()) == {"counted in area 645"}
    assert people.attrs == {"weights": "residents", "ages_scaled": 0, "united": ["645+646+647+648"]}
    published = pyogrio.read_dataframe(path, read_geometry=False).query("SEMEL_YISHUV == 9000")
    assert people[people.group == "85+"].people.sum() == published.age_85_up.sum()


@pytest.mark.shared
def test_eilat_2022_cut_names(shared: Path) -> None:
    path = shared / "eilat" / "statistical_areas_2022" / "statistical_areas_2022.shp"
    zones, _ = statistical_areas.read(path, 2600, ISRAEL_TM)
    assert len(zones) == 25 and set(zones.vintage) == {"2022"}
    assert zones.function.value_counts().to_dict() == {"residential": 17, "open": 4, "public": 3, "industry": 1}
    assert statistical_areas.people(path, 2600)[0].empty


@pytest.mark.shared
def test_netanya_from_the_national_layer(shared: Path) -> None:
    path = shared / "national" / "statistical_areas_2011_simplified.geojson"
    assert pyogrio.read_info(path)["features"] == 2140
    assert len(statistical_areas.read(path, 7400, ISRAEL_TM)[0]) == 38
    people, _ = statistical_areas.people(path, 7400)
    assert people.attrs["weights"] == "voters" and len(people) == 38


@pytest.mark.parametrize("name", ["netanya", "נתניה", "No such town"])
def test_the_code_of_a_town_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    frame = layer(2, SEMEL_YISHUV=[7400, 7]).assign(Shem_Yishuv_English=["NETANYA", "SHAHAR"])
    path = write(frame.assign(Shem_Yishuv=["נתניה", "שחר"]), tmp_path / "areas.gpkg")
    found = statistical_areas.codes_of(statistical_areas.opened(path, None), [name])
    assert found == (() if " " in name else (7400,))
