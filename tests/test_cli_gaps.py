"""`geokehila gaps`: what it prints of a run, in which order and language."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from test_gaps import Town, names
from typer.testing import CliRunner, Result

from geokehila import __version__, pipeline
from geokehila.errors import StudyError
from geokehila.store import tables
from geokehila.study import Study
from geokehila_cli.app import app

HOMES = (
    {"zone": "a", "hood": "m", "people": 300, "state": "beyond", "walk": 1260, "way": 1584},
    {"zone": "b", "hood": "m", "people": 900, "state": "edge"},
    {"zone": "b", "hood": "n", "people": 500, "state": "beyond", "walk": 950, "way": 1240},
    {"zone": "c", "hood": "n", "people": 40, "state": "beyond", "walk": 950, "way": 1240},
)
Command = Callable[..., Result]


@pytest.fixture
def summary() -> dict[str, Any]:
    """What a run says of itself."""
    found = {"city": {"name": {"en": "Dimona"}}, "fictional": True, "weights": "residents"}
    return found | {"parameters": {"gaps": {"least_people": 100}}, "facts": {"homes_not_counted": 0.0}}


@pytest.fixture
def gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, summary: dict[str, Any]) -> Command:
    """The command over a run whose tables are at hand."""
    town = Town(HOMES)
    town.measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    pd.DataFrame(names(town).drop(columns="geometry")).to_parquet(tmp_path / "zonings.parquet", index=False)
    made = SimpleNamespace(path=tmp_path, summary=summary)

    def run(*_: Any) -> SimpleNamespace:
        return made

    monkeypatch.setattr(pipeline, "run", run)
    return lambda *words: CliRunner().invoke(app, ["gaps", "dimona", *words])


def test_gaps_are_told_the_most_people_first(gaps: Command) -> None:
    done = gaps("--zoning", "zone")
    assert done.exit_code == 0
    head, small, first, second, left_out, tables = done.stdout.strip().splitlines()
    assert head == "Dimona (FICTIONAL): gaps by zone, the most people surely beyond first"
    assert small == (
        "40 residents are in areas of fewer than 100, whose gaps are not ranked. In the whole city: --zoning city"
    )
    assert first == (
        "  1  A gap of a clinic for at least 500 of the 1,400 residents of en b: "
        "for half of these the nearest is within 16 min (1.2 km)."
    )
    assert second == (
        "  2  A gap of a clinic for all 300 residents of en a: for half of these the nearest is within 21 min (1.6 km)."
    )
    assert left_out == "2 of 2 gaps; not ranked: few people 1" and tables.startswith("tables: ")


def test_the_areas_are_those_of_the_page_unless_others_are_asked_for(gaps: Command) -> None:
    rows = json.loads(gaps("--json", "--top", "2").stdout)
    assert [(row["zoning"], row["zone_id"], row["rank"]) for row in rows] == [("zone", "b", 1), ("zone", "a", 2)]
    assert rows[0]["name"] == "en b" and rows[0]["beyond_low"] == 500 and rows[0]["need_weight"] is None
    assert {row["zoning"] for row in json.loads(gaps("--zoning", "city", "--json").stdout)} == {"city"}


def test_json_is_whole_unless_the_first_are_asked_for(gaps: Command, tmp_path: Path) -> None:
    file, words = tmp_path / "gaps.csv", ("--zoning", "zone", "--category", "clinic")
    rows = json.loads(gaps(*words, "--csv", str(file), "--json").stdout)
    assert [row["rank"] for row in rows] == [1, 2, None], "as in the file, what is not ranked too"
    assert [row["zone_id"] for row in rows] == pd.read_csv(file)["zone_id"].tolist()
    assert len(json.loads(gaps(*words, "--json", "--top", "1").stdout)) == 1


def test_where_no_gap_is_certain_the_largest_that_are_possible_are_told(
    gaps: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = (
        {"zone": "a", "hood": "m", "people": 700, "walk": 300, "way": 390},
        {"zone": "a", "hood": "m", "people": 200, "state": "edge"},
        {"zone": "b", "hood": "m", "people": 400, "walk": 300, "way": 390},
        {"zone": "b", "hood": "m", "people": 300, "state": "edge"},
        {"zone": "c", "hood": "m", "people": 950, "state": "not mapped"},
    )
    Town(homes).measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    _, said, largest, counts, _ = gaps("--category", "clinic", "--top", "1").stdout.strip().splitlines()
    assert said == "no gap is certain; possible are 2, of which the 1 largest; all of them: --csv FILE"
    assert largest.startswith("  ?  A possible gap of a clinic for at most 300 of the 700 residents of en b;")
    assert counts == "0 of 0 gaps; not ranked: nothing known 1, only possible 2"
    few = (*homes[:2], {"zone": "c", "hood": "m", "people": 40, "state": "beyond", "walk": 950, "way": 1240})
    Town(few).measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    said = gaps("--category", "clinic").stdout
    assert "no gap is ranked; possible are 1\n" in said and "few people 1, only possible 1" in said
    assert "  *  A gap of a clinic for 40 to 240 of the 940 residents of" in said
    small = ({"zone": "a", "hood": "m", "people": 30}, {"zone": "a", "hood": "m", "people": 20, "state": "edge"})
    Town(small).measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    said = gaps("--category", "clinic").stdout
    assert "  *  A possible gap of a clinic for at most 20 of the 50 residents of Dimona;" in said
    unknown = ({"zone": "a", "hood": "m", "people": 50, "state": "edge"},)
    Town(unknown).measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    assert "  *  " not in gaps("--category", "clinic").stdout, "nothing is known of the whole, too"


#: A village of small quarters: all 60 and 30 are beyond the walk to a clinic, and some of 9.
VILLAGE = (
    {"zone": "a", "hood": "m", "people": 60, "state": "beyond", "walk": 1260, "way": 1584},
    {"zone": "b", "hood": "m", "people": 30, "state": "beyond", "walk": 950, "way": 1240},
    {"zone": "c", "hood": "m", "people": 9, "state": "edge"},
)


@pytest.mark.parametrize("zoning", ["zone", "city"])
def test_where_areas_are_too_small_the_gap_of_the_whole_city_is_told(
    gaps: Command, tmp_path: Path, zoning: str
) -> None:
    Town(VILLAGE).measure().to_parquet(tmp_path / "gaps.parquet", index=False)
    head, small, whole, *_ = gaps("--category", "clinic", "--zoning", zoning).stdout.splitlines()
    assert head == f"Dimona (FICTIONAL): gaps by {zoning}, the most people surely beyond first"
    assert small == "99 residents are in areas of fewer than 100, whose gaps are not ranked. In the whole city:"
    assert whole == (
        "  *  A gap of a clinic for at least 90 of the 99 residents of Dimona: "
        "for half of these the nearest is within 21 min (1.6 km)."
    )
    assert "  *  " not in gaps("--category", "park").stdout, "nobody is beyond it"


def test_a_small_area_is_small_whatever_is_believed_of_it(gaps: Command, tmp_path: Path) -> None:
    """Of the 60 in a the ways are not known, too: they are still some of the 99."""
    town = Town(VILLAGE)
    town.measure(a={"network": "unknown"}).to_parquet(tmp_path / "gaps.parquet", index=False)
    _, small, whole, *_, counts, _ = gaps("--category", "clinic").stdout.splitlines()
    assert small.startswith("99 residents are in areas of fewer than 100") and whole.startswith("  *  ")
    assert "few people 1, " in counts and "unknown 1" in counts


#: In a and c everybody is beyond, in b 70 of 210 surely.
UNMAPPED = (
    {"zone": "a", "hood": "m", "people": 300, "state": "beyond", "walk": 1260, "way": 1584},
    {"zone": "b", "hood": "m", "people": 140, "state": "unconnected"},
    {"zone": "b", "hood": "m", "people": 70, "state": "beyond", "walk": 950, "way": 1240},
    {"zone": "c", "hood": "n", "people": 150, "state": "beyond", "walk": 950, "way": 1240},
)
NOT_RANKED = (
    "Gaps that are certain for some and not ranked, because for half of the residents there or more "
    "the list of places, the count or the map of ways is not known: "
)


@pytest.mark.parametrize("words", [(), ("--category", "clinic")])
def test_a_gap_that_is_certain_is_told_though_too_little_is_known_to_rank_it(
    gaps: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Nobody mapped the ways of b and c: their gaps have no place, and are told behind those that have one."""
    unknown = {"network": "unknown"}
    Town(UNMAPPED).measure(b=unknown, c=unknown).to_parquet(tmp_path / "gaps.parquet", index=False)
    _, ranked, why, first, second, counts, _ = gaps(*words).stdout.splitlines()
    assert ranked.startswith("  1  A gap of a clinic for all 300 residents of en a")
    assert why == NOT_RANKED + "2 of 2"
    assert first.startswith("  -  A gap of a clinic for all 150 residents of en c, as far as the map of ways")
    assert second.startswith("  -  A gap of a clinic for at least 70 of the 210 residents of en b, as far as the map")
    assert counts == "1 of 1 gaps; not ranked: unknown 2"
    _, _, why, only, _, _ = gaps(*words, "--top", "1").stdout.splitlines()
    assert (why, only) == (NOT_RANKED + "1 of 2", first)


