"""The doctor: what it finds in a sound town and in spoiled ones; it names every fault and writes nothing."""

import csv
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

import osm_xml as osm
import pytest

from geokehila import Study, sample_town
from geokehila.catalogue import known
from geokehila.doctor import Finding, examine, installation
from geokehila.doctor.findings import of_error
from geokehila.doctor.headings import HEADINGS, INSTALLED, called, under_headings, verdict
from geokehila.errors import StudyError

TODAY = date(2026, 11, 21)
#: Of this machine, not of the inputs.
OF_THE_MACHINE = {"Python", "packages", "extra h3", "Leaflet", "catalogue", "folder", "disk", "memory"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    sample_town.write(folder / "neve-or")
    return folder


@pytest.fixture(scope="module")
def sound(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Finding, ...]:
    return examine("neve-or", raw, tmp_path_factory.mktemp("out"), TODAY)


@pytest.fixture
def spoiled(raw: Path, tmp_path: Path) -> Path:
    """The sample town's folder, for a test to spoil; the study's data folder is the one above."""
    shutil.copytree(raw, tmp_path / "נתונים גולמיים")
    return tmp_path / "נתונים גולמיים" / "neve-or"


def of(findings: Sequence[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


def the(findings: Sequence[Finding], subject: str) -> Finding:
    (finding,) = of(findings, subject)
    return finding


def stopped(findings: Sequence[Finding]) -> set[str]:
    return {finding.subject for finding in findings if finding.state == "stop"}


def test_the_list_of_what_there_is_stands_whole_beside_next() -> None:
    """It has a colon of its own, behind which a message is not cut; what is left out of a long one is counted."""
    with pytest.raises(StudyError) as fault:
        known("q", [f"word{i:02}" for i in range(23)], "word")
    finding = of_error("study", fault.value)
    assert finding.found == "unknown word 'q'"
    assert finding.next.startswith("known: word00, ") and finding.next.endswith(", word19, and 3 more")


# Every finding


def test_what_stops_stands_first_and_only_what_is_not_ok_has_a_next_step(sound: tuple[Finding, ...]) -> None:
    order = [("stop", "look", "ok").index(finding.state) for finding in sound]
    assert order == sorted(order)
    for finding in sound:
        assert bool(finding.next) == (finding.state != "ok"), finding
        assert finding.subject and finding.found


def test_equal_inputs_give_equal_findings_on_one_day(sound: tuple[Finding, ...], raw: Path, tmp_path: Path) -> None:
    def of_the_city(findings: Sequence[Finding]) -> list[Finding]:
        return [finding for finding in findings if finding.subject not in OF_THE_MACHINE]

    before = {p: p.stat().st_mtime_ns for p in raw.rglob("*")}
    assert of_the_city(examine("neve-or", raw, tmp_path / "out", TODAY)) == of_the_city(sound)
    assert {p: p.stat().st_mtime_ns for p in raw.rglob("*")} == before
    assert not (tmp_path / "out").exists()


# The installation


def test_this_installation_is_whole(tmp_path: Path) -> None:
    findings = examine(out=tmp_path / "not yet there")
    assert {finding.subject for finding in findings} == OF_THE_MACHINE
    assert stopped(findings) == set()
    assert the(findings, "folder").found == f"{tmp_path} can be written"


def test_an_old_an_absent_and_a_broken_package_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    version = metadata.version

    def changed(name: str) -> str:
        if name == "scipy":
            raise metadata.PackageNotFoundError(name)
        return "1.9.12" if name == "numpy" else version(name)

    def broken(name: str) -> None:
        if name == "shapely":
            raise ImportError("DLL load failed")

    monkeypatch.setattr(installation.metadata, "version", changed)
    monkeypatch.setattr(installation, "import_module", broken)
    finding = the(examine(out=tmp_path), "packages")
    assert finding.state == "stop" and finding.next.startswith("install it again: pip install")
    faults = finding.found.split("; ")
    assert [re.sub(r"than [\d.]+$", "than its floor", fault) for fault in faults] == [
        "numpy 1.9.12 is older than its floor",
        "scipy is absent",
        "shapely cannot be imported (DLL load failed)",
    ]


def test_an_absent_extra_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    version = metadata.version

    def without_h3(name: str) -> str:
        if name == "h3":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(installation.metadata, "version", without_h3)
    finding = the(examine(out=tmp_path), "extra h3")
    assert finding.state == "ok" and "pip install geokehila[h3]" in finding.found


def test_absent_assets_and_a_python_of_another_age_stop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installation, "ASSETS", ("leaflet.js", "absent.js"))
    monkeypatch.setattr(installation.sys, "version_info", (3, 9, 1))
    findings = examine(out=tmp_path)
    assert {"Leaflet", "Python"} <= stopped(findings)
    assert the(findings, "Leaflet").found == "absent.js absent"
    assert the(findings, "Python").next == "install a Python <3.15,>=3.11"


def test_an_out_folder_below_a_file_stops(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    findings = examine(out=tmp_path / "file" / "out")
    assert "folder" in stopped(findings)
    assert the(findings, "folder").next == "name another --out"


# A sound town


def test_nothing_stops_the_sample_town(sound: tuple[Finding, ...]) -> None:
    assert stopped(sound) == set()
    assert the(sound, "study").found.startswith("Neve Or: code 9996, EPSG:2039")
    assert the(sound, "people").found == "residents of 2022, by the census"
    assert (
        "whole 8 (20,000 residents), partial 0 (0 residents), outside 0 (0 residents)"
        in the(sound, "zones in the map").found
    )


def test_every_file_has_its_line(sound: tuple[Finding, ...], raw: Path) -> None:
    roles = {path.name.partition(".")[0] for path in (raw / "neve-or").iterdir()} - {"study", "README"}
    assert {finding.subject.removeprefix("file ") for finding in sound if finding.subject.startswith("file ")} == roles


def test_what_was_read_is_what_was_used_and_what_was_rejected(sound: tuple[Finding, ...]) -> None:
    lines = of(sound, "read")
    sums = [tuple(int(n.replace(",", "")) for n in found) for line in lines
            for found in re.findall(r"([\d,]+) = ([\d,]+) \+ ([\d,]+)", line.found)]  # fmt: skip
    assert len(sums) > len(lines) / 2
    assert all(read == used + rejected for read, used, rejected in sums)


def test_what_is_told_of_neighbourhoods_is_shown_as_it_is_read(sound: tuple[Finding, ...]) -> None:
    readiness, survey = the(sound, "table readiness"), the(sound, "table survey")
    assert readiness.state == survey.state == "ok"
    assert "activists from פעילים" in readiness.found and "active_hub from האב פעיל" in readiness.found
    assert "domain from תחום" in survey.found and "answers from " in survey.found


def test_every_category_is_listed_once(sound: tuple[Finding, ...]) -> None:
    listed = ", ".join(finding.found.partition(": of ")[0] for finding in of(sound, "places"))
    assert sorted(re.findall(r"(\w+) [\d,]+", listed)) == sorted(Study.of("dimona").catalogue.categories)
    assert "rail_station 0" in listed


def test_the_columns_of_candidates_are_told_as_a_study_states_them(sound: tuple[Finding, ...], raw: Path) -> None:
    stated = tomllib.loads(the(sound, "list candidates").found)["lists"]["candidates"]["columns"]
    with (raw / "neve-or" / "candidates.csv").open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    assert {"name", "capacity", "price", "choice"} <= {*stated} and all(name in header for name in stated.values())


def test_the_age_of_the_map_is_told_from_the_day_given(raw: Path, tmp_path: Path) -> None:
    dated = the(examine("neve-or", raw, tmp_path, None), "map date")
    assert dated.state == "ok"
    year, month, day = map(int, dated.found[:10].split("-"))
    on_its_birthday = the(examine("neve-or", raw, tmp_path, date(year, month, day)), "map date")
    two_years_on = the(examine("neve-or", raw, tmp_path, date(year + 2, month, day)), "map date")
    assert (on_its_birthday.state, two_years_on.state) == ("ok", "look")
    assert two_years_on.found.endswith("2.0 years old")


# Spoiled towns


def test_every_faulty_input_is_named_and_the_rest_is_examined(spoiled: Path, tmp_path: Path) -> None:
    (spoiled / "shelters.csv").write_text("name,telephone\nמקלט,1\n", encoding="utf-8")
    (spoiled / "gtfs.zip").write_bytes(b"no zip")
    (spoiled / "places_clinic.csv").write_bytes(b"")
    (spoiled / "buildings.gpkg").write_bytes(b"no layer")
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == {"shelters", "gtfs", "places_clinic", "buildings"}
    assert "no columns of coordinates" in the(findings, "shelters").found
    assert the(findings, "streets").state == "ok"
    assert "(20,000 residents)" in the(findings, "zones in the map").found


def test_tables_of_neighbourhoods_tell_their_faults_and_what_is_left_out(spoiled: Path, tmp_path: Path) -> None:
    (spoiled / "survey.csv").write_text("שכונה,מספר תשובות,בריאות,טלפון\nא,40,80%,\n", encoding="utf-8")
    (spoiled / "readiness.csv").write_text("שכונה,פעילים\nאין כזו,7\nגם לא,3\n", encoding="utf-8")
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == {"survey"}
    assert "טלפון" in the(findings, "survey").found and "counts only" in the(findings, "survey").next
    assert the(findings, "table readiness").state == "look"
    assert the(findings, "table readiness").found.startswith("0 of ")
    assert the(findings, "table readiness").found.endswith("name from שכונה, activists from פעילים")
    (left,) = (finding.found for finding in of(findings, "read") if finding.found.startswith("readiness.csv"))
    assert "2 = 0 + 2 (names no neighbourhood of the study 2)" in left
    assert any("2 of 2 rows are left out" in finding.found for finding in of(findings, "notice rows_left_out"))


def test_without_a_map_the_people_are_still_examined(spoiled: Path, tmp_path: Path) -> None:
    path = spoiled / "osm.osm.pbf"
    path.write_bytes(path.read_bytes()[:5000])
    (spoiled / "gtfs.zip").write_bytes(b"no zip")
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == {"osm", "gtfs"}
    assert "fetch it again" in the(findings, "osm").next
    assert the(findings, "people").found == "residents of 2022, by the census"


def test_without_zones_the_map_is_still_examined(spoiled: Path, tmp_path: Path) -> None:
    for path in spoiled.glob("statistical_areas.*"):
        path.unlink()
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == {"zones"}
    assert "statistical_areas" in the(findings, "zones").found
    assert {finding.state for finding in of(findings, "map")} == {"ok"}


def test_a_city_nobody_knows_and_two_files_for_a_role_stop(spoiled: Path, tmp_path: Path) -> None:
    findings = examine("dimonna", spoiled.parent, tmp_path)
    assert stopped(findings) == {"study"} and the(findings, "study").next.startswith("did you mean 'dimona'?")
    (spoiled / "osm.osm").touch()
    findings = examine("neve-or", spoiled.parent, tmp_path)
    assert "two files, osm.osm and osm.osm.pbf" in the(findings, "study").found


def test_a_file_without_a_role_is_shown_as_the_list_it_could_be(spoiled: Path, tmp_path: Path) -> None:
    rows = "שם,lon,lat\nמרפאה,34.62,30.897\nבית מרקחת,34.621,30.898\n"
    (spoiled / "מרפאות.csv").write_text(rows, encoding="utf-8")
    (spoiled / "notes.docx").touch()
    clinics, notes = sorted(
        of(examine("neve-or", spoiled.parent, tmp_path, TODAY), "unread"),
        key=lambda finding: len(finding.next),
        reverse=True,
    )
    assert clinics.state == notes.state == "look"
    assert clinics.found == "מרפאות.csv: plays no role"
    table = clinics.next.partition("\n")[2].replace("<category>", "clinic")
    assert tomllib.loads(table)["lists"]["places_clinic"]["columns"] == {"name": "שם", "lon": "lon", "lat": "lat"}
    (spoiled / "מרפאות.csv").rename(spoiled / "places_clinic.csv")
    study = spoiled / "study.toml"
    study.write_text(f"{study.read_text(encoding='utf-8')}\n{table}\n", encoding="utf-8")
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == set()
    assert "2 rows, 2 with usable coordinates" in the(findings, "list places_clinic").found
    assert "name it by its role" in notes.next


# A town by hand: lengths in metres, people counted on fingers


def town(folder: Path, *parts: str, bounds: float = 900, date_of: str = "") -> tuple[Finding, ...]:
    """A zone of 900 m x 900 m with 100 people; the map covers `bounds` metres of it from the west."""
    raw = folder / "raw" / "town"
    raw.mkdir(parents=True)
    corners = [osm.degrees(x, y) for x, y in ((0, 0), (900, 0), (900, 900), (0, 900), (0, 0))]
    (w, s), (_, n), (e, _) = corners[0], corners[2], osm.degrees(bounds, 0)
    head = f'<bounds minlat="{s - 0.001}" minlon="{w - 0.001}" maxlat="{n + 0.001}" maxlon="{e}"/>'
    osm.write(raw / "osm.osm", *sorted(parts, key=lambda part: part.startswith("<way")), head=head)
    shape = {"type": "Polygon", "coordinates": [corners]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"id": "a", "population": 100}}
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (raw / "zones.geojson").write_text(layer, encoding="utf-8")
    (raw / "study.toml").write_text('[study]\nname = "Town"\n[zones]\nkind = "polygons"\n', encoding="utf-8")
    return examine("town", folder / "raw", folder, TODAY)


def street(number: int, *at: tuple[float, float]) -> list[str]:
    nodes = [osm.node(10 * number + i, x, y) for i, (x, y) in enumerate(at)]
    return [*nodes, osm.way(number, [10 * number + i for i in range(len(at))], "highway=residential")]


def home(number: int, x: float, y: float) -> list[str]:
    nodes, ring = osm.square(1000 * number, x, y, 20)
    return [nodes, osm.way(100 + number, ring, "building=apartments building:levels=2")]


def test_homes_far_from_streets_are_counted_by_their_people(tmp_path: Path) -> None:
    """Of four equal homes one lies at the street, one 70 m off, two 300 m off."""
    homes = home(1, 100, 110), home(2, 300, 160), home(3, 500, 400), home(4, 600, 400)
    findings = town(tmp_path, *street(1, (0, 100), (880, 100)), *(part for one in homes for part in one))
    assert the(findings, "unconnected").found == "50.0 % of residents stand far from every way"
    assert the(findings, "long ways out").found.startswith("25.0 % of residents stand more than 50 m")
    assert the(findings, "unconnected").state == the(findings, "long ways out").state == "look"
    assert the(findings, "homes").found == "4 homes in 1 zones, from 4 to 4 a zone"
    assert the(findings, "levels").found == "of 4 homes 0.0 % have no levels mapped: they are assumed"


def test_streets_in_pieces(tmp_path: Path) -> None:
    """Streets of 600 m and 400 m that do not meet, and an island of 100 m."""
    streets = street(1, (100, 100), (700, 100)), street(2, (100, 500), (500, 500)), street(3, (700, 700), (800, 700))
    findings = town(tmp_path, *(part for one in streets for part in one), *home(1, 200, 110))
    found = the(findings, "streets")
    assert found.state == "look"
    assert found.found.startswith("1 km in 3 pieces, 54.5 % in the longest; 1 are islands")


def test_a_zone_that_the_map_cuts(tmp_path: Path) -> None:
    findings = town(tmp_path, *street(1, (0, 100), (400, 100)), *home(1, 200, 110), bounds=450)
    found = the(findings, "zones in the map")
    assert (found.state, found.found) == (
        "look",
        "whole 0 (0 residents), partial 1 (100 residents), outside 0 (0 residents)",
    )


def test_a_map_without_streets_stops_no_run_that_then_tells_nothing_on_foot(tmp_path: Path) -> None:
    findings = town(tmp_path, *home(1, 200, 110))
    assert not stopped(findings) and not of(findings, "streets")
    assert "give an extract with streets and places" in {finding.next for finding in of(findings, "map")}
    lines = [*verdict(findings, "town")]
    assert lines[0][1] == "a run can start" and lines[-1] == ("next", "geokehila run town")
    assert ("on foot", "nothing can be told: the map holds no way that can be walked") in lines


def test_a_map_without_bounds_is_told_the_line_to_write(tmp_path: Path) -> None:
    """It is written as it is told, and then the extent is stated: that of the objects, to four decimals."""
    town(tmp_path, *street(1, (0, 100), (880, 100)), *home(1, 200, 110))
    (drawn,) = (tmp_path / "raw" / "town").glob("osm.*")
    bare = re.sub("<bounds[^>]*/>", "", drawn.read_text(encoding="utf-8"))

    def covered() -> Finding:
        (found,) = (one for one in of(examine("town", tmp_path / "raw", tmp_path, TODAY), "map") if "cov" in one.found)
        return found

    drawn.write_text(bare, encoding="utf-8")
    before = covered()
    (line,) = re.findall("<bounds[^>]*/>", before.next)
    drawn.write_text(re.sub("(<osm[^>]*>)", rf"\1{line}", bare), encoding="utf-8")
    after = covered()
    assert (before.state, after.state) == ("look", "ok")
    assert before.found.startswith(after.found)


def test_a_zone_without_homes(tmp_path: Path) -> None:
    findings = town(tmp_path, *street(1, (0, 100), (880, 100)))
    assert the(findings, "homes").found == "0 homes in 0 zones; 100 residents of 1 zones without homes on a grid"
    assert the(findings, "homes").state == "look"


# In a planner's words


def test_the_verdict_comes_in_a_few_lines(sound: tuple[Finding, ...]) -> None:
    lines = dict(verdict(sound, "neve-or"))
    assert lines["Neve Or"] == "a run can start" and lines["next"] == "geokehila run neve-or"
    assert 2 <= len(lines) <= 4


def test_what_to_type_next_names_the_folders_that_were_looked_at() -> None:
    lacks = [Finding("osm", "stop", "osm: no file osm.* in inputs/dimona", "give one")]
    data, out = " --data inputs", " --out 'my maps'"
    again = f"geokehila doctor dimona{data}{out}"
    assert dict(verdict([], "dimona", data, out))["next"] == f"geokehila run dimona{data}{out}"
    assert dict(verdict(lacks, "dimona", data, out))["next"].startswith(f"geokehila fetch dimona{data}, or put")
    assert dict(verdict(lacks, "dimona", data, out))["next"].endswith(f"then {again}")
    assert dict(verdict([], "Beer Sheva"))["next"] == "geokehila run 'Beer Sheva'"


def test_the_verdict_of_a_folder_with_a_map_alone(spoiled: Path, tmp_path: Path) -> None:
    for path in spoiled.iterdir():
        if path.name not in ("osm.osm.pbf", "study.toml"):
            path.unlink()
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    lines = [*verdict(findings, "neve-or")]
    assert lines[0] == ("Neve Or", "a run cannot start yet")
    assert lines[1][0] == "areas" and "no file statistical_areas.*" in lines[1][1]
    assert ("not given", the(findings, "not given").found) in lines
    assert "census.xlsx (who lives in each area" in the(findings, "not given").found
    assert lines[-1][1].startswith("geokehila fetch neve-or, or put these files into its folder; then geokehila doctor")


def test_of_many_faults_the_verdict_names_three() -> None:
    faults = [Finding(role, "stop", f"{role} is cut", "fetch it again") for role in ("osm", "gtfs", "dem", "census")]
    lines = [*verdict(faults, "my/study.toml")]
    assert [about for about, _ in lines] == ["my/study.toml", "osm", "gtfs", "dem", "", "next"]
    assert (
        lines[-2][1].startswith("and 1 more") and lines[-1][1] == "fetch it again; then geokehila doctor my/study.toml"
    )


def test_every_finding_stands_under_one_heading_and_what_stops_first(sound: tuple[Finding, ...]) -> None:
    told = [finding for _, group in under_headings(sound) for _, finding in group]
    assert sorted(map(repr, told)) == sorted(map(repr, sound))
    assert {finding.subject for _, finding in dict(under_headings(sound))[INSTALLED]} == OF_THE_MACHINE
    for _, group in under_headings([Finding("map", "ok", "a"), Finding("streets", "stop", "b", "c")]):
        assert [finding.state for _, finding in group] == ["stop", "ok"]
    assert not any(re.search(r"belief|snap|join|imputed", called(finding.subject)[1]) for finding in sound)


# Everything a run reads is tried


def test_a_broken_list_of_sites_is_named_by_its_role(spoiled: Path, tmp_path: Path) -> None:
    (spoiled / "candidates.csv").write_text("name,price\nמועדון,5\n", encoding="utf-8")
    (spoiled / "plans.geojson").write_text("{}", encoding="utf-8")
    findings = examine("neve-or", spoiled.parent, tmp_path, TODAY)
    assert stopped(findings) == {"candidates", "plans"}
    assert the(findings, "streets").state == "ok", "the rest is examined"


def test_a_broken_file_whose_columns_are_stated_is_no_fault_twice(spoiled: Path, tmp_path: Path) -> None:
    (spoiled / "candidates.csv").write_text("name,price\nמועדון,5\n", encoding="utf-8")
    with (spoiled / "study.toml").open("a", encoding="utf-8") as text:
        text.write('[lists.candidates]\ncolumns = { price = "price" }\n')
    assert stopped(examine("neve-or", spoiled.parent, tmp_path, TODAY)) == {"candidates"}


# The command


def doctor(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "geokehila_cli", "doctor", *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=cwd)


def test_the_command_looks_at_the_installation_alone(tmp_path: Path) -> None:
    done = doctor(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "GeoKehila:    the installation is whole"
    assert "next:         geokehila demo, or geokehila doctor CITY" in lines[:3]
    assert [line for line in lines if line in HEADINGS] == ["The installation"]


def test_the_command_prints_hebrew_and_returns_3_where_an_input_stops(spoiled: Path, tmp_path: Path) -> None:
    (spoiled / "רשימה ארוכה.csv").touch()
    (spoiled / "gtfs.zip").write_bytes(b"no zip")
    done = doctor(str(spoiled / "study.toml"), "--data", str(spoiled.parent), cwd=tmp_path)
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    assert re.fullmatch("Neve Or: +a run cannot start yet", lines[0]) and lines[1].startswith("gtfs:  ")
    assert any(line.startswith("stop  gtfs ") for line in lines)
    assert any("רשימה ארוכה.csv: plays no role" in line for line in lines)
    to_copy = 'columns = { id = "מספר", name = "שם", lon = "long", lat = "lat" }'
    assert to_copy in (line.strip() for line in lines)
    assert all(len(line) <= 120 for line in lines)
    assert {*done.stderr.splitlines()} == {line for line in done.stderr.splitlines() if re.match(r" +\d+ s  ", line)}
    told = json.loads(doctor("neve-or", "--data", str(spoiled.parent), "--json", cwd=tmp_path).stdout)
    assert told[0]["subject"] == "gtfs" and told[0].keys() == {"subject", "state", "found", "next"}
