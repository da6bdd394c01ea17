"""A table by areas of another edition brought to the zones of a kept run: by hand, keys, faults, the command."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from osm_xml import X, Y
from shapely import box
from typer.testing import CliRunner

from geokehila.carry import Columns, carry
from geokehila.errors import InputError
from geokehila_cli.app import app

CELLS = [
    ("2011", "777-7", "777-a", 30.0, 0.75, 1.0),
    ("2011", "777-7", "777-b", 10.0, 0.25, 0.5),
    ("2011", "777-8", "777-b", 10.0, 1.0, 0.5),
]
NAMES = ["from_vintage", "from_area", "zone_id", "people", "of_area_share", "of_zone_share"]
TABLE = 'STAT11,pupils,income,word\n7,"1,400",5,=north\n8,100,-7,south\n9,40,1,west\n,3,3,x\n700008,1,1,x\n'


def kept_run(folder: Path, cells: list[tuple[object, ...]]) -> Path:
    """A run of two zones with its crosswalk."""
    folder.mkdir(parents=True)
    record = {"city": {"slug": "oz", "code": 777}, "run_id": folder.name, "dates": {}, "version": "1"}
    (folder / "run.json").write_text(json.dumps(record))
    shapes = [box(X, Y, X + 1, Y + 1), box(X + 1, Y, X + 2, Y + 1)]
    gpd.GeoDataFrame({"zone_id": ["777-a", "777-b"]}, geometry=shapes, crs="EPSG:2039").to_parquet(
        folder / "zones.parquet"
    )
    if cells:
        pd.DataFrame(cells, columns=NAMES).to_parquet(folder / "crosswalk.parquet")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return kept_run(tmp_path / "0123456789", CELLS)


def written(folder: Path, text: str = TABLE) -> Path:
    path = folder / "needs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_by_hand(run: Path) -> None:
    """Zone b has a quarter of area 7's 1,400 and all of 8's 100; of its people half live in each."""
    columns = Columns("STAT11", ("pupils",), ("income",), ("word",))
    found = carry(run, written(run), columns)
    assert found.table[["zone_id", "pupils", "income", "word"]].to_numpy().tolist() == [
        ["777-a", 1050.0, 5.0, "=north"],
        ["777-b", 450.0, -1.0, "=north"],
    ]
    assert found.table["word_share"].tolist() == [1.0, 0.5] and found.totals == {"pupils": (1500.0, 1500.0)}
    assert found.ledger.counts() == {
        "row": {
            "read": 5,
            "used": 2,
            "rejected": {"another locality": 1, "no area number": 1, "no home of a zone stands in it": 1},
        }
    }


@pytest.mark.parametrize("keys", [("7", "8"), ("7770007", "7770008"), ("777-7", "777-8"), (" 7.0 ", "8")])
def test_an_area_is_known_by_its_number_its_whole_key_or_its_id(run: Path, keys: tuple[str, str]) -> None:
    found = carry(run, written(run, f"area,n\n{keys[0]},4\n{keys[1]},1\n"), Columns("area", sums=("n",)))
    assert found.table["n"].tolist() == [3.0, 2.0]


def test_a_blank_or_a_mark_is_not_told(run: Path) -> None:
    found = carry(run, written(run, "area,n,m\n7,4,..\n8,,2\n"), Columns("area", ("n",), ("m",)))
    assert found.table["n"].isna().tolist() == [False, True] and found.table["n_covered_share"].tolist() == [1.0, 0.5]
    assert found.table["m"].isna().tolist() == [True, True] and found.table["m_covered_share"].tolist() == [0.0, 0.5]


def test_numbers_are_read_in_digits_of_arabic(run: Path) -> None:
    found = carry(run, written(run, "area,n\n7,٤\n8,١٠\n"), Columns("area", sums=("n",)))
    assert found.table["n"].tolist() == [3.0, 11.0], "three quarters of 4; a quarter of it, and 10"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("area,n\n7,4\n7,5\n", "needs.csv: area 777-7 stands in two rows: keep one"),
        ("area,n\n7,many\n", "needs.csv: area 777-7: n is 'many': write a number, or nothing where it is not known"),
        ("area,m\n7,1\n", "needs.csv: column 'n' absent among area, m: name one of them"),
    ],
)
def test_what_cannot_be_carried_is_said(run: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        carry(run, written(run, text), Columns("area", sums=("n",)))


def test_a_run_without_a_crosswalk_or_with_two(tmp_path: Path) -> None:
    bare = kept_run(tmp_path / "1", [])
    with pytest.raises(InputError, match="has no crosswalk between editions of areas: give statistical_areas_2011"):
        carry(bare, written(bare), Columns("STAT11", sums=("pupils",)))
    both = kept_run(tmp_path / "2", [*CELLS, ("2022", "777-7", "777-b", 50.0, 1.0, 1.0)])
    with pytest.raises(InputError, match="has crosswalks from 2011, 2022, not from '': say --from 2011"):
        carry(both, written(both), Columns("STAT11", sums=("pupils",)))
    assert carry(both, written(both), Columns("STAT11", sums=("pupils",)), "2022").totals == {
        "pupils": (1400.0, 1400.0)
    }


def test_the_command(run: Path) -> None:
    to = run / "made" / "zones.csv"
    asked = ["carry", str(run), str(written(run)), "--key", "STAT11", "--sum", "pupils", "--largest", "word"]
    told = CliRunner().invoke(app, [*asked, "--to", str(to)])
    assert told.exit_code == 0, told.output
    assert "areas of 2011: 5 rows read; 1 left out: another locality" in told.output
    assert "pupils: 1,500.0 in the rows, 1,500.0 in zones that are told" in told.output
    assert "word: 0 of 2 zones have none" in told.output
    assert pd.read_csv(to)["word"].tolist() == ["'=north", "'=north"], "no spreadsheet runs it"
    machine = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)
    assert machine["zones"][0]["pupils"] == 1050.0 and machine["rows"]["row"]["used"] == 2
    nothing = CliRunner().invoke(app, asked[:5])
    assert isinstance(nothing.exception, Exception) and "name columns by --sum" in str(nothing.exception)
