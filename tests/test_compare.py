"""Runs held against one another: the parts of a difference by hand, what lists and marks prove, and what is nothing."""

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pandas as pd
import pytest
from given import homes as homes_at
from given import zonings
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from typer.testing import CliRunner

from geokehila import __version__, lines, pipeline, sample_town
from geokehila.catalogue import Catalogue
from geokehila.compare import (
    CLOSED,
    GONE,
    ISOLATED,
    NEW,
    NO_OTHER,
    NO_SPLIT,
    NOT_ISOLATED,
    OPENED,
    PARTS,
    RENAMED,
    Again,
    Comparison,
    Mark,
    Side,
    compare,
    read_marks,
    runs_of,
    trend,
)
from geokehila.compare.decided import decided
from geokehila.compare.listed import listed
from geokehila.compare.redrawn import redrawn
from geokehila.compare.services import services
from geokehila.compare.sides import ends
from geokehila.compare.siting import siting
from geokehila.compare.splitting import Way
from geokehila.errors import InputError, StudyError
from geokehila.names import NAME_COLUMNS
from geokehila.reach import engine
from geokehila.store import kept
from geokehila.study import Study
from geokehila.zones import Zoning
from geokehila_cli import compare as compare_command
from geokehila_cli import compare_hubs, compare_places
from geokehila_cli.app import app

ADULT: Mapping[str, Any] = {
    "speed_m_s": 1.3, "slope": "tobler", "max_slope": None, "closed": [], "closed_unless": [], "kerbs": False,
}  # fmt: skip
R, B, N = "reached", "beyond", "not mapped"
CLINIC, HEALTH = "category_clinic_share", "domain_health_share"
ENDS = ("low", "high")
CATALOGUE = Catalogue.read()


@dataclass
class Town:
    """A town of homes in a row, all in one zone; what its clinics are to each, and which is the nearest."""

    people: Mapping[str, float]
    states: Sequence[str]
    nearest: Sequence[str | None] = ()
    places: tuple[dict[str, Any], ...] = ()
    date: str = "2024-01-01"
    lists: tuple[str, ...] = ()
    list_date: str = ""
    version: str = "1"
    cutoff: float = 15.0
    slug: str = "toy"
    ids: str = "h"
    zone: Any = None

    def write(self, folder: Path) -> Path:
        """Keep it as a run."""
        folder.mkdir(parents=True)
        side = self.side(folder.name)
        (folder / "run.json").write_text(json.dumps(side.record), encoding="utf-8")
        for name, table in side.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        return folder

    def side(self, run_id: str = "0") -> Side:
        """Return it as a run that is not kept."""
        side = self.bare(run_id)
        exact = {"zoning": "city", "zone_id": "", "profile": "adult", "group": "total", "measure": "people"}
        people = pd.DataFrame([exact | {"value": float(sum(self.people.values()))}])
        return Side(
            side.record,
            {**side.tables, "zone_scores": pd.concat([side.shares(side.states()), people], ignore_index=True)},
        )

    def bare(self, run_id: str) -> Side:
        """Return it without the scores of areas."""
        return Side(self.record(run_id), self.tables())

    def record(self, run_id: str) -> dict[str, Any]:
        """Its run.json."""
        dated = {"places_clinic": self.list_date} if self.list_date else {}
        row = {"key": "health", "low": 0.25, "high": 0.5}
        return {
            "city": {"slug": self.slug, "code": 0, "name": {"en": self.slug.title()}}, "run_id": run_id,
            "version": self.version, "dates": {"osm": self.date} | dated, "fictional": True, "inputs": [],
            "weights": "residents",
            "categories": {"clinic": {"cutoff_min": self.cutoff, "any_of": ["amenity=clinic"]}},
            "profiles": {"adult": ADULT}, "domains": [row, {"key": "housing", "low": None, "high": None}],
            "sources": [{"role": role, "file": f"{role}.csv"} for role in self.lists],
            "facts": {"people_placed": float(sum(self.people.values()))},
        }  # fmt: skip

    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables but the scores of areas."""
        ids, people = [*self.people], [*self.people.values()]
        origins = homes_at([float(i) for i in range(len(ids))], people, origin_id=ids)
        zone, city = zonings(origins)
        if self.zone is not None:
            zone = replace(zone, units=zone.units.set_geometry([self.zone]))
        near = [*self.nearest, *[None] * (len(ids) - len(self.nearest))]
        walks = {"profile": "adult", "direction": "to", "origin_id": ids, "clinic_place_id": near}
        # Housing is described only.
        states = {"category_clinic_state": self.states, "domain_health_state": self.states}
        states["domain_housing_state"] = ["described"] * len(ids)
        return {
            "origins": origins,
            "origin_people": pd.DataFrame({"origin_id": ids, "group": "total", "people": people}),
            "zones": zone.units, "zonings": pd.concat([zone.table(), city.table()], ignore_index=True),
            "access_nearest": pd.DataFrame(walks).astype({"clinic_place_id": object}),
            "scores_adult": pd.DataFrame({"origin_id": ids, **states}), **_placed(self.places),
        }  # fmt: skip


def _placed(rows: Sequence[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    blank = {"place_id": "", "source": "osm", "date": None, "x": 0.0, **dict.fromkeys(NAME_COLUMNS)}
    frame = pd.DataFrame([blank | {"source_id": row["place_id"]} | row for row in rows], columns=[*blank, "source_id"])
    shapes = [Point(x, 500) for x in frame.pop("x").astype(float)]
    categories = pd.DataFrame({"place_id": frame["place_id"], "category": "clinic"})
    return {"places": gpd.GeoDataFrame(frame, geometry=shapes), "place_categories": categories}


def clinic(place_id: str, x: float, source: str = "osm", date: str | None = None, **more: Any) -> dict[str, Any]:
    return {"place_id": place_id, "x": x, "source": source, "date": date, **more}


OLD = clinic("n1", 0.0, date="2020-01-01")
LISTED = clinic("clinic:7", 1000.0, "places_clinic.csv", "2024-06-01", name_en="New Clinic")
MAPPED = clinic("n9", 2000.0, date="2024-07-01")
#: The town of docs/methods/compare.md.
THEN = Town(dict.fromkeys(("a", "b", "c", "d"), 10.0), (B, B, B, N), places=(OLD,), version="0", cutoff=5.0)
ANEW = replace(THEN, states=(R, B, B, N), nearest=("n1",), version="1", cutoff=15.0)
NOW = replace(
    ANEW, people={"a": 20.0, "b": 10.0, "c": 10.0, "d": 10.0}, states=(R, R, R, N), date="2025-01-01",
    nearest=("n1", "clinic:7", "n9"), places=(OLD, LISTED, MAPPED), lists=("places_clinic",),
)  # fmt: skip


class Measured:
    """Old inputs measured anew, by hand."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def measure(self, before: Side, after: Side) -> Side:
        return self.town.side()


def held(tmp_path: Path, then: Town, now: Town, **more: Any) -> Comparison:
    return compare(then.write(tmp_path / "then"), now.write(tmp_path / "now"), **more)


def of(made: Comparison, measure: str = CLINIC, zoning: str = "city") -> dict[str, Any]:
    """The one row of a measure."""
    who = {"profile": "adult", "group": "total", "measure": measure, "zoning": zoning}
    rows = made.table[(made.table[[*who]] == [*who.values()]).all(axis=1)]
    assert len(rows) == 1
    return {str(name): cell for name, cell in rows.iloc[0].items()}


def parts(row: Mapping[str, Any], end: str) -> list[float]:
    return [round(row[f"{part}_{end}"], 9) for part in PARTS]


# --- the example of docs/methods/compare.md ------------------------------------------------------------------------


