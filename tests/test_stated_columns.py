"""Columns of what a municipality hands over: stated, named where nothing is read from them, and what cells say."""

import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from osm_xml import X, Y, degrees
from shapely import box

from geokehila import handed
from geokehila.catalogue import Catalogue
from geokehila.catalogue.lists import COLUMNS, OF_SPOTS, OF_TABLES, ListChoice
from geokehila.compare import read_marks
from geokehila.errors import InputError, StudyError
from geokehila.ledger import Ledger
from geokehila.load import buildings, candidate_list, dwellings, municipal, plans, readiness, survey, written
from geokehila.load.municipal import columns, corrections
from geokehila.load.plans import rows as plan_rows
from geokehila.load.roles import Inputs
from geokehila.load.tabular import read_table
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

CATALOGUE = Catalogue.read()
EXTENT = box(X - 1_000, Y - 1_000, X + 1_000, Y + 1_000)
LON, LAT = degrees(0, 0)
UNITS = pd.DataFrame(
    {
        "zone_id": ["a", "b"],
        "name_he": ["העיר הוותיקה", "הגבעה"],
        **{f"name_{x}": [None, None] for x in ("ar", "en", "ru")},
    }
)


def csv(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def study(tmp_path: Path, tables: str) -> Study:
    path = csv(tmp_path, "study.toml", f'[study]\nname = "Dimona"\ncode = 2200\n{tables}\n')
    return Study.read(path)


def told(ledger: Ledger) -> dict[str, str]:
    return {notice.name: notice.text for notice in ledger.notices}


# --- what a study may state ------------------------------------------------------------------------------------------


def test_every_column_that_is_read_can_be_stated() -> None:
    assert {*COLUMNS} == {*columns.WORDS, "category"}
    assert {*OF_TABLES["buildings"]} == {*buildings.WORDS}
    assert {*OF_TABLES["candidates"]} == {*OF_SPOTS, *candidate_list.WORDS}
    assert {*OF_TABLES["dwellings"]} == {*OF_SPOTS, *dwellings.WORDS}
    assert {*OF_TABLES["plans"]} == {*plan_rows.WORDS}
    assert {*OF_TABLES["readiness"]} == {"name", *readiness.WORDS}
    assert {*OF_TABLES["survey"]} == {"name", *survey.WORDS}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[lists.candidates]\ncolumns = { prise = "a" }', r"unknown column in .* 'prise': did you mean 'price'"),
        ('[lists.candidate]\ncolumns = {}', r"unknown role in \[lists\] 'candidate': did you mean 'candidates'"),
        ('[lists.readiness]\ncrs = "EPSG:2039"', r"unknown key in \[lists.readiness\] 'crs'"),
        ('[lists.survey]\ncolumns = "a"', r"\[lists.survey\] columns is 'a': make it a table of texts"),
        ('[lists.dwellings]\ncrs = "EPSG:99"', r"\[lists.dwellings\] crs 'EPSG:99' is not known"),
        ('[lists]\nplans = 3', r"\[lists.plans\] is 3: make it a table of its own"),
    ],
)  # fmt: skip
def test_what_cannot_be_stated_is_refused(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        study(tmp_path, table)


def test_the_example_of_the_manual(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "municipal_files.md").read_text(encoding="utf-8")
    example = page.partition("Columns of the other tables")[2].partition("```toml\n")[2].partition("```")[0]
    tables = study(tmp_path, example).tables
    assert {role: dict(choice.columns) for role, choice in tables.items()} == {
        role: table["columns"] for role, table in tomllib.loads(example)["lists"].items()
    }
    assert tables["candidates"].crs == "EPSG:2039"


# --- stated columns are read, found ones still are -------------------------------------------------------------------


@pytest.mark.parametrize("role", OF_TABLES)
def test_columns_of_a_file_that_is_not_there_are_refused(tmp_path: Path, role: str) -> None:
    own = study(tmp_path, f"[lists.{role}]\ncolumns = {{ {OF_TABLES[role][0]} = 'a' }}")
    with pytest.raises(InputError, match=rf"^{role}: no file {role}\.\*, of which \[lists\.{role}\] speaks: give it"):
        handed.read(own, Inputs({}, ()), EXTENT, EXTENT)


def test_candidates_by_stated_columns(tmp_path: Path) -> None:
    own = study(
        tmp_path,
        '[lists.candidates]\ncrs = "EPSG:2039"\n'
        'columns = { name = "כינוי", x = "א", y = "ב", capacity = "עד כמה", price = "אומדן", extendable = "" }',
    )
    text = f"כינוי,א,ב,עד כמה,אומדן,מחיר,הרחבה,החלטה\nמועדון,{X},{Y},80,5,9,אולי,חובה\n"
    found = candidate_list.read(csv(tmp_path, "candidates.csv", text), own)
    (site,) = found.sites.to_dict("records")
    assert (site["name_he"], site["capacity"], site["price"], site["choice"]) == ("מועדון", 80, 5, "must")
    assert not site["extendable"], "stated as absent, the column of that name is not asked"
    assert "מחיר, הרחבה" in told(found.ledger)["columns_not_read"]
    assert "coordinates_guessed" not in told(found.ledger), "their system is stated"


def test_readiness_by_stated_columns(tmp_path: Path) -> None:
    choice = study(tmp_path, '[lists.readiness]\ncolumns = { name = "היכן", volunteers = "עוזרים" }').tables[
        "readiness"
    ]
    path = csv(tmp_path, "readiness.csv", "שכונה,היכן,עוזרים,פעילים\nהגבעה,העיר הוותיקה,140,7\n")
    found = readiness.read(path, UNITS, choice)
    assert found.rows[["zone_id", "volunteers", "activists"]].to_numpy().tolist() == [["a", 140, 7]]
    assert found.columns["name"] == "היכן" and "שכונה" in told(found.ledger)["columns_not_read"]


def test_a_survey_by_stated_columns(tmp_path: Path) -> None:
    own = study(tmp_path, '[lists.survey]\ncolumns = { answers = "ענו", health = "רפואה בעיר" }').tables["survey"]
    path = csv(tmp_path, "survey.csv", "שכונה,ענו,רפואה בעיר,חינוך\nהגבעה,40,80%,25%\n")
    wide = survey.read(path, UNITS, CATALOGUE.domains, own)
    assert wide.rows[["domain", "share"]].to_numpy().tolist() == [["education", 0.25], ["health", 0.8]]
    long = ListChoice(columns={"domain": "על מה", "satisfied": "טוב להם"})
    path = csv(tmp_path, "survey.csv", "שכונה,על מה,משיבים,טוב להם\nהגבעה,בריאות,40,20%\n")
    assert survey.read(path, UNITS, CATALOGUE.domains, long).rows["share"].tolist() == [0.2]


def test_dwellings_and_plans_by_stated_columns(tmp_path: Path) -> None:
    path = csv(tmp_path, "dwellings.csv", f"א,ב,כמה\n{LON},{LAT},240\n")
    stated = ListChoice(columns={"lon": "א", "lat": "ב", "dwellings": "כמה"})
    assert dwellings.read(path, ISRAEL_TM, EXTENT, stated).dwellings["dwellings"].tolist() == [240]
    cells = gpd.GeoDataFrame({"סוג הקרקע": ['שצ"פ']}, geometry=[box(X, Y, X + 50, Y + 50)], crs=ISRAEL_TM)
    cells.to_file(tmp_path / "plans.gpkg")
    with pytest.raises(InputError, match="no column of land uses among סוג הקרקע"):
        plans.read([tmp_path / "plans.gpkg"], ISRAEL_TM, EXTENT)
    stated = ListChoice(columns={"designation": "סוג הקרקע"})
    assert plans.read([tmp_path / "plans.gpkg"], ISRAEL_TM, EXTENT, stated).plans["use"].tolist() == ["open_space"]


@pytest.mark.parametrize("column", ["אין כזו", "טלפון"])
def test_a_stated_column_that_is_absent_or_about_persons_stops(tmp_path: Path, column: str) -> None:
    own = study(tmp_path, f'[lists.candidates]\ncolumns = {{ price = "{column}" }}')
    path = csv(tmp_path, "candidates.csv", f"name,lon,lat,טלפון\nמועדון,{LON},{LAT},1\n")
    with pytest.raises(InputError, match=r"no column 'אין כזו' among name, lon, lat|'טלפון' is about persons"):
        candidate_list.read(path, own)
    with pytest.raises(InputError, match=r"no column 'אין כזו'|is about persons"):
        readiness.read(csv(tmp_path, "readiness.csv", "name,events\nהגבעה,3\n"), UNITS, ListChoice({"events": column}))


# --- columns that nothing is read from -------------------------------------------------------------------------------


def test_columns_that_are_not_read_are_named_but_for_remarks_and_persons(tmp_path: Path) -> None:
    place = f"מועדון,{LON},{LAT}"
    listed = csv(tmp_path, "shelters.csv", f"שם,lon,lat,x,y,חשמל,הערות,טלפון\n{place},1,2,יש,טוב,000\n")
    said = told(municipal.read(listed, "shelter", ISRAEL_TM).ledger)["columns_not_read"]
    assert said.startswith("columns that are not read: חשמל: ") and "[lists.shelters]" in said
    sites = csv(tmp_path, "candidates.csv", f"שם,lon,lat,רעש,notes\n{place},רב,-\n")
    assert "not read: רעש:" in told(candidate_list.read(sites, Study.of("dimona")).ledger)["columns_not_read"]
    counts = csv(tmp_path, "readiness.csv", "שכונה,אירועים,קומות\nהגבעה,3,2\n")
    assert "not read: קומות:" in told(readiness.read(counts, UNITS).ledger)["columns_not_read"]
    asked = csv(tmp_path, "survey.csv", "שכונה,תחום,משיבים,מספר מרוצים,קומות\nהגבעה,בריאות,40,20,2\n")
    assert "not read: קומות:" in told(survey.read(asked, UNITS, CATALOGUE.domains).ledger)["columns_not_read"]
    homes = csv(tmp_path, "dwellings.csv", f"lon,lat,units,קבלן\n{LON},{LAT},4,-\n")
    assert "not read: קבלן:" in told(dwellings.read(homes, ISRAEL_TM, EXTENT).ledger)["columns_not_read"]


def test_where_every_column_is_read_nothing_is_said(tmp_path: Path) -> None:
    path = csv(tmp_path, "readiness.csv", "zone_id,שכונה,אירועים,הערה\na,העיר הוותיקה,3,כן\n")
    assert "columns_not_read" not in told(readiness.read(path, UNITS).ledger)


# --- yes and no ------------------------------------------------------------------------------------------------------

YES = [
    "כן",
    "יש",
    "yes",
    "Y",
    "TRUE",
    "t",
    "1",
    "1.0",
    "אמת",
    "نعم",
    "صح",
    "V",
    "v",
    "✓",
    "✔",
    "да",
]
NO = ["לא", "אין", "no", "N", "FALSE", "f", "0", "0.0", "שקר", "لا", "خطأ", "нет"]


@pytest.mark.parametrize(("word", "answer"), [*((word, 1.0) for word in YES), *((word, 0.0) for word in NO)])
def test_yes_and_no_are_read_alike_by_every_table(tmp_path: Path, word: str, answer: float) -> None:
    site = csv(tmp_path, "candidates.csv", f"name,lon,lat,ניתן להרחבה\nמועדון,{LON},{LAT},{word}\n")
    assert candidate_list.read(site, Study.of("dimona")).sites["extendable"].tolist() == [bool(answer)]
    hub = csv(tmp_path, "readiness.csv", f"name,hub\nהגבעה,{word}\n")
    assert readiness.read(hub, UNITS).rows["active_hub"].tolist() == [answer]
    keep = csv(tmp_path, "corrections.csv", f"place_id,keep\nn1,{word}\n")
    assert corrections.read(keep, {}).rows["keep"].tolist() == [bool(answer)]
    (mark,) = read_marks(csv(tmp_path, "marks.csv", f"place_id,real\nn1,{word}\n"))
    assert mark.is_real is bool(answer)


def test_a_cross_is_no_only_beside_a_yes() -> None:
    def answers(*texts: str) -> list[float]:
        return written.answers(pd.Series(texts, dtype="str")).tolist()

    assert answers("V", "X", "✗", "")[:3] == [1, 0, 0]
    assert answers("כן", "x") == [1, 0]
    assert np.isnan(answers("X", "")).all(), "alone it may as well be a tick"
    assert np.isnan(answers("yes", "no", "x")[2]), "no is written otherwise there"


# --- how many people a place holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["capacity", "Number of people", "קיבולת", "מספר אנשים", "קיבולת נפשות", "السعة", "عدد الأشخاص"]
)
@pytest.mark.parametrize("cell", ["80", "80 אנשים", "80 people", "80 شخص", "٨٠ شخصًا", "۸۰"])
def test_the_capacity_of_shelters_and_of_candidates(tmp_path: Path, column: str, cell: str) -> None:
    text = f"name,lon,lat,{column}\nמקלט,{LON},{LAT},{cell}\n"
    listed = municipal.read(csv(tmp_path, "shelters.csv", text), "shelter", ISRAEL_TM)
    assert listed.places["capacity"].tolist() == [80] and told(listed.ledger) == {}
    assert candidate_list.read(csv(tmp_path, "candidates.csv", text), Study.of("dimona")).sites[
        "capacity"
    ].tolist() == [80]


