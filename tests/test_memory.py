"""What does not fit into memory is refused in one line before it begins; what is estimated is what it takes."""

import json
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import pytest
from shapely import LineString, Point, box
from small_town import last_good, told

from geokehila import access, measuring, memory, network, sample_town
from geokehila.access import Ask, Walks, Ways, search
from geokehila.analyses import completeness
from geokehila.catalogue import Profile
from geokehila.errors import RunError, StudyError
from geokehila.load import osm
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

GIGA = 1e9


def test_the_machine_its_groups_and_the_user_all_bound_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rss = psutil.Process().memory_info().rss
    monkeypatch.delenv(memory.BUDGET, raising=False)
    monkeypatch.setattr(memory, "GROUPS", tmp_path)
    monkeypatch.setattr(memory, "MINE", tmp_path / "mine")
    assert memory.free_bytes() == pytest.approx(psutil.virtual_memory().available, rel=0.2)
    # Version 2: the outer group leaves 300 - 250 + 20, the inner one is not limited.
    (tmp_path / "mine").write_text("0::/outer/inner\n4:memory:/job\n9:name=systemd:/\n", encoding="ascii")
    for name, limit in (("outer", "300"), ("outer/inner", "max")):
        (tmp_path / name).mkdir()
        for file, text in (("max", limit), ("current", "250"), ("stat", "anon 200\ninactive_file 20\n")):
            (tmp_path / name / f"memory.{file}").write_text(text, encoding="ascii")
    assert memory.free_bytes() == 70
    # Version 1 leaves less.
    (tmp_path / "memory" / "job").mkdir(parents=True)
    files = {"limit_in_bytes": "100\n", "usage_in_bytes": "90\n", "stat": "total_inactive_file 5\n"}
    for file, text in files.items():
        (tmp_path / "memory" / "job" / f"memory.{file}").write_text(text, encoding="ascii")
    assert memory.free_bytes() == 15
    (tmp_path / "mine").unlink()
    monkeypatch.setenv(memory.BUDGET, str((rss + 2e6) / GIGA))
    assert memory.free_bytes() < 20e6
    monkeypatch.setenv(memory.BUDGET, "much")
    with pytest.raises(StudyError, match="GEOKEHILA_MEMORY_GB is 'much': set it to a number of GB"):
        memory.free_bytes()


