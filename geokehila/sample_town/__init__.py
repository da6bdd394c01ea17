"""Neve Or (נווה אור), a fictional town of about 20,000 people, written in the formats of the real sources.

Nothing in it is real: not the town, its people, its streets or its services. It lies in the empty Negev, where nothing
stands, so that it can never be taken for a place on the map. `generate` makes fictional towns of any other size.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geokehila.catalogue import City

#: Residents of the smallest and of the largest town that can be generated.
FEWEST, MOST = 1_500, 1_000_000
STUDY = """\
# Neve Or is a FICTIONAL town, made for demonstrations and tests. No place, person or number in this folder is real.
# It lies in the empty Negev, near 30.90 N 34.62 E, where nothing stands. 9996 is no code of a real locality
# (the kibbutz of that name is 590, by Bet She'an).
[study]
name = "Neve Or"
name_he = "נווה אור"
name_ar = "نفيه أور"
code = 9996
fictional = true
[alerts]
seconds = 60
date = "2025-01-01"
source = "FICTIONAL"
"""
#: Invented, so that the demo shows what the walkability index looks like.
REFERENCE = """\
# FICTIONAL: no number in this file is of a real place.
date = "2025-01-01"
fictional = true
localities = ["neve-or (invented)"]

[components.intersections_per_km2]
mean = 60.0
sd = 35.0
zones = 100

[components.net_dwellings_per_ha]
mean = 40.0
sd = 25.0
zones = 100

[components.retail_intensity_per_km2]
mean = 12.0
sd = 15.0
zones = 100

[components.mix_zone_entropy_score]
mean = 0.4
sd = 0.2
zones = 100
"""


def write(folder: Path | str) -> None:
    """Write the sample town into `folder` (made if absent), over what an earlier write left there.

    The files are `osm.osm.pbf`, `statistical_areas.shp` and its companions, `census.xlsx`, `shelters.csv`, `dem.tif`,
    `gtfs.zip`, `plans.geojson`, `candidates.csv`, `readiness.csv`, `survey.csv`, `reference.toml`
    and `study.toml`. Two writes give the same bytes.

    Raises
    ------
    geokehila.errors.InputError
        The folder cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(Path(folder))
    ...     (Path(folder) / "study.toml").is_file()
    True
    """
    from geokehila.arguments import as_path
    from geokehila.sample_town import cbs, census, lists, osm, plans, shelters, terrain, town, transit

    folder = as_path(folder, "folder")
    _open(folder, STUDY)
    (folder / "reference.toml").write_text(REFERENCE, encoding="utf-8", newline="\n")
    osm.write(town.draw(), folder / "osm.osm.pbf", town.bounds())
    cbs.write_areas(folder / "statistical_areas.shp", cbs.NEVE_OR, cbs.areas())
    cbs.write_census(folder / "census.xlsx", "Fictional census of Neve Or", census.TOWN)
    shelters.write(folder / "shelters.csv")
    terrain.write(folder / "dem.tif")
    transit.write(folder / "gtfs.zip")
    plans.write(folder / "plans.geojson")
    lists.write_candidates(folder / "candidates.csv")
    lists.write_readiness(folder / "readiness.csv")
    lists.write_survey(folder / "survey.csv")


def generate(folder: Path | str, residents: int, seed: int = 0, city: City | None = None) -> None:
    """Write a fictional town of any size into `folder` (made if absent), for tests and benchmarks.

    The files are `osm.osm.pbf`, `statistical_areas.shp` and its companions, `census.xlsx` and `study.toml`, in the same
    formats as those of Neve Or. The same residents and seed give the same bytes.

    Parameters
    ----------
    folder
        Where the files go, over what an earlier write left there.
    residents
        People, 1,500 to 1,000,000; the census of the town sums to them, rounded to 10 as CBS rounds.
    seed
        Another number, from 0 on, draws another town of the same size.
    city
        A city of the catalogue in whose place the town is laid, under its name and code; None: on the empty Paran
        plateau, under a name of its own. It is fictional all the same, and says so.

    Raises
    ------
    geokehila.errors.StudyError
        Residents or seed out of range.
    geokehila.errors.InputError
        The folder cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     generate(Path(folder), residents=5_000)
    ...     "FICTIONAL" in (Path(folder) / "study.toml").read_text(encoding="utf-8")
    True
    """
    from geokehila.arguments import as_count, as_path
    from geokehila.sample_town import generated

    folder = as_path(folder, "folder")
    residents, seed = as_count(residents, "residents", FEWEST, MOST), as_count(seed, "seed")
    _open(folder, generated.study(residents, seed, city))
    generated.write(folder, residents, seed, city)


def _open(folder: Path, study: str) -> None:
    """Make the folder and put the study into it."""
    from geokehila.errors import InputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text(study, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise InputError(
            f"sample town: cannot write into {folder}: {fault.strerror}; name a folder you may write"
        ) from fault
