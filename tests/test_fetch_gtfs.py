"""A city's part of a country's timetable: what leaves in it stays the same, and archives that are none are refused."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from replay_osm import drawn
from replay_server import Replay, Reply, quick_wire, replaying
from shapely import box as rectangle

from geokehila.errors import FetchError, InputError
from geokehila.fetch import Wish, fetch, gtfs
from geokehila.fetch.errand import Errand
from geokehila.fetch.gtfs import cut
from geokehila.fetch.sources import Source
from geokehila.fetch.where import box
from geokehila.load import stops
from geokehila.load.osm.cut import Box
from geokehila.load.timetable import Feed
from geokehila.schema import ISRAEL_TM, WGS84

AROUND = Box(34.79, 31.24, 34.81, 31.26)
#: a and b lie in the box, c and d do not; p, outside, is the station of b.
STOPS = """stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station
a,1,"שדרות רגר, צפון",31.25,34.80,0,
b,2,"רח' ""הדסה"" 3",31.251,34.801,0,p
c,3,רחוק,32.0,34.80,0,
d,4,רחוק יותר,32.1,34.80,0,
e,5,לבד,31.252,34.802,0,
p,6,תחנה מרכזית,31.30,34.80,1,
"""
#: One passes through, one stays outside, one ends inside, one names a stop that is not there.
CALLS = """trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type
through,06:00:00,06:00:00,c,1,0
through,,,a,2,0
through,08:00:00,08:00:00,d,3,0
outside,06:00:00,06:00:00,c,1,0
outside,07:00:00,07:00:00,d,2,0
ending ,09:00:00,09:00:00,a,1,0
ending ,09:30:00,09:30:00, b ,2,0
lost,10:00:00,10:00:00,nowhere,1,0
"""
TABLES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n7,קווים,https://x.example,Asia/Jerusalem\n8,אחר,,\n",
    "calendar": "service_id,sunday,monday,tuesday,wednesday,thursday,friday,saturday,start_date,end_date\n"
    "s,1,1,1,1,1,0,0,20261122,20261205\nunused,1,1,1,1,1,1,1,20200101,20300101\n",
    "routes": "route_id,agency_id,route_short_name,route_type\nr,7,5,3\nq,8,6,3\n",
    "trips": "route_id,service_id,trip_id,shape_id\nr,s,through,1\nq,s,outside,1\nr,s,ending,2\nq,unused,lost,3\n",
    "stops": STOPS,
    "stop_times": CALLS,
    "shapes": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n1,31,34,1\n",
}


def written(path: Path, tables: Mapping[str, str] = TABLES, folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(f"{folder}{name}.txt", "\ufeff" + text.replace("\n", "\r\n"))
    return path


def column(path: Path, name: str, of: str) -> list[str]:
    return Feed([path]).table(name, (of,))[of].tolist()


def fault(source: Path, tmp_path: Path) -> str:
    with pytest.raises((FetchError, InputError)) as raised:
        cut(source, AROUND, tmp_path / "gtfs.zip")
    assert "\n" not in str(raised.value)
    return str(raised.value)


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_trips_that_call_in_the_box_are_kept_whole_with_all_they_name(tmp_path: Path) -> None:
    target = tmp_path / "gtfs.zip"
    counts, dates = cut(written(tmp_path / "israel-gtfs.zip"), AROUND, target)
    assert counts == {"stops": 6, "stops in the box": 3, "trips": 2, "calls": 5}
    assert dates == ("2026-11-22", "2026-12-05")
    assert column(target, "stops.txt", "stop_id") == ["a", "b", "c", "d", "e", "p"], "e, where nothing calls, is a stop"
    assert column(target, "stops.txt", "stop_name")[:2] == ["שדרות רגר, צפון", 'רח\' "הדסה" 3']
    assert column(target, "trips.txt", "trip_id") == ["through", "ending"]
    assert column(target, "stop_times.txt", "stop_id") == ["c", "a", "d", "a", "b"]
    assert column(target, "routes.txt", "route_id") == ["r"] and column(target, "agency.txt", "agency_id") == ["7"]
    assert column(target, "calendar.txt", "service_id") == ["s"]
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == [f"{n}.txt" for n in "agency calendar routes stop_times stops trips".split()]


def test_what_leaves_in_the_box_is_what_left_in_the_whole_feed(tmp_path: Path) -> None:
    """Trips at random between stops in and out of the box, some calls without a time, some where nobody gets on."""
    random = np.random.default_rng(9)
    lat = np.r_[random.uniform(31.241, 31.259, 12), random.uniform(31.5, 32.0, 20)]
    listed = [f"{i},{i},{y:.5f},34.8,0" for i, y in enumerate(lat)]
    calls = ["trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type"]
    for trip in range(300):
        route, hour = random.choice(len(lat), random.integers(2, 9), replace=False), random.integers(5, 24)
        for i, stop in enumerate(route):
            told = i in (0, len(route) - 1) or random.random() < 0.7
            time = f"{hour:02}:{i * 5:02}:00" if told else ""
            calls.append(f"t{trip},{stop},{i + 1},{time},{time},{int(random.random() < 0.1)}")
    tables = {
        **TABLES,
        "calendar": TABLES["calendar"].partition("unused")[0],
        "stops": "\n".join(["stop_id,stop_name,stop_lat,stop_lon,location_type", *listed]) + "\n",
        "stop_times": "\n".join(calls) + "\n",
        "trips": "\n".join(["route_id,service_id,trip_id", *(f"r,s,t{trip}" for trip in range(300))]) + "\n",
    }
    whole, part = written(tmp_path / "whole.zip", tables), tmp_path / "gtfs.zip"
    counts, _ = cut(whole, AROUND, part)
    assert counts["stops in the box"] == 12 and 0 < counts["trips"] < 300
    extent = gpd.GeoSeries([rectangle(34.79, 31.24, 34.81, 31.26)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    one, other = (stops.read([path], extent, ISRAEL_TM) for path in (whole, part))
    pd.testing.assert_frame_equal(pd.DataFrame(one.stops), pd.DataFrame(other.stops))
    assert one.dates == other.dates and one.stops["weekday_departures_count"].sum() > 0


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    shuffled = dict(reversed(TABLES.items()))
    for name, tables, folder in (("one", TABLES, ""), ("two", shuffled, "feed/")):
        cut(written(tmp_path / f"{name}-in.zip", tables, folder), AROUND, tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_where_nothing_calls_there_is_a_feed_of_nothing(tmp_path: Path) -> None:
    target = tmp_path / "gtfs.zip"
    counts, dates = cut(written(tmp_path / "in.zip"), Box(30.0, 30.0, 30.1, 30.1), target)
    assert set(counts.values()) == {0} and dates == ("", "")
    extent = gpd.GeoSeries([rectangle(30.0, 30.0, 30.1, 30.1)], crs=WGS84).to_crs(ISRAEL_TM).iloc[0]
    assert stops.read([target], extent, ISRAEL_TM).stops.empty


# --- archives that are no feeds --------------------------------------------------------------------------------------


def test_members_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    for name in ("../../stops.txt", "/etc/stops.txt", "..\\stops.txt"):
        source = written(tmp_path / "in.zip")
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr(name, "x")
        assert "leads out of the archive" in fault(source, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.zip"]


def test_a_member_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    bomb = {**TABLES, "stop_times": CALLS + "0" * 20_000_000}
    assert "would unpack to 20 MB from 0.0 MB" in fault(written(tmp_path / "in.zip", bomb), tmp_path)


def test_a_member_that_lies_about_its_size_is_not_read_beyond_it(tmp_path: Path) -> None:
    """The size is told smaller in the directory of the archive: it is read so far, and does not hold its checksum."""
    source = written(tmp_path / "in.zip", {**TABLES, "stop_times": CALLS + "through,,,a,9,0\n" * 500_000})
    with zipfile.ZipFile(source) as archive:
        real = archive.getinfo("stop_times.txt").file_size
    body = source.read_bytes().replace(struct.pack("<L", real), struct.pack("<L", 1000))
    source.write_bytes(body)
    assert "no readable stop_times.txt" in fault(source, tmp_path)


def test_what_holds_a_file_twice_or_thousands_is_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "in.zip")
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("old/stops.txt", STOPS)
    assert "holds stops.txt twice" in fault(source, tmp_path)
    many = written(tmp_path / "many.zip", {str(i): "" for i in range(201)})
    assert "201 members" in fault(many, tmp_path)


@pytest.mark.parametrize("name", ["stops", "stop_times", "trips", "routes", "calendar"])
def test_half_a_feed_is_refused(name: str, tmp_path: Path) -> None:
    source = written(tmp_path / "in.zip", {key: text for key, text in TABLES.items() if key != name})
    assert f"lacks {name}.txt" in fault(source, tmp_path)


def test_what_is_broken_is_said_in_one_line(tmp_path: Path) -> None:
    source = tmp_path / "in.zip"
    source.write_bytes(b"<html>maintenance</html>")
    assert "no readable zip" in fault(source, tmp_path)
    source.write_bytes(written(source).read_bytes()[:-200])
    assert "no readable zip" in fault(source, tmp_path)
    written(source, {**TABLES, "stops": "name\nx\n"})
    assert "stops.txt lacks stop_id" in fault(source, tmp_path)
    written(source, {**TABLES, "stop_times": ""})
    assert "stop_times.txt" in fault(source, tmp_path)


# --- as a source -----------------------------------------------------------------------------------------------------


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def test_the_feed_of_the_country_comes_once_and_each_city_is_cut_from_it(replay: Replay, tmp_path: Path) -> None:
    study, data, _ = drawn(tmp_path)
    around = box(study, data)
    middle = f"{(around.south + around.north) / 2:.5f},{(around.west + around.east) / 2:.5f}"
    body = written(tmp_path / "in.zip", {**TABLES, "stops": STOPS.replace("31.25,34.80", middle)}).read_bytes()
    url = replay.at("/israel.zip", Reply(body, ranged=True, cut_at=700), Reply(body, ranged=True))
    (data / "sources.toml").write_text(f'[gtfs_israel]\nurls = ["{url}"]\n')
    country, city = fetch(study, data, Wish(only=("gtfs",)), quick_wire())
    assert (country.state, city.state, city.date) == ("fetched", "fetched", "2026-11-22"), (country, city)
    assert "2 trips" in city.why and "valid 2026-11-22 to 2026-12-05" in city.why
    assert replay.times("/israel.zip") == 2 and replay.asked[1].headers["range"] == "bytes=700-"
    assert (data / "national" / "israel-gtfs.zip").read_bytes() == body
    assert [one.state for one in fetch(study, data, Wish(only=("gtfs",)), quick_wire())] == ["kept", "kept"]


def test_without_a_feed_to_cut_nothing_is_cut(tmp_path: Path) -> None:
    study, data, _ = drawn(tmp_path)
    source = Source("gtfs_city", "gtfs", "gtfs", "gtfs.zip", "a feed", scope="city")
    with pytest.raises(FetchError, match="give it needs"):
        gtfs.bring(Errand(source, study, quick_wire(), tmp_path, data))
