"""What tags say to people on wheels: slopes read, kerbs judged, ways closed; then whole files with ramps and kerbs."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from osm_xml import node, relation, square, way, write

from geokehila import network
from geokehila.catalogue import Catalogue
from geokehila.load import osm
from geokehila.load.osm import OsmData, kerbs, wheels
from geokehila.network import StreetNetwork
from geokehila.schema import ISRAEL_TM

PROFILES = Catalogue.read().profiles


def tags(words: str) -> dict[str, str]:
    return dict(word.split("=") for word in words.split())


def read(tmp_path: Path, *parts: str) -> OsmData:
    return osm.read([write(tmp_path / "a.osm", *parts)], (), ISRAEL_TM, PROFILES.values())


# Slopes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("8%", 0.08),
        ("8 %", 0.08),
        ("+8%", 0.08),
        ("-5 %", -0.05),
        ("−5%", -0.05),
        ("2.5%", 0.025),
        ("2,5 %", 0.025),
        (" 6% ", 0.06),
        ("0%", 0),
        ("0", 0),
        ("100%", 1),
        ("1:12", 1 / 12),
        ("1 : 20", 0.05),
        ("-1:8", -0.125),
        ("4.5°", math.tan(math.radians(4.5))),
        ("-45°", -1),
    ],
)
def test_slopes_in_numbers(text: str, slope: float) -> None:
    assert wheels.incline(text) == pytest.approx(slope)


@pytest.mark.parametrize(
    "text", ["", "up", "down", "steep", "8", "8%;10%", "5-8%", "<5%", "101%", "46°", "90°", "1:0", "12:1", "%", "1e1%"]
)
def test_slopes_that_are_not_told(text: str) -> None:
    assert math.isnan(wheels.incline(text))


@given(st.text())
def test_no_text_is_read_as_an_impossible_slope(text: str) -> None:
    slope = wheels.incline(text)
    assert math.isnan(slope) or abs(slope) <= wheels.STEEPEST


# Surfaces ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "is_rough"),
    [
        ("highway=track", True),
        ("highway=path", False),
        ("highway=residential", False),
        ("highway=track tracktype=grade1", False),
        ("highway=track tracktype=grade2", False),
        *((f"highway=track tracktype=grade{number}", True) for number in (3, 4, 5)),
        ("highway=track tracktype=grade5 surface=asphalt", False),
        ("highway=residential tracktype=grade4", True),
        *((f"highway=path surface={what}", True) for what in ("unpaved", "ground", "gravel", "dirt", "sand")),
        ("highway=track surface=compacted", False),
        ("highway=footway surface=asphalt;gravel", True),
        ("highway=track surface=dirt smoothness=intermediate", False),
        ("highway=track surface=dirt smoothness=bad", True),
        ("highway=track wheelchair=yes", False),
    ],
)
def test_of_unpaved_ways_and_tracks_that_nobody_told_of_it_is_not_known_whether_wheels_pass(
    words: str, is_rough: bool
) -> None:
    assert wheels.rough(tags(words)) == is_rough


def test_rough_ways_stay_open_and_are_counted(tmp_path: Path) -> None:
    nodes = (node(i, 0, 100 * i) for i in range(1, 4))
    found = read(tmp_path, *nodes, way(1, [1, 2], "highway=track surface=dirt"), way(2, [2, 3], "highway=residential"))
    assert found.streets.set_index("street_id")["rough"].to_dict() == {"w1": True, "w2": False}
    assert set(found.streets["closed_to"]) == {""}
    assert found.rules["rough"] == 1 and found.rules["rough_m"] == pytest.approx(100, abs=1)


# Kerbs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "raised"),
    [
        ("kerb=raised", True),
        ("kerb=rolled", True),
        ("kerb=yes", True),
        ("kerb=lowered", False),
        ("kerb=flush", False),
        ("kerb=no", False),
        ("barrier=kerb", True),
        ("barrier=kerb kerb=lowered", False),
        ("barrier=kerb kerb:height=0.02", False),
        ("kerb:height=0.03", False),
        ("kerb:height=0.031", True),
        ("kerb:height=3cm", False),
        ("kerb:height=12cm", True),
        ("kerb:height=0,12", True),
        ("kerb:height=30mm", False),
        ("kerb:height=0.12m", True),
        ("kerb=raised kerb:height=0.02", False),
        ("kerb=lowered kerb:height=0.1", True),
        ("kerb=raised kerb:height=high", True),
        ("kerb:left=lowered kerb:right=raised", True),
        ("kerb:both=lowered", False),
        ("kerb=raised wheelchair=yes", False),
        ("kerb=lowered wheelchair=no", True),
        ("highway=crossing wheelchair=no", False),
        ("highway=crossing", False),
        ("barrier=bollard", False),
    ],
)
def test_kerbs(words: str, raised: bool) -> None:
    assert kerbs.is_raised(tags(words)) is raised


# Ways that are closed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "closed_to"),
    [
        ("highway=footway", ""),
        ("highway=steps", "stroller wheelchair"),
        ("highway=steps ramp:wheelchair=yes", ""),
        ("highway=steps ramp:wheelchair=no", "stroller wheelchair"),
        ("highway=steps ramp=yes", "wheelchair"),
        ("highway=steps ramp:stroller=yes", "wheelchair"),
        ("highway=steps wheelchair=yes", "stroller"),
        ("highway=path wheelchair=no", "wheelchair"),
        ("highway=path wheelchair=limited", ""),
        ("highway=path smoothness=bad", "wheelchair"),
        ("highway=path smoothness=very_bad", "stroller wheelchair"),
        ("highway=path smoothness=intermediate", ""),
        ("highway=footway footway=crossing kerb=raised", "wheelchair"),
        ("highway=footway footway=crossing kerb=lowered", ""),
    ],
)
def test_ways_are_closed_to_profiles(words: str, closed_to: str) -> None:
    assert wheels.told(tags(words), PROFILES.values())["closed_to"] == closed_to


def test_a_study_says_which_ways_are_closed() -> None:
    over = {"stroller": {"closed": ["surface=sand|gravel"], "closed_unless": []}, "adult": {"closed": "highway=track"}}
    profiles = Catalogue.read({"profiles": over}).profiles.values()
    told = [
        wheels.told(tags(words), profiles)["closed_to"]
        for words in ("highway=steps", "highway=path surface=sand", "highway=track")
    ]
    assert told == ["wheelchair", "stroller", "adult"]


# Files ---------------------------------------------------------------------------------------------------------------

#: A line of points 100 m apart: 1 at 0 m, 2 at 100 m, and so on.
LINE = [node(i, 100 * (i - 1), 0) for i in range(1, 6)]


def columns(data: OsmData) -> list[list[object]]:
    found = data.streets.fillna({"incline": -9})
    return [list(row) for row in found[["street_id", "closed_to", "surface", "incline"]].itertuples(index=False)]


def test_what_tags_tell_stands_in_the_table_and_is_counted(tmp_path: Path) -> None:
    ways = [
        way(1, [1, 2], "highway=footway surface=asphalt incline=6%"),
        way(2, [2, 3], "highway=steps incline=up"),
        way(3, [3, 4], "highway=steps ramp:wheelchair=yes surface=concrete"),
        way(4, [4, 5], "highway=service access=private surface=asphalt"),
    ]
    data = read(tmp_path, *LINE, *ways)
    assert columns(data) == [
        ["w1", "", "asphalt", 0.06],
        ["w2", "stroller wheelchair", "", -9],
        ["w3", "", "concrete", -9],
    ]
    counted = {name: data.rules[name] for name in (*wheels.RULES, *(f"{name}_m" for name in wheels.RULES))}
    assert counted == {
        "steps": 2, "steps_m": 200, "surface_tagged": 2, "surface_tagged_m": 200, "incline_tagged": 1,
        "incline_tagged_m": 100, "rough": 0, "rough_m": 0,
    }  # fmt: skip


def test_a_way_that_a_gate_cuts_keeps_what_its_tags_tell_and_its_direction(tmp_path: Path) -> None:
    gate = node(2, 100, 0, "barrier=gate access=private")
    nodes = [LINE[0], gate, *LINE[2:], node(9, 0, 90), node(10, 200, 90)]
    round_it = way(2, [1, 9, 10, 3], "highway=footway")
    data = read(tmp_path, *nodes, way(1, [3, 2, 1], "highway=footway surface=sett incline=-5% wheelchair=no"), round_it)
    parts = data.streets[data.streets["street_id"] == "w1"]
    assert parts[["closed_to", "surface", "incline"]].to_numpy().tolist() == [["wheelchair", "sett", -0.05]] * 2
    # Drawn from east to west, and still so.
    assert all(line.coords[0][0] > line.coords[-1][0] for line in parts.geometry)


@pytest.mark.parametrize("is_relation", [False, True])
def test_lines_across_a_square_are_what_its_own_tags_say(tmp_path: Path, is_relation: bool) -> None:
    nodes, ring = square(1, 0, 0, 40)
    lead = [node(10, -300, 0), node(11, 340, 40)]
    paths = way(2, [10, 1], "highway=footway surface=gravel"), way(3, [3, 11], "highway=footway")
    words = "highway=pedestrian surface=sett smoothness=bad incline=3%"
    whole = relation(5, [(1, "outer")], f"type=multipolygon {words}")
    parts = (way(1, ring, ""), whole) if is_relation else (way(1, ring, f"{words} area=yes"),)
    data = read(tmp_path, nodes, *lead, *paths, *parts)
    lines = data.streets[data.streets["way"] == "plaza"]
    assert len(lines) and {*lines["surface"]} == {"sett"} and {*lines["closed_to"]} == {"wheelchair"}
    assert lines["incline"].isna().all()


def wheels_and_all(data: OsmData) -> tuple[StreetNetwork, StreetNetwork]:
    built = network.build(data.streets, data.kerbs)
    closed = np.array(["wheelchair" in keys.split() for keys in data.streets["closed_to"]])[built.street]
    return built.open_to(closed, True), built.open_to(np.zeros_like(closed), False)


@pytest.mark.parametrize(
    ("words", "stops"),
    [("kerb=raised", True), ("barrier=kerb kerb=raised", True), ("kerb:height=0.1", True), ("kerb=lowered", False)],
)
def test_a_raised_kerb_on_a_footway_stops_the_wheelchair_and_not_the_adult(
    tmp_path: Path, words: str, stops: bool
) -> None:
    nodes = [LINE[0], node(2, 100, 0, words), *LINE[2:]]
    data = read(tmp_path, *nodes, way(1, [1, 2, 3, 4, 5], "highway=footway"))
    assert len(data.kerbs) == stops == data.rules["kerb_raised"] and data.kerbs.crs == ISRAEL_TM
    chair, adult = wheels_and_all(data)
    assert (chair.facts()["components"], adult.facts()["components"]) == (1 + stops, 1)


@pytest.mark.parametrize(("ramp", "parts"), [("", 2), (" ramp:wheelchair=yes", 1)])
def test_steps_stop_the_wheelchair_but_for_those_with_its_ramp(tmp_path: Path, ramp: str, parts: int) -> None:
    ways = way(1, [1, 2], "highway=footway"), way(2, [2, 3], f"highway=steps{ramp}"), way(3, [3, 4], "highway=footway")
    chair, adult = wheels_and_all(read(tmp_path, *LINE, *ways))
    assert (chair.facts()["components"], adult.facts()["components"]) == (parts, 1)


def test_crossings_are_counted_once_by_whether_somebody_told_of_a_kerb(tmp_path: Path) -> None:
    """A crossing that is a way and a point of it counts as the way; a point on a road alone counts for itself."""
    nodes = [
        node(1, 0, 0, "kerb=lowered"),
        node(2, 10, 0, "highway=crossing"),
        node(3, 20, 0),
        node(4, 30, 0, "highway=crossing"),
        node(5, 40, 0, "highway=crossing kerb=raised"),
        node(6, 50, 0, "highway=crossing crossing=no"),
        node(7, 60, 0),
        node(8, 70, 0),
        node(9, 80, 0),
    ]
    crossing = "highway=footway footway=crossing"
    ways = [
        way(1, [1, 2, 3], crossing),
        way(2, [4, 5, 6], "highway=residential"),
        way(3, [7, 8], crossing),
        way(4, [8, 9], f"{crossing} kerb=lowered"),
        way(5, [7, 9], f"{crossing} access=no"),
        way(6, [7, 9], "highway=cycleway cycleway=crossing foot=yes"),
    ]
    rules = read(tmp_path, *nodes, *ways).rules
    # Told: ways 1 and 4, point 5. Not told: ways 3 and 6, point 4. Nobody walks on way 5.
    assert (rules["kerb_told"], rules["kerb_not_told"], rules["kerb_raised"]) == (3, 3, 1)


def test_points_that_are_kerbs_alone_are_found_and_no_kerb_is_an_empty_table(tmp_path: Path) -> None:
    assert read(tmp_path, node(1, 0, 0, "kerb:left=raised")).kerbs["kerb_id"].tolist() == ["n1"]
    assert read(tmp_path, node(1, 0, 0, "shop=bakery")).kerbs.empty
