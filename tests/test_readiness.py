"""Signs of readiness: counts of neighbourhoods, and nobody's name."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geokehila import sample_town
from geokehila.catalogue import Catalogue
from geokehila.errors import InputError
from geokehila.load import of_units, readiness

UNITS = pd.DataFrame(
    {
        "zone_id": ["nb1", "nb2", "nb3", "nb4"],
        "name_he": ["העיר הוותיקה", "שכונת הגבעה", "נווה", "נווה"],
        "name_ar": [None, "حي التلة", None, None],
        "name_en": ["Old Core", "Hill Quarter", None, None],
        "name_ru": [None, None, None, np.nan],
    }
)


def read(tmp_path: Path, text: str) -> readiness.Readiness:
    path = tmp_path / "readiness.csv"
    path.write_text(text, encoding="utf-8")
    return readiness.read(path, UNITS)


def rejected(found: readiness.Readiness) -> dict[str, str]:
    rows = found.ledger.rejected()
    return dict(zip(rows["source_id"], rows["reason"], strict=True))


def test_the_example_of_the_manual(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "municipal_files.md").read_text(encoding="utf-8")
    example = page.partition("## Signs of readiness")[2].partition("```csv\n")[2].partition("```")[0]
    found = read(tmp_path, example)
    assert [*found.rows.columns] == [
        "zone_id", "activists", "volunteers", "events", "initiatives", "active_hub", "stage"
    ]  # fmt: skip
    old, hill = found.rows.to_dict("records")
    assert (old["zone_id"], hill["zone_id"]) == ("nb1", "nb2")
    assert [old[key] for key in readiness.COUNTS] == [7, 140, 12, 3] and old["active_hub"] == 1
    assert hill["activists"] == 4 and np.isnan(hill["volunteers"]), "a blank is not known"
    assert hill["initiatives"] == 0 and hill["active_hub"] == 0, "0 is none"
    assert found.ledger.counts() == {"neighbourhood": {"read": 2, "used": 2, "rejected": {}}}
    assert old["stage"] is None


@pytest.mark.parametrize(
    "called", ["nb2", "שכונת הגבעה", 'שכונת "הגבעה"', "حي التلة", "hill quarter", "Hill-Quarter", "HILL QUARTER"]
)
@pytest.mark.parametrize("column", ["zone_id", "name", "שכונה", "area"])
def test_a_neighbourhood_is_found_by_id_or_a_name_in_any_spelling(tmp_path: Path, called: str, column: str) -> None:
    quoted = called.replace('"', '""')
    found = read(tmp_path, f'{column},volunteers\n"{quoted}",100\n')
    if called == "nb2" and column in ("name", "שכונה"):
        assert found.rows.empty and rejected(found) == {"row 2": of_units.NO_UNIT}
    else:
        assert found.rows[["zone_id", "volunteers"]].to_numpy().tolist() == [["nb2", 100]]


def test_the_id_goes_before_the_name(tmp_path: Path) -> None:
    found = read(tmp_path, "id,name,volunteers\nnb3,Old Core,5\n99,Old Core,6\n")
    assert dict(zip(found.rows["zone_id"], found.rows["volunteers"], strict=True)) == {"nb1": 6, "nb3": 5}


def test_rows_that_cannot_be_followed_are_rejected_with_a_reason(tmp_path: Path) -> None:
    lines = [
        "name,activists,volunteers,active_hub",
        "Old Core,5,100,yes",
        "Old Core,6,100,yes",
        "Nowhere,5,100,yes",
        "נווה,5,100,yes",
        "Hill Quarter,-1,100,yes",
        '"סה""כ",,300,',
    ]
    found = read(tmp_path, "\n".join(lines) + "\n")
    assert found.rows["zone_id"].tolist() == ["nb1"]
    assert rejected(found) == {
        "row 3": "repeats nb1",
        "row 4": "names no neighbourhood of the study",
        "row 5": "names several: nb3, nb4",
        "row 6": "activists: no count",
        "row 7": "a total, no row",
    }
    said = {notice.name: notice.text for notice in found.ledger.notices}
    assert said["rows_left_out"].startswith("5 of 6 rows are left out: row 3: repeats nb1; row 4: names no")
    assert said["columns_missing"] == "has no column events, initiatives: not told of any neighbourhood"


@pytest.mark.parametrize("cell", ["2.5", "7 or 8", "5000000"])
def test_a_count_is_whole_and_none_that_cannot_be(tmp_path: Path, cell: str) -> None:
    assert rejected(read(tmp_path, f"name,events\nOld Core,{cell}\n")) == {"row 2": "events: no count"}


@pytest.mark.parametrize("cell", ["maybe", "2"])
def test_a_hub_is_there_or_not(tmp_path: Path, cell: str) -> None:
    assert rejected(read(tmp_path, f"name,hub\nOld Core,{cell}\n")) == {"row 2": readiness.NO_ANSWER}


@pytest.mark.parametrize("cell", ["-", "לא ידוע", "unknown", ""])
def test_what_is_not_known_is_missing(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, f"name,events,hub\nOld Core,{cell},{cell}\n")
    assert found.rows[["events", "active_hub"]].isna().all(axis=None) and len(found.rows) == 1


@pytest.mark.parametrize(
    "column",
    [
        "טלפון", "phone", "e-mail", "contact person", "איש קשר", "רכז", "מנהלת", "שמות הפעילים", "שם הפעיל",
        "שם מתנדבת", "activist names", "Volunteer_Name", "names of activists", "first name", "שם פרטי", "שם משפחה",
        "اسم الناشط",
    ],
)  # fmt: skip
def test_columns_about_persons_are_refused_by_name(tmp_path: Path, column: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, f"name,activists,{column}\nOld Core,5,Jane Doe\n")
    assert f"column {column!r} is about persons: hand over counts only" in str(refused.value)
    assert "Doe" not in str(refused.value)


@pytest.mark.parametrize("cell", ["Jane Doe", "ישראלה ישראלי; פלוני"])
def test_a_column_of_counts_that_holds_names_is_refused_and_nobody_quoted(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, f"name,פעילים\nOld Core,{cell}\nHill Quarter,3\n")
    assert "column 'פעילים' holds words where activists are counted: hand over counts only" in str(refused.value)
    assert cell not in str(refused.value)


@pytest.mark.parametrize("cell", ["050-1234567", "+972 50 123 4567", "03-1234567", "0501234567", "jane@example.org"])
@pytest.mark.parametrize("column", ["activists", "notes"])
def test_telephones_and_addresses_are_refused_wherever_they_stand(tmp_path: Path, column: str, cell: str) -> None:
    with pytest.raises(InputError, match=f"column '{column}' holds telephones or addresses"):
        read(tmp_path, f"name,volunteers,{column}\nOld Core,5,{cell}\n")


@pytest.mark.parametrize("column", ["name of neighbourhood", "שם השכונה", "اسم الحي", "notes", "פעילויות"])
def test_columns_about_places_are_not_refused(tmp_path: Path, column: str) -> None:
    assert len(read(tmp_path, f"zone_id,volunteers,{column}\nnb1,5,Old Core\n").rows) == 1


def test_what_cannot_be_read_says_so_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column of neighbourhoods among volunteers: call it name or zone_id"):
        read(tmp_path, "volunteers\n5\n")
    with pytest.raises(InputError, match=r"no column of counts among name, houses: call them activists, volunteers"):
        read(tmp_path, "name,houses\nOld Core,6\n")


CELL = st.sampled_from(["", "0", "7", "-1", "2.5", "-", "yes", "כן", "nb1", "Old Core", "נווה"])


@given(rows=st.lists(st.tuples(CELL, st.sampled_from(["", "0", "7", "-1", "2.5"]), CELL), min_size=1, max_size=8))
@settings(max_examples=60)
def test_every_row_is_read_or_rejected(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    found = read(tmp_path_factory.mktemp("rows"), f"name,events,hub\nHill Quarter,1,yes\n{text}\n")
    counts = found.ledger.counts()["neighbourhood"]
    assert counts["read"] == 1 + sum(any(row) for row in rows) == len(found.rows) + len(found.ledger.rejected())
    assert found.rows["zone_id"].is_unique and found.rows["zone_id"].isin(UNITS["zone_id"]).all()


def test_what_is_asked_for_is_the_brochures() -> None:
    standards = Catalogue.read().standards
    asked = {key: standards[f"readiness_{key}"].value for key in readiness.COUNTS}
    assert asked == {"activists": 5, "volunteers": 100, "events": 10, "initiatives": 2}
    assert {standards[f"readiness_{key}"].confidence for key in asked} == {"seed"}


def test_the_counts_of_the_sample_town(tmp_path: Path) -> None:
    sample_town.write(tmp_path)
    ids = ["9996-1", "9996-2", "9996-3", "9996-4", "9996-5+6", "9996-7", "9996-8", "9996-9"]
    units = pd.DataFrame({"zone_id": ids}).reindex(columns=UNITS.columns)
    found = readiness.read(tmp_path / "readiness.csv", units)
    assert found.rows["zone_id"].tolist() == ids[:-1] and found.ledger.counts()["neighbourhood"]["used"] == 7
    rows = found.rows.set_index("zone_id")
    assert rows.loc["9996-8", [*readiness.COUNTS, "active_hub"]].isna().all(), "nobody told"
    assert rows.loc["9996-2", [*readiness.COUNTS]].tolist() == [5, 100, 10, 2]
