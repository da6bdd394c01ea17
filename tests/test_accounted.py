"""Every real file is met by the loader a user would meet it by, and nothing and nobody of it is lost.

Read = used + rejected, each rejection with its reason; and read is what a plain count of the file's rows, objects or
people gives. A file that is in none of the tables below makes the test fail, so that none is forgotten.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import plain_counts as plain
import pyogrio
import pytest
import rasterio
from rasterio.warp import transform_bounds
from real_places import maps
from seed_files import CATEGORIES
from shapely import box

from geokehila.doctor import files as doctor
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import buildings, municipal, osm, plans, stops, terrain, zonings
from geokehila.load.population import census, outlines, socioeconomic, statistical_areas, user_zones
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM, WGS84
from geokehila.study import Study

pytestmark = pytest.mark.shared
UTM_28N, UTM_22S = "EPSG:32628", "EPSG:31982"


@dataclass(frozen=True)
class Books:
    """What a loader says of a file, and by kind what a plain count finds in it; people where the file counts some."""

    ledgers: Sequence[Ledger]
    counted: Mapping[str, int]
    people: float = 0.0
    people_counted: float = 0.0


Loader = Callable[[Path], Books]


def mapped(path: Path) -> Books:
    """OpenStreetMap data in one file."""
    return Books(osm.read([path], CATEGORIES, ISRAEL_TM, ()).ledgers, plain.objects([path]))


def graph(path: Path) -> Books:
    return Books(osm.read([path], CATEGORIES, ISRAEL_TM, ()).ledgers, {"street": plain.edges(path)})


def some(held: pd.Series, codes: Iterable[int], step: int) -> list[int]:
    """Every so many of the localities, of which a file holds as many rows each as a plain count finds."""
    counted = Counter(codes)
    assert held.dropna().astype(int).value_counts().to_dict() == counted
    return sorted(counted)[::step]


def each(codes: Iterable[int], *readers: Callable[[int], tuple[Any, Ledger]]) -> tuple[list[Any], list[Ledger]]:
    """What readers give of localities, and their ledgers."""
    made = [reader(code) for code in codes for reader in readers]
    return [table for table, _ in made], [ledger for _, ledger in made]


def persons(tables: Iterable[pd.DataFrame]) -> float:
    """Everybody whom tables ``zone_people`` count, by their totals."""
    return float(sum(table.loc[table["group"] == "total", "people"].sum() for table in tables))


def areas(locality: str, people: str | None, per_code: int = 1, step: int = 1) -> Loader:
    """Statistical areas of localities, and whom the layer counts in them.

    `locality` is the column of their codes, the last digits of which divide a locality where `per_code` is not 1.
    """

    def load(path: Path) -> Books:
        rows = pyogrio.read_dataframe(path, read_geometry=False).dropna(subset=locality)
        code = (rows[locality] // per_code).astype(int)
        layer = statistical_areas.opened(path, ISRAEL_TM)
        chosen = some(statistical_areas.localities(layer), code, step)
        own = rows[code.isin(chosen)]
        _, ledgers = each(chosen, lambda code: statistical_areas.areas(layer, code))
        told, more = each(chosen, lambda code: statistical_areas.counted(layer, code))
        counted = {"area": len(own)} | ({"people": len(own)} if people else {})
        return Books([*ledgers, *more], counted, persons(told), float(own[people].sum()) if people else 0.0)

    return load


def workbook(path: Path) -> Books:
    """The census: the rows of localities, and whom their areas count, or their only row."""
    rows = pd.read_excel(path, header=1, engine="calamine").dropna(subset="LocalityCode")
    book = census.opened(path)
    chosen = some(census.localities(book), rows["LocalityCode"].astype(int), 9)
    told, ledgers = each(chosen, lambda code: census.areas(book, code))
    own = rows[rows["LocalityCode"].isin(chosen)]
    has_areas = own.groupby("LocalityCode")["StatArea"].transform("count") > 0
    people = own.loc[own["StatArea"].notna() | ~has_areas, "pop_approx"].sum()
    return Books(ledgers, {"census row": len(own)}, persons(told), float(people))


def index(path: Path) -> Books:
    """The socio-economic index: the rows of localities, and whom their areas count, or their only row.

    Rows of regional councils have no code of a locality.
    """
    table, rows = socioeconomic.opened(path), [row for row in plain.rows(path) if row["town_code"] != "NA"]
    chosen = some(socioeconomic.localities(table), (int(row["town_code"]) for row in rows), 1)
    told, ledgers = each(chosen, lambda code: socioeconomic.areas(table, code))
    divided = {row["town_code"] for row in rows if row["STAT19"] != "NA"}
    people = [float(r["Pop2019"]) for r in rows if r["STAT19"] != "NA" or r["town_code"] not in divided]
    return Books(ledgers, {"index row": len(rows)}, persons(told), sum(people))


def localities(column: str, step: int = 1) -> Loader:
    """Outlines of localities by their codes."""

    def load(path: Path) -> Books:
        layer, codes = outlines.opened(path, ISRAEL_TM), [int(row[column]) for row in plain.features(path)]
        chosen = some(outlines.localities(layer), codes, step)
        _, ledgers = each(chosen, lambda code: outlines.outline(layer, code))
        return Books(ledgers, {"outline": sum(code in chosen for code in codes)})

    return load


def cells(path: Path) -> Books:
    """Zones as H3 cells, with their residents."""
    pytest.importorskip("h3")
    rows = plain.rows(path)
    _, people, ledger = user_zones.polygons(path, UTM_22S, "id", "population")
    return Books([ledger], {"zone": len(rows)}, persons([people]), sum(float(row["population"]) for row in rows))


def neighbourhoods(path: Path) -> Books:
    """Outlines to sum homes over: a layer, or a folder with one for each town."""
    town = gpd.GeoSeries([box(34.74, 31.20, 34.85, 31.30)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    layers = sorted(path.iterdir()) if path.is_dir() else [path]
    ledgers = [zonings.neighbourhoods(one, Study.of("beer-sheva"), town)[1] for one in layers]
    return Books(ledgers, {"neighbourhood": sum(len(plain.features(one)) for one in layers)})


def places(category: str, crs: str = ISRAEL_TM) -> Loader:
    """A list of places of one category."""

    def load(path: Path) -> Books:
        rows = plain.rows(path) if path.suffix == ".csv" else plain.features(path)
        return Books([municipal.read(path, category, crs).ledger], {"place": len(rows)})

    return load


def footprints(path: Path) -> Books:
    """Around Bir Hadaj, where hardly a building is mapped; every footprint is in the data or outside them."""
    around = gpd.GeoSeries([box(34.66, 31.00, 34.74, 31.06)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    columns = {"building_id": "str", "building": "str", "levels": float, "flats": float, "facility": bool}
    none = gpd.GeoDataFrame(pd.DataFrame(columns=[*columns, "purpose"]).astype(columns), geometry=[], crs=ISRAEL_TM)
    both, _, ledger = buildings.complete(none.astype({"purpose": "str"}), path, around)
    assert len(both) > 0 and both.geometry.intersects(around).all()
    return Books([ledger], {"building": pyogrio.read_info(path)["features"]})


def designations(path: Path) -> Books:
    extent = gpd.GeoSeries([box(*pyogrio.read_info(path)["total_bounds"])], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    return Books([plans.read([path], ISRAEL_TM, extent).ledger], {"plan cell": len(plain.features(path))})


def heights(crs: str) -> Loader:
    """A model of heights, asked for a square kilometre in its middle."""

    def load(path: Path) -> Books:
        with rasterio.open(path) as raster:
            west, south, east, north = transform_bounds(raster.crs, crs, *raster.bounds)
        x, y = (west + east) / 2, (south + north) / 2
        return Books([terrain.read([path], crs, (x - 500, y - 500, x + 500, y + 500))[1]], {"tile": 1})

    return load


def timetable(crs: str, *around: float) -> Loader:
    def load(path: Path) -> Books:
        extent = gpd.GeoSeries([box(*around)], crs=WGS84).to_crs(crs).iloc[0]
        paths = sorted(path.iterdir()) if path.is_dir() else [path]
        return Books([stops.read(paths, extent, crs).ledger], {"stop": plain.stops(path)})

    return load


ISRAEL = (34.0, 29.0, 36.0, 33.5)
#: Each file or folder, and what reads it.
FILES: Mapping[str, Loader] = {
    "negev/mefalsim_2016.osm": mapped,
    "eilat/overpass_tracks_region.json": mapped,
    "metula/osmnx_drive.graphml": graph,
    "negev/statistical_areas_2011_demography.geojson": areas("SEMEL_YISHUV", "Pop_Total", step=2),
    "national/statistical_areas_2011_simplified.geojson": areas("YISHUV_STAT11", "eligible_voters_2022", 10_000, 25),
    "eilat/statistical_areas_2022": areas("SEMEL_YISH", None),
    "national/census_2022_by_statistical_area.xlsx": workbook,
    "national/socioeconomic_2019/Socio-Economical 2019.csv": index,
    "national/locality_polygons.geojson": localities("lms_code", 25),
    "national/city_boundaries.geojson": localities("muni_id"),
    "national/town_boundaries.geojson": localities("muni_id"),
    "national/municipal_boundaries": neighbourhoods,
    "national/neighbourhoods.geojson": neighbourhoods,
    "porto_alegre/poa_hexgrid.csv": cells,
    "beersheva/public_shelters.geojson": places("shelter"),
    "beersheva/public_shelters.csv": places("shelter"),
    "negev/bedouin_shelters.geojson": places("shelter"),
    "national/osm_parks_selected_towns.geojson": places("park"),
    "porto_alegre/poa_points_of_interest.csv": places("culture", UTM_22S),
    "negev/ms_buildings.gpkg": footprints,
    "national/xplan_landuse_jerusalem_sample.geojson": designations,
    "beersheva/gtfs_2017": timetable(ISRAEL_TM, *ISRAEL),
    "national/gtfs_sample_2019.zip": timetable(ISRAEL_TM, *ISRAEL),
    "las_palmas/gtfs_2023.zip": timetable(UTM_28N, -15.6, 28.0, -15.3, 28.3),
    "porto_alegre/poa_eptc.zip": timetable(UTM_22S, -52.0, -31.0, -50.0, -29.0),
    "porto_alegre/poa_elevation.tif": heights(UTM_22S),
    "terrain/carmel_akko_nahariya_90m.tif": heights(ISRAEL_TM),
    "terrain/katzrin_kinneret_30m.tif": heights(ISRAEL_TM),
}

#: Maps that the runs of `test_real_places.py` read, and where their objects are counted, each by its study.
OF_RUNS: Mapping[str, str] = {
    "netanya_poleg/map.osm": "netanya-poleg",
    "las_palmas/las_palmas_2023-02-21.osm.pbf": "las-palmas",
    "porto_alegre/poa_osm.pbf": "porto-alegre",
    "beersheva/overpass_buildings": "beer-sheva",
    "eilat/osmnx_drive.graphml": "eilat",
}
#: Files without a role: the doctor names each, and shows how it would be read if it is a list of places, by these
#: columns of longitude and latitude.
NO_ROLE: Mapping[str, tuple[str, str] | None] = {
    "beersheva/street_lights.csv": ("lon", "lat"),
    "beersheva/walk_routes_reported.csv": None,
    "beersheva/walk_routes_union_edges.geojson": None,
    "national/alert_areas_polygons.json.zip": None,
    "national/bycode2019.csv": None,
    "national/localities_2021.csv": ("coordinates_wgs84_longitude", "coordinates_wgs84_latitude"),
    "national/municipalities_population_built_area_2022.csv": None,
}
#: Files that look like those of a role and are not read as such: their reader says in one line what it would have.
REFUSED: Mapping[str, Callable[[Path], object]] = {
    "beersheva/neighbourhood_rings_latlon.json": neighbourhoods,
    "national/socioeconomic_2019/areas.xlsx": socioeconomic.opened,
    "national/socioeconomic_2019/authorities.xlsx": socioeconomic.opened,
    "national/socioeconomic_2019/localities.xlsx": socioeconomic.opened,
}
#: What says what the others are.
NO_DATA = {"README.md"}


def test_no_file_is_forgotten(shared: Path) -> None:
    known = [*FILES, *OF_RUNS, *NO_ROLE, *REFUSED, *NO_DATA]
    files = [path.relative_to(shared).as_posix() for path in sorted(shared.rglob("*")) if path.is_file()]
    met = {file: [name for name in known if f"{file}/".startswith(f"{name}/")] for file in files}
    assert {file: names for file, names in met.items() if len(names) != 1} == {}
    assert [name for name in known if not (shared / name).exists()] == []
    of_studies = {slug: [str(path) for path in maps(slug, shared, Path())] for slug in OF_RUNS.values()}
    assert [n for n, slug in OF_RUNS.items() if not any(p.startswith(str(shared / n)) for p in of_studies[slug])] == []


@pytest.mark.parametrize("name", FILES)
def test_read_is_used_and_rejected_and_what_a_plain_count_finds(shared: Path, name: str) -> None:
    books = FILES[name](shared / name)
    read, used = Counter[str](), Counter[str]()
    for ledger in books.ledgers:
        print(f"\n{name}: {ledger.balance().counts()}", *ledger.notices, sep="\n    ")
        for kind, count in ledger.balance().counts().items():
            reasons: Mapping[str, int] = count["rejected"]  # type: ignore[assignment]
            assert all(reasons) and count["read"] == count["used"] + sum(reasons.values())  # type: ignore[operator]
            read[kind] += count["read"]  # type: ignore[operator]
            used[kind] += count["used"]  # type: ignore[operator]
    assert {kind: read[kind] for kind in books.counted} == dict(books.counted)
    assert used.total() > 0
    assert books.people == pytest.approx(books.people_counted, abs=1e-6)


@pytest.mark.parametrize("name", NO_ROLE)
def test_a_file_without_a_role_is_named_by_the_doctor(shared: Path, name: str) -> None:
    path = shared / name
    (finding,) = doctor.examine(Study.of("beer-sheva"), Inputs({}, (path.name,), path.parent))
    assert (finding.subject, finding.state) == ("unread", "look") and finding.found.startswith(f"{path.name}: plays no")
    told = re.search(r"(\d+) rows, (\d+) with usable coordinates", finding.next)
    assert (told is None) == (NO_ROLE[name] is None)
    if told and (columns := NO_ROLE[name]):
        rows = plain.rows(path)
        lon, lat = ([float(row[column] or "nan") for row in rows] for column in columns)
        in_israel = sum(34 <= x <= 36 and 29 <= y <= 34 for x, y in zip(lon, lat, strict=True))
        assert tuple(map(int, told.groups())) == (len(rows), in_israel)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_no_loader_takes_is_refused_in_one_line(shared: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"\A[^\n]+: [^\n]+\Z") as fault:
        REFUSED[name](shared / name)
    assert str(fault.value).startswith(Path(name).name)


def test_a_neighbourhood_outline_has_no_id_of_its_own(shared: Path) -> None:
    """1,179 outlines bear the names of quarters, which towns share: as zones they are refused by one that repeats."""
    path = shared / "national" / "neighbourhoods.geojson"
    with pytest.raises(InputError, match=r"neighbourhood_he .* stands in two rows: merge them or number them apart"):
        user_zones.polygons(path, ISRAEL_TM, "neighbourhood_he")
