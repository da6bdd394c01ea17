"""A scenario of ten edits on a finished run of Las Palmas, else of a generated town: seconds a stage."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import geopandas as gpd
import pandas as pd
import shapely

from benchmarks.measure import tell
from geokehila import pipeline, sample_town, scenario
from geokehila.load.roles import find

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "las_palmas"
STUDY = """\
[study]
name = "Las Palmas"
crs = "EPSG:32628"
[inputs]
osm = "{osm}"
[zones]
kind = "hexagons"
edge_m = 250
[hubs]
resamples = 0
add = 0
"""
ROUNDS, RESIDENTS, FEW = 3, 100_000, 1_600
STAGES = ("reading", "edits", "walks", "who gains", "writing")


def scenario_of_ten(small: bool) -> str:
    """Run a city once, lay ten edits over it, and return the table of what each stage took."""
    with TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        slug = _city(raw, small)
        tell(f"running {slug}")
        # In a process of its own: what it leaves in memory is no help.
        words = ["run", slug, "--data", str(raw), "--out", str(out), "--quiet"]
        subprocess.run([sys.executable, "-m", "geokehila_cli", *words], check=True)  # noqa: S603
        edits = Path(folder) / "ten.toml"
        study = pipeline.choose(slug, raw)
        inputs = find(study, raw / slug, raw / "national")
        edits.write_text(_ten(scenario.of_run(study, inputs, out)), encoding="utf-8")

        def once() -> dict[str, float]:
            return _timed(lambda stage: _answer(study, inputs, out, edits, stage))

        first, *again = [once() for _ in range(ROUNDS + 1)]
        command = ["scenario", slug, str(edits), "--data", str(raw), "--out", str(out), "--quiet"]
        begun = perf_counter()
        subprocess.run([sys.executable, "-m", "geokehila_cli", *command], check=True)  # noqa: S603
        whole_s = perf_counter() - begun
        homes = len(pd.read_parquet(scenario.of_run(study, inputs, out).folder / "origins.parquet", columns=["people"]))
    rows = [(stage, first[stage], median(one[stage] for one in again)) for stage in STAGES]
    rows.append(("all", sum(first.values()), median(sum(one.values()) for one in again)))
    lines = ["| | first, s | again, s |", "| --- | ---: | ---: |"]
    lines += [f"| {stage} | {cold:.2f} | {warm:.2f} |" for stage, cold, warm in rows]
    return "\n".join([*lines, "", f"{slug}, {homes:,} homes, five profiles; the command line in all: {whole_s:.1f} s."])


def _city(raw: Path, small: bool) -> str:
    """Lay out the raw folder of a city and return its slug."""
    osm = next(iter(sorted(DATA.glob("*.osm.pbf"))), None)
    if small or osm is None:
        residents = FEW if small else RESIDENTS
        slug = f"generated-{residents}"
        sample_town.generate(raw / slug, residents)
        with (raw / slug / "study.toml").open("a", encoding="utf-8") as study:
            study.write("[hubs]\nresamples = 0\nadd = 0\n")
        return slug
    (raw / "las-palmas").mkdir(parents=True)
    (raw / "las-palmas" / "study.toml").write_text(STUDY.format(osm=osm), encoding="utf-8")
    return "las-palmas"


def _answer(study: object, inputs: object, out: Path, edits: Path, stage: Callable[[str], None]) -> None:
    stage("reading")
    base = scenario.of_run(study, inputs, out)  # type: ignore[arg-type]
    found = scenario.answer(base, scenario.read(edits, base.study), stage)
    stage("writing")
    scenario.write(found)


def _timed(work: Callable[[Callable[[str], None]], None]) -> dict[str, float]:
    """Return the seconds of each stage that work tells of."""
    began: list[tuple[str, float]] = []
    work(lambda stage: began.append((stage, perf_counter())))
    ends = [*(at for _, at in began[1:]), perf_counter()]
    return {stage: end - at for (stage, at), end in zip(began, ends, strict=True)}


def _ten(base: scenario.Base) -> str:
    """Return ten edits spread over a city, as TOML."""
    homes = gpd.GeoDataFrame(base.tables["origins"]).sort_values(["people", "origin_id"])
    streets, gates = gpd.GeoDataFrame(base.tables["streets"]), base.tables["gates"]
    kinds = base.tables["place_categories"].sort_values(["category", "place_id"])
    every = shapely.get_coordinates(homes.geometry.to_numpy()).tolist()
    at = [every[len(every) * share // 8] for share in range(8)]
    shops, schools = (kinds.loc[kinds["category"] == key, "place_id"].tolist() for key in ("grocery", "school"))
    long = streets[(streets["way"] == "residential") & (streets.length > 80)]
    begin = long.geometry.iloc[len(long) // 2].coords[0]
    near = long[long.distance(shapely.Point(begin)).between(60, 300)].geometry.iloc[0].coords[0]
    entered = gates.groupby("place_id")["gate_id"].agg(["first", "size"])
    gate = entered.sort_values(["size", "first"])["first"].iloc[-1]
    return f"""
        place = [
            {{ do = "add", category = "clinic", at_m = {at[1]} }},
            {{ do = "add", category = "library", at_m = {at[2]} }},
            {{ do = "close", id = "{shops[len(shops) // 2]}" }},
            {{ do = "move", id = "{schools[len(schools) // 2]}", to_m = {at[3]} }},
        ]
        hub = [{{ at_m = {at[4]} }}]
        street = [
            {{ do = "add", line_m = [{list(begin)}, {list(near)}] }},
            {{ do = "close", id = "{long["street_id"].iloc[len(long) // 3]}" }},
        ]
        gate = [{{ do = "close", id = "{gate}" }}]
        housing = [{{ at_m = {at[5]}, residents = 350 }}]
        cutoff_min = {{ pharmacy = 10 }}
        """
