"""The user's polygons, H3 cells and the hexagonal grid."""

import sys
from math import hypot, sqrt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from geokehila.catalogue import City
from geokehila.errors import InputError, StudyError
from geokehila.load.population import user_zones, zone_people
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.study import Study, ZoneChoice


def square(column: int) -> Polygon:
    return box(180_000 + 100 * column, 570_000, 180_100 + 100 * column, 570_100)


def write(path: Path, ids: list[object], people: list[object] | None = None, crs: str = ISRAEL_TM) -> Path:
    shapes = [square(i) for i in range(len(ids))]
    columns = {"quarter": ids} | ({} if people is None else {"residents": people})
    pyogrio.write_dataframe(gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM).to_crs(crs), path)
    return path


def test_polygons_with_people(tmp_path: Path) -> None:
    path = write(tmp_path / "z.gpkg", ["שכונה ב", "שכונה א", "07"], [3, None, 0], crs="EPSG:4326")
    zones, people, ledger = user_zones.polygons(path, ISRAEL_TM, "quarter", "residents")
    assert zones.zone_id.tolist() == ["07", "שכונה א", "שכונה ב"] and set(zones.vintage) == {"user"}
    assert zones.land_m2.tolist() == pytest.approx([10_000] * 3, rel=1e-6)
    assert people.people.fillna(-1).tolist() == [0, -1, 3]
    assert people.reason.fillna("").tolist() == ["", "no count in the source", ""]
    assert ledger.counts() == {"zone": {"read": 3, "used": 3, "rejected": {}}}


def test_zones_are_called_what_the_layer_calls_them(tmp_path: Path) -> None:
    columns = {"رقم": [3, 1, 2], "اسم الحارة": ["حارة الشمال", "الحارة الوسطى", "7"], "name_en": ["North", None, None]}
    frame = gpd.GeoDataFrame(columns, geometry=[square(i) for i in range(3)], crs=ISRAEL_TM)
    pyogrio.write_dataframe(frame, path := tmp_path / "z.geojson")
    zones, _, _ = user_zones.polygons(path, ISRAEL_TM, "رقم")
    assert zones.zone_id.tolist() == ["1", "2", "3"]
    assert zones.name_ar.fillna("").tolist() == ["الحارة الوسطى", "", "حارة الشمال"], "a number is no name"
    assert zones.name_en.fillna("").tolist() == ["", "", "North"] and zones.name_he.isna().all()


def test_residents_are_read_as_people_write_them(tmp_path: Path) -> None:
    """Digits of Arabic and Persian, units in Hebrew and Arabic, thousands and directions of text."""
    told = {
        "١٢٠": 120,
        "۳۴": 34,
        "12 נפש": 12,
        "6 نفوس": 6,
        "١٬٢٠٠ نسمة": 1200,
        "כ-80 תושבים": 80,
        "\u200f٧": 7,
        None: -1,
    }
    path = write(tmp_path / "z.geojson", [*range(1, 9)], [*told])
    _, people, _ = user_zones.polygons(path, ISRAEL_TM, "quarter", "residents")
    assert people.people.fillna(-1).tolist() == [*told.values()]


@pytest.mark.parametrize("cell", ["١٢٠ أو ١٣٠", "-٥", "عشرة", "12 בתים"])
def test_what_is_no_number_of_residents_stops_in_any_script(tmp_path: Path, cell: str) -> None:
    path = write(tmp_path / "z.geojson", ["a", "b"], ["١", cell])
    with pytest.raises(InputError, match=f"row 2: residents is {cell!r}: write a number of residents from 0"):
        user_zones.polygons(path, ISRAEL_TM, "quarter", "residents")


def test_polygons_without_people_and_with_gaps_in_their_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "z.gpkg", [7, None, 9])
    zones, people, ledger = user_zones.polygons(path, ISRAEL_TM, "quarter")
    assert zones.zone_id.tolist() == ["7", "9"] and people.empty
    assert ledger.counts() == {"zone": {"read": 3, "used": 2, "rejected": {"null key": 1}}}