def test_where_all_that_is_certain_is_too_little_known_no_place_is_made_up(gaps: Command, tmp_path: Path) -> None:
    Town(UNMAPPED[3:]).measure(c={"population": "unknown"}).to_parquet(tmp_path / "gaps.parquet", index=False)
    _, why, only, counts, _ = gaps("--category", "clinic").stdout.splitlines()
    assert why == NOT_RANKED + "1 of 1" and only.startswith("  -  A gap of a clinic for all 150 residents of en c")
    assert counts == "0 of 0 gaps; not ranked: unknown 1"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("he", "פערים שהם ודאיים לחלק מהאנשים ואינם מדורגים, כי לגבי מחצית התושבים שם או יותר"),
        ("ar", "فجوات مؤكدة للبعض ولا تُرتَّب"),
    ],
)
def test_why_a_certain_gap_has_no_place_is_said_in_every_language(
    gaps: Command, tmp_path: Path, language: str, said: str
) -> None:
    Town(UNMAPPED).measure(b={"network": "unknown"}).to_parquet(tmp_path / "gaps.parquet", index=False)
    assert said in gaps("--language", language).stdout and said not in gaps().stdout


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Homes in areas without a count: 25. Who lives there is in none of these numbers."),
        ("he", "בתים באזורים שלא נמנו: \u206625\u2069. מי שגר בהם אינו כלול באף אחד מהמספרים האלה."),
        ("ar", "مساكن في مناطق بلا إحصاء: \u206625\u2069. من يسكنها خارج هذه الأعداد كلها."),
    ],
)
@pytest.mark.parametrize("zoning", ["zone", "city"])
def test_homes_that_nobody_counted_are_said_to_be_in_no_number(
    gaps: Command, summary: dict[str, Any], language: str, said: str, zoning: str
) -> None:
    words = ("--zoning", zoning, "--language", language)
    assert said not in gaps(*words).stdout
    summary["facts"]["homes_not_counted"] = 25.0
    assert gaps(*words).stdout.splitlines()[-2] == said