@pytest.mark.parametrize("zoning", ["city", "zone"])
@pytest.mark.parametrize("measure", [CLINIC, HEALTH])
def test_the_example_of_the_method_page(tmp_path: Path, zoning: str, measure: str) -> None:
    made = held(tmp_path, THEN, NOW, again=Measured(ANEW))
    row = of(made, measure, zoning)
    assert made.method == ISOLATED and made.otherwise == {"clinic": ("cutoff_min",)}
    assert [round(row[name], 9) for name in ("low_before", "high_before", "low", "high")] == [0.0, 0.25, 0.8, 1.0]
    assert (row["direction"], round(row["least"], 9), round(row["most"], 9)) == ("up", 0.55, 1.0)
    assert (round(row["change_low"], 9), round(row["change_high"], 9)) == (0.8, 0.75)
    assert parts(row, "low") == [0.25, 0.15, 0.2, 0.2]
    assert parts(row, "high") == [0.25, 0.1, 0.2, 0.2]


def test_a_method_that_is_not_isolated_is_said_to_be_unknown_and_stays_in_the_rest(tmp_path: Path) -> None:
    made = held(tmp_path, THEN, NOW)
    row = of(made)
    # At least: 0 of 40 then; old states and new people 0 of 50; the listed clinic 10 of 50; 40 of 50 now.
    assert made.method == NOT_ISOLATED
    assert np.isnan(row["method_low"]) and parts(row, "low")[1:] == [0.0, 0.2, 0.6]


def test_a_domain_is_decided_anew_from_the_states_of_the_categories_that_the_newer_run_requires() -> None:
    """Of four homes one reaches a clinic and of one it is not known: [25 %, 50 %] have health where it is required."""

    def of_choice(required: bool, reason: str | None) -> Side:
        side = ANEW.side()
        clinics = {"clinic": {"domain": "health", "required": required}}
        record = {**side.record, "categories": clinics, "domains": [{"key": "health", "reason": reason}]}
        return Side(record, {**side.tables, "scores_adult": side.tables["scores_adult"].assign(domain_health_state=B)})

    required, described = of_choice(True, None), of_choice(False, "described")
    for before, after, share in ((described, required, [0.25, 0.5]), (required, described, [np.nan, np.nan])):
        rows = ends(decided(before, after).indicators())
        found = rows.xs(HEALTH, level="measure").xs("city", level="zoning")
        np.testing.assert_array_equal(found.to_numpy(), [share])


def test_an_equal_method_is_known_to_be_nothing_and_old_inputs_are_not_asked_for(tmp_path: Path) -> None:
    made = held(tmp_path, ANEW, NOW)
    assert made.method == NO_OTHER and made.otherwise == {}
    assert parts(of(made), "low") == [0.0, 0.15, 0.2, 0.2]


def test_more_people_are_people_whatever_else_changed(tmp_path: Path) -> None:
    row = of(held(tmp_path, ANEW, NOW), "people")
    assert (row["change_low"], parts(row, "low")) == (10.0, [0.0, 10.0, 0.0, 0.0])


def test_homes_that_only_one_run_has_are_newly_in_the_data_or_gone(tmp_path: Path) -> None:
    then = Town({"a": 10.0, "b": 10.0}, (R, B), places=(OLD,), nearest=("n1",))
    now = Town({"a": 10.0, "c": 30.0}, (R, B), places=(OLD,), nearest=("n1",), date="2025-01-01")
    # 1/2 then; of the one home in both all people reach it; 10 of 40 now.
    assert parts(of(held(tmp_path, then, now)), "low") == [0.0, 0.5, 0.0, -0.75]


def test_where_no_home_is_in_both_the_part_of_people_is_not_known(tmp_path: Path) -> None:
    then = Town({"a": 10.0, "b": 10.0}, (R, B), places=(OLD,))
    now = Town({"c": 10.0}, (R,), places=(OLD,), date="2025-01-01")
    row = of(held(tmp_path, then, now))
    assert np.isnan(row["population_low"]) and np.isnan(row["service_low"])
    assert (row["method_low"], row["unknown_low"]) == (0.0, 0.5)


def test_a_run_that_is_the_same_gives_nothing(tmp_path: Path) -> None:
    folder = NOW.write(tmp_path / "run")
    made = compare(folder, folder)
    assert made.table.empty and made.services.empty and made.method == NO_OTHER
    assert made.ledgers[0].counts()["indicator"]["used"] == len(made.after.indicators())


SOME = st.sampled_from((R, B, N))
HOME = st.tuples(st.integers(0, 20), st.integers(0, 20), SOME, SOME, st.sampled_from(("n1", "clinic:7", "n9")))


@settings(max_examples=15, deadline=None)
@given(st.lists(HOME, min_size=1, max_size=6))
def test_the_parts_of_both_ends_sum_to_their_change_and_are_those_of_a_slow_reading(
    some: list[tuple[int, int, str, str, str]],
) -> None:
    names = [chr(97 + i) for i in range(len(some))]
    then = replace(ANEW, people=dict(zip(names, (float(h[0]) for h in some), strict=True)), states=[h[2] for h in some])
    now = replace(NOW, people=dict(zip(names, (float(h[1]) for h in some), strict=True)), states=[h[3] for h in some])
    before, after = replace(then, nearest=()).side(), replace(now, nearest=[h[4] for h in some]).side()
    way = Way(before, after, before, True, services(before, after)[0], CATALOGUE)
    then_ends, now_ends = ends(before.indicators()), ends(after.indicators())
    parted = way.split(now_ends.index)
    for key, row in parted.iterrows():
        for end in ENDS:
            found = [row[f"{part}_{end}"] for part in PARTS]
            change = now_ends.loc[key, end] - then_ends.loc[key, end]
            assert np.isnan(change) or np.nansum(found) == pytest.approx(change, abs=1e-8)
            if "category" in key[-1]:
                assert found == pytest.approx(by_hand(some, end), nan_ok=True, abs=1e-8)


def by_hand(some: Sequence[tuple[int, int, str, str, str]], end: str) -> list[float]:
    """The parts home by home: no method; old states, new people; then what leads to the listed clinic."""
    opened = [h[3] if h[2] != R and h[3] == R and h[4] == "clinic:7" else h[2] for h in some]
    then, now = [h[0] for h in some], [h[1] for h in some]
    old = [h[2] for h in some]
    steps = [share(then, old, end), share(then, old, end), share(now, old, end), share(now, opened, end)]
    found, last = [], steps[0]
    for step in [*steps[1:], share(now, [h[3] for h in some], end)]:
        found.append(step - last)
        last = last if np.isnan(step) else step
    return found


def share(people: Sequence[int], states: Sequence[str], end: str) -> float:
    counted = {"low": (R,), "high": (R, N)}[end]
    whole = sum(people)
    return sum(p for p, s in zip(people, states, strict=True) if s in counted) / whole if whole else float("nan")


# --- order, cities, areas ------------------------------------------------------------------------------------------


def test_runs_are_put_in_the_order_of_their_inputs_dates(tmp_path: Path) -> None:
    newer, older = NOW.write(tmp_path / "newer"), ANEW.write(tmp_path / "older")
    turned, straight = compare(newer, older), compare(older, newer)
    assert turned.is_swapped and not straight.is_swapped
    assert turned.before.record["run_id"] == "older"
    pd.testing.assert_frame_equal(turned.table, straight.table)


def test_of_equal_maps_the_other_inputs_tell_which_is_older(tmp_path: Path) -> None:
    a = replace(ANEW, lists=("places_clinic",), list_date="2025").write(tmp_path / "a")
    b = replace(ANEW, lists=("places_clinic",), list_date="2023-05").write(tmp_path / "b")
    assert compare(a, b).is_swapped


def test_two_cities_stand_side_by_side_unsplit(tmp_path: Path) -> None:
    made = held(tmp_path, NOW, replace(ANEW, slug="other"))
    assert made.method == NO_SPLIT and not made.is_swapped and {*made.table["zoning"]} == {"city"}
    row = of(made)
    assert (round(row["least"], 9), round(row["most"], 9)) == (0.25 - 1.0, round(0.5 - 0.8, 9))
    assert made.table.loc[made.table["measure"] == CLINIC, [f"{part}_low" for part in PARTS]].isna().all(axis=None)
    same = compare(tmp_path / "then", replace(NOW, slug="third").write(tmp_path / "third"))
    assert of(same)["direction"] == "same"


