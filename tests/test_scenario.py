"""Scenarios: edits laid over a run give what the same edits in the raw files give; gains are told with their doubt."""

import json
import re
import subprocess
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely
from page_browser import chromium
from pyproj import Transformer
from typer.testing import CliRunner

from geokehila import pipeline, places, sample_town, scenario, zones
from geokehila.analyses import fifteen_minute
from geokehila.analyses.tables import Tables
from geokehila.catalogue import text
from geokehila.errors import InputError, StudyError
from geokehila.gathered import gather, lead
from geokehila.load.roles import find
from geokehila.scenario import page
from geokehila.scenario.gains import KEY, NUMBERS, Turns, gains
from geokehila.scenario.layers import layers
from geokehila.scenario.newcomers import newcomers
from geokehila.scenario.ways import edited
from geokehila.scenario.words import numbered
from geokehila.schema import BEYOND, EDGE, REACHED, UNCONNECTED
from geokehila.study import Study
from geokehila.zones import Homes, Zoning
from geokehila_cli import scenario as scenario_command
from geokehila_cli.app import app, main

SLUG = "generated-1600"
#: Short walks, so that in a small town some homes lie beyond; and no hubs, which a scenario does not ask for.
CHOICES = "[hubs]\nresamples = 0\nadd = 0\n[cutoff_min]\ndefault = 4\n"
#: [s] Engine walks are sixteenths of a second, and OpenStreetMap's points are rounded to a centimetre.
TO_THE_SECOND = 0.5
TO_DEGREES = Transformer.from_crs("EPSG:2039", "EPSG:4326", always_xy=True)
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:2039", always_xy=True)


def degrees(x: float, y: float) -> list[float]:
    """Longitude and latitude as OpenStreetMap stores them."""
    return [round(number, 7) for number in TO_DEGREES.transform(x, y)]


#: Corners of a square around its middle.
SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))


def drawn_homes(kind: str, coordinates: Any) -> str:
    """A scenario of one shape, in which 40 dwellings are."""
    shape = {"type": kind, "coordinates": coordinates}
    homes = {"type": "Feature", "properties": {"edit": "housing", "dwellings": 40}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [homes]})


@dataclass(frozen=True, eq=False)
class Town:
    """A small town that was run, and its raw map."""

    raw: Path
    out: Path

    @cached_property
    def study(self) -> Study:
        return pipeline.choose(SLUG, self.raw)

    @cached_property
    def base(self) -> scenario.Base:
        return scenario.of_run(self.study, find(self.study, self.raw / SLUG, self.raw / "national"), self.out)

    @cached_property
    def map(self) -> dict[str, dict[int, Any]]:
        """Nodes as (lon, lat, tags), ways as (nodes, tags) by id."""
        found: dict[str, dict[int, Any]] = {"n": {}, "w": {}}
        for thing in osmium.FileProcessor(self.raw / SLUG / "osm.osm.pbf"):
            tags = {tag.k: tag.v for tag in thing.tags}
            if thing.is_node():
                found["n"][thing.id] = (thing.lon, thing.lat, tags)
            elif thing.is_way():
                found["w"][thing.id] = ([node.ref for node in thing.nodes], tags)
        return found

    def said(self, text: str, name: str = "what_if.toml") -> scenario.Edits:
        path = self.out / name
        path.write_text(text, encoding="utf-8")
        return scenario.read(path, self.study)

    def answer(self, text: str) -> scenario.Found:
        return scenario.answer(self.base, self.said(text))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    raw, out = (tmp_path_factory.mktemp("scenario") / name for name in ("raw", "out"))
    sample_town.generate(raw / SLUG, 1_600)
    with (raw / SLUG / "study.toml").open("a", encoding="utf-8") as file:
        file.write(CHOICES)
    pipeline.run(SLUG, raw, out)
    return Town(raw, out)


def rewritten(town: Town, folder: Path, nodes: dict[int, Any], ways: dict[int, Any], cutoffs: str) -> Path:
    """Write the town's raw files with other nodes and ways; what is None is gone."""
    place = folder / SLUG
    place.mkdir(parents=True)
    for file in (town.raw / SLUG).iterdir():
        if not file.name.startswith("osm."):
            (place / file.name).write_bytes(file.read_bytes())
    with (place / "study.toml").open("a", encoding="utf-8") as study:
        study.write(cutoffs)
    with osmium.io.Reader(str(town.raw / SLUG / "osm.osm.pbf")) as reader:
        header = reader.header()
    with osmium.SimpleWriter(str(place / "osm.osm.pbf"), header=header) as out:
        for number, node in sorted((town.map["n"] | nodes).items()):
            if node is not None:
                out.add_node(osmium.osm.mutable.Node(id=number, version=1, location=node[:2], tags=node[2]))
        for number, way in sorted((town.map["w"] | ways).items()):
            if way is not None:
                out.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=way[0], tags=way[1]))
    return folder


@dataclass(frozen=True, eq=False)
class Oracle:
    """The scenario's edits written into the raw files, and the whole way gone again from there."""

    found: scenario.Found
    scores: dict[str, pd.DataFrame]
    homes: pd.Index


