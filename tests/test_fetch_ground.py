"""Fetching as a whole: what takes a place, what stays, what is told of it, and what a run makes of it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from replay_server import NOON, Answerer, Replay, Reply, arcgis_layer, ckan_table, of_json, page, quick_wire, replaying
from test_fetch_arcgis import COLUMNS, FEATURES
from test_fetch_ckan import CENSUS, ROWS

from geokehila.errors import InputError, RunError, StudyError
from geokehila.fetch import Outcome, Wish, clients, fetch, lacking, sniffing
from geokehila.fetch.errand import Brought, Errand
from geokehila.load import provenance
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.population import zone_people
from geokehila.load.roles import find
from geokehila.store import lock
from geokehila.study import Study

CSV = "name,lon,lat\nמקלט 1,35.03,31.07\nמקלט 2,35.04,31.08\n".encode()
OTHER = CSV + "מקלט 3,35.05,31.09\n".encode()
OWN = Wish(only=("own",))
AGAIN = Wish(only=("own",), force=True)
DIMONA = Study.of("dimona")


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def source(data: Path, *urls: str, **more: Any) -> None:
    """Give the user a source of shelters, of the city; `more` changes what it says."""
    told = {"role": "shelters", "client": "file", "file": "shelters.csv", "holds": "shelters", "scope": "city"}
    told |= {"urls": [*urls], "licence": "open", "credit": "the town", "date": "modified", "fresh_days": 5.0}
    table = told | {"required": True} | more
    data.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    (data / "sources.toml").write_text("\n".join(["[own]", *lines]), encoding="utf-8")


def one(data: Path, wish: Wish = OWN, days: float = 0.0, **manners: float) -> Outcome:
    """Fetch it, some days after the first time."""
    (outcome,) = fetch(DIMONA, data, wish, quick_wire(now=NOON + timedelta(days=days), **manners))
    return outcome


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_with_its_licence_beside_it(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV, ranged=True)))
    outcome = one(tmp_path)
    assert (outcome.state, outcome.date, outcome.size_mb) == ("fetched", "2026-11-01", len(CSV) / 1e6)
    assert names(tmp_path / "dimona") == ["shelters.csv", "sources.json"]
    row = provenance.read(tmp_path / "dimona")["shelters.csv"]
    assert (row.source, row.role, row.how, row.licence, row.credit) == (
        "own",
        "shelters",
        "fetched",
        "open",
        "the town",
    )
    assert (row.fetched, row.url, row.size) == ("2026-11-22T12:00:00", f"{replay.url}/shelters.csv", len(CSV))


def test_runs_are_told_the_licence_and_the_date_but_not_when_it_came(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV, ranged=True)))
    prints = []
    for days in (0, 10):
        one(tmp_path, AGAIN, days=days)
        prints.append(find(DIMONA, tmp_path / "dimona", tmp_path / "national").fingerprints())
    assert prints[0] == prints[1]
    (row,) = prints[0]
    assert (row["licence"], row["date"], row["source"]) == ("open, the town", "2026-11-01", "own")
    (tmp_path / "dimona" / "shelters.csv").write_bytes(OTHER)
    (row,) = find(DIMONA, tmp_path / "dimona", tmp_path / "national").fingerprints()
    assert row.keys() == {"role", "file", "sha256"}, "what was edited is no more what was fetched"


def test_what_is_fresh_is_not_asked_for_and_what_is_unchanged_not_downloaded(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV, ranged=True)))
    one(tmp_path)
    assert one(tmp_path, days=4).state == "kept" and replay.times("/shelters.csv") == 1
    assert one(tmp_path, days=6).state == "unchanged" and replay.times("/shelters.csv") == 2
    assert replay.asked[-1].headers["if-none-match"]
    assert one(tmp_path, days=10).state == "kept", "fresh again since it was asked"
    assert one(tmp_path, AGAIN, days=10).state == "fetched"
    assert "if-none-match" not in replay.asked[-1].headers
    replay.at("/shelters.csv", Reply(OTHER, ranged=True))
    assert one(tmp_path, days=20).state == "fetched"
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes() == OTHER


def test_a_clock_that_was_set_back_makes_nothing_fresh(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV, ranged=True)))
    one(tmp_path, days=4000)
    assert one(tmp_path).state == "unchanged"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (page(), "is a web page where text is expected"),
        (of_json({"error": "no"}), "is JSON where text is expected"),
        (Reply(b""), "is nothing"),
        (Reply(b"\x00\x01\x02"), "bytes of an unknown kind"),
        (Reply(b"PK\x03\x04 zip"), "is a zip archive"),
        (Reply(b"name,lon\nno latitude,35\n"), "shelters.csv"),
        (Reply(status=503), "answers 503"),
        (Reply(status=404), "give its new address in sources.toml"),
        (Reply(OTHER, cut_at=20), "breaks off"),
        (Reply(b"x" * 2_000_000), "at most 1 MB"),
    ],
    ids=["page", "json", "nothing", "binary", "zip", "no columns", "503", "404", "cut", "large"],
)
def test_what_fails_leaves_what_was_there(replay: Replay, tmp_path: Path, reply: Reply, said: str) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV), reply), max_mb=1.0)
    before = one(tmp_path)
    manifest = (tmp_path / "dimona" / "sources.json").read_bytes()
    outcome = one(tmp_path, AGAIN, attempts=2)
    assert outcome.state == "failed" and said in outcome.why and outcome.why.endswith("the file at hand stays")
    assert (outcome.size_mb, lacking([outcome])) == (before.size_mb, [outcome])
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes() == CSV
    assert (tmp_path / "dimona" / "sources.json").read_bytes() == manifest
    find(DIMONA, tmp_path / "dimona", tmp_path / "national")


def test_one_that_fails_stops_no_other(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/gone", Reply(status=404)))
    with (tmp_path / "sources.toml").open("a", encoding="utf-8") as file:
        url = replay.at("/parks.csv", Reply(CSV))
        file.write(
            '\n[parks]\nrole = "places_park"\nclient = "file"\nfile = "places_park.csv"\nholds = "parks"\n'
            f'scope = "city"\nurls = ["{url}"]\n'
        )
    states = {one.role: one.state for one in fetch(DIMONA, tmp_path, Wish(only=("own", "parks")), quick_wire())}
    assert states == {"shelters": "failed", "places_park": "fetched"}


def test_a_download_goes_on_in_the_next_fetch(replay: Replay, tmp_path: Path) -> None:
    body = CSV + b"x,35.01,31.01\n" * 20_000
    url = replay.at("/shelters.csv", Reply(body, ranged=True, cut_at=100_000), Reply(body, ranged=True))
    source(tmp_path, url)
    assert one(tmp_path, attempts=1).state == "failed"
    assert find(DIMONA, tmp_path / "dimona", tmp_path / "national").files == {}
    assert one(tmp_path).state == "fetched"
    assert replay.asked[-1].headers["range"] == "bytes=100000-"
    assert names(tmp_path / "dimona") == ["shelters.csv", "sources.json"]


def test_offline_nobody_is_asked_and_what_is_missing_is_told(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV)))
    outcomes = fetch(DIMONA, tmp_path, Wish(offline=True), quick_wire())
    assert {outcome.state for outcome in outcomes} == {"missing"} and not replay.asked
    assert {"statistical_areas", "census", "shelters"} <= {outcome.role for outcome in lacking(outcomes)}
    one(tmp_path)
    assert one(tmp_path, Wish(only=("own",), offline=True), days=400).state == "kept"


def test_a_carried_file_goes_through_the_same_doors(tmp_path: Path) -> None:
    source(tmp_path)
    good, bad = tmp_path / "from the town.CSV", tmp_path / "page.csv"
    good.write_bytes(CSV)
    bad.write_bytes(page().body)
    assert one(tmp_path).state == "missing" and "--from own=FILE" in one(tmp_path).why
    assert one(tmp_path, Wish(only=("own",), files={"own": good})).state == "carried"
    row = provenance.read(tmp_path / "dimona")["shelters.csv"]
    assert (row.how, row.url, row.licence) == ("carried", "from the town.CSV", "open")
    refused = one(tmp_path, Wish(only=("own",), files={"own": bad}))
    assert refused.state == "failed" and "a web page" in refused.why
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes() == CSV
    assert one(tmp_path).state == "kept"


def test_a_carried_file_is_not_fetched_over(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(OTHER)), fresh_days=0.0)
    (tmp_path / "mine.csv").write_bytes(CSV)
    one(tmp_path, Wish(only=("own",), files={"own": tmp_path / "mine.csv"}))
    assert one(tmp_path, days=1000).state == "kept" and not replay.asked
    assert one(tmp_path, AGAIN).state == "fetched"


def test_a_file_carried_for_a_role_has_no_licence_that_nobody_told(tmp_path: Path) -> None:
    (tmp_path / "parks.csv").write_bytes(CSV)
    wish = Wish(only=("census",), offline=True, files={"places_park": tmp_path / "parks.csv"})
    first, *_ = fetch(DIMONA, tmp_path / "raw", wish, quick_wire())
    assert (first.role, first.state, first.file) == ("places_park", "carried", "places_park.csv")
    assert provenance.read(tmp_path / "raw" / "dimona")["places_park.csv"].licence == ""


@pytest.mark.parametrize(("name", "said"), [("absent.csv", "no such file"), ("map.dwg", "none of")])
def test_a_carried_file_that_is_none_is_told(tmp_path: Path, name: str, said: str) -> None:
    source(tmp_path)
    if name == "map.dwg":
        (tmp_path / name).write_bytes(b"AC1027")
    outcome = one(tmp_path, Wish(only=("own",), files={"own": tmp_path / name}))
    assert outcome.state == "failed" and said in outcome.why


def test_what_nobody_knows_is_no_role_to_carry(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="did you mean 'census'"):
        one(tmp_path, Wish(files={"cencus": tmp_path / "census.xlsx"}))


@pytest.mark.parametrize("name", ["shelters.xlsx", "shelters.csv"])
def test_a_users_own_file_is_never_replaced(replay: Replay, tmp_path: Path, name: str) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV)))
    mine = tmp_path / "dimona" / name
    mine.parent.mkdir()
    mine.write_bytes(b"my own")
    for wish in (OWN, AGAIN):
        outcome = one(tmp_path, wish)
        assert outcome.state == "kept" and "is yours" in outcome.why and not replay.asked
    assert mine.read_bytes() == b"my own"


def test_a_file_that_was_edited_since_is_the_users_own(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV)))
    one(tmp_path)
    (tmp_path / "dimona" / "shelters.csv").write_bytes(OTHER)
    assert "is yours" in one(tmp_path, AGAIN).why and replay.times("/shelters.csv") == 1


def test_what_the_study_states_is_not_fetched(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/shelters.csv", Reply(CSV)))
    (tmp_path / "mine.csv").write_bytes(CSV)
    (tmp_path / "study.toml").write_text('[study]\nname = "Dimona"\ncode = 2200\n[inputs]\nshelters = "mine.csv"\n')
    (outcome,) = fetch(Study.read(tmp_path / "study.toml"), tmp_path, OWN, quick_wire())
    assert outcome.state == "kept" and not replay.asked


def test_another_form_of_a_file_takes_the_place_of_the_former(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV)))
    one(tmp_path)
    source(tmp_path, replay.at("/a", Reply(CSV.replace(b",", b"\t"))), file="shelters.tsv")
    assert one(tmp_path, AGAIN).state == "fetched"
    assert names(tmp_path / "dimona") == ["shelters.tsv", "sources.json"]
    assert [*provenance.read(tmp_path / "dimona")] == ["shelters.tsv"]


def test_sources_of_one_role_stand_in_for_each_other(replay: Replay, tmp_path: Path) -> None:
    first, second = replay.at("/first", Reply(status=404)), replay.at("/second", Reply(CSV))
    source(tmp_path, first)
    with (tmp_path / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[spare]\nrole = "shelters"\nclient = "file"\nfile = "shelters.csv"\nholds = "shelters"\nscope = "city"\n'
            f'urls = ["{second}"]\n'
        )
    (outcome,) = fetch(DIMONA, tmp_path, Wish(only=("shelters",)), quick_wire())
    assert (outcome.state, outcome.source) == ("fetched", "spare") and "own: " in outcome.why


def test_what_was_asked_for_by_name_stays_until_another_is(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV)), fresh_days=0.0)
    with (tmp_path / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[special]\nrole = "shelters"\nclient = "file"\nfile = "shelters.csv"\nholds = "shelters"\n'
            f'scope = "city"\nurls = ["{replay.at("/special", Reply(OTHER))}"]\nnamed_only = true\n'
        )
    (named,) = fetch(DIMONA, tmp_path, Wish(only=("special",)), quick_wire())
    (usual,) = fetch(DIMONA, tmp_path, Wish(only=("shelters",)), quick_wire())
    assert (named.state, usual.state) == ("fetched", "kept") and "asked for by name" in usual.why
    assert one(tmp_path, OWN).state == "fetched"


def part(errand: Errand) -> Brought | None:
    """A client that asks nobody: it takes what it needs of another file."""
    assert errand.needed is not None
    errand.target.write_bytes(b"".join(errand.needed.read_bytes().splitlines(keepends=True)[:2]))
    return Brought(url=errand.needed.name)


def country(data: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source of the city that is made of one of the country."""
    monkeypatch.setitem(clients.CLIENTS, "part", part)  # type: ignore[arg-type]
    source(data, client="part", needs="country", fresh_days=1000.0)
    with (data / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[country]\nrole = "shelters"\nclient = "file"\nfile = "country.csv"\nholds = "all shelters"\n'
            f'named_only = true\nurls = ["{replay.url}/country"]\nfresh_days = 5\n'
        )