def test_areas_of_one_id_with_other_outlines_are_not_compared(tmp_path: Path) -> None:
    made = held(tmp_path, ANEW, replace(NOW, zone=box(-1e4, -1e4, 5e3, 1e4)))
    assert {*made.table["zoning"]} == {"city"}
    assert made.ledgers[0].counts()["indicator"]["rejected"] == {"its area has other outlines": 3}


def halves(side: Side, vintage: str, at: float) -> Side:
    """The same town in two areas, parted at some x between its homes, which stand at 0, 1, 2 and 3."""
    shapes = [box(-1e4, -1e4, at, 1e4), box(at, -1e4, 1e4, 1e4)]
    areas = gpd.GeoDataFrame({"zone_id": ["0-1", "0-2"]}, geometry=shapes, crs="EPSG:2039")
    homes = side.tables["origins"]
    zoned = homes.assign(zone_id=np.where(homes.geometry.x < at, "0-1", "0-2"))
    units = Zoning.of_zones(areas, zoned)
    whole = side.tables["zonings"]
    tables = {
        **side.tables, "origins": zoned, "zones": units.units.assign(vintage=vintage),
        "zonings": pd.concat([units.table(), whole[whole["zoning"] == "city"]], ignore_index=True),
    }  # fmt: skip
    bare = Side(side.record, tables)
    scores = side.tables["zone_scores"]
    city = scores[(scores["zoning"] == "city") & (scores["measure"] == "people")]
    lived = zoned.groupby("zone_id")["people"].sum()
    people = city.iloc[[0, 0]].assign(zoning="zone", zone_id=[*lived.index], value=[*lived])
    told = pd.concat([bare.shares(bare.states()), city, people], ignore_index=True)
    return Side(side.record, {**tables, "zone_scores": told})


def test_areas_of_another_edition_are_drawn_anew_from_the_homes(tmp_path: Path) -> None:
    """Then areas 1 and 2 were a | b c d, now they are a b | c d."""
    then, now = halves(ANEW.side("1"), "2011", 0.5), halves(NOW.side("2"), "2022", 1.5)
    anew = redrawn(then, now)
    rows = anew.indicators()
    rows = rows[(rows["zoning"] == "zone") & (rows["group"] == "total")].set_index(["measure", "zone_id"])
    assert rows.loc[CLINIC, ["low", "high"]].to_numpy().tolist() == [[0.5, 0.5], [0.0, 0.5]]
    assert rows.loc["people", "value"].to_dict() == {"0-1": 20.0, "0-2": 20.0}
    kept, city = (side.indicators().query("zoning == 'city'").reset_index(drop=True) for side in (then, anew))
    pd.testing.assert_frame_equal(kept, city[kept.columns])
    assert redrawn(then, then) is then and redrawn(then, halves(NOW.side("2"), "2011", 0.5)) is then


def test_runs_of_two_editions_are_compared_area_by_area(tmp_path: Path) -> None:
    folders = []
    for name, side in (("1", halves(ANEW.side("1"), "2011", 0.5)), ("2", halves(NOW.side("2"), "2022", 1.5))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "run.json").write_text(json.dumps(side.record), encoding="utf-8")
        for table, rows in side.tables.items():
            rows.to_parquet(folder / f"{table}.parquet", index=False)
        folders.append(folder)
    made = compare(*folders)
    assert made.ledgers[0].counts()["indicator"]["rejected"] == {}
    shares = made.table[(made.table["zoning"] == "zone") & (made.table["measure"] == CLINIC)].set_index("zone_id")
    # a and b: 10 of 20 then, all now; c and d: none of 20 for sure, now those of c.
    assert shares[["low_before", "low"]].to_numpy().tolist() == [[0.5, 1.0], [0.0, 0.5]]
    assert [parts(row, "low") for row in shares.to_dict("records")] == [
        pytest.approx([0.0, 2 / 3 - 0.5, 1 / 3, 0.0], abs=1e-8), [0.0, 0.0, 0.0, 0.5],
    ]  # fmt: skip
    (notice,) = made.ledgers[0].notices
    assert notice.text.startswith("areas of 2011 became areas of 2022: the older run's homes are summed over")


# --- what lists and marks prove ------------------------------------------------------------------------------------


def proved(place: dict[str, Any], then: Town = ANEW, now: Town = NOW, marks: Path | None = None) -> list[Any]:
    """What is said to have opened where `place` is new."""
    now = replace(now, places=(OLD, place))
    table, _ = services(then.bare("1"), now.bare("2"), read_marks(marks) if marks else ())
    return table[["place_id", "change", "by"]].to_numpy().tolist()


@pytest.mark.parametrize("date", ["2024-01-02", "2024-02", "2025-01-01", "2025", "2025-01-02", "2026"])
def test_a_list_that_dates_a_new_place_between_the_runs_proves_it(date: str) -> None:
    assert proved(LISTED | {"date": date}) == [["clinic:7", OPENED, "list"]]


@pytest.mark.parametrize("date", [None, "2023-12-31", "2024-01-01", "2024-01", "2024"])
def test_no_other_date_does(date: str | None) -> None:
    assert proved(LISTED | {"date": date}) == []


@pytest.mark.parametrize(
    "place",
    [
        MAPPED,
        clinic("n8", 1000.0, "osm; corrections.xlsx", "2024-06-01"),
        clinic("gtfs:8", 1000.0, "gtfs.zip", "2024-06-01"),
        # The date may be of the map's edit.
        clinic("clinic:7", 1000.0, "osm; places_clinic.csv", "2024-06-01", source_id="n7; 7"),
        # The older run had it, as a place of the map: by its id, or 29 m away.
        clinic("clinic:7", 1000.0, "places_clinic.csv", "2024-06-01", source_id="n1; 7"),
        LISTED | {"x": 29.0},
    ],
)
def test_no_map_and_no_place_that_was_there_proves_anything(place: dict[str, Any]) -> None:
    assert proved(place) == []


def test_a_list_that_states_no_date_is_of_its_newest_row() -> None:
    """So a row behind the map's date counts, and one that is older than what the older list knew does not."""
    late = LISTED | {"date": "2025-03-01"}
    assert proved(late) == [["clinic:7", OPENED, "list"]]
    assert proved(late, now=replace(NOW, list_date="2025-02")) == []
    known = clinic("clinic:3", 3000.0, "places_clinic.csv", "2025-06-01")
    assert proved(late, replace(ANEW, lists=("places_clinic",), places=(OLD, known))) == []


def test_a_date_of_the_whole_list_proves_only_what_the_older_list_did_not_have() -> None:
    dated = replace(NOW, list_date="2024-06-01")
    assert proved(LISTED, now=dated) == []
    listed = replace(ANEW, lists=("places_clinic",))
    assert proved(LISTED, listed, dated) == [["clinic:7", OPENED, "list"]]
    both = clinic("clinic:7", 1000.0, "osm; places_clinic.csv", "2024-06-01", source_id="n7; 7")
    assert proved(both, listed) == [["clinic:7", OPENED, "list"]]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("place_id,real,note\nn9,yes,opened in May\n", [["n9", OPENED, "mark"]]),
        ("category;name;real\nclinic;NEW  clinic;Yes\n", [["n9", OPENED, "mark"]]),
        ("place_id,real\nn9,no\n", []),
        ("place_id,real\nn1,yes\n", []),
        ("place_id,real\nn777,yes\n", []),
    ],
)
def test_a_planner_marks_what_is_real(tmp_path: Path, marks: str, expected: list[Any]) -> None:
    (tmp_path / "marks.csv").write_text(marks, encoding="utf-8")
    assert proved(MAPPED | {"name_en": "New Clinic"}, marks=tmp_path / "marks.csv") == expected