@pytest.fixture(scope="module")
def oracle(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    nodes, ways = town.map["n"], town.map["w"]
    gates = town.base.tables["gates"].set_index("gate_id")
    gate = nearest_node(nodes, gates.geometry["w46/0001"])
    corner = next(n for n in ways[50][0] if "entrance" not in nodes[n][2] and "barrier" not in nodes[n][2])
    begin, end = ways[3][0][2], ways[20][0][6]
    middle = halfway(nodes, *ways[13][0][4:6])
    clinic, hub, chemist = degrees(187080, 471080), degrees(187560, 471400), degrees(187480, 471100)
    plot = [degrees(187250 + x, 471330 + y) for x, y in ((0, 0), (6, 0), (6, 6), (0, 6))]
    home = shapely.Polygon([TO_METRES.transform(*at) for at in plot]).representative_point()
    other = degrees(187150, 471330)
    text = f"""
        [[place]]
        do = "add"
        category = "clinic"
        name = "Example clinic"
        at = {clinic}
        [[place]]
        do = "close"
        id = "n807"
        [[place]]
        do = "move"
        id = "n812"
        to = {chemist}
        [[hub]]
        at = {hub}
        [[street]]
        do = "add"
        way = "steps"
        line = [{list(nodes[begin][:2])}, {list(nodes[end][:2])}]
        [[street]]
        do = "add"
        line = [{middle}, {other}]
        [[street]]
        do = "close"
        id = "w16"
        [[gate]]
        do = "add"
        place = "w50"
        at = {list(nodes[corner][:2])}
        [[gate]]
        do = "close"
        id = "w46/0001"
        [[housing]]
        at_m = [{home.x}, {home.y}]
        residents = 350
        [cutoff_min]
        school = 3
        """
    first, second = ways[13][0][:5], ways[13][0][5:]
    changed = {
        900_001: (*clinic, {"amenity": "clinic"}),
        900_002: (*hub, {"amenity": "community_centre"}),
        900_003: (*middle, {}),
        900_004: (*other, {}),
        **{900_010 + i: (*at, {}) for i, at in enumerate(plot)},
        807: (*nodes[807][:2], {}),
        812: (*chemist, nodes[812][2]),
        corner: (*nodes[corner][:2], {"entrance": "yes"}),
        gate: (*nodes[gate][:2], {}),
    }
    drawn = {
        16: None,
        13: ([*first, 900_003, *second], ways[13][1]),
        900_001: ([begin, end], {"highway": "steps"}),
        900_002: ([900_003, 900_004], {"highway": "footway"}),
        900_003: ([900_010, 900_011, 900_012, 900_013, 900_010], {"building": "apartments"}),
    }
    raw = rewritten(town, tmp_path_factory.mktemp("oracle"), changed, drawn, "school = 3\n")
    study = pipeline.choose(SLUG, raw)
    gathered = gather(study, find(study, raw / SLUG, raw / "national"), lambda stage: None)
    walks, origins = lead(study, gathered)
    profiles, horizon = study.catalogue.walkers, study.catalogue.standards["horizon"].value
    answers = walks.run(fifteen_minute.asks(study), profiles, horizon)
    scores = fifteen_minute.measure(Tables(study, origins, lists=town.base.lists), answers).homes
    ids = {"w900003": "scenario:housing:1"}
    named = {key: table.rename(index=ids).sort_index() for key, table in scores.items()}
    return Oracle(town.answer(text), named, pd.Index(origins["origin_id"].replace(ids)).sort_values())


def nearest_node(nodes: dict[int, Any], at: shapely.Point) -> int:
    return min(nodes, key=lambda n: shapely.Point(TO_METRES.transform(*nodes[n][:2])).distance(at))


def halfway(nodes: dict[int, Any], one: int, other: int) -> list[float]:
    a, b = (np.array(TO_METRES.transform(*nodes[n][:2])) for n in (one, other))
    return degrees(*(a + b) / 2)


def test_every_home_has_the_states_and_walks_of_a_run_on_files_so_edited(oracle: Oracle) -> None:
    catalogue = oracle.found.patched.study.catalogue
    assert len(oracle.found.edits) == 11 and {*oracle.found.patched.touched} == {*catalogue.categories}
    for profile, after in oracle.found.after.items():
        expected = oracle.scores[profile]
        assert after.index.tolist() == oracle.homes.tolist() == expected.index.tolist()
        for key in catalogue.categories:
            walk, other = after[f"category_{key}_s"], expected[f"category_{key}_s"]
            np.testing.assert_allclose(walk, other, rtol=0, atol=TO_THE_SECOND, err_msg=f"{profile} {key}")
            assert after[f"category_{key}_state"].tolist() == expected[f"category_{key}_state"].tolist(), (profile, key)
        for key in catalogue.domains:
            if catalogue.deciding(key):
                assert after[f"domain_{key}_state"].tolist() == expected[f"domain_{key}_state"].tolist(), (profile, key)


def test_the_edits_matter_so_that_agreeing_says_something(oracle: Oracle) -> None:
    found = oracle.found
    turns = found.turns["adult"]
    assert turns.gains.any() and turns.loses.any()
    walked = [c for c in found.after["adult"] if c.endswith("_s")]
    old = found.before["adult"].index != "scenario:housing:1"
    moved = (found.before["adult"][walked] != found.after["adult"][walked])[old].any()
    assert moved["category_clinic_s"] and moved["category_grocery_s"] and moved["category_pharmacy_s"]
    steps = {k: t["category_library_s"] for k, t in found.after.items()}
    assert (steps["wheelchair"] > steps["older_adult"]).any()


def test_people_who_reach_it_are_those_of_the_same_states_summed_as_a_run_sums_them(town: Town, oracle: Oracle) -> None:
    found, base = oracle.found, town.base
    homes = {k: Homes(t, np.full(len(t), 1e6), 3600.0, "") for k, t in oracle.scores.items() if k in found.after}
    patched = found.patched
    summed = zones.summarise(homes, base.zonings(patched.origins), patched.origins, patched.origin_people)
    same_shares(found.gains, summed, "after")


def test_before_is_what_the_run_published(town: Town, oracle: Oracle) -> None:
    same_shares(oracle.found.gains, town.base.tables["zone_scores"], "before")


def same_shares(table: pd.DataFrame, scores: pd.DataFrame, when: str) -> None:
    """See that people at least and at most are the shares of a table of scores, times the people."""
    shares = scores.set_index(["zoning", "zone_id", "profile", "group", "measure"])[["low", "high"]]
    keys = table[["zoning", "zone_id", "profile", "group"]].assign(measure=table["measure"] + "_share")
    expected = shares.reindex(pd.MultiIndex.from_frame(keys)).mul(table[f"people_{when}"].to_numpy(), axis=0)
    assert len(table) > 50 and {*table["group"]} == {"total", "0-19", "80+"}
    for end in ("low", "high"):
        np.testing.assert_allclose(table[f"{when}_{end}"], expected[end].fillna(0.0), rtol=1e-9, atol=1e-9)


def test_gains_and_losses_are_those_of_a_slow_count_home_by_home(oracle: Oracle) -> None:
    found = oracle.found
    people = found.patched.origins.set_index("origin_id")[["people", "people_by_footprint"]]
    old = [home for home in people.index if not home.startswith("scenario:")]
    before, after = found.before["wheelchair"], found.after["wheelchair"]
    city = found.gains.query("zoning == 'city' and group == 'total' and profile == 'wheelchair'").set_index("measure")
    settled = (REACHED, BEYOND)
    for measure in ("category_grocery", "category_clinic", "category_library", "domain_health"):
        sums = dict.fromkeys(("gained", "lost", "may_gain", "may_lose"), np.zeros(2))
        for home in old:
            was, now = before.at[home, f"{measure}_state"], after.at[home, f"{measure}_state"]
            weight = people.loc[home].to_numpy(float)
            for name, one, other in (("gain", BEYOND, REACHED), ("lose", REACHED, BEYOND)):
                surely = was == one and now == other
                perhaps = (was == one and now not in settled) or (was not in settled and now == other)
                done = "gained" if name == "gain" else "lost"
                sums[done] = sums[done] + weight * surely
                sums[f"may_{name}"] = sums[f"may_{name}"] + weight * (surely or perhaps)
        row = city.loc[measure]
        for name, may in (("gained", "may_gain"), ("lost", "may_lose")):
            assert row[f"{name}_low"] == pytest.approx(sums[name].min(), abs=1e-6)
            assert row[f"{name}_high"] == pytest.approx(sums[may].max(), abs=1e-6)


@pytest.mark.parametrize("every", [False, True])
def test_edits_that_change_nothing_change_nothing(town: Town, every: bool) -> None:
    cutoffs = "[cutoff_min]\nclinic = 4\nschool = 4\n"
    # A spur that nobody needs: every category is walked to again on a network built anew.
    at, beyond = (town.map["n"][n][:2] for n in (town.map["w"][43][0][0], town.map["w"][43][0][1]))
    spur = f"[[street]]\ndo = 'add'\nline = [{list(at)}, {list(beyond)}]\n" if every else ""
    found = town.answer(spur + cutoffs)
    assert found.patched.rebuilt is every and len(found.gains) == 0
    for profile, after in found.after.items():
        walks = [c for c in after if c.endswith("_s")]
        np.testing.assert_allclose(after[walks], found.before[profile][walks], rtol=0, atol=0.07)
        assert not len(found.turns[profile].moved)


def test_a_place_added_far_from_everybody_is_nobodys_gain_and_belief_stays(town: Town) -> None:
    text = f"[[place]]\ndo = 'add'\ncategory = 'library'\nat = {degrees(187380, 471280)}\n"
    found = town.answer(text)
    # The run does not believe the list of libraries: who reaches one now may have reached another before.
    was = found.before["adult"]["category_library_state"]
    assert {*was} - {REACHED} == {"not mapped"}
    row = found.gains.query("zoning == 'city' and profile == 'adult' and group == 'total'").set_index("measure")
    assert row.loc["category_library", "gained_low"] == 0 < row.loc["category_library", "gained_high"]


def test_only_what_is_touched_is_looked_for(town: Town) -> None:
    found = town.answer("[[place]]\ndo = 'close'\nid = 'n807'\n")
    assert found.patched.touched == ("grocery",) and not found.patched.rebuilt
    assert {*found.after["adult"]} == {"category_grocery_state", "category_grocery_s", "domain_employment_state"}
    assert not found.patched.gates["fresh"].any()


def turns(before: list[str], after: list[str]) -> Turns:
    both = (np.array(states, object) for states in (before, after))
    tables = (pd.DataFrame({"category_clinic_state": numbered(states)}) for states in both)
    return Turns.of("adult", *tables)


def test_the_example_of_the_method_page() -> None:
    """Five homes of 10, 20, 30, 40 and 50 people; of the third and fourth one state is not known."""
    before = [BEYOND, REACHED, "not mapped", REACHED, REACHED]
    after = [REACHED, BEYOND, REACHED, EDGE, REACHED]
    origins = gpd.GeoDataFrame(
        {"origin_id": [*"abcde"], "people": [10.0, 20, 30, 40, 50]}, geometry=[shapely.Point(0, 0)] * 5
    )
    origins = origins.assign(people_by_footprint=origins["people"])
    people = origins[["origin_id", "people"]].assign(group="total")
    units = gpd.GeoDataFrame({"zone_id": [""]}, geometry=[shapely.box(-1, -1, 1, 1)])
    city = Zoning("city", units, np.zeros(5, np.int64))
    row = gains([turns(before, after)], [city], (origins, people), (origins, people)).iloc[0]
    assert row[["before_low", "before_high"]].tolist() == pytest.approx([110, 140])
    assert row[["after_low", "after_high"]].tolist() == pytest.approx([90, 130])
    assert row[["gained_low", "gained_high"]].tolist() == pytest.approx([10, 40])
    assert row[["lost_low", "lost_high"]].tolist() == pytest.approx([20, 60])


def test_newcomers_are_within_a_walk_beyond_it_or_not_known() -> None:
    """Of three plots of 10, 20 and 40 people one reaches a clinic, one is beyond it, one is off every way."""
    states = [BEYOND, REACHED, BEYOND, UNCONNECTED]
    origins = gpd.GeoDataFrame({"origin_id": [*"abcd"], "people": [500.0, 10, 20, 40]}, geometry=[shapely.Point()] * 4)
    units = gpd.GeoDataFrame({"zone_id": ["9-1", "9-2"]}, geometry=[shapely.box(0, 0, 1, 1)] * 2)
    zone = Zoning("zone", units, np.array([0, 0, 1, 1]))
    city = Zoning("city", units[:1].assign(zone_id=""), np.zeros(4, np.int64))
    off = {"adult": np.array([False, False, False, True])}
    is_new = np.array([False, True, True, True])
    table = newcomers([turns(states, states)], off, [zone, city], origins, is_new)
    assert table.drop(columns=["profile", "measure"]).set_index(["zoning", "zone_id"]).T.to_dict("list") == {
        ("city", ""): [70, 10, 50, 20, 60, 40],
        ("housing", "b"): [10, 10, 10, 0, 0, 0],
        ("housing", "c"): [20, 0, 0, 20, 20, 0],
        ("housing", "d"): [40, 0, 40, 0, 40, 40],
        ("zone", "9-1"): [10, 10, 10, 0, 0, 0],
        ("zone", "9-2"): [60, 0, 40, 20, 60, 40],
    }


def test_what_newcomers_reach_is_what_their_home_reaches(oracle: Oracle) -> None:
    """One plot of 350 people: all of them or none, as the map and a whole run say of a building in its place."""
    found = oracle.found
    table = found.newcomers.query("zoning == 'city'").set_index(["profile", "measure"])
    assert {*table.index.unique("profile")} == {*found.after} and {*table["people"]} == {350.0}
    for (profile, measure), row in table.iterrows():
        state = oracle.scores[profile].at["scenario:housing:1", f"{measure}_state"]
        assert row["reached_people_low"] == 350 * (state == REACHED), (profile, measure)
        assert row["beyond_people_low"] == 350 * (state == BEYOND), (profile, measure)
        assert row["reached_people_high"] == 350 - row["beyond_people_low"]
    assert {0.0, 350.0} == {*table["beyond_people_low"]} == {*table["reached_people_low"]}


def test_that_newcomers_are_off_every_way_is_said_on_the_page(town: Town) -> None:
    """A plot 44 m from the nearest street, where no more than 20 m are walked to one."""
    catalogue = town.study.catalogue
    cap = replace(catalogue.standards["snap_cap"], value=20.0)
    near = replace(town.study, catalogue=replace(catalogue, standards={**catalogue.standards, "snap_cap": cap}))
    plot = "[[housing]]\nat_m = [187138.9, 471301.28]\nresidents = 70\n"
    for study, off in ((town.study, 0.0), (near, 70.0)):
        found = scenario.answer(replace(town.base, study=study), town.said(plot))
        assert {*found.newcomers["unconnected_people"]} == {off}
        english = page.html([found]).split('<section id="en"')[1].split("</section>")[0]
        assert "Of the 70 new residents" in english and "Of the residents of today nobody gains or loses." in english
        assert ("70 new residents stand more than 20 m from every way" in english) == bool(off)
        (last,) = re.findall(r"not connected to the walking network</th>(.*?)</tr>", english)
        assert re.findall(r"<bdi>(\d+)</bdi>", last) == [f"{off:.0f}"] * len(found.after)


def streets(*lines: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    columns = {"street_id": [f"w{i}" for i in range(len(lines))], "part": 0, "way": "residential"}
    more = {"bridge": False, "tunnel": False, "closed_to": "", "surface": "", "incline": np.nan, "rough": False}
    return gpd.GeoDataFrame(columns | more, geometry=[shapely.LineString(line) for line in lines], crs="EPSG:2039")


def drawn(*points: tuple[float, float], **said: Any) -> scenario.Edits:
    return scenario.Edits("a", (scenario.Edit("street", "add", 1, "a", said, shapely.LineString(points)),))


def test_a_new_street_shares_a_point_with_what_it_ends_at() -> None:
    """Two parallel streets of 100 m; the new one is drawn from 3 m beside the first to a bend of the second."""
    both = streets([(0, 0), (100, 0)], [(0, 50), (40, 50), (100, 50)])
    found, lines = edited(both, drawn((30, 3), (40.4, 50.3)), {})
    by_id = found.set_index("street_id").geometry
    assert [*by_id["w0"].coords] == [(0, 0), (30, 0), (100, 0)]
    assert [*by_id["w1"].coords] == [(0, 50), (40, 50), (100, 50)]
    assert [*by_id["scenario:street:1"].coords] == [(30, 0), (40, 50)] == [*lines[0].coords]


def test_a_way_is_closed_to_whom_its_kind_stops_and_to_whom_the_scenario_says() -> None:
    profiles = Study.of("dimona").catalogue.profiles
    found, _ = edited(streets([(0, 0), (100, 0)]), drawn((0, 0), (0, 9), way="steps", closed_to=["child"]), profiles)
    closed = found.set_index("street_id").at["scenario:street:1", "closed_to"].split()
    assert "wheelchair" in closed and "child" in closed and "adult" not in closed


def test_a_gate_closed_is_no_way_in_and_the_last_one_stays(town: Town) -> None:
    with pytest.raises(StudyError, match=r"w50/0000 is the last gate of w50: close the place"):
        town.answer("[[gate]]\ndo = 'close'\nid = 'w50/0000'\n")
    found = town.answer("[[gate]]\ndo = 'close'\nid = 'w46/0000'\n")
    assert "w46/0000" not in {*found.patched.gates["gate_id"]} and found.patched.touched == ("park",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[plaice]]\ndo = 'add'", r"unknown kind of edit in a.toml: 'plaice': did you mean 'place'\?"),
        ("[[place]]\ndo = 'ad'", r"unknown do in a.toml: \[\[place\]\] 1: 'ad': did you mean 'add'\?"),
        (
            "[[place]]\ndo = 'add'\nat = [34.8, 30.3]",
            r"a.toml: \[\[place\]\] 1: add without category: say category, at",
        ),
        ("[[place]]\ndo = 'close'\nid = 'n80'\nname = 'x'", r"unknown key in a.toml: \[\[place\]\] 1: 'name'"),
        (
            "[[place]]\ndo = 'add'\ncategory = 'clinik'\nat = [34.8, 30.3]",
            r"unknown category in a.toml: \[\[place\]\] 1: 'clinik': did you mean 'clinic'\?",
        ),
        ("[[place]]\ndo = 'add'\ncategory = 'clinic'\nat = 'here'", r"at is 'here': write \[lon, lat\]"),
        ("[[place]]\ndo = 'add'\ncategory = 'clinic'\nat = [187000, 471000]", r"no degrees: .* or metres as at_m"),
        (
            "[[hub]]\nat = [30.33, 34.87]",
            r"outside the data, longitude 34\.\d+ to 34\.\d+ .*swapped, write \[34.87, 30.33\]",
        ),
        (
            "[[hub]]\nat = [35.5, 33.1]",
            r"at 35.5, 33.1, outside .* and latitude 30\.\d+ to 30\.\d+: write longitude first",
        ),
        ("[[hub]]\nat_m = [1, 2]", r"at 1, 2 m, outside the data, x 18\d+ to 18\d+ and y 4\d+ to 4\d+ m in EPSG:2039"),
        ("[[place]]\ndo = 'close'\nid = 'n80'", r"unknown place 'n80': did you mean 'n8\d+'\?"),
        ("[[street]]\ndo = 'close'\nid = 'w1'\npart = 7", r"part 7 of w1: its parts are 0"),
        ("[[street]]\ndo = 'close'\nid = 'nothing'", r"unknown street 'nothing': take one of the 44 ids"),
        ("[[street]]\ndo = 'add'\nline_m = [[187000, 470500], [187005, 470500]]", r"ends at no street, the nearest is"),
        ("[[street]]\ndo = 'add'\nline_m = [[187000, 470500]]", r"line_m is .*: write \[\[x, y\], \[x, y\], ...\]"),
        (
            "[[street]]\ndo = 'add'\nline_m = [[0, 0], [1, 1]]\nclosed_to = ['wheelchairs']",
            r"unknown profile in a.toml: \[\[street\]\] 1: 'wheelchairs': did you mean 'wheelchair'\?",
        ),
        ("[[housing]]\nat_m = [187250, 471330]", r"add without residents or dwellings: say at, residents or dwellings"),
        (
            "[[housing]]\nat_m = [187250, 471330]\nresidents = 5\ndwellings = 2",
            r"says both residents and dwellings: keep one of them",
        ),
        ("[[housing]]\nat_m = [187250, 471330]\ndwellings = 0", r"dwellings is 0: write a number above 0"),
        ("[[housing]]\nat_m = [186000, 470000]\nresidents = 5", r"stands in no zone of the study"),
        ("[[housing]]\nat_m = [187250, 471330]\nresidents = -5", r"residents is -5: write a number above 0"),
        ("[[gate]]\ndo = 'add'\nplace = 'w5'\nat_m = [187250, 471330]", r"unknown place 'w5': did you mean 'w5\d'\?"),
        ("[cutoff_min]\nclinic = 90", r"cutoff_min of clinic is 90: give minutes above 0, at most 60"),
        ("[cutoff_min]\nclinics = 9", r"unknown category of \[cutoff_min\] in a.toml: 'clinics'"),
        ("", r"a.toml: holds no edit"),
        ("place = 3", r"place is 3: write each as a table of its own, \[\[place\]\]"),
        (
            "[[place]]\ndo = 'close'\nid = 'n807'\n[[place]]\ndo = 'move'\nid = 'n807'\nto_m = [187250, 471330]",
            r"\[\[place\]\] 2: 'n807' is in a.toml: \[\[place\]\] 1 too: keep one",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(town: Town, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as caught:
        scenario.answer(town.base, town.said(text, "a.toml"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.toml", None, r"none.toml: cannot be read \(No such file or directory\): check the path"),
        ("a.toml", b"[[place", r"a.toml: not TOML"),
        ("a.toml", b'title = "\xff"', r"a.toml: its byte 10 is not UTF-8"),
        ("a.geojson", b"{", r"a.geojson: not JSON"),
        ("a.geojson", b"{}", r"a.geojson: no list of features"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_input_at_fault(
    town: Town, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        scenario.read(tmp_path / name, town.study)
    assert "\n" not in str(caught.value) and str(caught.value).count(name) == 1


def test_the_program_ends_with_what_its_page_promises(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.toml").write_text("[cutoff_min]\nclinic = 90\n", encoding="utf-8")
    for name, code in (("wrong.toml", 2), ("none.toml", 3)):
        told = ["scenario", SLUG, str(tmp_path / name), "--data", str(town.raw), "--out", str(town.out)]
        monkeypatch.setattr("sys.argv", ["geokehila", *told])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == code, name


def test_a_scenario_is_headed_by_its_title_or_by_what_it_edits(town: Town) -> None:
    shut = "[[place]]\ndo = 'close'\nid = 'n807'\n"
    named, plain = town.said(f"title = 'Less, <b>once</b>'\n{shut}"), town.said(shut, "file_name.toml")
    features = {"type": "FeatureCollection", "title": "Drawn", "features": [
        {"type": "Feature", "properties": {"edit": "cutoff_min", "category": "school", "minutes": 3}, "geometry": None}
    ]}  # fmt: skip
    assert (named.title, plain.title) == ("Less, <b>once</b>", "")
    assert town.said(json.dumps(features), "drawn.geojson").title == "Drawn"
    told = page.html([scenario.answer(town.base, one) for one in (named, plain)])
    assert told.count("<h2><bdi>Less, &lt;b&gt;once&lt;/b&gt;</bdi></h2>") == 3 and "file_name" not in told
    english = told.split('<section id="en"')[1]
    assert "<h2><bdi>Place (closed): " in english
    with pytest.raises(StudyError, match="title is 3: write a text"):
        town.said("title = 3\n" + shut)


def test_features_of_a_gis_say_the_same_as_toml(town: Town) -> None:
    def feature(shape: Any, **said: Any) -> dict[str, Any]:
        return {"type": "Feature", "properties": {"fid": 1, "name": None} | said, "geometry": shape}

    at, line = degrees(187080, 471080), [degrees(187080, 471080), degrees(187100, 471080)]
    features = [
        feature({"type": "Point", "coordinates": at}, edit="place", do="add", category="clinic"),
        feature({"type": "Point", "coordinates": at}, edit="place", do="move", id="n812"),
        feature({"type": "LineString", "coordinates": line}, edit="street", do="add", closed_to=["wheelchair"]),
        feature({"type": "LineString", "coordinates": line}, edit="street", do="close", id="w16"),
        feature(None, edit="cutoff_min", category="school", minutes=3),
    ]
    drawn = town.said(json.dumps({"type": "FeatureCollection", "features": features}), "same.geojson")
    text = f"""
        [[place]]
        do = "add"
        category = "clinic"
        at = {at}
        [[place]]
        do = "move"
        id = "n812"
        to = {at}
        [[street]]
        do = "add"
        closed_to = ["wheelchair"]
        line = {line}
        [[street]]
        do = "close"
        id = "w16"
        [cutoff_min]
        school = 3
        """
    written = town.said(text, "same.toml")
    assert drawn.cutoff_min == written.cutoff_min
    assert [replace(e, where="") for e in drawn.edits] == [replace(e, where="") for e in written.edits]


def test_an_area_drawn_in_a_gis_stands_for_a_point_inside_it(town: Town) -> None:
    """A yard of 60 m, of whose middle a hole takes 40 m, as a GIS saves it: of one part, or of as many as there are."""
    ring, hole = ([degrees(187250 + x * a, 471330 + y * a) for x, y in SQUARE] for a in (30, 20))
    yard = shapely.Polygon([TO_METRES.transform(*at) for at in ring], [[TO_METRES.transform(*at) for at in hole]])
    for kind, coordinates in (("Polygon", [ring, hole]), ("MultiPolygon", [[ring, hole]])):
        (edit,) = town.said(drawn_homes(kind, coordinates), "yard.geojson").edits
        assert yard.contains(edit.shape) and edit.said == {"dwellings": 40} and edit.in_degrees


@pytest.mark.parametrize(
    "coordinates", [None, [], "here", [[]], [[[34.9, 30.3]]], [[1, 2], [3]], [[[float("nan"), 1]]]]
)
def test_an_area_that_is_none_is_one_line(town: Town, coordinates: Any) -> None:
    for kind in ("Polygon", "MultiPolygon"):
        with pytest.raises(StudyError, match=r"^none.geojson: \[\[housing\]\] 1: at is .*: write \[lon, lat\]$"):
            town.said(drawn_homes(kind, coordinates), "none.geojson")


def test_people_of_dwellings_are_as_many_as_live_in_one_here(town: Town) -> None:
    tables = town.base.tables
    homes = tables["origins"]
    lived_in = tables["buildings"].set_index("building_id").loc[homes["building_id"].dropna(), "dwellings"]
    each = sum(homes["people"]) / sum(lived_in)
    assert 1.5 < each < 8, "the town's own, not what is assumed"
    found = town.answer("[[housing]]\nat_m = [187250, 471330]\ndwellings = 40\n")
    assert found.new_residents == pytest.approx(40 * each)
    english = page.html([found]).split('<section id="en"')[1]
    assert "<li>Housing (added): 40 dwellings</li>" in english and f"Added residents: {40 * each:,.0f}" in english


def test_a_scenario_is_kept_beside_its_run_which_stays(town: Town, oracle: Oracle) -> None:
    folder = town.base.folder
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    place = scenario.write(oracle.found)
    first = {p.name: p.read_bytes() for p in place.iterdir()}
    shown = scenario.write(oracle.found, "wheelchair") / "index.html"
    assert "Homes that change, for: Wheelchair" in shown.read_text(encoding="utf-8")
    assert "Homes that change, for: Adult" in first["index.html"].decode()
    assert scenario.write(oracle.found) == place == folder / "scenarios" / "what_if"
    assert {p.name: p.read_bytes() for p in place.iterdir()} == first
    assert before == {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    assert [p.name for p in (folder / "scenarios").iterdir()] == ["what_if"]
    record = json.loads(first["scenario.json"])
    assert record["run_id"] == folder.name and record["new_residents"] == pytest.approx(350)
    homes = gpd.read_file(place / "scenario.gpkg", layer="homes")
    row = homes[homes["profile"] == "adult"].iloc[0]
    now, was = (t["adult"].loc[row["origin_id"]] for t in (oracle.found.after, oracle.found.before))
    for measure in filter(None, row["gains"].split(";")):
        assert (was[f"{measure}_state"], now[f"{measure}_state"]) == (BEYOND, REACHED)
    assert row[["gains", "may_gain", "loses", "may_lose"]].any()
    assert len(gpd.read_file(place / "scenario.gpkg", layer="streets")) == 3


def test_the_page_says_the_same_in_three_languages_and_asks_nobody_for_anything(town: Town, oracle: Oracle) -> None:
    told = page.html([oracle.found, town.answer("[[place]]\ndo = 'close'\nid = 'n807'\n")])
    assert "<script" not in told and "http" not in told.replace("http-equiv", "")
    assert told.count("<section ") == 3 and 'dir="rtl"' in told
    for language in ("he", "ar", "en"):  # the address chooses the language, which has the banner in its own words
        assert f'<section id="{language}"' in told and told.count(f'<a href="#{language}"') == 3
        assert told.count(text(language)["banners"]["fictional"]) == 1
    assert told.count("<symbol ") == 2 and told.count("<use ") == 6
    row = oracle.found.gains.query("zoning == 'city' and group == 'total' and profile == 'adult'").set_index("measure")
    gained, name = row.loc["category_clinic"], oracle.found.patched.study.catalogue.categories["clinic"].name
    for language in ("he", "ar", "en"):
        section = told.split(f'<section id="{language}"')[1].split("</section>")[0]
        assert f'<th scope="row">{name[language]}' in section
        assert all(f"{gained[f'gained_{end}']:,.0f}" in section for end in ("low", "high"))
    english = replace(town.base, study=replace(town.base.study, language="en"))
    for base, first in ((town.base, "he"), (english, "en")):
        opened = page.html([replace(oracle.found, base=base)])
        assert opened.startswith(f'<!doctype html>\n<html lang="{first}"') and f'id="{first}" class="first"' in opened
    symbol = told.split('<symbol id="map-1"')[1].split("</symbol>")[0]
    homes = layers(oracle.found)["homes"].query("profile == 'adult'")
    surely = homes[(homes["gains"] != "") & (homes["loses"] == "")]
    drawn = re.search(f'<path d="([^"]+)" fill="{page.GAIN}" stroke="{page.GAIN}"', symbol)
    assert drawn and 0 < drawn[1].count("M") <= len(surely)
    assert told == page.html([oracle.found, town.answer("[[place]]\ndo = 'close'\nid = 'n807'\n")])


def test_on_paper_the_key_of_the_map_stays_on_one_sheet(town: Town, tmp_path: Path) -> None:
    """Printed on sheets of many lengths that hold the map, so that a key which may be cut would be cut on some."""
    (tmp_path / "page.html").write_text(page.html([town.answer("[[place]]\ndo = 'close'\nid = 'n807'\n")]), "utf-8")
    words = text("en")["scenario"]
    with chromium() as browser:
        tab = browser.new_page()
        tab.goto(f"{(tmp_path / 'page.html').as_uri()}#en")
        for height_mm in range(180, 300, 10):
            tab.pdf(path=str(tmp_path / "page.pdf"), width="210mm", height=f"{height_mm}mm")
            done = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True)
            with_key = [
                i for i, one in enumerate(done.stdout.split("\f")) if any(words[kind] in one for kind in page.MARKS)
            ]
            assert len(with_key) == 1


def of_areas(town: Town, *rows: tuple[str, str, str, tuple[int, ...]]) -> scenario.Found:
    """A scenario of two areas and a community, all called Hill; rows are zoning, zone_id, measure and NUMBERS."""
    keys = [("zone", "9-1"), ("zone", "9-2"), ("community", "c1"), ("city", "")]
    names = dict.fromkeys(("name_he", "name_ar", "name_en", "name_ru"), "Hill")
    boxes = [shapely.box(x, 471000, x + 300, 471400) for x in (187000, 187300, 187000, 187000)]
    found = town.answer("[[place]]\ndo = 'close'\nid = 'n807'\n")
    zonings = [{"zoning": zoning, "zone_id": zone_id, **names} for zoning, zone_id in keys]
    tables = {key: town.base.tables[key] for key in ("places", "gates", "streets")}
    tables["zonings"] = gpd.GeoDataFrame(zonings, geometry=boxes, crs="EPSG:2039")
    told = [
        dict(zip(KEY, (zoning, zone_id, "adult", "total", measure), strict=True)) | dict(zip(NUMBERS, n, strict=True))
        for zoning, zone_id, measure, n in rows
    ]
    homes = found.patched.origins
    patched = replace(found.patched, origins=homes.assign(zone_id=np.where(np.arange(len(homes)) % 2, "9-1", "9-2")))
    base = replace(town.base, tables=cast(Any, tables))
    return replace(found, base=base, patched=patched, gains=pd.DataFrame(told))


def test_gains_are_told_by_the_areas_of_the_page_with_their_numbers_on_the_map(town: Town) -> None:
    of = {("zone", "9-1"): 31, ("zone", "9-2"): 57, ("community", "c1"): 99, ("city", ""): 88}
    rows = [(*key, "category_clinic", (0, 0, 5, 5, n, n, 0, 0)) for key, n in of.items()]
    told = page.html([of_areas(town, *rows)])
    areas = told.split('<section id="en"')[1].split("Where most of the change is")[1].split("</table>")[0]
    assert re.findall(r"<bdi>(\w[^<]*)</bdi>", areas) == [
        *("Hill (area 2)", "Clinic", "57", "0"),
        *("Hill (area 1)", "Clinic", "31", "0"),
    ]
    assert re.findall(r"<text [^>]*>([^<]*)</text>", told) == ["1", "2"]


def test_a_domain_that_repeats_its_category_has_no_row_of_its_own(town: Town) -> None:
    same, less = (0, 0, 5, 5, 5, 5, 0, 0), (0, 0, 3, 3, 3, 3, 0, 0)
    every = {"category_clinic": same, "domain_health": same, "category_school": same, "domain_education": less}
    told = page.html([of_areas(town, *(("city", "", measure, n) for measure, n in every.items()))])
    english = told.split('<section id="en"')[1].split("</section>")[0]
    assert re.findall(r'<th scope="row">([^<]*)</th>', english) == ["Clinic, Health", "School", "Education"]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0, 90, 40, 90, 0, 80, 0, 0), r"at least 40 of .* a clinic; how many of them are so today is not known"),
        ((7, 90, 40, 90, 0, 80, 0, 0), r"at least 40 of .* a clinic, at least 7 of them today already"),
        ((0, 90, 40, 90, 33, 80, 0, 0), ""),
        ((0, 90, 0, 90, 0, 80, 0, 0), ""),
    ],
)
def test_that_who_reaches_it_today_is_not_known_is_said_in_words(
    town: Town, numbers: tuple[int, ...], said: str
) -> None:
    told = page.html([of_areas(town, ("city", "", "category_clinic", numbers))])
    above = [section.split("<table>")[0] for section in told.split("<section ")[1:]]
    english = next(section for section in above if section.startswith('id="en"'))
    assert bool(re.search(r"<p>After it", english)) == bool(said) and re.search(said, english)
    assert {section.count("<p>") for section in above} == {2 if said else 1}
    assert all("40" in section.split("</ul>")[-1] for section in above) or not said


@pytest.mark.parametrize(("moved_in", "said"), [(15.0, ["25"]), (40.0, [])])
def test_who_moves_in_is_not_counted_among_those_who_surely_reach_it_then(
    town: Town, moved_in: float, said: list[str]
) -> None:
    found = of_areas(town, ("city", "", "category_clinic", (0, 90, 40, 130, 0, 80, 0, 0)))
    row = {"zoning": "city", "zone_id": "", "profile": "adult", "measure": "category_clinic"}
    table = pd.DataFrame([row | {"people": 40.0, "reached_people_low": moved_in, "unconnected_people": 0.0}])
    told = page.html([replace(found, newcomers=table)])
    assert re.findall(r"<p>After it at least (\d+) of the residents of today", told) == said


def test_who_surely_reaches_it_then_is_told_the_same_whoever_moves_in(town: Town, tmp_path: Path) -> None:
    """The run does not believe its list of libraries; 80 people move in beside a new one."""
    library = "[[place]]\ndo = 'add'\ncategory = 'library'\nat_m = [187250, 471330]\n"
    (tmp_path / "alone.toml").write_text(library, "utf-8")
    (tmp_path / "with.toml").write_text(library + "[[housing]]\nat_m = [187255, 471330]\nresidents = 80\n", "utf-8")
    said = []
    for name in ("alone", "with"):
        words = ["scenario", SLUG, str(tmp_path / f"{name}.toml"), "--data", str(town.raw), "--out", str(town.out)]
        told = CliRunner().invoke(app, words).stdout.splitlines()
        (sentence,) = (line for line in told if line.startswith("After it at least "))
        written = town.base.folder / "scenarios" / name / "index.html"
        assert f"<p>{sentence}</p>" in written.read_text("utf-8")
        said.append(sentence)
    assert said[0] == said[1]


def test_where_a_hub_is_added_it_is_said_that_its_room_is_not_asked(town: Town) -> None:
    at = "at_m = [187250, 471330]\n"
    hub = town.answer(f"[[hub]]\n{at}")
    centre, clinic = (
        town.answer(f"[[place]]\ndo = 'add'\ncategory = '{key}'\n{at}") for key in ("community_centre", "clinic")
    )
    pages = [page.html([found]) for found in (hub, centre, clinic)]
    he, ar, en = (cast(dict[str, Any], text(language)["scenario"])["room"] for language in ("he", "ar", "en"))
    assert all([told.count(f"<p>{said}</p>") for told in pages] == [1, 1, 0] for said in (he, ar, en))
    assert [scenario_command._lines(some, "adult").count(en) for some in ([hub, centre], [clinic])] == [1, 0]


def test_ways_into_areas_are_those_of_the_edited_streets(town: Town) -> None:
    tables = town.base.tables
    area = tables["places"].set_index("place_id").geometry["w55"]
    inside, outside = area.representative_point(), tables["streets"].geometry.union_all()
    start = shapely.shortest_line(outside, area).coords[0]
    beyond = inside.coords[0]
    found = town.answer(f"[[street]]\ndo = 'add'\nline_m = [{list(start)}, {list(beyond)}]\n")
    anew = places.gates_of(tables["places"], found.patched.streets, town.base.entrances)
    gates = found.patched.gates
    assert gates[gates["place_id"] == "w55"]["kind"].tolist() == ["way"]
    assert gates["gate_id"].tolist() == anew["gate_id"].tolist()
    assert shapely.distance(gates.geometry.to_numpy(), anew.geometry.to_numpy()).max() == 0


def test_the_command_prints_scenarios_side_by_side(town: Town, tmp_path: Path) -> None:
    (tmp_path / "shut.toml").write_text("[[place]]\ndo = 'close'\nid = 'n807'\n", encoding="utf-8")
    (tmp_path / "more.toml").write_text("[[housing]]\nat_m = [187250, 471330]\nresidents = 80\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("shut.toml", "more.toml")]
    told = CliRunner().invoke(app, ["scenario", SLUG, *files, "--data", str(town.raw), "--out", str(town.out)])
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert "FICTIONAL" in lines[0] and lines[1].split() == ["shut", "more"]
    assert next(line for line in lines if line.startswith("Grocery")).split()[-1] == "0"
    assert next(line for line in lines if line.startswith("new residents")).split()[-2:] == ["+0", "+80"]
    block = lines[next(i for i, line in enumerate(lines) if line.startswith("of the 80 new residents of more")) + 1 :]
    assert block[0].split() == [*town.study.catalogue.profiles]
    for reached, beyond in zip(block[1:-4:2], block[2:-4:2], strict=True):
        assert "beyond it" in beyond
        assert {*zip(reached.split()[-5:], beyond.split()[-5:], strict=True)} <= {
            ("80", "0"),
            ("0", "80"),
            ("0..80",) * 2,
        }
    assert block[-4].startswith("not connected to a way") and block[-4].split()[-5:] == ["0"] * 5


def test_two_scenarios_of_one_name_are_not_taken(town: Town, tmp_path: Path) -> None:
    for name in ("a.toml", "a.geojson"):
        (tmp_path / name).write_text("[cutoff_min]\nclinic = 9\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a.toml", "a.geojson")]
    told = CliRunner().invoke(app, ["scenario", SLUG, *files, "--data", str(town.raw), "--out", str(town.out)])
    assert isinstance(told.exception, StudyError) and "a: two scenarios are called so" in str(told.exception)


def test_a_run_made_otherwise_is_not_taken(town: Town, tmp_path: Path) -> None:
    inputs = find(town.study, town.raw / SLUG, town.raw / "national")
    with pytest.raises(InputError, match="make one with `geokehila run generated-1600`"):
        scenario.of_run(town.study, inputs, tmp_path)
    clinic = replace(town.study.catalogue.categories["clinic"], cutoff_min=9.0)
    catalogue = replace(town.study.catalogue, categories={**town.study.catalogue.categories, "clinic": clinic})
    with pytest.raises(StudyError, match=r"other choices of clinic \(cutoff_min\) than study\.toml: run it"):
        scenario.of_run(replace(town.study, catalogue=catalogue), inputs, town.out)
