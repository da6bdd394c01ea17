"""Areas of one's own where the bureau has none: init, the doctor and a refused run say how they are taken."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from geokehila.begin import begin
from geokehila.catalogue import City
from geokehila.catalogue.areas import ZoneChoice
from geokehila.doctor import examine
from geokehila.errors import GeoKehilaError
from geokehila.load import own_zones
from geokehila.load.population import zone_people
from geokehila.load.roles import find
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

VILLAGE = City("wadi", 0, {"he": "ואדי", "ar": "وادي", "en": "Wadi"})
HERS = ZoneChoice("polygons", "اسم الحارة", "عدد السكان")


def drawn(folder: Path, columns: dict[str, list[object]]) -> Path:
    """A layer of two squares in the folder of the village."""
    shapes = [box(180_000 + east, 570_000, 180_100 + east, 570_100) for east in (0, 100)]
    path = folder / "wadi" / "zones.geojson"
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=ISRAEL_TM).to_file(path)
    return path


def hers(folder: Path) -> Path:
    return drawn(folder, {"رقم": [1, 2], "اسم الحارة": ["الشمال", "الوسط"], "عدد السكان": [905, 607]})


def of(folder: Path) -> own_zones.Proposal | None:
    return own_zones.propose(find(Study(city=VILLAGE), folder / "wadi", folder / "national"))


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ({"רחוב": ["א", "א"], "שכונה": ["א", "ב"], "תושבים": [5, 7]}, ("שכונה", "תושבים")),
        ({"name": ["same", "same"], "plot": [1, 2], "Population": [5, 7]}, ("plot", "Population")),
        ({"name": ["", "b"], "Households": [3, 3]}, ("...", "...")),
    ],
)
def test_the_id_tells_areas_apart_and_residents_are_known_by_their_word(
    tmp_path: Path, columns: dict[str, list[object]], chosen: tuple[str, str]
) -> None:
    drawn(tmp_path, columns)
    assert of(tmp_path) == own_zones.Proposal("zones.geojson", ZoneChoice("polygons", *chosen))


def test_cells_are_the_id_of_a_table_whatever_it_calls_them(tmp_path: Path) -> None:
    (tmp_path / "wadi").mkdir()
    (tmp_path / "wadi" / "zones.csv").write_text("cell,name,people\n872db0000ffffff,a,1\n872db0001ffffff,b,2\n")
    assert of(tmp_path) == own_zones.Proposal("zones.csv", ZoneChoice("polygons", "cell", "people"))


def test_nothing_is_proposed_of_a_file_that_is_not_there_or_no_layer(tmp_path: Path) -> None:
    assert of(tmp_path) is None
    hers(tmp_path).write_text("no layer")
    assert of(tmp_path) is None


def test_a_study_begun_beside_them_takes_them_and_counts_their_residents(tmp_path: Path) -> None:
    hers(tmp_path)
    begun = begin("Wadi", tmp_path)
    study = Study.read(begun.path)
    assert (begun.zones, study.zones) == ("zones.geojson", HERS)
    assert [one.file for one in begun.absent if one.is_needed] == ["osm.osm.pbf"]
    counted = zone_people.read(study, find(study, tmp_path / "wadi", tmp_path / "national"), box(0, 0, 1, 1))
    assert dict(zip(counted.people["zone_id"], counted.people["people"], strict=True)) == {"الشمال": 905, "الوسط": 607}


def test_a_city_whose_areas_the_bureau_draws_keeps_them(tmp_path: Path) -> None:
    hers(tmp_path).parent.rename(tmp_path / "dimona")
    (tmp_path / "dimona" / "statistical_areas.gpkg").touch()
    begun = begin("dimona", tmp_path)
    assert (begun.zones, Study.read(begun.path)) == ("", Study.of("dimona"))


def test_the_doctor_shows_the_table_that_takes_them_and_then_how_they_are_read(tmp_path: Path) -> None:
    """What it proposes is pasted as it is."""
    hers(tmp_path)
    written = tmp_path / "wadi" / "study.toml"
    written.write_text('[study]\nname = "Wadi"\n', encoding="utf-8")
    before = {found.subject: found for found in examine(written, tmp_path, tmp_path)}
    assert before["list zones"].state == "look" and before["zones"].state == "stop"
    table = before["list zones"].next.partition("\n")[2]
    written.write_text(f'[study]\nname = "Wadi"\n{table}\n', encoding="utf-8")
    assert Study.read(written).zones == HERS
    after = {found.subject: found for found in examine(written, tmp_path, tmp_path)}
    assert (after["list zones"].state, after["list zones"].found) == ("ok", table)


@pytest.mark.parametrize("code", [0, 2200])
def test_a_run_that_lacks_the_bureau_s_areas_names_ones_own_in_a_line(tmp_path: Path, code: int) -> None:
    hers(tmp_path)
    study = Study(city=City("wadi", code, VILLAGE.name))
    with pytest.raises(GeoKehilaError) as fault:
        zone_people.read(study, find(study, tmp_path / "wadi", tmp_path / "national"), box(0, 0, 1, 1))
    said = str(fault.value)
    assert 'kind = "polygons", id = "اسم الحارة", population = "عدد السكان"' in said and "\n" not in said