def test_a_mark_goes_before_a_list(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text("place_id,real\nclinic:7,no\n", encoding="utf-8")
    assert proved(LISTED, marks=tmp_path / "marks.csv") == []


def test_a_closing_is_real_only_by_a_mark(tmp_path: Path) -> None:
    then = Town(dict.fromkeys("ab", 10.0), (R, R), ("n1", "n9"), (OLD, MAPPED))
    now = replace(then, states=(R, B), nearest=("n1", "n1"), places=(OLD,), date="2025-01-01")
    made = held(tmp_path, then, now)
    assert parts(of(made), "low") == [0.0, 0.0, 0.0, -0.5] and made.services.empty
    (tmp_path / "marks.csv").write_text("place_id,real,note\nn9,yes,closed\n", encoding="utf-8")
    made = compare(tmp_path / "then", tmp_path / "now", read_marks(tmp_path / "marks.csv"))
    assert made.services[["change", "note"]].to_numpy().tolist() == [[CLOSED, "closed"]]
    assert parts(of(made), "low") == parts(of(made, HEALTH), "low") == [0.0, 0.0, -0.5, 0.0]


def test_what_became_of_every_mark_is_told(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text("place_id,real\nn9,yes\nn1,yes\nn777,no\n", encoding="utf-8")
    made = held(tmp_path, ANEW, NOW, marks=read_marks(tmp_path / "marks.csv"))
    told = made.ledgers[1].counts()["mark"]
    assert (told["read"], told["used"]) == (3, 1)
    assert told["rejected"] == {"no such place in either run": 1, "the place is in both runs": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("place_id,note\nn9,x\n", "its columns are place_id, note: give"),
        ("name,real\nx,yes\n", "its columns are name, real: give"),
        ("place_id,real\nn9,perhaps\n", "row 2: real is 'perhaps': write yes or no"),
        ("place_id,real\nn9,\n", "row 2: real is '': write yes or no"),
        ("category,name,real\nclinic,,yes\n", "row 2: names no place"),
    ],
)
def test_faults_of_marks_are_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "marks.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_marks(tmp_path / "marks.csv")


def test_domains_decided_by_other_categories_than_the_studys_are_named(tmp_path: Path) -> None:
    odd = NOW.write(tmp_path / "odd")
    scores = pd.read_parquet(odd / "scores_adult.parquet")
    scores.assign(domain_health_state=B).to_parquet(odd / "scores_adult.parquet")
    with pytest.raises(StudyError, match=r"health of run odd \(adult\) is not decided by clinic: name the study"):
        compare(ANEW.write(tmp_path / "then"), odd)


def test_a_folder_without_a_whole_run_is_named(tmp_path: Path) -> None:
    folder = NOW.write(tmp_path / "run")
    (folder / "scores_adult.parquet").unlink()
    with pytest.raises(InputError, match=r"holds no scores_adult\.parquet: name the folder of a finished run"):
        compare(folder, folder)
    with pytest.raises(InputError, match=r"holds no run\.json"):
        compare(tmp_path, folder)


# --- what lists tell otherwise --------------------------------------------------------------------------------------


def row(key: str, x: float, name: str, date: str | None = "2023-09-01", **more: Any) -> dict[str, Any]:
    """A row of the municipality's list."""
    return clinic(f"clinic:{key}", x, "places_clinic.csv", date, name_he=name, source_id=key) | more


LISTS = (row("2", 1000, "גן דקל"), row("3", 2000, "גן ג'"), row("5", 4000, "גן גפן"))
LIST = replace(ANEW, lists=("places_clinic",), places=(OLD, *LISTS))
#: A year later: 5 is gone, 6 is new, 2 has another name, 3 has its name written otherwise.
NEXT = replace(
    NOW,
    places=(OLD, row("2", 1000, "גן תמר"), row("3", 2000, "גן ג"), row("6", 5000, "גן רימון", "2024-09-01")),
)


def lists_of(then: Town, now: Town, marks: Sequence[Mark] = ()) -> list[list[str]]:
    """How lists differ: place, what became of it, its name, that before and the note."""
    sides = then.bare("1"), now.bare("2")
    settled, _ = services(*sides, tuple(marks))
    table = listed(*sides, settled, marks)
    return table[["place_id", "change", "name", "name_before", "note"]].to_numpy().tolist()


def test_what_left_a_list_and_what_it_calls_otherwise_is_named_and_never_called_closed(tmp_path: Path) -> None:
    made = held(tmp_path, LIST, NEXT)
    assert made.services[["place_id", "change", "by", "name", "name_before"]].to_numpy().tolist() == [
        ["clinic:6", OPENED, "list", "גן רימון", ""],
        ["clinic:2", RENAMED, "list", "גן תמר", "גן דקל"],
        ["clinic:5", GONE, "list", "גן גפן", ""],
    ]
    assert [*compare_places.lines(made.services)] == [
        "services: opened clinic clinic:6 גן רימון",
        "no longer in the list, not known whether closed: clinic:5 גן גפן; mark it by --marks",
        "renamed in the list: clinic:2 גן תמר (before: גן דקל)",
    ]


def test_what_left_a_list_is_no_closing_in_the_parts(tmp_path: Path) -> None:
    then = replace(LIST, nearest=("clinic:5",))
    made = held(tmp_path, then, replace(NEXT, people=then.people, states=(B, B, B, N), nearest=("n1",)))
    assert parts(of(made), "low") == [0.0, 0.0, 0.0, -0.25]


@pytest.mark.parametrize("real", [True, False])
def test_of_a_row_that_a_planner_marks_nothing_is_asked(real: bool) -> None:
    mark = Mark(1, "clinic:5", "", "", real, "")
    assert [told[:2] for told in lists_of(LIST, NEXT, [mark])] == [["clinic:2", RENAMED]]


def test_only_lists_that_both_runs_read_are_held_against_one_another() -> None:
    assert lists_of(replace(LIST, lists=()), NEXT) == lists_of(LIST, replace(NEXT, lists=())) == []
    assert lists_of(LIST, replace(LIST, places=LIST.places[::-1])) == []


def test_a_new_row_that_no_date_proves_is_told_without_saying_that_it_opened() -> None:
    assert lists_of(LIST, replace(LIST, places=(*LIST.places, row("9", 7000, "גן חדש", None)))) == [
        ["clinic:9", NEW, "גן חדש", "", ""]
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The same under another number; another name under another number.
        ([row("5", 0, "גן גפן")], [row("h8", 29, "גן גפן")], []),
        ([row("5", 0, "גן גפן")], [row("6", 29, "גן רימון")],
         [["clinic:6", RENAMED, "גן רימון", "גן גפן", "clinic:5 before"]]),
        ([row("5", 0, "גן גפן")], [row("6", 31, "גן גפן")],
         [["clinic:5", GONE, "גן גפן", "", ""], ["clinic:6", NEW, "גן גפן", "", ""]]),
        # Of two on one plot one is gone: its neighbour is not it.
        ([row("5", 0, "גן גפן"), row("7", 10, "גן זית")], [row("7", 10, "גן זית")],
         [["clinic:5", GONE, "גן גפן", "", "within 30 m stands clinic:7"]]),
        # The nearest of two is it.
        ([row("5", 0, "גן גפן")], [row("6", 20, "גן גפן"), row("8", 5, "גן גפן")],
         [["clinic:6", NEW, "גן גפן", "", "within 30 m stands clinic:5"]]),
        # The map shows it still, or told of it already.
        ([row("5", 0, "גן גפן")], [clinic("n5", 0)], [["clinic:5", GONE, "גן גפן", "", "within 30 m stands n5"]]),
        ([clinic("n5", 0, source="osm; places_clinic.csv", source_id="n5; 5", name_he="גן גפן")],
         [clinic("n5", 0, source="osm; places_clinic.csv", source_id="n5; 6", name_he="גן גפן")], []),
    ],
)  # fmt: skip
def test_rows_are_one_place_by_their_id_then_by_their_spot(before: Any, after: Any, expected: Any) -> None:
    assert lists_of(replace(LIST, places=tuple(before)), replace(NEXT, places=tuple(after))) == expected


