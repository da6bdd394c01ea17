"""Every real file that fits a role loads by its loader: read = used + rejected, its counts printed (``pytest -s``)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from seed_files import CATEGORIES

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import municipal, osm
from geokehila.load.population import census, socioeconomic, statistical_areas, user_zones
from geokehila.schema import ISRAEL_TM

pytestmark = pytest.mark.shared
Loader = Callable[[Path], list[Ledger]]


def mapped(crs: str = ISRAEL_TM) -> Loader:
    """OpenStreetMap data: one file, or every part in a folder."""
    return lambda path: [
        *osm.read(sorted(path.glob("*.json")) if path.is_dir() else [path], CATEGORIES, crs, ()).ledgers
    ]


def areas(*codes: int) -> Loader:
    """The areas of some localities, and the people counted in them."""
    return lambda path: [
        ledger
        for code in codes
        for ledger in (statistical_areas.read(path, code, ISRAEL_TM)[1], statistical_areas.people(path, code)[1])
    ]


def counted(reader: Any, *codes: int) -> Loader:
    """The rows of some localities in a table that is opened once."""

    def load(path: Path) -> list[Ledger]:
        table = reader.opened(path)
        return [reader.areas(table, code)[1] for code in codes]

    return load


def zones(crs: str, column: str, people: str | None) -> Loader:
    return lambda path: [user_zones.polygons(path, crs, column, people)[2]]


def places(category: str) -> Loader:
    return lambda path: [municipal.read(path, category, ISRAEL_TM).ledger]


AREAS_2011, SIMPLIFIED = "negev/statistical_areas_2011_demography.geojson", "national/statistical_areas_2011_simplified"
#: File, and the loader of the role it fits.
FILES: dict[str, Loader] = {
    "netanya_poleg/map.osm": mapped(),
    "negev/mefalsim_2016.osm": mapped(),
    "las_palmas/las_palmas_2023-02-21.osm.pbf": mapped("EPSG:32628"),
    "porto_alegre/poa_osm.pbf": mapped("EPSG:31982"),
    "beersheva/overpass_buildings": mapped(),
    "eilat/overpass_tracks_region.json": mapped(),
    "eilat/osmnx_drive.graphml": mapped(),
    "metula/osmnx_drive.graphml": mapped(),
    AREAS_2011: areas(9000, 2200, 1161, 2560),
    f"{SIMPLIFIED}.geojson": areas(70, 7400, 7600, 9100, 1139, 8000, 6700, 7700, 7300, 2800, 9000),
    "eilat/statistical_areas_2022/statistical_areas_2022.shp": areas(2600),
    "national/census_2022_by_statistical_area.xlsx": counted(census, 2600, 9000, 1271, 1224, 7600, 9100),
    "national/socioeconomic_2019/Socio-Economical 2019.csv": counted(socioeconomic, 9000, 2200, 1161, 2560),
    "porto_alegre/poa_hexgrid.csv": zones("EPSG:31982", "id", "population"),
    "national/city_boundaries.geojson": zones(ISRAEL_TM, "muni_id", None),
    "national/town_boundaries.geojson": zones(ISRAEL_TM, "muni_id", None),
    "national/locality_polygons.geojson": zones(ISRAEL_TM, "lms_code", None),
    "beersheva/public_shelters.geojson": places("shelter"),
    "beersheva/public_shelters.csv": places("shelter"),
    "negev/bedouin_shelters.geojson": places("shelter"),
    "national/osm_parks_selected_towns.geojson": places("park"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_loads_and_its_books_balance(shared: Path, name: str) -> None:
    ledgers = FILES[name](shared / name)
    for ledger in ledgers:
        print(f"\n{name}: {ledger.balance().counts()}", *ledger.notices, sep="\n    ")
    used = sum(count["used"] for ledger in ledgers for count in ledger.counts().values())  # type: ignore[misc]
    assert used > 0


def test_a_neighbourhood_outline_has_no_id_of_its_own(shared: Path) -> None:
    """1,179 outlines bear the names of quarters, which towns share: as zones they are refused by one that repeats."""
    with pytest.raises(InputError, match=r"neighbourhood_he .* stands in two rows: merge them or number them apart"):
        zones(ISRAEL_TM, "neighbourhood_he", None)(shared / "national" / "neighbourhoods.geojson")