@pytest.mark.parametrize(
    ("free", "stage", "said"),
    [
        (10e6, "streets, buildings and places", r"osm osm\.osm, 0 MB: take about 0\.1 GB .*: cut the city from it, as"),
        (100e6, "walks", r"2 homes and their scores: take about 0\.3 GB of memory, 0\.1 GB is free: close other"),
    ],
)
def test_a_run_that_does_not_fit_stops_before_the_step_that_does_not(
    free: float, stage: str, said: str, small_town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from small_town import run

    shutil.copytree(small_town / "out", tmp_path / "out")
    before = last_good(tmp_path / "out")
    monkeypatch.setattr(memory, "free_bytes", lambda: free)
    with pytest.raises(RunError, match=f"^{said}"):
        run(small_town, tmp_path / "out")
    assert last_good(tmp_path / "out") == before
    assert (told(tmp_path / "out")["state"], told(tmp_path / "out")["stage"]) == ("failed", stage)


def test_pairs_take_what_is_said_of_them_and_are_counted_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one street everybody is near every shop: 600 homes and 500 shops are 300,000 pairs."""
    homes = gpd.GeoDataFrame(
        {"origin_id": [f"h{i}" for i in range(600)]}, geometry=[Point(i, 0) for i in range(600)], crs=ISRAEL_TM
    )
    shops = gpd.GeoDataFrame(
        {"gate_id": [f"s{i}" for i in range(500)]}, geometry=[Point(i + 0.5, 0) for i in range(500)], crs=ISRAEL_TM
    )
    columns = {"street_id": ["w1"], "part": 0, "way": "footway", "bridge": False, "tunnel": False}
    built = network.build(gpd.GeoDataFrame(columns, geometry=[LineString([(0, 0), (700, 0)])], crs=ISRAEL_TM))
    ways = Ways(built, network.slopes(built.lines, np.zeros(1, bool), np.full(1, np.nan), None), np.array([""]))
    kinds = pd.DataFrame({"place_id": shops["gate_id"], "category": "shop"})
    gates, extent = shops.assign(place_id=shops["gate_id"]), box(-1e5, -1e5, 1e5, 1e5)
    walks = Walks.between(homes, gates, kinds, ways, 150, extent)
    who = Profile("adult", {"en": "adult"}, 1.0, "test", "test")
    walks.run([Ask("pairs", "adult", ("shop",), (1.0,))], {"adult": who}, 1000.0)  # all but the pairs is there now
    ask, needs = Ask("pairs", "adult", ("shop",), (1000.0,)), list[float]()
    monkeypatch.setattr(memory, "must_fit", lambda what, size, remedy: needs.append(size))
    tracemalloc.start()
    found = walks.run([ask], {"adult": who}, 1000.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    pairs = len(found.of("adult").pairs["shop"])
    assert pairs == 300_000 and needs == sorted(needs)
    assert needs[-1] == search.PAIR_BYTES * pairs
    came = 12 * pairs
    assert needs[-1] / 3 < peak - came < needs[-1]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of 1,600, run by a process of its own, whose memory is nobody else's."""
    folder = tmp_path_factory.mktemp("alone")
    sample_town.generate(folder / "raw" / "generated-1600", 1_600)
    words = ["run", "generated-1600", "--quiet", "--data", str(folder / "raw"), "--out", str(folder / "out")]
    environment = {**os.environ, "GEOKEHILA_MEMORY_GB": "4"}
    subprocess.run([sys.executable, "-m", "geokehila_cli", *words], check=True, env=environment)
    return folder


@pytest.mark.skipif(not psutil.LINUX, reason="measured with what Linux holds of a process")
def test_what_a_run_takes_is_below_what_is_said_and_not_far(alone: Path) -> None:
    """The journal has the memory in use at the end of each stage: measured, that is also the most within it."""
    (run,) = (alone / "out" / "data" / "processed" / "generated-1600").glob("??????????")
    stages = json.loads((run / "journal.json").read_text(encoding="utf-8"))["stages"]
    at = {stage["stage"]: stage["memory_mb"] * 1e6 for stage in stages}
    read = at["streets, buildings and places"] - at["inputs"]
    (extract,) = (alone / "raw" / "generated-1600").glob("osm.*")
    assert read < osm.room_bytes([extract]) < 10 * read
    study = Study.read(alone / "raw" / "generated-1600" / "study.toml")
    homes, places = (gpd.read_parquet(run / f"{name}.parquet") for name in ("origins", "places"))
    kinds = pd.read_parquet(run / "place_categories.parquet").groupby("place_id")["category"].agg(tuple)
    asks = [ask for analysis in measuring.ANALYSES.values() for ask in analysis.asks(study)]
    asks += completeness.asks(study, places.assign(categories=places["place_id"].map(kinds)))
    rest = max(at.values()) - at["people"]
    assert rest < measuring.room_bytes(len(homes), asks) < 3 * rest
    assert access.numbers(asks) > 1_000


@pytest.mark.shared
@pytest.mark.skipif(not psutil.LINUX, reason="measured with what Linux holds of a process")
def test_what_reading_a_real_extract_takes_is_below_what_is_said_and_not_far(shared: Path) -> None:
    code = """
import sys
from pathlib import Path
from geokehila.load import osm
from geokehila.study import Study
def held(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) * 1000
catalogue, path = Study.of("dimona").catalogue, Path(sys.argv[1])
before = held("VmRSS")
osm.read([path], catalogue.categories.values(), "EPSG:32722", catalogue.walkers.values(), catalogue.sectors)
print(held("VmHWM") - before, osm.room_bytes([path]))
"""
    path = shared / "porto_alegre" / "poa_osm.pbf"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, encoding="utf-8", check=True)
    taken, said = map(float, done.stdout.split())
    assert taken < said < 3 * taken
