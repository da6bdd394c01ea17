"""What sets results beside other systems: it must see a difference, and its own walks are held to sums by hand."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.compare import DifferentError
from benchmarks.validation.beside import Beside, table
from benchmarks.validation.drawn import METRES, ORIGIN, SECONDS, Drawn, with_slopes

CRS = "EPSG:2039"
NAN = np.nan


def beside(ours: list[float], theirs: list[float], within: float = 0.0) -> Beside:
    return Beside("walk", "a town", "by hand", np.array(ours), np.array(theirs), within, "m", "rounded")


def test_equal_answers_are_counted_and_what_neither_knows_is_not() -> None:
    row = beside([1.0, 2.0, NAN], [1.0, 2.0, NAN]).row()
    assert row == ("walk", "a town", "by hand", "2", "all", "0", "0", "")


def test_differences_that_are_explained_are_told_with_their_reason() -> None:
    row = beside([1.0, 2.25, 4.0], [1.0, 2.0, 4.5], within=0.5).row()
    assert row[3:] == ("3", "33.3 %", "0.25 m", "0.5 m", "rounded")


def test_a_reason_stands_below_the_table_once() -> None:
    same, other = beside([1.0], [1.0]), beside([1.0], [1.5], within=0.5)
    assert table([same, other, other]).splitlines()[2:] == [
        "| walk | a town | by hand | 1 | all | 0 | 0 |  |",
        *2 * ["| walk | a town | by hand | 1 | none | 0.5 m | 0.5 m | 1 |"],
        "",
        "1. rounded",
    ]


@pytest.mark.parametrize(
    ("ours", "theirs"), [([1.0, 2.0], [1.0, 2.6]), ([NAN], [1.0]), ([1.0], [NAN]), ([NAN], [NAN]), ([], [])]
)
def test_what_is_not_explained_stops_everything(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(DifferentError):
        beside(ours, theirs, within=0.5).row()


def town(streets: list[shapely.Geometry], home: tuple[float, float], gate: tuple[float, float]) -> SimpleNamespace:
    """A street is a row, and there is one home and one place."""
    told = {"closed_to": "", "bridge": False, "tunnel": False, "incline": NAN}
    tables = {
        "streets": gpd.GeoDataFrame(told, index=range(len(streets)), geometry=streets, crs=CRS),
        "origins": gpd.GeoDataFrame({"origin_id": ["h"]}, geometry=[shapely.Point(home)], crs=CRS),
    }
    gates = gpd.GeoDataFrame({"gate_id": ["g"], "place_id": ["p"]}, geometry=[shapely.Point(gate)], crs=CRS)
    chosen = SimpleNamespace(
        standards={"snap_cap": SimpleNamespace(value=150.0)}, profiles={"adult": SimpleNamespace(speed_m_s=1.25)}
    )
    return SimpleNamespace(tables=tables, gates=gates, catalogue=chosen)


def test_a_walk_goes_to_the_street_along_it_and_to_the_gate() -> None:
    drawn = Drawn.of(town([shapely.LineString([(0, 0), (400, 0), (1000, 0)])], (100, 30), (700, -40)))
    assert drawn.nearest(["p"], 5_000, METRES).tolist() == pytest.approx([30 + 600 + 40])
    assert drawn.nearest(["p"], 5_000, SECONDS).tolist() == pytest.approx([670 / 1.25])
    assert np.isnan(drawn.nearest(["p"], 600, METRES)).all()
    assert drawn.around((ORIGIN, "h"), 5_000, METRES)["gate", "g"] == pytest.approx(670)


def test_nobody_is_led_to_an_island_and_fragments_are_passed_by() -> None:
    town_of_6_km = shapely.LineString([(0, 0), (6_000, 0)])
    fragment, island = shapely.LineString([(0, 40), (400, 40)]), shapely.LineString([(0, 55), (200, 55)])
    drawn = Drawn.of(town([town_of_6_km, fragment, island], (100, 60), (300, -10)))
    assert drawn.nearest(["p"], 5_000, METRES).tolist() == pytest.approx([60 + 200 + 10])


def test_uphill_takes_longer_by_tobler() -> None:
    slow = with_slopes(pd.DataFrame({"m": [125.0]}), np.array([0.1]), 1.25)
    assert slow[["there_s", "back_s"]].to_numpy().tolist() == [pytest.approx([100 / np.exp(-0.35), 100.0])]