def test_a_long_list_of_changes_is_cut_and_says_so() -> None:
    many = tuple(row(str(100 + i), 50 + 100.0 * i, f"גן {i}") for i in range(30))
    sides = replace(LIST, places=(OLD, *many)).bare("1"), LIST.bare("2")
    (line, *_) = compare_places.lines(listed(*sides, services(*sides)[0]))
    assert line.count("clinic:") == 20 and line.endswith("and 10 more; mark it by --marks")


# --- lines of a dashboard ------------------------------------------------------------------------------------------


def test_kept_runs_lie_in_the_order_of_their_dates_one_row_each(tmp_path: Path) -> None:
    place = tmp_path / "data" / "processed" / "toy"
    for name, town in (("1", NOW), ("2", THEN), ("3", replace(NOW, date="2026-01-01"))):
        town.write(place / name)
    table = trend(runs_of(tmp_path, "toy"))
    assert table[["date", "run_id", "method_differs", "people"]].to_numpy().tolist() == [
        ["2024-01-01", "2", False, 40.0],
        ["2025-01-01", "1", True, 50.0],
        ["2026-01-01", "3", False, 50.0],
    ]
    told = ["date", "other_date", "run_id", "version", "fictional", "method", "method_differs", "people"]
    assert [*table] == [*told, "domain_health_share_low", "domain_health_share_high"]
    assert table[["domain_health_share_low", "domain_health_share_high"]].to_numpy().tolist() == [[0.25, 0.5]] * 3


def test_runs_of_two_cities_are_no_line(tmp_path: Path) -> None:
    folders = [NOW.write(tmp_path / "a"), replace(NOW, slug="other").write(tmp_path / "b")]
    with pytest.raises(InputError, match=r"runs of .* and of .*: lay those of one city"):
        trend(folders)
    with pytest.raises(InputError, match="no run of toy is kept here"):
        runs_of(tmp_path, "toy")


def told(run_id: str, date: str, low: float, high: float, **more: Any) -> dict[str, Any]:
    """What a run tells, its share of health among it."""
    town = replace(ANEW, date=date, **{key: more.pop(key) for key in ("cutoff", "list_date") if key in more})
    return town.record(run_id) | {"domains": [{"key": "health", "low": low, "high": high}]} | more


