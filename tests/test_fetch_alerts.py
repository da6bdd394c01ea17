"""Alert areas from two mirrors: held against one another, both times kept, and each way of being one alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from replay_server import Replay, Reply, of_json, page, quick_wire, replaying

from geokehila.errors import FetchError
from geokehila.fetch import Outcome, Wish, fetch
from geokehila.fetch.alerts import bring
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sources import Source
from geokehila.load import alerts
from geokehila.study import Study

LISTED = [
    ("בחר הכל", "Select All", 0, 0, 0),
    ("אופקים", "Ofakim", 45, 31.31, 34.62),
    ("באר שבע - מערב", "Beer Sheva - West", 60, 31.25, 34.78),
    ("אביבים", "Avivim", 0, 33.09, 35.47),
    ("אבו-גוש", "Abu Ghosh", 90, 31.8, 35.1),
    ("עפולה", "Afula", 60, 32.6, 35.29),
]
TABLE = '''"""GENERATED FILE."""

AREA_TO_MIGUN_TIME: dict[str, int] = {
    "אופקים": 45,
    "באר שבע - מערב": 45,
    "אביבים": 0,
    "אבו גוש": 90,
    "עפולה": 90,
    'בי"ס כרמים': 90,
    "כל הארץ": 0,
}
'''
DATED = [{"sha": "1", "commit": {"committer": {"date": "2026-05-09T03:04:05Z"}}}]
LATER = [{"sha": "2", "commit": {"committer": {"date": "2026-06-03T03:04:05Z"}}}]


def cities(rows: Sequence[tuple[str, str, int, float, float]] = LISTED) -> Reply:
    return of_json(
        [
            {"name": he, "value": "all" if en == "Select All" else he, "name_en": en, "name_ru": "", "time": "דקה",
             "countdown": seconds, "lat": lat, "lng": lon}
            for he, en, seconds, lat, lon in rows
        ]
    )  # fmt: skip


def table(text: str = TABLE) -> Reply:
    return Reply(text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        server.at("/first/days", of_json(DATED))
        server.at("/second/days", of_json(LATER))
        yield server


def errand(replay: Replay, desk: Path, first: Reply, second: Reply, least: int = 5) -> Errand:
    urls = (replay.at("/first", first), replay.at("/second", second))
    dated = [f"{replay.url}/first/days?per_page=1", f"{replay.url}/second/days?per_page=1"]
    options = {"mirrors": ["one", "other"], "dated": dated, "least": least}
    source = Source("alert_areas", "alerts", "alerts", "alerts.json", "areas", urls=urls, options=options, max_mb=1.0)
    return Errand(source, Study.of("beer-sheva"), quick_wire(attempts=2), desk, desk)


def fetched(errand: Errand) -> tuple[Brought, dict[str, dict[str, object]]]:
    """What was brought, and of each area the row with its shortest time."""
    brought = bring(errand)
    assert brought is not None
    rows = json.loads(errand.target.read_text(encoding="utf-8"))
    return brought, {row["name_he"]: row for row in reversed(rows)}


def test_where_mirrors_differ_both_times_stand_with_who_tells_them(replay: Replay, tmp_path: Path) -> None:
    asked = errand(replay, tmp_path, cities(), table())
    brought, rows = fetched(asked)
    assert {name: row["seconds"] for name, row in rows.items()} == {
        "אבו-גוש": 90, "אביבים": 0, "אופקים": 45, "באר שבע - מערב": 45, "בי\"ס כרמים": 90, "עפולה": 60,
    }  # fmt: skip
    every = json.loads(asked.target.read_text(encoding="utf-8"))
    afula = [(row["seconds"], row["source"], row["date"]) for row in every if row["name_he"] == "עפולה"]
    assert afula == [(60, "one", "2026-05-09"), (90, "other", "2026-06-03")]
    assert rows["באר שבע - מערב"]["date"] == "2026-06-03" and rows["באר שבע - מערב"]["name_en"] == "Beer Sheva - West"
    assert (rows["אופקים"]["source"], rows["אופקים"]["date"]) == ("one, other", "2026-06-03")
    assert brought.counts == {"areas": 6} and brought.date == "2026-05-09 / 2026-06-03"
    (note,) = brought.notes
    assert note.startswith("the mirrors differ in 2 areas, where both times stand: ") and "1 areas are in one" in note
    assert "עפולה (one 60 s, other 90 s)" in note


@pytest.mark.parametrize(("city", "seconds"), [("beer-sheva", (45, 60)), ("afula", (60, 90)), ("ofakim", (45, 45))])
def test_a_run_keeps_both_times_of_its_locality(
    city: str, seconds: tuple[int, int], replay: Replay, tmp_path: Path
) -> None:
    asked = errand(replay, tmp_path, cities(), table())
    bring(asked)
    found, _ = alerts.of_file(asked.target, Study.of(city).city)
    assert found is not None and (found.seconds_low, found.seconds_high) == seconds


def test_the_order_of_what_mirrors_list_changes_nothing(replay: Replay, tmp_path: Path) -> None:
    asked = errand(replay, tmp_path, cities(), table())
    bring(asked)
    written = asked.target.read_bytes()
    head, *lines, end = TABLE.partition("{\n")[2].splitlines()
    shuffled = "\n".join(["X = {", *reversed([head, *lines]), end])
    bring(errand(replay, tmp_path, cities(LISTED[::-1]), table(shuffled)))
    assert asked.target.read_bytes() == written


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (Reply(status=404), "answers 404"),
        (page(), "a web page"),
        (table(TABLE[:-3]), "cut off"),
        (table("X = {\n    'אופקים': 45,\n}\n"), "1 areas, where at least 5 are known"),
        (table("X = {\n    __import__('os').system('x'): 45,\n}\n"), "0 areas"),
        (of_json({"error": "busy"}), "0 areas"),
        (Reply(b'[{"name": "x"'), "its JSON is cut or broken"),
        (Reply(b"[" * 100_000), "its JSON is cut or broken"),
    ],
)  # fmt: skip
def test_one_mirror_alone_is_taken_and_that_is_told(second: Reply, said: str, replay: Replay, tmp_path: Path) -> None:
    brought, rows = fetched(errand(replay, tmp_path, cities(), second))
    assert brought.notes[0] == "one mirror alone: its times were compared to none" and said in brought.notes[1]
    assert rows["עפולה"]["seconds"] == 60 and brought.date == "2026-05-09" and len(rows) == 5


def test_without_any_mirror_it_fails_with_what_each_says(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"a web page .*answers 503"):
        bring(errand(replay, tmp_path, page(), Reply(status=503)))


def test_a_mirror_that_does_not_tell_its_date_is_dated_by_the_day_it_came(replay: Replay, tmp_path: Path) -> None:
    asked = errand(replay, tmp_path, cities(), table())
    for number, reply in enumerate((Reply(status=403), of_json([]), of_json([{"commit": None}]), page())):
        replay.at("/second/days", reply)
        brought, rows = fetched(asked)
        assert rows["אופקים"]["date"] == "2026-11-22", number
        assert "other does not tell when it was last changed" in brought.notes[1]


def test_seconds_that_are_none_are_no_area(replay: Replay, tmp_path: Path) -> None:
    odd = [("א", "A", -5, 0, 0), ("ב", "B", 9000, 0, 0), ("ג\u202e", "C<script>", 15, 0, 0)]
    _, rows = fetched(errand(replay, tmp_path, cities([*LISTED, *odd]), page()))
    assert "א" not in rows and "ב" not in rows and "ג" in rows


def test_the_whole_way_with_other_addresses(replay: Replay, tmp_path: Path) -> None:
    """A user who names one mirror of their own needs to say nothing else."""
    (tmp_path / "sources.toml").write_text(
        f'[alert_areas]\nurls = ["{replay.at("/own", cities())}"]\noptions = {{ least = 3 }}\n'
    )
    outcome: Outcome
    (outcome,) = fetch(Study.of("ofakim"), tmp_path, Wish(only=("alerts",)), quick_wire())
    assert (outcome.state, outcome.date) == ("fetched", "2026-11-22") and "5 areas" in outcome.why
    assert (tmp_path / "national" / "alerts.json").is_file()
