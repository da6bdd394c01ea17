"""The main job on the sample town: what it leaves, that its sums hold, and that equal runs are equal to the byte."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geokehila import Run, Study, run
from geokehila.errors import InputError, StudyError
from geokehila.schema import TABLES, check


@pytest.fixture(scope="module")
def raw(raw_neve_or: Path) -> Path:
    return raw_neve_or


@pytest.fixture(scope="module")
def made(neve_or: Run) -> Run:
    return neve_or


def table(made: Run, name: str) -> pd.DataFrame:
    read = gpd.read_parquet if TABLES.get(name) and "geometry" in TABLES[name].columns else pd.read_parquet
    return read(made.path / f"{name}.parquet")


#: Of runs that are compared with an earlier one (test_changes), of those that have areas of another edition
#: (test_vintages), and of scenarios (test_scenario).
OF_OTHERS = ("changes", "crosswalk", "crosswalk_areas", "gains", "newcomers")


@pytest.mark.parametrize("name", [name for name in TABLES if name not in OF_OTHERS])
def test_every_table_on_disk_keeps_its_promise(made: Run, name: str) -> None:
    check(name, table(made, name), "EPSG:2039" if "geometry" in TABLES[name].columns else None)


def test_nobody_is_lost(made: Run, raw: Path) -> None:
    census = pd.read_excel(raw / "neve-or" / "census.xlsx", header=1, engine="openpyxl")
    people = census.loc[census["LocalityCode"] == 9996, "pop_approx"].sum()
    facts = made.summary["facts"]
    assert facts["people_source"] == people
    assert facts["people_on_buildings"] + facts["people_on_grid"] + facts["people_outside"] == pytest.approx(people)
    scores = table(made, "zone_scores")
    total = scores[(scores.measure == "people") & (scores.group == "total")].groupby("zoning")["value"].sum()
    assert {*total.index} >= {"zone", "city"}
    assert total.tolist() == pytest.approx([people] * len(total)), "every way of dividing the city sums to the same"


def test_nothing_is_lost(made: Run) -> None:
    for ledger in made.summary["ledgers"]:
        for kind, count in ledger["counts"].items():
            assert count["read"] == count["used"] + sum(count["rejected"].values()), (ledger["source"], kind)
    counted = sum(sum(c["rejected"].values()) for ledger in made.summary["ledgers"] for c in ledger["counts"].values())
    assert counted == len(table(made, "rejected"))


def test_a_number_on_the_page_is_a_column_in_the_geopackage(made: Run) -> None:
    scores, zones = table(made, "zone_scores"), gpd.read_file(made.path / "neve-or.gpkg", layer="zones")
    is_share = (scores.measure == "domain_health_share") & (scores.profile == "adult")
    share = scores[is_share & (scores.zoning == "zone") & (scores.group == "total")]
    columns = zones.set_index("zone_id")[["domain_health_share_low", "domain_health_share_high"]]
    expected = share.set_index("zone_id")[["low", "high"]]
    assert columns.loc[expected.index].to_numpy().tolist() == expected.to_numpy().tolist()


def test_what_the_town_was_built_to_show(made: Run) -> None:
    """Thinly mapped quarters are said to be so, and what is missing there is no gap; every page says FICTIONAL.

    Area 8 is mapped thinly, and of the timetable's stops in areas 7 and 8 less than half are mapped.
    """
    assert made.summary["banners"][0] == "fictional"
    assert made.summary["categories"]["rail_station"]["believed_share"] == 0
    confidence = pd.read_parquet(made.path / "confidence.parquet")
    # The town's list of shelters is not said to be whole, so it is believed where the map is.
    for subject in ("mapping", "shelter"):
        thin = confidence[(confidence["subject"] == subject) & (confidence["state"] != "measured")]
        assert thin["zone_id"].tolist() == ["9996-7", "9996-8"]
    scores = made.zones.set_index("zone_id")
    assert scores.loc["9996-8", "domain_health_beyond_people_low"] == 0
    assert scores.loc["9996-8", "domain_health_share_reason"] == "not mapped"
    assert "FICTIONAL" in made.page.read_text(encoding="utf-8")


def test_profiles_are_told_with_what_shuts_them_out(made: Run) -> None:
    told, warned = made.summary["profiles"], {(w["name"], w["where"]) for w in made.summary["warnings"]}
    assert [*told] == ["adult", "older_adult", "child", "wheelchair", "stroller"]
    assert told["wheelchair"]["network"]["street_km"] < told["stroller"]["network"]["street_km"]
    assert told["stroller"]["network"]["street_km"] < told["adult"]["network"]["street_km"]
    assert ("profile_parted", "wheelchair") in warned and ("profile_parted", "adult") not in warned
    assert made.summary["network"]["slopes"]["slope_of_ground_m"] > 0


def test_walks_of_every_profile_there_and_back_are_on_disk(made: Run) -> None:
    nearest = table(made, "access_nearest").set_index(["profile", "direction", "origin_id"])["clinic_s"].sort_index()
    adult, chair = nearest["adult", "to"], nearest["wheelchair", "to"]
    both = adult.notna() & chair.notna()
    assert (chair[both] > adult[both]).mean() > 0.99, "slower, and by fewer ways"
    assert (nearest["adult", "from"] != adult).any(), "the town is not flat"
    assert (nearest["adult", "to"].dropna() >= 0).all() and len(adult) == len(made.origins)


def test_latest_names_the_run(made: Run) -> None:
    assert (made.path.parent / "latest").read_text(encoding="utf-8").strip() == made.path.name == made.summary["run_id"]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_equal_runs_are_equal_to_the_byte(raw: Path, tmp_path: Path) -> None:
    """Fresh processes with another hash seed, thread count, time zone and raw folder; only journal.json may differ."""
    made = []
    for number, (seed, threads, zone) in enumerate((("1", "1", "UTC"), ("2", "2", "Asia/Tokyo"))):
        elsewhere, out = tmp_path / f"raw{number}", tmp_path / f"out{number}"
        shutil.copytree(raw, elsewhere)
        threads_of = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), threads)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, **threads_of}
        code = f"import geokehila; geokehila.run('neve-or', {str(elsewhere)!r}, {str(out)!r})"
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        made.append(tree(out))
    first, second = made
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name] and not name.endswith("journal.json")] == []


def test_another_cutoff_is_another_run(raw: Path, made: Run, tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "neve-or"
    shutil.copytree(raw / "neve-or", folder)
    with (folder / "study.toml").open("a", encoding="utf-8") as study:
        study.write("\n[cutoff_min]\ndefault = 5\n")
    stricter = run("neve-or", tmp_path / "raw", tmp_path / "out")
    assert stricter.summary["run_id"] != made.summary["run_id"]
    before, after = (pd.DataFrame(r.summary["domains"]).set_index("key") for r in (made, stricter))
    scored = before["low"].notna()
    assert (after["low"][scored] <= before["low"][scored]).all()


def test_a_failed_run_leaves_the_last_good_one(raw: Path, made: Run, tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "neve-or"
    shutil.copytree(raw / "neve-or", folder)
    shutil.copytree(made.path.parents[3], tmp_path / "out")
    before = tree(tmp_path / "out")
    (folder / "osm.osm.pbf").write_bytes((folder / "osm.osm.pbf").read_bytes()[:5000])
    with pytest.raises(InputError, match="fetch it again"):
        run("neve-or", tmp_path / "raw", tmp_path / "out")
    left = {path: content for path, content in tree(tmp_path / "out").items() if "unfinished" not in Path(path).parts}
    assert left == before


def test_a_city_without_files_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"osm: no file osm\.\* in .* which holds no other file: give"):
        run("dimona", tmp_path, tmp_path)
    with pytest.raises(StudyError, match="did you mean 'dimona'"):
        run("dimonna", tmp_path, tmp_path)


def test_an_extract_of_another_city_is_refused(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "neve-or"
    shutil.copytree(raw / "neve-or", folder)
    (folder / "osm.osm.pbf").unlink()
    corners = ((34.80, 32.1), (34.81, 32.1), (34.80, 32.2))
    nodes = "".join(f'<node id="{i}" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in enumerate(corners, 1))
    way = '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>'
    xml = f'<osm version="0.6">{nodes}{way}</osm>'
    (folder / "osm.osm").write_text(xml, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"covers 34.8 to 34.81 E, 32.1 to 32.2 N, where no area of Neve Or lies: give"
    ):
        run("neve-or", tmp_path / "raw", tmp_path / "out")
    assert {Path(path).parent.name for path in tree(tmp_path / "out")} == {"unfinished"}


def test_a_study_runs_in_hexagons_with_an_assumed_population(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "neve or נווה"
    shutil.copytree(raw / "neve-or", folder)
    (folder / "study.toml").write_text(
        '[study]\nname = "Hex"\nfictional = true\n[inputs]\nosm = "osm.osm.pbf"\n[zones]\nkind = "hexagons"\n'
        '[population]\ntotal = 20000\nsource = "made up"\ndate = "2022"\n',
        encoding="utf-8",
    )
    made = run(Study.read(folder / "study.toml"), tmp_path, tmp_path / "out")
    assert made.summary["facts"]["people_placed"] == pytest.approx(20000)
    assert made.summary["weights"] == "residents"
    assert {"weights_assumed", "fictional"} <= {*made.summary["banners"]}
    assert json.loads((made.path / "run.json").read_text(encoding="utf-8"))["city"]["slug"] == "neve-or"