def states(data: Path, wish: Wish = OWN, days: float = 0.0) -> list[tuple[str, str]]:
    outcomes = fetch(DIMONA, data, wish, quick_wire(now=NOON + timedelta(days=days), attempts=1))
    return [(outcome.file, outcome.state) for outcome in outcomes]


def test_what_a_source_needs_is_fetched_before_it_and_once(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.at("/country", Reply(CSV, ranged=True))
    country(tmp_path, replay, monkeypatch)
    assert states(tmp_path) == [("country.csv", "fetched"), ("shelters.csv", "fetched")]
    assert names(tmp_path / "national") == ["country.csv", "sources.json"]
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes().count(b"\n") == 2
    assert states(tmp_path, days=2) == [("country.csv", "kept"), ("shelters.csv", "kept")]
    assert states(tmp_path, days=7) == [("country.csv", "unchanged"), ("shelters.csv", "kept")]
    replay.at("/country", Reply(OTHER, ranged=True))
    assert states(tmp_path, days=14) == [("country.csv", "fetched"), ("shelters.csv", "fetched")]
    replay.at("/country", Reply(status=404))
    assert states(tmp_path, days=21) == [("country.csv", "failed"), ("shelters.csv", "failed")]
    assert find(DIMONA, tmp_path / "dimona", tmp_path / "national").files.keys() == {"shelters"}


def test_what_a_source_needs_may_be_carried_and_it_is_made_offline(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country(tmp_path / "raw", replay, monkeypatch)
    (tmp_path / "all.tsv").write_bytes(CSV.replace(b",", b"\t"))
    wish = Wish(only=("own",), offline=True)
    assert states(tmp_path / "raw", wish) == [("country.csv", "missing"), ("shelters.csv", "missing")]
    carry = Wish(only=("own",), offline=True, files={"country": tmp_path / "all.tsv"})
    assert states(tmp_path / "raw", carry) == [
        ("country.tsv", "carried"),
        ("country.tsv", "kept"),
        ("shelters.csv", "fetched"),
    ]
    assert not replay.asked


def test_what_a_source_needs_may_be_the_users_own(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    country(tmp_path, replay, monkeypatch)
    (tmp_path / "national").mkdir()
    (tmp_path / "national" / "country.csv").write_bytes(OTHER)
    assert states(tmp_path) == [("country.csv", "kept"), ("shelters.csv", "fetched")]
    assert states(tmp_path) == [("country.csv", "kept"), ("shelters.csv", "kept")]
    assert (tmp_path / "national" / "country.csv").read_bytes() == OTHER and not replay.asked


def test_a_carried_file_of_another_form_is_found_again(tmp_path: Path) -> None:
    source(tmp_path)
    (tmp_path / "mine.tsv").write_bytes(CSV.replace(b",", b"\t"))
    carried = one(tmp_path, Wish(only=("own",), files={"own": tmp_path / "mine.tsv"}))
    kept = one(tmp_path)
    assert (carried.file, kept.file, kept.state) == ("shelters.tsv", "shelters.tsv", "kept")


def test_sources_of_israel_are_not_for_other_countries(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('[study]\nname = "Las Palmas"\ncrs = "EPSG:32628"\n')
    outcomes = fetch(Study.read(tmp_path / "study.toml"), tmp_path, Wish(offline=True), quick_wire())
    assert not {"census", "statistical_areas"} & {outcome.role for outcome in outcomes}


def test_two_fetches_of_a_city_do_not_meet(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV)))
    with lock.held(tmp_path / "dimona"), pytest.raises(RunError, match="is at work"):
        one(tmp_path)
    assert not replay.asked


def test_a_broken_manifest_is_told_with_its_remedy(replay: Replay, tmp_path: Path) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV)))
    one(tmp_path)
    outside = (
        (tmp_path / "dimona" / "sources.json").read_text(encoding="utf-8").replace("shelters.csv", "../shelters.csv", 1)
    )
    for broken in ("", "[]", '{"files": {"a": 3}}', "\x00", '{"files": {"a": {"size": "x"}}}', "[" * 50_000, outside):
        (tmp_path / "dimona" / "sources.json").write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match="delete it"):
            one(tmp_path)


