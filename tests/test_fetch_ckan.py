"""Tables of a CKAN datastore: whole, typed, as the readers read them; and each way of being less."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay_server import Answerer, Asked, Replay, Reply, ckan_table, of_json, page, quick_wire, replaying

from geokehila.errors import FetchError
from geokehila.fetch import ckan, schools
from geokehila.fetch.errand import Brought, Errand
from geokehila.fetch.sources import Source
from geokehila.load import municipal
from geokehila.load.population import census
from geokehila.study import Study

PATH = "/api/3/action/datastore_search"
#: As the portal tells the types: counts are numeric, area numbers text.
CENSUS = {
    "LocalityCode": "numeric",
    "StatArea": "text",
    "StatAreaCmb": "text",
    "pop_approx": "text",
    "age_median": "numeric",
}
ROWS: list[dict[str, Any]] = [
    {"LocalityCode": None, "StatArea": None, "StatAreaCmb": None, "pop_approx": "9,000,000", "age_median": 30},
    {"LocalityCode": 2200, "StatArea": "11", "StatAreaCmb": "11+12", "pop_approx": "4,120", "age_median": "31.5"},
    {"LocalityCode": 2200, "StatArea": "13", "StatAreaCmb": "", "pop_approx": "2,500", "age_median": ".."},
    {"LocalityCode": "2200", "StatArea": "21", "StatAreaCmb": " ", "pop_approx": "..", "age_median": None},
]
MEANING = {"census": (CENSUS, ROWS)}


@pytest.fixture
def replay() -> Iterator[Replay]:
    with replaying() as server:
        yield server


def errand(tmp_path: Path, url: str, file: str = "census.xlsx", client: str = "ckan", **options: Any) -> Errand:
    source = Source("table", file.partition(".")[0], client, file, "", urls=(url,), options=options)
    return Errand(source, Study.of("dimona"), quick_wire(attempts=2), tmp_path, tmp_path)


def fetched(errand: Errand) -> Brought:
    brought = ckan.bring(errand)
    assert brought is not None
    return brought


def fault(errand: Errand) -> str:
    with pytest.raises(FetchError) as raised:
        ckan.bring(errand)
    return str(raised.value)


def test_the_census_comes_page_by_page_and_is_read(replay: Replay, tmp_path: Path) -> None:
    url = replay.at(PATH, ckan_table(MEANING))
    assert fetched(errand(tmp_path, url, resource="census", page=2, least=4)).counts == {"rows": 4}
    assert [(asked.query["offset"], asked.query["sort"]) for asked in replay.asked] == [("0", "_id"), ("2", "_id")]
    counts, _ = census.read(tmp_path / "census.xlsx", 2200)
    total = counts[counts.group == "total"].set_index("area").people
    assert total["11+12"] == 4120 and total["13"] == 2500 and total.isna()["21"]


def test_the_site_is_told_what_it_asks_programs_to_say(replay: Replay, tmp_path: Path) -> None:
    url = replay.at(PATH, ckan_table(MEANING))
    fetched(errand(tmp_path, url, resource="census", agent="external-client"))
    assert replay.asked[0].headers["user-agent"].startswith("external-client GeoKehila/")


def test_pages_of_any_size_give_the_same_bytes(replay: Replay, tmp_path: Path) -> None:
    url = replay.at(PATH, ckan_table(MEANING))
    files = []
    for size in (1, 3, 100):
        fetched(errand(tmp_path, url, resource="census", page=size))
        files.append((tmp_path / "census.xlsx").read_bytes())
    assert files[0] == files[1] == files[2]


def test_a_csv_holds_the_columns_asked_for(replay: Replay, tmp_path: Path) -> None:
    url = replay.at(PATH, ckan_table(MEANING))
    fetched(errand(tmp_path, url, "census.csv", resource="census", fields=["pop_approx", "LocalityCode"]))
    with (tmp_path / "census.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.reader(file)]
    assert rows[0] == ["pop_approx", "LocalityCode"] and rows[2] == ["4,120", "2200"]


def test_a_server_that_gives_fewer_than_asked_is_asked_on(replay: Replay, tmp_path: Path) -> None:
    url = replay.at(PATH, ckan_table(MEANING, most=1))
    assert fetched(errand(tmp_path, url, resource="census", page=5000)).counts == {"rows": 4}
    assert len(replay.asked) == 4


def answering(offset: int, reply: Reply) -> Answerer:
    table = ckan_table(MEANING)
    return lambda asked: reply if asked.query["offset"] == str(offset) else table(asked)


def result(**changed: Any) -> Reply:
    told = {"fields": [{"id": key, "type": kind} for key, kind in CENSUS.items()], "records": [], "total": 4}
    return of_json({"success": True, "result": told | changed})


@pytest.mark.parametrize(
    ("offset", "reply", "said"),
    [
        (2, result(), "a page is missing, 2 of 4 rows came"),
        (2, result(total=5, records=ROWS[2:]), "no more has the 4 rows"),
        (2, result(records=ROWS), "gives 6 rows where it counts 4"),
        (0, result(total=3), "a part of the table, 3 of 4 rows"),
        (0, result(total=None), "does not say how many rows"),
        (0, result(fields=[{"id": "Locality", "type": "int"}]), "lacks the columns LocalityCode, among Locality"),
        (
            0,
            of_json({"success": False, "error": {"message": "Resource was not found"}}),
            "refuses, Resource was not found",
        ),
        (0, of_json({"success": True, "result": None}), "refuses"),
        (0, of_json([]), "refuses"),
        (0, page(), "a web page instead of JSON"),
        (2, Reply(status=429), "answers 429"),
    ],
    ids=["missing", "changed", "too many", "a part", "no total", "moved", "refused", "empty", "list", "page", "429"],
)
def test_a_table_that_is_less_is_refused(replay: Replay, tmp_path: Path, offset: int, reply: Reply, said: str) -> None:
    url = replay.at(PATH, answering(offset, reply))
    assert said in fault(errand(tmp_path, url, resource="census", fields=["LocalityCode"], page=2, least=4))


def test_a_table_that_is_not_there_is_named(replay: Replay, tmp_path: Path) -> None:
    text = fault(errand(tmp_path, replay.at(PATH, ckan_table(MEANING)), resource="gone"))
    assert "404" in text and "sources.toml" in text


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers())), st.text())
def test_any_cell_is_taken_as_something(cell: Any, kind: str) -> None:
    for stated in ("int4", "numeric", "timestamp", "text", kind):
        found = ckan.typed(cell, stated)
        assert found is None or (isinstance(found, str | int | float) and found == found)


COORDINATES = {"SEMEL_MOSAD": "numeric", "SHEM_MOSAD": "text", "UTM_X": "numeric", "UTM_Y": "numeric"}
INSTITUTIONS = dict.fromkeys(("סמל מוסד", "שם מוסד", "סוג מוסד", "פיקוח", "עד שכבה", "שם מנהל"), "text") | {
    "שנה": "int"
}
SPOTS = [
    {"SEMEL_MOSAD": code, "SHEM_MOSAD": "", "UTM_X": 35.03 + code / 1e6, "UTM_Y": 31.07} for code in (11, 12, 13, 15)
]


def institution(code: int, kind: str, last: int, year: int = 2026, name: str = "") -> dict[str, Any]:
    told = (str(code), name or f"מוסד {code}", kind, "ממלכתי", str(last), "מנהלת א", year)
    return dict(zip(INSTITUTIONS, told, strict=True))


LISTED = [
    institution(11, "בית ספר", 6), institution(11, "בית ספר", 6, 2025, "שם ישן"), institution(12, "גן ילדים", 0),
    institution(13, "משרד", 0), institution(14, "בית ספר", 12), institution(15, "בית ספר", 12, 2025),
]  # fmt: skip


def education(replay: Replay, tmp_path: Path, file: str, **options: Any) -> Brought:
    url = replay.at(PATH, ckan_table({"c": (COORDINATES, SPOTS), "i": (INSTITUTIONS, LISTED)}))
    told = {"coordinates": "c", "institutions": "i", **options}
    brought = schools.bring(errand(tmp_path, url, file, "schools", **told))
    assert brought is not None
    return brought


def test_schools_are_those_of_the_latest_year_that_teach_and_lie_somewhere(replay: Replay, tmp_path: Path) -> None:
    brought = education(replay, tmp_path, "places_school.csv", without_kinds=["גן ילדים"], graded=True)
    assert (brought.date, brought.counts, brought.notes) == (
        "2026",
        {"institutions": 1},
        ("1 more have no coordinates",),
    )
    found = municipal.read(tmp_path / "places_school.csv", "school", "EPSG:2039")
    assert found.places.place_id.tolist() == ["school:11"] and found.places.name_he.tolist() == ["מוסד 11"]
    assert found.places.date.tolist() == ["2026"]


def test_kindergartens_are_told_by_their_kind(replay: Replay, tmp_path: Path) -> None:
    education(replay, tmp_path, "places_kindergarten.csv", kinds=["גן ילדים"])
    assert municipal.propose(tmp_path / "places_kindergarten.csv").located == 1


def test_no_names_of_persons_are_asked_for(replay: Replay, tmp_path: Path) -> None:
    education(replay, tmp_path, "places_school.csv")
    assert "מנהלת" not in (tmp_path / "places_school.csv").read_text(encoding="utf-8")
    assert all("שם מנהל" not in asked.query.get("fields", "") and "fields" in asked.query for asked in replay.asked)


def test_too_few_schools_are_refused(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="1 of 500 institutions"):
        education(replay, tmp_path, "places_school.csv", graded=True, least=500)


def test_a_table_without_years_is_refused(replay: Replay, tmp_path: Path) -> None:
    def empty(asked: Asked) -> Reply:
        return of_json({"success": True, "result": {"fields": [], "records": [], "total": 0}})

    told = errand(tmp_path, replay.at(PATH, empty), "places_school.csv", "schools", coordinates="c", institutions="i")
    with pytest.raises(FetchError, match="names no year"):
        schools.bring(told)