def test_a_capacity_that_is_none_is_not_known_and_named(tmp_path: Path) -> None:
    rows = "".join(
        f"מקלט {n},{LON},{LAT + n / 1000},{cell}\n"
        for n, cell in enumerate(["0", "-5", "רבים", "", "-", "לא ידוע", "40"])
    )
    listed = municipal.read(csv(tmp_path, "shelters.csv", f"name,lon,lat,קיבולת\n{rows}"), "shelter", ISRAEL_TM)
    assert listed.places["capacity"].notna().tolist() == [False] * 6 + [True]
    assert told(listed.ledger)["capacities_not_read"].startswith("3 capacities are no number of people")


# --- a row of units --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "units", [",[deg],[deg],[people]", "טקסט,מעלות,מעלות,אנשים", "(text),(°),(°),(people)", ",,m,م2"]
)
def test_a_row_of_units_is_known_as_such(tmp_path: Path, units: str) -> None:
    path = csv(tmp_path, "shelters.csv", f"name,lon,lat,capacity\n{units}\nמקלט,{LON},{LAT},80\n")
    listed = municipal.read(path, "shelter", ISRAEL_TM)
    assert listed.places["capacity"].tolist() == [80] and listed.ledger.counts()["place"]["read"] == 1
    assert told(listed.ledger) == {"units_row": "row 2 holds units below the column names and is no row: delete it"}


@pytest.mark.parametrize("row", ["[m],,,", "מקלט,1,2,[m]", "Meter,m,m,Club", ",,,"])
def test_a_row_of_anything_else_stays_a_row(tmp_path: Path, row: str) -> None:
    ledger = Ledger("a")
    table = read_table(csv(tmp_path, "a.csv", f"a,b,c,d\n{row}\n1,2,3,4\n"), ledger)
    assert len(table) == (2 if row.strip(",") else 1) and told(ledger) == {}
    assert table.index[-1] == 3