def of_line(line: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Run, whether the method is another, and the share of each row."""
    ends = ("domain_health_share_low", "domain_health_share_high")
    return [(row["run_id"], row["method_differs"], *(row.get(end) for end in ends)) for row in line]


FIRST = told("1", "2024-01-01", 0.25, 0.5, cutoff=5.0)
SECOND = told("2", "2025-01-01", 0.4, 0.6)
THIRD = told("3", "2026-01-01", 0.45, 0.6)


def test_the_example_of_the_line_on_the_method_page(tmp_path: Path) -> None:
    for record in (THIRD, FIRST, SECOND):
        (tmp_path / record["run_id"]).mkdir()
        (tmp_path / record["run_id"] / "run.json").write_text(json.dumps(record), encoding="utf-8")
    rows = [("1", False, 0.25, 0.5), ("2", True, 0.4, 0.6), ("3", False, 0.45, 0.6)]
    table = trend(sorted(tmp_path.iterdir()))
    assert of_line(table.to_dict("records")) == rows
    second = SECOND | {"line": lines.line(SECOND, FIRST)}
    assert of_line(second["line"]) == rows[:2]
    assert of_line(lines.line(THIRD, second)) == rows
    assert pd.DataFrame(lines.line(THIRD, second)).equals(table)


def test_a_run_without_an_earlier_one_is_a_line_of_itself() -> None:
    assert of_line(lines.line(FIRST)) == [("1", False, 0.25, 0.5)]


def test_a_run_of_an_older_map_stands_where_its_date_belongs_and_its_neighbours_are_told_anew() -> None:
    second = SECOND | {"line": lines.line(SECOND, FIRST)}
    oldest = lines.line(told("4", "2023-01-01", 0.1, 0.2), second)
    assert [(row["run_id"], row["method_differs"]) for row in oldest] == [("4", False), ("1", True), ("2", True)]
    between = lines.line(told("4", "2024-06-01", 0.1, 0.2, cutoff=5.0), second)
    assert [(row["run_id"], row["method_differs"]) for row in between] == [("1", False), ("4", False), ("2", True)]


def test_of_equal_maps_the_other_inputs_lay_the_line() -> None:
    newer, older = (told(name, "2025-01-01", 0.1, 0.2, list_date=date) for name, date in (("1", "2025"), ("2", "2023")))
    assert [row["run_id"] for row in lines.line(newer, older)] == ["2", "1"]


def test_of_equal_dates_a_run_stands_behind_the_one_that_it_names(tmp_path: Path) -> None:
    first, second, third = (told(name, "2025-01-01", 0.1, 0.2) for name in "927")
    second |= {"line": lines.line(second, first)}
    third |= {"line": lines.line(third, second)}
    for record in (third, second, first):
        (tmp_path / record["run_id"]).mkdir()
        (tmp_path / record["run_id"] / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert [row["run_id"] for row in third["line"]] == ["9", "2", "7"]
    assert trend([tmp_path / name for name in "729"])["run_id"].tolist() == ["7", "2", "9"], "a list stays as given"
    kept_here = tmp_path / "data" / "processed" / "toy"
    for record in (third, second, first):
        (kept_here / record["run_id"]).mkdir(parents=True)
        (kept_here / record["run_id"] / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert [folder.name for folder in runs_of(tmp_path, "toy")] == ["9", "2", "7"]


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({}, False),
        ({"version": "2"}, True),
        ({"weights": "dwellings"}, True),
        ({"cutoff": 10.0}, True),
        ({"categories": SECOND["categories"] | {"park": {"cutoff_min": 10.0, "any_of": []}}}, True),
        ({"profiles": {"adult": {**ADULT, "speed_m_s": 1.0}}}, True),
        # The city's shares are of an adult's walk.
        ({"profiles": {"adult": ADULT, "child": {**ADULT, "speed_m_s": 1.0}}}, False),
    ],
)
def test_a_line_is_broken_where_the_city_s_shares_are_made_otherwise(other: dict[str, Any], differs: bool) -> None:
    assert [row["method_differs"] for row in lines.line(told("3", "2026-01-01", 0.4, 0.6, **other), SECOND)][
        1
    ] is differs


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_a_share_that_is_not_known_is_no_share(unknown: float | None) -> None:
    none = told("3", "2026-01-01", 0.0, 0.0) | {"domains": [{"key": "health", "low": unknown, "high": unknown}]}
    assert of_line(lines.line(none, SECOND)) == [("2", False, 0.4, 0.6), ("3", False, None, None)]


@given(st.permutations([("1", 5.0), ("2", 15.0), ("3", 15.0), ("4", 5.0)]))
def test_a_line_is_the_same_whichever_run_names_which(order: list[tuple[str, float]]) -> None:
    line: list[dict[str, Any]] = []
    for run_id, cutoff in order:
        record = told(run_id, f"202{run_id}-01-01", 0.1, 0.2, cutoff=cutoff)
        line = lines.line(record, {"line": line} if line else None)
    assert [(row["run_id"], row["method_differs"]) for row in line] == [*zip("1234", (0, 1, 0, 1), strict=True)]


# --- hubs ------------------------------------------------------------------------------------------------------------


def hub(site_id: str, status: str, x: float = 0.0, rank: float | None = None, **more: Any) -> dict[str, Any]:
    told = {"name_en": site_id.title(), "people_low": rank and 100.0 / rank, "people_high": rank and 120.0 / rank}
    blank = dict.fromkeys(NAME_COLUMNS) | {"price": None, "listed": ""}
    return {**blank, "site_id": site_id, "status": status, "rank": rank, **told, "geometry": Point(x, 0), **more}


def sited(side: Side, hubs: Sequence[dict[str, Any]], **wishes: Any) -> Side:
    """The run with hubs, and what was asked of them."""
    table = gpd.GeoDataFrame(pd.DataFrame(hubs).astype({"rank": float, "price": float, "people_low": float}))
    left = pd.DataFrame({"zoning": ["city"], "then_low": 0.0, "then_high": 0.0})
    record = {"parameters": {"hubs": wishes}, "hubs": {"people_gain": [0.0, 0.0], "spent": None}}
    return Side({**side.record, **record}, {**side.tables, "hubs": table, "hub_left": left})


EARLIER = [
    hub("centre", "existing"), hub("library", "recommended", rank=1.0, price=700.0),
    hub("school", "recommended", rank=2.0), hub("club", "existing"), hub("plot", "recommended", rank=3.0),
    hub("own:2", "recommended", rank=4.0),
]  # fmt: skip
LATER = [
    hub("centre", "existing"), hub("library", "recommended", 30.0, rank=2.0, price=900.0),
    hub("hall", "recommended", rank=1.0), hub("plot", "existing"), hub("own:2", "recommended", 31.0, rank=3.0),
]  # fmt: skip


def test_what_became_of_each_hub() -> None:
    made = siting(sited(ANEW.side(), EARLIER, add=4, budget=None), sited(NOW.side(), LATER, add=3, budget=None))
    assert made.asked == {"add": (4, 3)}
    # A hub that was and is there is no news; a number of a list that now means a site 31 m away is another site.
    assert made.sites.set_index("site_id")["change"].groupby(level=0).agg(set).to_dict() == {
        "hall": {"recommended"}, "library": {"still recommended"}, "school": {"not recommended"},
        "plot": {"built"}, "club": {"not there now"}, "own:2": {"recommended", "not recommended"},
    }  # fmt: skip
    assert set(made.sites["stands_as"]) == {""}
    library = made.sites.set_index("site_id").loc["library"]
    names = ("rank_before", "rank", "people_low_before", "people_low", "people_high", "price_before", "price")
    assert [library[name] for name in names] == [1.0, 2.0, 100.0, 50.0, 60.0, 700.0, 900.0]
    assert made.sites["site_id"].tolist()[:3] == ["hall", "library", "own:2"]  # by the newer plan's order


def test_a_site_where_a_new_hub_stands_is_built_under_whatever_id_and_the_nearest_is_the_one() -> None:
    """Three sites were recommended; of two hubs that are new one stands 20 m from the first and 10 m from the second.

    The other is 31 m from the third, whose id a site far away has by now. The hub that was there is no news.
    """
    then = [
        hub("own:1", "recommended", 0.0, rank=1.0, price=7.0), hub("own:2", "recommended", 30.0, rank=2.0),
        hub("own:3", "recommended", 500.0, rank=3.0), hub("old", "existing", 5.0),
    ]  # fmt: skip
    now = [
        hub("centre:1", "existing", 20.0), hub("centre:2", "existing", 531.0), hub("old", "existing", 5.0),
        hub("own:2", "recommended", 9000.0, rank=1.0),
    ]  # fmt: skip
    made = siting(sited(ANEW.side(), then), sited(NOW.side(), now))
    rows = [*zip(made.sites["site_id"], made.sites["change"], made.sites["stands_as"], strict=True)]
    assert sorted(rows) == [
        ("centre:2", "there now", ""), ("own:1", "not recommended", ""), ("own:2", "built", "centre:1"),
        ("own:2", "recommended", ""), ("own:3", "not recommended", ""),
    ]  # fmt: skip
    # 50 to 60 gained by the second; it is called as the hub is called now.
    assert "hub built: own:2 Centre:1 is now centre:1 (gain 50 to 60)" in [*compare_hubs.lines(made)]


def test_what_the_list_tells_otherwise_of_a_site_is_told() -> None:
    def candidates(side: Side, *rows: tuple[str, float, float | None, float, str]) -> Side:
        table = pd.DataFrame(rows, columns=["site_id", "x", "price", "capacity", "choice"])
        where = [Point(x, 0) for x in table.pop("x")]
        blank = dict.fromkeys(NAME_COLUMNS) | {"listed": table["site_id"] + " Hall"}
        told = gpd.GeoDataFrame(table.astype({"price": float}).assign(**blank), geometry=where)
        return Side(side.record, {**side.tables, "candidates": told})

    then = candidates(
        sited(ANEW.side(), EARLIER), ("1", 0.0, 7e5, 400.0, "may"), ("2", 0.0, None, np.nan, "may"),
        ("3", 0.0, None, np.nan, "may"), ("4", 0.0, 5.0, 9.0, "may"), ("5", 0.0, 1.0, 1.0, "may"),
    )  # fmt: skip
    now = candidates(
        sited(NOW.side(), LATER), ("1", 30.0, 9e5, 200.0, "must"), ("2", 0.0, 6e5, np.nan, "may"),
        ("3", 0.0, None, np.nan, "may"), ("4", 31.0, 6.0, 8.0, "never"), ("6", 0.0, 1.0, 1.0, "may"),
    )  # fmt: skip
    made = siting(then, now)
    # The third is told alike, the fourth is another site by now, of the last two only one run tells.
    assert [line for line in compare_hubs.lines(made) if line.startswith("candidate")] == [
        "candidate 1 1 Hall: price 700,000 -> 900,000, capacity 400 -> 200, choice may -> must",
        "candidate 2 2 Hall: price ? -> 600,000",
    ]
    assert siting(then, then).candidates.empty and siting(sited(ANEW.side(), EARLIER), now).candidates.empty


def test_a_plan_held_against_itself_stays_and_a_run_without_hubs_tells_nothing() -> None:
    side = sited(ANEW.side(), EARLIER, add=4)
    assert {*siting(side, side).sites["change"]} == {"still recommended"} and not siting(side, side).asked
    assert siting(side, ANEW.side()).sites.empty


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Any]:
    """The command over a kept city with two runs."""
    place = tmp_path / "data" / "processed" / "toy"
    ANEW.write(place / "1")
    NOW.write(place / "2")
    replace(ANEW, slug="other").write(place.parent / "other" / "4")
    for slug, run_id in (("toy", "2"), ("other", "4")):
        (place.parent / slug / "latest").write_text(run_id + "\n", encoding="utf-8")
    place_of = {"1": str(place / "1")}
    return lambda *words: CliRunner().invoke(
        app, ["compare", *(place_of.get(word, word) for word in words), "--out", str(tmp_path), "--data", str(tmp_path)]
    )


def test_the_command_tells_people_and_domains_with_their_parts(command: Callable[..., Any]) -> None:
    told = command("1", "toy")
    assert told.exit_code == 0, told.output
    assert "Toy (FICTIONAL) 2024-01-01 (1) -> Toy (FICTIONAL) 2025-01-01 (2): 5 indicators differ" in told.stdout
    row = next(line for line in told.stdout.splitlines() if line.startswith("health"))
    assert row.split() == [
        "health", "25.0/50.0", "80.0/100.0", "+30.0/+75.0", "up", "+55.0/+50.0", "+0.0", "+15.0/+10.0", "+20.0",
        "+20.0",
    ]  # fmt: skip
    assert "services: opened clinic clinic:7 New Clinic" in told.stdout
    assert "the run named first is the newer one" in command("toy", "1").stderr


def test_the_command_writes_every_indicator_and_json(command: Callable[..., Any], tmp_path: Path) -> None:
    told = command("1", "toy", "--json", "--to", str(tmp_path / "to"))
    content = json.loads(told.stdout)
    assert content["method"] == "the same" and content["indicators_count"] == 5
    table = pd.read_parquet(tmp_path / "to" / "compare.parquet")
    of_city = table[table["zoning"] == "city"]
    assert {HEALTH, "people"} < {*of_city["measure"]} and [row["measure"] for row in content["rows"]] == [
        *of_city["measure"]
    ]
    assert content["rows_count"] == len(of_city) and content["left_out_count"] == {"zone": 5 - len(of_city)}
    assert len(table) == 5 and len(pd.read_csv(tmp_path / "to" / "compare.csv")) == 5
    assert pd.read_csv(tmp_path / "to" / "compare_services.csv")["place_id"].tolist() == ["clinic:7"]


def test_the_command_tells_hubs_and_what_was_asked_otherwise() -> None:
    made = siting(
        sited(ANEW.side(), EARLIER, add=4, need=["age"], budget=None),
        sited(NOW.side(), LATER, add=4, need=[], budget=4500000.0),
    )
    assert [*compare_hubs.lines(made)] == [
        "hubs were asked for otherwise: need age -> none, budget none -> 4,500,000",
        "hub recommended: hall Hall (gain 100 to 120)",
        "hub still recommended: library Library (gain 100 to 120 -> 50 to 60, price 700 -> 900)",
        "hub recommended: own:2 Own:2 (gain 33 to 40)",
        "hub not recommended: school School (gain 50 to 60)",
        "hub built: plot Plot (gain 33 to 40)",
        "hub not recommended: own:2 Own:2 (gain 25 to 30)",
        "hub not there now: club Club",
        "hubs together: who gains 0 -> 0; left without 0 -> 0; of those who gained then 33 to 40 by what is built now",
    ]
    assert compare_hubs.machine(made)["asked_otherwise"]["budget"] == {"before": None, "after": 4500000.0}
    sums = {"gain": ([100.0, 120.0], [50.0, 50.0]), "spent": (None, 3.0e6), "left": ([0.0, 9.0], [7.0, 8.0])}
    told = [*compare_hubs.lines(replace(made, sums=sums))]
    together = "hubs together: who gains 100 to 120 -> 50; spent ? -> 3,000,000; "
    built = "; of those who gained then 33 to 40 by what is built now"
    assert told[-1] == f"{together}left without 0 to 9 -> 7 to 8{built}"
    must = {"must": (5.0e5, 0.0), "both": (None, 3.0e6)}
    told = [*compare_hubs.lines(replace(made, sums=sums | must))]
    beside = "what must be built takes 500,000 -> 0; both ? -> 3,000,000; "
    assert told[-1] == f"{together}{beside}left without 0 to 9 -> 7 to 8{built}"
    assert compare_hubs.machine(replace(made, sums=sums))["sums"]["spent"] == {"before": None, "after": 3.0e6}
    called = replace(made, sites=made.sites.assign(listed="103 אגף בספרייה"))
    assert "hub recommended: hall 103 אגף בספרייה (gain 100 to 120)" in [*compare_hubs.lines(called)]


def test_runs_of_one_date_are_told_apart_by_their_lists_and_by_what_hubs_were_asked_for() -> None:
    asked = {"a": {"add": 3, "budget": None}, "b": {"add": 3, "budget": 2.7e6}}
    records = [{"run_id": run, "parameters": {"hubs": wish}} for run, wish in asked.items()]
    wishes = compare_hubs.wishes(records)
    assert wishes == {"a": "budget none", "b": "budget 2,700,000"}
    assert [*compare_hubs.wishes(records[:1]).values()] == [""]
    rows = pd.DataFrame({"date": "2025-01-01", "other_date": ["2025", "2026"], "run_id": ["a", "b"], "people": 9.0})
    _, *told = compare_command._trend_lines(rows.assign(method_differs=False, fictional=False), wishes)
    assert told[0].endswith("(lists of 2025)  (hubs: budget none)") and "(lists of 2026)" in told[1] and len(told) == 2


def test_sums_of_all_hubs_are_those_of_record_and_table() -> None:
    left = pd.DataFrame({"zoning": ["zone", "city"], "then_low": [1.0, 2.0], "then_high": [3.0, 4.0]})
    side = sited(NOW.side(), LATER, add=4)
    hubs = {"people_gain": [5.0, 6.0], "spent": 7.0, "must_price": 4.0, "must_unpriced": 0}
    told = {"gain": [5.0, 6.0], "spent": 7.0, "must": 4.0, "both": 11.0, "left": [2.0, 4.0]}
    open_sum = {"must": None, "both": None}
    for more, sums in (({}, told), ({"must_unpriced": 1}, told | open_sum), ({"spent": None}, told | {"both": None})):
        after = Side({**side.record, "hubs": hubs | more}, {**side.tables, "hub_left": left})
        made = siting(sited(ANEW.side(), EARLIER, add=4), after)
        expected = sums | ({"spent": None} if "spent" in more else {})
        assert {name: now for name, (_, now) in made.sums.items()} == expected


def test_the_command_lays_two_cities_side_by_side_and_one_in_a_line(command: Callable[..., Any]) -> None:
    beside = command("toy", "other").stdout
    assert "first" in beside and "method" not in beside
    line = command("toy", "--all").stdout.splitlines()
    assert [row.split()[:3] for row in line[1:]] == [["2024-01-01", "1", "40"], ["2025-01-01", "2", "50"]]
    assert command("toy").exception and command("toy", "other", "--all").exception


def test_the_command_names_choices_that_differ_and_says_that_equal_dates_tell_nothing(
    command: Callable[..., Any], tmp_path: Path
) -> None:
    assert "equal dates" not in command("toy", "--all").stdout
    replace(NOW, cutoff=5.0).write(tmp_path / "data" / "processed" / "toy" / "3")
    last = command("toy", "--all").stdout.splitlines()
    assert last[-2].endswith("(other method)  (FICTIONAL)") and last[-1].startswith("of equal dates a run stands")
    assert "choices differ: clinic (cutoff_min)" in command("toy", str(tmp_path / "data/processed/toy/3")).stderr


@pytest.mark.parametrize("language", ["he", "ar", "en"])
def test_the_command_draws_a_line_where_it_writes_it(
    command: Callable[..., Any], tmp_path: Path, language: str
) -> None:
    first, second = (tmp_path / name for name in ("a", "b"))
    for folder in (first, second):
        made = command("toy", "--all", "--to", str(folder), "--language", language)
        assert made.exit_code == 0, made.output
    assert sorted(path.name for path in first.iterdir()) == ["trend.csv", "trend.parquet", "trend.png"]
    assert pd.read_parquet(first / "trend.parquet")["run_id"].tolist() == ["1", "2"]
    assert (first / "trend.png").read_bytes() == (second / "trend.png").read_bytes()
    assert command("toy", "--all", "--language", "eng").exception


def test_the_same_run_twice_says_so(command: Callable[..., Any]) -> None:
    assert "0 indicators differ\nno domain of the city differs" in command("toy", "toy").stdout


# --- whole runs ----------------------------------------------------------------------------------------------------

NAME = "generated-1600"
CHOICES = "\n[cutoff_min]\ndefault = 4\n[hubs]\nadd = 0\nresamples = 0\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the raw data of a small fictional town, and a run of it below `out`."""
    folder = tmp_path_factory.mktemp("compare")
    sample_town.generate(folder / "raw" / NAME, 1_600)
    with (folder / "raw" / NAME / "study.toml").open("a", encoding="utf-8") as file:
        file.write(CHOICES)
    pipeline.run(NAME, folder / "raw", folder / "out")
    return folder


def raw_copy(base: Path, to: Path) -> Path:
    """Copy the town's raw data and return the folder of its files."""
    shutil.copytree(base / "raw", to / "raw")
    return to / "raw" / NAME


def same_tables(one: Path, other: Path, names_of_files: Mapping[str, str] | None = None) -> None:
    """Hold every table of two runs against one another, by value."""
    then, now = kept.KeptTables(one), kept.KeptTables(other)
    assert {*then} == {*now}
    for name in then:
        here = pd.DataFrame(now[name]).replace(dict(names_of_files or {}))
        pd.testing.assert_frame_equal(pd.DataFrame(then[name]), here, check_dtype=False, obj=name)


def test_a_rerun_under_another_thread_count_gives_nothing(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a small town is shared out too.
    pools: list[int] = []
    monkeypatch.setattr(engine, "ThreadPoolExecutor", lambda many: pools.append(many) or ThreadPoolExecutor(many))
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    monkeypatch.setattr(sys.modules["geokehila.reach.nearest"], "ALONE", 0)
    monkeypatch.setattr(engine.in_threads, "__defaults__", (16,))
    made = pipeline.run(NAME, base / "raw", tmp_path)
    assert 7 in pools
    first = kept.newest(base / "out", NAME)
    same_tables(first, made.path)
    assert compare(first, made.path).table.empty


def test_a_reimport_in_other_file_formats_gives_nothing(base: Path, tmp_path: Path) -> None:
    raw = raw_copy(base, tmp_path)
    to_xml(raw / "osm.osm.pbf", raw / "osm.osm")
    areas = gpd.read_file(raw / "statistical_areas.shp")
    for path in (raw / "osm.osm.pbf", *raw.glob("statistical_areas.*")):
        path.unlink()
    areas.to_file(raw / "statistical_areas.gpkg", driver="GPKG")
    to_ods(raw / "census.xlsx", raw / "census.ods")
    (raw / "census.xlsx").unlink()
    made = pipeline.run(NAME, raw.parent, tmp_path)
    first = kept.newest(base / "out", NAME)
    assert first.name != made.path.name
    names = {"census.ods": "census.xlsx", "osm.osm": "osm.osm.pbf", "statistical_areas.gpkg": "statistical_areas.shp"}
    same_tables(first, made.path, names)
    assert compare(first, made.path).table.empty


def to_xml(source: Path, target: Path) -> None:
    with osmium.io.Reader(str(source)) as reader:
        header = reader.header()
    with osmium.SimpleWriter(str(target), header=header) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)


def to_ods(source: Path, target: Path) -> None:
    """Write a workbook again as an OpenDocument spreadsheet."""
    sheets = pd.read_excel(source, sheet_name=None, header=None, dtype=object, engine="calamine", keep_default_na=False)
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in sheet.to_numpy())
        + "</table:table>"
        for name, sheet in sheets.items()
    )
    spaces = " ".join(f'xmlns:{name}="{space}{name}:1.0"' for name in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}manifest:1.0"/>')
        file.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")


