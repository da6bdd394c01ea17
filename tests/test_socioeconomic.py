"""The population of the socio-economic index: a hand-made table, then the real one."""

from pathlib import Path

import pytest

from geokehila.errors import InputError
from geokehila.load.population import socioeconomic, statistical_areas
from geokehila.schema import ISRAEL_TM

ROWS = """town_code,town_hebrew,STAT19,Pop2019
31,אופקים,6,10.5
31,אופקים,2,
31,אופקים,,99.5
41,אליכין,,7
,נווה מדבר,,5
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    return path


def test_areas_are_kept_and_the_locality_row_is_not(index: Path) -> None:
    people, ledger = socioeconomic.read(index, 31)
    assert people.zone_id.tolist() == ["31-2", "31-6"] and set(people.group) == {"total"}
    assert people.people.isna().tolist() == [True, False] and people.people.iloc[1] == 10.5
    assert people.reason.iloc[0] == "no count in the source" and people.reason.isna().iloc[1]
    assert ledger.counts() == {"index row": {"read": 3, "used": 2, "rejected": {"locality row, not an area": 1}}}
    assert people.attrs["weights"] == "residents"


def test_the_only_row_of_a_locality_counts_the_whole(index: Path) -> None:
    people, ledger = socioeconomic.read(index, 41)
    assert people[["zone_id", "people"]].to_numpy().tolist() == [["41-all", 7.0]]
    assert ledger.counts() == {"index row": {"read": 1, "used": 1, "rejected": {}}}


def test_errors(index: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"locality 32 is not among its 2 \(nearest: 31, 41\)"):
        socioeconomic.read(index, 32)
    with pytest.raises(InputError, match=r"absent.csv: cannot be read"):
        socioeconomic.read(tmp_path / "absent.csv", 31)
    (other := tmp_path / "other.csv").write_text("a,STAT19\n1,2\n")
    with pytest.raises(InputError, match="columns town_code, Pop2019 absent among a, STAT19"):
        socioeconomic.read(other, 31)
    (twice := tmp_path / "twice.csv").write_text("town_code,STAT19,Pop2019\n31,6,1\n31,6,2\n")
    with pytest.raises(InputError, match="area 31-6 has two rows"):
        socioeconomic.read(twice, 31)


@pytest.mark.shared
def test_beer_sheva_joins_59_of_62_areas_of_2011(shared: Path) -> None:
    people, _ = socioeconomic.read(shared / "national" / "socioeconomic_2019" / "Socio-Economical 2019.csv", 9000)
    areas = shared / "negev" / "statistical_areas_2011_demography.geojson"
    zones, _ = statistical_areas.read(areas, 9000, ISRAEL_TM)
    assert len(people) == 59 and len(zones) == 62
    assert set(zones.zone_id) - set(people.zone_id) == {"9000-621", "9000-647", "9000-648"}
    assert set(people.zone_id) <= set(zones.zone_id)