def test_one_category_and_language(gaps: Command) -> None:
    rows = json.loads(gaps("--category", "clinic", "--zoning", "city", "--language", "he", "--json").stdout)
    assert len(rows) == 1 and rows[0]["sentence"].startswith("מרפאה: פער לכל הפחות ל-")
    assert {row["beyond_high"] for row in json.loads(gaps("--category", "park", "--json").stdout)} == {0}
    assert json.loads(gaps("--category", "park", "--json", "--top", "9").stdout) == [], "nobody is beyond it"
    assert "0 of 0 gaps; not ranked: none" in gaps("--category", "park").stdout


@pytest.mark.parametrize("word", ["Clinic", "מרפאה", "عيادة"])
def test_a_category_is_known_by_what_pages_call_it(gaps: Command, word: str) -> None:
    by_key, by_name = (json.loads(gaps("--category", one, "--json").stdout) for one in ("clinic", word))
    assert by_key and by_name == by_key
    assert gaps("--category", "community_hub", "--quiet").exit_code == 0, "as the page prints it"


def test_a_file_receives_all_of_them(gaps: Command, tmp_path: Path) -> None:
    file = tmp_path / "gaps.csv"
    assert gaps("--zoning", "zone", "--csv", str(file), "--top", "1", "--quiet").stdout == ""
    rows = pd.read_csv(file)
    assert len(rows) == 6 and {"name", "sentence", "reliability"} <= {*rows} and rows["rank"].notna().sum() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--category", "clinik"], "unknown category 'clinik': did you mean 'clinic'"),
        (["--zoning", "zones"], "unknown zoning 'zones': did you mean 'zone'"),
        (["--language", "xx"], "unknown language 'xx': known: ar, en, he"),
    ],
)
def test_a_word_that_there_is_not_is_named(gaps: Command, words: list[str], said: str) -> None:
    done = gaps(*words)
    assert isinstance(done.exception, StudyError) and said in str(done.exception)