def test_people_of_a_row_without_a_polygon_are_named(tmp_path: Path) -> None:
    shapes = [Point(180_000, 570_000), box(180_000, 570_000, 180_001, 570_001)]
    frame = gpd.GeoDataFrame({"q": ["a", "b"], "n": [1, 2]}, geometry=shapes, crs=ISRAEL_TM)
    pyogrio.write_dataframe(frame, path := tmp_path / "z.gpkg", geometry_type="Unknown")
    zones, people, ledger = user_zones.polygons(path, ISRAEL_TM, "q", "n")
    assert zones.zone_id.tolist() == people.zone_id.tolist() == ["b"]
    assert ledger.counts()["zone"]["rejected"] == {"not polygonal": 1}
    assert people.attrs["unplaced"] == 1
    assert [(notice.name, notice.text) for notice in ledger.notices] == [
        ("people_without_zone", "1 people of 1 rows without an id or a polygon, the first row 1, stand in no zone: "
         "mend these rows"),
    ]  # fmt: skip


def test_people_of_rows_that_are_no_zone_stand_nowhere_and_stay_in_the_sum(tmp_path: Path) -> None:
    """Rows without a shape (5,000), without an id (200) and with nobody; a blank count is nobody's."""
    shapes = [square(0), square(1), None, square(2), None, None]
    columns = {"id": ["a", "b", "c", None, "d", "e"], "population": [3000, 3000, 5000, 200, 0, None]}
    gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM).to_file(path := tmp_path / "zones.gpkg")
    study = Study(city=City("oz", 9996, {"he": "עוז", "en": "Oz"}), zones=ZoneChoice(kind="polygons"))
    found = zone_people.read(study, Inputs({"zones": (path,)}, ()), square(0))
    assert found.people["people"].tolist() == [3000, 3000] and found.in_no_area == 5200
    assert found.totals == {"source": 11_200, "undrawn": 5200}
    (text,) = [n.text for ledger in found.ledgers for n in ledger.notices if n.name == "people_without_zone"]
    assert text.startswith("5,200 people of 2 rows without an id or a polygon, the first row 3,")


def test_where_nobody_is_counted_nobody_stands_nowhere(tmp_path: Path) -> None:
    path = write(tmp_path / "z.gpkg", ["a", None], [5, 7])
    _, people, ledger = user_zones.polygons(path, ISRAEL_TM, "quarter")
    assert people.attrs["unplaced"] == 0 and ledger.notices == []


def test_faults_name_the_row(tmp_path: Path) -> None:
    cases = {
        "row 2: residents is '-4'": [1, -4],
        "row 2: residents is 'many'": ["1", "many"],
    }
    for number, (message, people) in enumerate(cases.items()):
        with pytest.raises(InputError, match=message):
            user_zones.polygons(
                write(tmp_path / f"{number}.gpkg", ["a", "b"], people), ISRAEL_TM, "quarter", "residents"
            )
    path = write(tmp_path / "twice.gpkg", ["a", "a"])
    with pytest.raises(InputError, match="quarter 'a' stands in two rows"):
        user_zones.polygons(path, ISRAEL_TM, "quarter")
    with pytest.raises(InputError, match="column 'id' absent among quarter, geometry"):
        user_zones.polygons(path, ISRAEL_TM, "id")


CELLS = ["89a901291abffff", "89a9012a3cfffff"]


def test_h3_cells_are_hexagons(tmp_path: Path) -> None:
    pytest.importorskip("h3")
    pd.DataFrame({"id": [*CELLS, None], "population": [5, None, 1]}).to_csv(path := tmp_path / "h.csv", index=False)
    zones, people, ledger = user_zones.polygons(path, "EPSG:31982", "id", "population")
    assert zones.zone_id.tolist() == CELLS and people.people.fillna(-1).tolist() == [5, -1]
    assert zones.geometry.count_coordinates().tolist() == [7, 7]
    # The cells' centres as the source file gives them.
    centres = gpd.points_from_xy(
        [-51.1582459466033, -51.2118666785315], [-30.0538460280879, -30.1005760100267], crs=WGS84
    )
    assert (zones.centroid.distance(gpd.GeoSeries(centres).to_crs("EPSG:31982")) < 1).all()
    assert ledger.counts()["zone"]["rejected"] == {"null key": 1}