def test_a_full_disk_is_one_line_and_nothing_half(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV), Reply(OTHER)))
    one(tmp_path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = one(tmp_path, AGAIN)
    assert outcome.state == "failed" and "No space left on device" in outcome.why and "free space" in outcome.why
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes() == CSV


def test_an_interrupt_leaves_nothing_half(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV), Reply(OTHER)))
    one(tmp_path)

    def stop(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sniffing, "must_be_its_kind", stop)
    with pytest.raises(KeyboardInterrupt):
        one(tmp_path, AGAIN)
    monkeypatch.undo()
    assert (tmp_path / "dimona" / "shelters.csv").read_bytes() == CSV
    assert find(DIMONA, tmp_path / "dimona", tmp_path / "national").unread == ()
    assert one(tmp_path, AGAIN).state == "fetched"


@pytest.mark.parametrize("at", ["shelters.csv", "sources.json"])
def test_a_kill_at_any_moment_leaves_a_file_that_is_told_of(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    source(tmp_path, replay.at("/a", Reply(CSV), Reply(OTHER)))
    one(tmp_path)
    move = Path.replace

    def killed(path: Path, target: Path) -> Path:
        if Path(target).name == at:
            raise KeyboardInterrupt
        return move(path, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        one(tmp_path, AGAIN)
    monkeypatch.undo()
    there = (tmp_path / "dimona" / "shelters.csv").read_bytes()
    assert there == (CSV if at == "shelters.csv" else OTHER)
    assert one(tmp_path).why == "fresh", "it is told of, and not taken for the user's own"
    assert provenance.read(tmp_path / "dimona")["shelters.csv"].size == len(there)
    assert one(tmp_path, AGAIN).state == "fetched"
    assert names(tmp_path / "dimona") == ["shelters.csv", "sources.json"]


def national(replay: Replay) -> Answerer:
    """The areas and the census of Dimona, as their services answer."""
    layer, table = arcgis_layer(FEATURES, COLUMNS, most=10), ckan_table({"c": (CENSUS, ROWS)})
    return lambda asked: table(asked) if "resource_id" in asked.query else layer(asked)


def test_what_is_fetched_is_what_a_run_reads(replay: Replay, tmp_path: Path) -> None:
    for path in ("/areas", "/areas/query", "/census"):
        replay.at(path, national(replay))
    (tmp_path / "sources.toml").write_text(
        f'[cbs_areas_2022]\nurls = ["{replay.url}/areas"]\noptions = {{ least = 23 }}\n'
        f'[cbs_census_2022]\nurls = ["{replay.url}/census"]\noptions = {{ resource = "c", least = 4 }}\n'
    )
    outcomes = fetch(DIMONA, tmp_path, Wish(only=("statistical_areas", "census")), quick_wire())
    assert [(one.role, one.state, one.date, one.why) for one in outcomes] == [
        ("statistical_areas", "fetched", "2022", "23 features"),
        ("census", "fetched", "2022", "4 rows"),
    ]
    assert names(tmp_path / "national") == ["census.xlsx", "sources.json", "statistical_areas.gpkg"]
    inputs = find(DIMONA, tmp_path / "dimona", tmp_path / "national")
    found = zone_people.read(DIMONA, inputs, EVERYWHERE)
    assert (found.source, found.totals["source"]) == ("census", 4120 + 2500)
    assert [row["licence"] for row in inputs.fingerprints()] == [
        "data.gov.il terms of use, © Israel Central Bureau of Statistics",
        "CBS end-user licence: free use with the source named, © Israel Central Bureau of Statistics",
    ]