def test_the_run_that_is_kept_is_read_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town, kept = Town(HOMES), tmp_path / "data" / "processed" / "dimona" / "0123456789"
    kept.mkdir(parents=True)
    town.measure().to_parquet(kept / "gaps.parquet", index=False)
    pd.DataFrame(names(town).drop(columns="geometry")).to_parquet(kept / "zonings.parquet", index=False)
    told = {"weights": "residents", "run_id": kept.name, "version": "1", "dates": {}}
    told |= {"zonings": {"zone": 3, "neighbourhood": 2, "city": 1}, "facts": {"homes_not_counted": 0}}
    (kept.parent / "latest").write_text(kept.name, encoding="utf-8")
    study = replace(Study.of("dimona"), fictional=True)
    run = study.told() | {"inputs": [{"role": "osm", "file": "osm.osm", "sha256": "1"}]}
    run["parameters"] = {**run["parameters"], "hubs": asdict(study.hubs) | {"add": 2}}
    files = [{"role": "osm", "file": "osm.osm", "sha256": "2"}, {"role": "gtfs", "file": "gtfs.zip", "sha256": "3"}]
    inputs = SimpleNamespace(fingerprints=lambda: files)
    monkeypatch.setattr(pipeline, "opened", lambda *_: (study, inputs))
    monkeypatch.setattr(pipeline, "run", pytest.fail)
    tables.write_json(run | told, kept / "run.json")
    for now, notes in ((kept.name, 0), ("9876543210", 1)):
        monkeypatch.setattr(pipeline, "id_of", lambda study, inputs, now=now: now)
        done = CliRunner().invoke(app, ["gaps", "dimona", "--zoning", "zone", "--out", str(tmp_path)])
        assert done.stdout.startswith("Dimona (FICTIONAL): gaps by zone"), done.output
        assert done.stderr.count("now other than in the last run: ") == notes
    what = f"gtfs.zip, osm.osm, [hubs] add, GeoKehila {__version__}"
    assert f"note: now other than in the last run: {what}: `geokehila run dimona` makes it anew" in done.stderr
    earlier = {"role": "previous", "file": "run.json", "sha256": "4"}
    compared = study.told() | told | {"inputs": [*files, earlier], "previous": {}, "version": __version__}
    tables.write_json(compared, kept / "run.json")
    done = CliRunner().invoke(app, ["gaps", "dimona", "--zoning", "zone", "--out", str(tmp_path)])
    assert "now other than" not in done.stderr, "that it was compared with an earlier run changes no gap"


def test_help_has_an_example() -> None:
    assert "geokehila gaps dimona" in CliRunner().invoke(app, ["gaps", "--help"]).stdout