def test_h3_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("h3")
    pd.DataFrame({"id": [CELLS[0], "Jaffa"]}).to_csv(path := tmp_path / "h.csv", index=False)
    with pytest.raises(InputError, match="row 3: 'Jaffa' is no H3 cell"):
        user_zones.polygons(path, ISRAEL_TM, "id")
    with pytest.raises(InputError, match=r"absent.csv: cannot be read"):
        user_zones.polygons(tmp_path / "absent.csv", ISRAEL_TM, "id")
    monkeypatch.setitem(sys.modules, "h3", None)
    with pytest.raises(InputError, match=r"pip install geokehila\[h3\]"):
        user_zones.polygons(path, ISRAEL_TM, "id")


def test_one_hexagon_by_hand() -> None:
    zones = user_zones.hexagons(Point(1, 1), 100, ISRAEL_TM)
    assert zones.zone_id.tolist() == ["h0_0"] and zones.vintage.tolist() == ["user"] and zones.crs == ISRAEL_TM
    assert zones.land_m2.item() == pytest.approx(1.5 * sqrt(3) * 100**2)
    height = 50 * sqrt(3)
    assert zones.total_bounds.tolist() == pytest.approx([-100, -height, 100, height])
    # One step along q lies 1.5 edges east and half a height north; one along r a height north.
    assert user_zones.hexagons(Point(150, height), 100, ISRAEL_TM).zone_id.tolist() == ["h1_0"]
    assert user_zones.hexagons(Point(0, 2 * height), 100, ISRAEL_TM).zone_id.tolist() == ["h0_1"]


@pytest.mark.parametrize("edge_m", [0, -1, float("nan"), float("inf")])
def test_an_edge_must_be_a_length(edge_m: float) -> None:
    with pytest.raises(StudyError, match="edge_m"):
        user_zones.hexagons(Point(0, 0), edge_m, ISRAEL_TM)


def test_an_empty_extent_is_refused() -> None:
    with pytest.raises(StudyError, match="extent is empty"):
        user_zones.hexagons(Point(), 100, ISRAEL_TM)


places = st.tuples(st.integers(-300_000, 300_000), st.integers(-300_000, 800_000))
sizes = st.floats(1, 3000)
edges = st.sampled_from([97.3, 250.0, 400.0])


@settings(deadline=None, max_examples=60)
@given(places, sizes, sizes, edges)
def test_hexagons_are_disjoint_and_cover(place: tuple[int, int], width: float, height: float, edge_m: float) -> None:
    extent = box(*place, place[0] + width, place[1] + height)
    zones = user_zones.hexagons(extent, edge_m, ISRAEL_TM)
    union = shapely.union_all(zones.geometry.to_numpy())
    assert zones.zone_id.is_unique
    assert zones.land_m2.sum() == pytest.approx(union.area, rel=1e-9)
    assert extent.difference(union).area < 1e-6
    assert zones.intersects(extent).all()
    assert np.allclose(zones.land_m2, 1.5 * sqrt(3) * edge_m**2, rtol=1e-9)


@settings(deadline=None, max_examples=60)
@given(places, sizes, st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)), edges)
def test_a_moved_extent_keeps_the_hexagons(
    place: tuple[int, int], size: float, step: tuple[float, float], edge_m: float
) -> None:
    def cover(x: float, y: float) -> dict[str, bytes]:
        zones = user_zones.hexagons(box(x, y, x + size, y + size), edge_m, ISRAEL_TM)
        return dict(zip(zones.zone_id, shapely.to_wkb(zones.geometry.to_numpy()), strict=True))

    here, there = cover(*place), cover(place[0] + step[0], place[1] + step[1])
    shared = here.keys() & there.keys()
    assert all(here[zone] == there[zone] for zone in shared)
    # Equal shapes never bear two names.
    assert len(set(here.values()) | set(there.values())) == len(here.keys() | there.keys())
    if hypot(*step) < size / 2:
        assert shared


@pytest.mark.shared
def test_porto_alegre(shared: Path) -> None:
    pytest.importorskip("h3")
    path = shared / "porto_alegre" / "poa_hexgrid.csv"
    zones, people, ledger = user_zones.polygons(path, "EPSG:31982", "id", "population")
    assert len(zones) == 1227 and people.people.sum() == 812_935
    assert ledger.counts()["zone"]["rejected"] == {}