def ods_cell(value: Any) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def test_other_choices_alone_are_method_and_nothing_else(base: Path, tmp_path: Path) -> None:
    raw = raw_copy(base, tmp_path)
    study = raw / "study.toml"
    study.write_text(study.read_text(encoding="utf-8").replace("default = 4", "default = 4\nclinic = 7\n"), "utf-8")
    made = pipeline.run(NAME, raw.parent, tmp_path)
    first = kept.newest(base / "out", NAME)
    plain = compare(first, made.path)
    assert plain.method == NOT_ISOLATED and plain.otherwise == {"clinic": ("cutoff_min",)}
    assert {"category_clinic_share", "domain_health_share"} <= {*plain.table["measure"]}
    assert plain.table["method_low"].isna().all() and np.allclose(plain.table["unknown_low"], plain.table["change_low"])
    whole = compare(first, made.path, again=Again(Study.read(study), base / "raw"))
    assert whole.method == ISOLATED
    for end in ENDS:
        assert np.allclose(whole.table[f"method_{end}"], whole.table[f"change_{end}"])
        assert not whole.table[[f"{part}_{end}" for part in PARTS[1:]]].to_numpy().any()
    with pytest.raises(StudyError, match=r"chose otherwise of clinic \(cutoff_min\): name the study"):
        compare(first, made.path, again=Again(Study.read(base / "raw" / NAME / "study.toml"), base / "raw"))
    (raw / "census.xlsx").write_bytes(b"another")
    with pytest.raises(InputError, match=r"census: the census\.xlsx that run .* was made from is not in"):
        compare(first, made.path, again=Again(Study.read(study), raw.parent))
    shutil.copy(base / "raw" / NAME / "census.xlsx", raw)
    (raw / "socioeconomic.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"socioeconomic: the socioeconomic\.csv that .* holds is none run"):
        compare(first, made.path, again=Again(Study.read(study), raw.parent))


def test_a_category_that_is_required_now_is_method_by_the_states_that_were_kept(base: Path, tmp_path: Path) -> None:
    """Without the older inputs the same comes out as with them."""
    raw = raw_copy(base, tmp_path)
    with (raw / "study.toml").open("a", encoding="utf-8") as file:
        file.write("\n[categories.pharmacy]\nrequired = true\n")
    first, made = kept.newest(base / "out", NAME), pipeline.run(NAME, raw.parent, tmp_path)
    plain = compare(first, made.path)
    assert plain.method == ISOLATED and plain.otherwise == {"pharmacy": ("required",)}
    shares = {*plain.table["measure"]}
    assert shares and not [one for one in shares if not one.startswith("domain_")]
    for end in ENDS:
        assert np.allclose(plain.table[f"method_{end}"], plain.table[f"change_{end}"])
    again = compare(first, made.path, again=Again(Study.read(raw / "study.toml"), base / "raw"))
    pd.testing.assert_frame_equal(plain.table, again.table)
    assert trend([first, made.path])["method_differs"].tolist() == [False, True]


def test_only_the_version_that_made_the_newer_run_can_isolate_the_method(tmp_path: Path) -> None:
    again = Again(Study.of("dimona"), tmp_path)
    with pytest.raises(InputError, match=f"was made by version 1, this is {__version__}: make it anew"):
        held(tmp_path, THEN, NOW, again=again)


def test_a_year_later_people_lists_and_maps_are_told_apart(base: Path, tmp_path: Path) -> None:
    """Twice the people; a grocery gone from the map; a clinic that a list dates, at the door of a home without one."""
    first = kept.newest(base / "out", NAME)
    raw = raw_copy(base, tmp_path)
    tables = kept.KeptTables(first)
    states, places = tables["scores_adult"], tables["place_categories"]
    far = states.loc[states["category_clinic_state"] == "beyond", "origin_id"].iloc[0]
    gone = states.loc[states["category_grocery_state"] == "reached", "origin_id"].iloc[0]
    walks = tables["access_nearest"].set_index(["profile", "direction", "origin_id"])
    nearest_grocery = walks.loc[("adult", "to", gone), "grocery_place_id"]
    assert nearest_grocery in set(places.loc[places["category"] == "grocery", "place_id"])
    year_later(base / "raw" / NAME / "osm.osm.pbf", raw / "osm.osm.pbf", without=int(nearest_grocery[1:]))
    door = tables["origins"].set_index("origin_id").geometry[[far]].to_crs("EPSG:4326").iloc[0]
    row = f"7,Door Clinic,{door.x:.7f},{door.y:.7f},2025-09-01"
    (raw / "places_clinic.csv").write_text(f"id,name,lon,lat,date\n{row}\n", encoding="utf-8")
    twice_the_people(raw / "census.xlsx")
    made = compare(first, pipeline.run(NAME, raw.parent, tmp_path).path)
    people = of(made, "people")
    assert people["change_low"] == people["population_low"] == pytest.approx(1_600)
    assert made.services[["category", "place_id", "change", "by"]].to_numpy().tolist() == [
        ["clinic", "clinic:7", OPENED, "list"]
    ]
    health, shops = of(made, HEALTH), of(made, "category_grocery_share")
    assert health["service_low"] > 0 and health["change_low"] == pytest.approx(health["service_low"])
    assert shops["service_low"] == 0 and shops["change_low"] < 0
    assert shops["unknown_low"] == pytest.approx(shops["change_low"])


def twice_the_people(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for column in sheet.iter_cols():
            below = [cell for cell in column if isinstance(cell.value, int | float)]
            for cell in below if "pop_approx" in [cell.value for cell in column] else ():
                cell.value = 2 * cell.value
    book.save(path)


def year_later(source: Path, target: Path, without: int) -> None:
    """Write a map again a year later, one of its nodes without tags."""
    with osmium.io.Reader(str(source)) as reader:
        header = reader.header()
    header.set("osmosis_replication_timestamp", "2026-01-01T00:00:00Z")
    with osmium.SimpleWriter(str(target), header=header, overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing.replace(tags={}) if thing.is_node() and thing.id == without else thing)
