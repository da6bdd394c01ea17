"""The map of a city by Overpass and from an extract: whole, once each object, and each way of being less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import osmium
import pytest
from replay_osm import BASE, Map, drawn, overpass, xml
from replay_server import NOON, Asked, Replay, Reply, Time, page, quick_wire, replaying

from geokehila.errors import FetchError, StudyError
from geokehila.fetch import geofabrik
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.overpass import Options, bring, question, tiles
from geokehila.fetch.part import Tag
from geokehila.fetch.sources import Source
from geokehila.fetch.where import box
from geokehila.load.osm.cut import Box
from geokehila.load.osm.files import one_source
from geokehila.study import Study

Drawn = tuple[Study, Path, Path]


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return drawn(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def whole(town: Drawn) -> Map:
    return Map.read(town[2])


def errand(town: Drawn, desk: Path, *urls: str, file: str = "osm.osm.pbf", **options: Any) -> Errand:
    study, data, _ = town
    source = Source("osm_overpass", "osm", "overpass", file, "a map", urls=urls, options=options, max_mb=50.0)
    desk.mkdir(exist_ok=True)
    return Errand(source, study, quick_wire(attempts=3), desk, data)


def fetched(errand: Errand) -> Brought:
    brought = bring(errand)
    assert brought is not None
    return brought


def fault(errand: Errand) -> str:
    with pytest.raises(FetchError) as raised:
        bring(errand)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def ids(path: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"n": [], "w": [], "r": []}
    for thing in osmium.FileProcessor(str(path)):
        found[thing.type_str()].append(thing.id)
    return found


# --- Overpass --------------------------------------------------------------------------------------------------------


def test_the_box_comes_whole_with_versions_and_without_who_drew_it(
    replay: Replay, town: Drawn, whole: Map, tmp_path: Path
) -> None:
    asked = errand(town, tmp_path / "desk", replay.at("/api", overpass(whole)), tile_km2=1000.0)
    brought = fetched(asked)
    around = box(town[0], town[1])
    expected = whole.within(around.south, around.west, around.north, around.east)
    found = ids(asked.target)
    assert {kind: len(expected[kind]) for kind in expected} == {
        kind.rstrip("s"): count for kind, count in brought.counts.items()
    }
    assert [*map(sorted, (expected["node"], expected["way"], expected["relation"]))] == [*found.values()]
    assert {(thing.version, thing.user) for thing in osmium.FileProcessor(str(asked.target))} == {(3, "")}
    with one_source([asked.target]) as source:
        assert source.date == brought.date == BASE[:10] and source.extent_stated
        assert source.extent.bounds == pytest.approx((around.west, around.south, around.east, around.north), abs=1e-6)
    assert replay.times("/api") == 1 and "[date:" not in replay.asked[0].form["data"]


def test_tiles_together_are_what_one_box_is(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    url = replay.at("/api", overpass(whole))
    one = errand(town, tmp_path / "one", url, tile_km2=1000.0)
    several = errand(town, tmp_path / "several", url, tile_km2=20.0)
    assert fetched(one).counts == fetched(several).counts
    assert replay.times("/api") > 4
    assert one.target.read_bytes() == several.target.read_bytes(), "each object once, in order"


def test_a_plain_xml_file_is_read_as_well(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    asked = errand(town, tmp_path / "desk", replay.at("/api", overpass(whole)), file="osm.osm", tile_km2=1000.0)
    fetched(asked)
    assert asked.target.read_bytes().startswith(b"<?xml") and b"somebody" not in asked.target.read_bytes()
    with one_source([asked.target]) as source:
        assert source.extent_stated


def test_of_two_versions_of_an_object_the_newer_stands(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    def told(version: int) -> Reply:
        nodes = "".join(
            f'<node id="{i}" version="{version}" lat="30.3" lon="34.8"><tag k="v" v="{version}"/></node>'
            for i in (1, 2)
        )
        return Reply(xml([nodes, '<way id="5" version="1"><nd ref="1"/><nd ref="2"/></way>']))

    several = [told(version) for version in (2, 7, 4, 1)]
    asked = errand(town, tmp_path / "desk", replay.at("/api", *several), tile_km2=60.0)
    fetched(asked)
    assert replay.times("/api") == 4
    versions = [thing.version for thing in osmium.FileProcessor(str(asked.target), osmium.osm.NODE)]
    assert versions == [7, 7]


def test_busy_servers_are_asked_again_and_then_others(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    first = replay.at("/first", Reply(status=429, headers={"Retry-After": "30"}), page(status=504), page(status=504))
    second = replay.at("/second", Reply(status=504), overpass(whole)(_all(town)))
    time = Time()
    asked = replace(errand(town, tmp_path / "desk", first, second, tile_km2=1000.0), wire=quick_wire(time, attempts=3))
    assert fetched(asked).url == second
    assert (replay.times("/first"), replay.times("/second")) == (3, 2) and time.slept[0] >= 30


def _all(town: Drawn) -> Asked:
    around = box(town[0], town[1])
    return Asked("POST", "/", {}, {}, {"data": question(around, Options())})


TIMED_OUT = '<remark> runtime error: Query timed out in "query" at line 3 after 180 seconds. </remark>'
NODE, WAY = '<node id="1" version="1" lat="30" lon="34"/>', '<way id="5" version="1"><nd ref="1"/><nd ref="2"/></way>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aa">]><osm version="0.6"><note>&a;</note></osm>'


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(xml([], after=TIMED_OUT)), "timed out"),
        (Reply(xml([NODE], after="<remark> runtime error: Query run out of memory </remark>")), "out of memory"),
        (page("Dispatcher_Client::request_read_and_idx::rate_limited"), "a web page"),
        (Reply(b'{"elements": []}'), "JSON"),
        (Reply(xml([])[:-20]), "cut off"),
        (Reply(xml([])), "holds no way"),
        (Reply(xml([NODE, WAY])), "1 nodes of its ways are missing"),
        (Reply(xml(['<way id="x"/>'])), "no map"),
        (Reply(ENTITY), "no map"),
        (Reply(xml([], base="2026-10-01T00:00:00Z")), "over 14 days old"),
        (Reply(status=400), "answers 400"),
        (Reply(xml([]), cut_at=40), "try again"),
    ],
)
def test_what_is_no_whole_map_is_refused(reply: Reply, said: str, replay: Replay, town: Drawn, tmp_path: Path) -> None:
    asked = errand(town, tmp_path / "desk", replay.at("/api", reply), tile_km2=1000.0)
    assert said in fault(asked)
    assert not [*asked.desk.glob("tile-*.osm")], "a broken tile waits for nobody"


def test_a_server_that_drips_is_left(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    slow = replay.at("/slow", replace(overpass(whole)(_all(town)), drip=True))
    other = replay.at("/other", overpass(whole))
    wire = quick_wire(Time(tick_s=1.0), attempts=1, deadline_s=20.0)
    asked = replace(errand(town, tmp_path / "desk", slow, other, tile_km2=1000.0), wire=wire)
    said: list[str] = []
    assert fetched(replace(asked, say=said.append)).url == other
    assert any("not done after 20 s" in line for line in said)


def test_tiles_that_came_are_not_asked_for_again(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    answer, failing = overpass(whole), {"now": True}

    def third_fails(asked: Asked) -> Reply:
        return Reply(status=504) if failing["now"] and replay.times("/api") > 2 else answer(asked)

    asked = errand(town, tmp_path / "desk", replay.at("/api", third_fails), tile_km2=60.0)
    assert "504" in fault(asked)
    failing["now"] = False
    before = replay.times("/api")
    fetched(asked)
    assert replay.times("/api") - before == 2, "four tiles, of which two had come"


def test_tiles_of_another_day_are_asked_for_again(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    url = replay.at("/api", overpass(whole))
    asked = errand(town, tmp_path / "desk", url, tile_km2=60.0)
    fetched(asked)
    fetched(asked)
    assert replay.times("/api") == 4
    fetched(replace(asked, wire=quick_wire(now=NOON + timedelta(days=2))))
    assert replay.times("/api") == 8


def test_the_server_that_answered_is_asked_first(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    down, up = replay.at("/down", Reply(status=504)), replay.at("/up", overpass(whole))
    fetched(errand(town, tmp_path / "desk", down, up, tile_km2=60.0))
    assert (replay.times("/down"), replay.times("/up")) == (3, 4)


def test_a_map_is_pinned_to_a_day(replay: Replay, town: Drawn, whole: Map, tmp_path: Path) -> None:
    asked = errand(town, tmp_path / "desk", replay.at("/api", overpass(whole)), tile_km2=1000.0, date="2026-11-01")
    assert fetched(asked).date == "2026-11-01"
    assert '[date:"2026-11-01T00:00:00Z"]' in replay.asked[0].form["data"]
    early = overpass(whole, "2026-10-30T00:00:00Z")
    asked = errand(town, tmp_path / "early", replay.at("/early", early), tile_km2=1000.0, date="2026-11-01")
    assert "its map ends 2026-10-30, before 2026-11-01" in fault(asked)
    with pytest.raises(StudyError, match="overpass date is 'soon'"):
        bring(errand(town, tmp_path / "desk", f"{replay.url}/api", date="soon"))


def test_a_region_is_none_for_overpass(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    asked = errand(town, tmp_path / "desk", replay.at("/api", page()), tile_km2=0.5)
    assert "at most 64 are asked of Overpass" in fault(asked) and not replay.asked


@pytest.mark.parametrize("most_km2", [1.0, 7.0, 50.0, 500.0])
def test_tiles_cover_a_box_once_and_are_none_too_large(most_km2: float) -> None:
    around = Box(34.7, 31.2, 34.9, 31.3)  # 19.0 km by 11.1 km
    parts = tiles(around, most_km2)
    area = sum((part.east - part.west) * (part.north - part.south) for part in parts)
    assert area == pytest.approx(0.02) and (len(parts) == 1) == (most_km2 > 211.6)
    for part in parts:
        assert (part.east - part.west) * 95.1 * (part.north - part.south) * 111.2 <= most_km2 * 1.001


# --- an extract of a country, and the city cut from it ---------------------------------------------------------------


def extract(town: Drawn, desk: Path, url: str, known: Tag | None = None) -> Errand:
    study, data, _ = town
    source = Source("osm_israel", "osm", "geofabrik", "israel.osm.pbf", "a map", urls=(url,))
    desk.mkdir(exist_ok=True)
    return Errand(source, study, quick_wire(attempts=2), desk, data, known or Tag())


def serve(replay: Replay, town: Drawn, stated: str | None = None) -> str:
    body = town[2].read_bytes()
    if stated is not None:
        replay.at("/israel.osm.pbf.md5", Reply(f"{stated or md5(body).hexdigest()}  israel.osm.pbf\n".encode()))
    return replay.at("/israel.osm.pbf", Reply(body, ranged=True))


def test_an_extract_is_held_against_its_sum(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    asked = extract(town, tmp_path / "desk", serve(replay, town, stated=""))
    brought = geofabrik.bring(asked)
    assert brought and brought.notes == ("its MD5 sum is as stated",) and brought.date == "2025-01-01"
    assert asked.target.read_bytes() == town[2].read_bytes()
    assert geofabrik.bring(replace(asked, known=brought.tag)) is None, "it is the one at hand"


def test_an_extract_that_is_not_what_its_sum_says_is_refused(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    asked = extract(town, tmp_path / "desk", serve(replay, town, stated="0" * 32))
    with pytest.raises(FetchError, match=r"its MD5 sum is .* where 0{32} is stated"):
        geofabrik.bring(asked)
    assert not asked.target.exists()


@pytest.mark.parametrize("sidecar", [None, page()])
def test_without_a_sum_the_file_is_taken_and_that_is_told(
    sidecar: Reply | None, replay: Replay, town: Drawn, tmp_path: Path
) -> None:
    url = serve(replay, town)
    if sidecar:
        replay.at("/israel.osm.pbf.md5", sidecar)
    brought = geofabrik.bring(extract(town, tmp_path / "desk", url))
    assert brought and "no MD5 sum is offered" in brought.notes[0]


def test_a_cut_download_goes_on_where_it_was_left(replay: Replay, town: Drawn, tmp_path: Path) -> None:
    body = town[2].read_bytes()
    cut = Reply(body, ranged=True, cut_at=3000)
    url = replay.at("/israel.osm.pbf", cut, cut, Reply(body, ranged=True))
    asked = extract(town, tmp_path / "desk", url)
    with pytest.raises(FetchError, match="breaks off"):
        geofabrik.bring(replace(asked, wire=quick_wire(attempts=1)))
    assert geofabrik.bring(asked) and asked.target.read_bytes() == body
    assert "range" not in replay.asked[0].headers
    assert replay.asked[1].headers["range"] == "bytes=3000-"


def test_a_city_is_cut_from_the_extract(town: Drawn, tmp_path: Path) -> None:
    study, data, path = town
    source = Source("osm_city", "osm", "osm_cut", "osm.osm.pbf", "a map", scope="city", needs="osm_israel")
    asked = Errand(source, study, quick_wire(), tmp_path, data, needed=path)
    brought = geofabrik.bring_city(asked)
    assert brought and brought.date == "2025-01-01"
    with one_source([asked.target]) as found:
        assert found.extent_stated and found.date == "2025-01-01"
    assert ids(asked.target)["w"]
    with pytest.raises(FetchError, match="give it needs"):
        geofabrik.bring_city(replace(asked, needed=None))
