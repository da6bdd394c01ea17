"""Alert times: what a study states, dated files in the forms that circulate, the catalogue."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seed_files import REMEDY

from geokehila.catalogue import City, cities
from geokehila.catalogue.localities import UNOFFICIAL, Alert
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import alerts
from geokehila.load.roles import Inputs
from geokehila.study import AlertChoice, Study

BEER_SHEVA, DIMONA = cities()["beer-sheva"], cities()["dimona"]
DATED = "alerts.2026-05-09.json"


def table(tmp_path: Path, text: str, name: str = "alerts.csv") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def listed(tmp_path: Path, content: object, name: str = DATED) -> Path:
    return table(tmp_path, json.dumps(content, ensure_ascii=False), name)


def inputs(path: Path) -> Inputs:
    return Inputs({"alerts": (path,)}, ())


def times(path: Path, city: City) -> tuple[float, float] | None:
    alert, _ = alerts.of_file(path, city)
    return (alert.seconds_low, alert.seconds_high) if alert else None


def test_a_study_goes_before_files_and_the_catalogue(tmp_path: Path) -> None:
    stated = AlertChoice(45.0, "2026-07-01", "oref.org.il")
    found = alerts.read(replace(Study.of("dimona"), alerts=stated), inputs(tmp_path / "absent.csv"))
    assert found.alert == Alert(45.0, 45.0, "2026-07-01", "oref.org.il", "דימונה")
    assert (found.reason, found.ledgers) == ("", ())


def test_a_file_goes_before_the_catalogue(tmp_path: Path) -> None:
    path = table(tmp_path, "code,seconds,date,source\n2200,75,31/5/2026,oref.org.il\n9000,60,31/5/2026,x\n")
    found = alerts.read(Study.of("dimona"), inputs(path))
    assert found.alert == Alert(75.0, 75.0, "2026-05-31", "oref.org.il")
    (ledger,) = found.ledgers
    assert ledger.counts() == {"alert area": {"read": 1, "used": 1, "rejected": {}}} and ledger.notices == []


def test_the_catalogue_shows_both_sources_dated_and_marked() -> None:
    alert = alerts.read(Study.of("nazareth"), Inputs({}, ())).alert
    assert alert is not None
    assert (alert.seconds_low, alert.seconds_high, alert.date) == (60.0, 90.0, "2026-05-09 / 2026-06-03")
    assert "unofficial" in alert.source and alert.note == UNOFFICIAL and alert.area == "נצרת"


@pytest.mark.parametrize(
    ("study", "reason"),
    [
        (Study(City("oz", 1, {"he": "עוז", "en": "Oz"}), crs="EPSG:32628"), "outside Israel no alert time is known"),
        (Study(City("oz", 1, {"he": "עוז", "en": "Oz"})), "no source at hand tells it: give alerts.csv, or [alerts]"),
    ],
)
def test_where_nobody_tells_there_is_none_with_the_reason(study: Study, reason: str) -> None:
    found = alerts.read(study, Inputs({}, ()))
    assert found.alert is None and found.reason.startswith(reason)


def test_a_file_that_does_not_list_the_city_leaves_it_to_the_catalogue(tmp_path: Path) -> None:
    found = alerts.read(Study.of("dimona"), inputs(table(tmp_path, "name,seconds,date\nערד,90,2026\n")))
    assert found.alert == DIMONA.alert
    (notice,) = found.ledgers[0].notices
    assert notice.name == "alert_not_listed" and REMEDY.match(notice.text)
    assert found.ledgers[0].counts() == {"alert area": {"read": 0, "used": 0, "rejected": {}}}


@pytest.mark.parametrize(
    "header",
    ["code,seconds,date", "סמל יישוב,זמן התגוננות,תאריך עדכון", "semel_yishuv,countdown,updated", "קוד,שניות,תאריך"],
)
def test_columns_by_the_words_for_them(tmp_path: Path, header: str) -> None:
    assert times(table(tmp_path, f"{header}\n9000,60,2026-05-09\n"), BEER_SHEVA) == (60, 60)


@pytest.mark.parametrize(
    "name", ["באר שבע", "Be'er Sheva", "BEER SHEVA", "بئر السبع", "Беэр-шева", "באר-שבע", "באר שבע - מערב"]
)
def test_a_city_by_its_name_in_any_language(tmp_path: Path, name: str) -> None:
    assert times(table(tmp_path, f"name,seconds,date\n{name},60,2026-05\n"), BEER_SHEVA) == (60, 60)


@pytest.mark.parametrize(
    ("slug", "name", "own"),
    [
        ("sderot", "שדרות, איבים", True),
        ("acre", "Acre", True),
        ("kuseife", "כסייפה", True),
        ("bir-hadaj", "ביר הדאג", True),
        ("nahariya", "נהריה", True),
        ("dimona", "אזור תעשייה דימונה", False),
        ("nazareth", "נצרת עילית", False),
        ("arara-banegev", "ערערה", False),
        ("arad", "ערד החדשה", False),
    ],
)
def test_spellings_and_namesakes(tmp_path: Path, slug: str, name: str, own: bool) -> None:
    """Ar'ara of Wadi Ara is not Ar'ara of the Negev."""
    quoted = f'name,seconds,date\n"{name}",60,2026\n'
    assert (times(table(tmp_path, quoted), cities()[slug]) == (60, 60)) is own


def test_a_code_goes_before_a_name(tmp_path: Path) -> None:
    path = table(tmp_path, "code,name,seconds,date\n637,ערערה בנגב,90,2026\n1192,כפר,45,2026\n")
    assert times(path, cities()["arara-banegev"]) == (45, 45)


def test_parts_of_a_city_make_a_range(tmp_path: Path) -> None:
    rows = "באר שבע - מערב,60,2026-05-09,a\nבאר שבע - דרום,45,2026-06-03,b\nבאר שבע - צפון,?,2026-06-03,b\n"
    alert, ledger = alerts.of_file(table(tmp_path, f"name,seconds,date,source\n{rows}ערד,90,2026,a\n"), BEER_SHEVA)
    assert alert == Alert(45.0, 60.0, "2026-05-09 / 2026-06-03", "a / b", "באר שבע - דרום · באר שבע - מערב")
    assert ledger.counts() == {"alert area": {"read": 3, "used": 2, "rejected": {"no number of seconds": 1}}}


def test_at_once_is_a_time(tmp_path: Path) -> None:
    assert times(table(tmp_path, "code,seconds,date\n9000,0,2026\n"), BEER_SHEVA) == (0, 0)


@pytest.mark.parametrize("cell", ["", "?", "-5", "601", "דקה וחצי", "nan", "inf"])
def test_what_is_no_time_is_missing(tmp_path: Path, cell: str) -> None:
    alert, ledger = alerts.of_file(table(tmp_path, f"code,seconds,date\n9000,{cell},2026\n1,60,2026\n"), BEER_SHEVA)
    assert alert is None
    assert ledger.counts()["alert area"]["rejected"] == {"no number of seconds": 1}


def test_a_row_without_its_date_is_rejected(tmp_path: Path) -> None:
    alert, ledger = alerts.of_file(table(tmp_path, "code,seconds,date\n9000,60,soon\n1,60,2026\n"), BEER_SHEVA)
    assert alert is None and ledger.counts()["alert area"]["rejected"] == {"no date": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,seconds\n9000,60\n", "has no date, and alert times change: add a column date, or call the file"),
        ("code,seconds,date\n9000,60,\n", "has no date"),
        ("code,minutes,date\n9000,1,2026\n", "no column of seconds: call it seconds"),
        ("town,seconds,date\nx,60,2026\n", "no column of names or codes of localities: call them name or code"),
    ],
)
def test_a_file_that_lacks_something_is_refused_with_the_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"^alerts.csv: {message}") as fault:
        alerts.of_file(table(tmp_path, text), BEER_SHEVA)
    assert "\n" not in str(fault.value)


def test_the_date_may_stand_in_the_name_of_the_file(tmp_path: Path) -> None:
    alert, _ = alerts.of_file(table(tmp_path, "code,seconds\n9000,60\n", "alerts.2026-05-31.csv"), BEER_SHEVA)
    assert alert is not None and (alert.date, alert.source) == ("2026-05-31", "alerts.2026-05-31.csv")


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "alerts.xlsx"
    pd.DataFrame({"סמל יישוב": [9000], "שניות": [60], "תאריך": ["2026-05-09"]}).to_excel(path, index=False)
    assert times(path, BEER_SHEVA) == (60, 60)


def area(name: str, seconds: object, **more: object) -> dict[str, object]:
    return {"id": 7, "name": name, "zone": "x", "time": "דקה", "countdown": seconds, "value": name, **more}


def test_the_list_of_a_mirror(tmp_path: Path) -> None:
    everything = area("בחר הכל", 0, lat=0, lng=0, value="all")
    parts = [area("באר שבע - מערב", 60), area("באר שבע - דרום", 45), area("דימונה", 90, name_en="Dimona")]
    path = listed(tmp_path, [everything, *parts, "text", None])
    assert (times(path, BEER_SHEVA), times(path, DIMONA)) == ((45, 60), (90, 90))


@pytest.mark.parametrize(
    "content",
    [
        {"באר שבע - מערב": 60, "דימונה": 90, "כל הארץ": 0},
        {"באר שבע - מערב": {"countdown": 60, "lat": 31.2, "lng": 34.7}, "דימונה": {"countdown": 90}},
        {"cities": {"Beer Sheva": {"id": 1, "he": "באר שבע", "countdown": 60}, "דימונה": {"countdown": 90}}},
        {"cities": [area("באר שבע", "60"), area("דימונה", "90.0")], "areas": {"1": {"he": "נגב"}}},
        [{"label_he": "באר שבע", "value": "5D2", "migun_time": 60}, {"label": "Dimona", "migun_time": 90}],
    ],
)  # fmt: skip
def test_objects_by_name(tmp_path: Path, content: object) -> None:
    path = listed(tmp_path, content)
    assert (times(path, BEER_SHEVA), times(path, DIMONA)) == ((60, 60), (90, 90))


def test_what_is_said_of_all_areas(tmp_path: Path) -> None:
    content = {"date": "2026-05-09", "source": "a mirror", "cities": {"דימונה": {"countdown": 90}}}
    alert, _ = alerts.of_file(listed(tmp_path, content, "alerts.json"), DIMONA)
    assert alert == Alert(90.0, 90.0, "2026-05-09", "a mirror", "דימונה")
    flat = {"date": "2026-05-09", "דימונה": 90}
    assert times(listed(tmp_path, flat, "alerts.json"), DIMONA) == (90, 90)


def test_a_list_without_a_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"alerts.json: has no date.* or call the file alerts.2026-05-31.json$"):
        alerts.of_file(listed(tmp_path, [area("דימונה", 90)], "alerts.json"), DIMONA)


def test_a_city_under_another_name_is_found_where_it_lies(tmp_path: Path) -> None:
    """Near is not enough: a mirror has Avigdor, of another place, in the middle of Tel Aviv."""
    city = cities()["tel-aviv-yafo"]
    near = {"lat": city.lat, "lng": city.lon}
    far = {"lat": city.lat + 1, "lng": city.lon}
    rows = [area("אביגדור", 45, **near), area("תל אביב - מרכז העיר", 90, **near), area("תל אביב - אחר", 30, **far)]
    assert times(listed(tmp_path, rows), city) == (90, 90)
    assert times(listed(tmp_path, [area("אביגדור", 45, **near)]), city) is None
    elsewhere = [area("תל אביב - מרכז העיר", 90, lat=None, lng="x"), area("תל אביב - דרום", 90, lat=900, lng=34)]
    assert times(listed(tmp_path, elsewhere), city) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not readable as JSON"),
        ("[" * 100_000, "not readable as JSON"),
        ("[]", "no column of names"),
        ("7", "no column of names"),
        ('["a", 5]', "no column of names"),
    ],
)
def test_what_is_no_list_is_one_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{DATED}: {message}") as fault:
        alerts.of_file(table(tmp_path, content, DATED), DIMONA)
    assert "\n" not in str(fault.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    for name in (DATED, "alerts.csv"):
        with pytest.raises(InputError, match="cannot be read"):
            alerts.of_file(tmp_path / name, DIMONA)


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["דימונה", "60", "2026", "a"])
keys = st.sampled_from(["name", "countdown", "date", "cities", "lat", "lng", "code", "דימונה", "source"])
anything = st.recursive(leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5))


@given(anything)
def test_no_content_does_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    path = listed(tmp_path_factory.mktemp("alerts"), content)
    try:
        alert, ledger = alerts.of_file(path, DIMONA)
    except InputError as fault:
        assert "\n" not in str(fault)
        return
    assert isinstance(ledger, Ledger)
    assert alert is None or 0 <= alert.seconds_low <= alert.seconds_high <= alerts.LONGEST_S


@given(st.lists(st.integers(0, 600), min_size=1, max_size=6))
def test_the_range_is_that_of_the_areas(tmp_path_factory: pytest.TempPathFactory, seconds: list[int]) -> None:
    content = {f"דימונה - {i}": s for i, s in enumerate(seconds)}
    assert times(listed(tmp_path_factory.mktemp("alerts"), content), DIMONA) == (min(seconds), max(seconds))


@pytest.mark.shared
def test_the_catalogue_has_what_both_mirrors_say(shared: Path) -> None:
    """Seventy-one localities; twelve have 60 s in one mirror and 90 s in the other; one stands in one mirror only."""
    with (shared.parent / "cities.csv").open(encoding="utf-8") as handle:
        rows = [*csv.DictReader(handle)]
    by_code = {c.code: c.alert for c in cities().values()}
    apart = one_only = 0
    for row in rows:
        known = [float(cell) for cell in (row["hfc_seconds"], row["hfc_seconds_oref_alert"]) if cell not in ("", "?")]
        alert = by_code[int(row["semel_yishuv"])]
        assert alert is not None and (alert.seconds_low, alert.seconds_high) == (min(known), max(known))
        assert alert.date == ("2026-05-09 / 2026-06-03" if len(known) == 2 else "2026-05-09")
        apart += alert.seconds_low != alert.seconds_high
        one_only += len(known) == 1
    assert (len(rows), apart, one_only) == (71, 12, 1)
