"""Neve Or (נווה אור), a fictional town of about 20,000 people, written in the formats of the real sources.

Nothing in it is real: not the town, its people, its streets or its services. It lies in the empty Negev, where nothing
stands, so that it can never be taken for a place on the map.
"""

from __future__ import annotations

from pathlib import Path

STUDY = """\
# Neve Or is a FICTIONAL town, made for demonstrations and tests. No place, person or number in this folder is real.
# It lies in the empty Negev, near 30.90 N 34.62 E, where nothing stands. 9996 is no code of a real locality
# (the kibbutz of that name is 590, by Bet She'an).
[study]
name = "Neve Or"
name_he = "נווה אור"
code = 9996
fictional = true
"""


def write(folder: Path) -> None:
    """Write the sample town into `folder` (made if absent), over what an earlier write left there.

    The files are `osm.osm.pbf`, `statistical_areas.shp` and its companions, `census.xlsx`, `shelters.csv` and
    `study.toml`. Two writes give the same bytes.

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
    from geokehila.errors import InputError
    from geokehila.sample_town import cbs, osm, shelters, town

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text(STUDY, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise InputError(
            f"sample town: cannot write into {folder}: {fault.strerror}; name a folder you may write"
        ) from fault
    osm.write(town.draw(), folder / "osm.osm.pbf")
    cbs.write_areas(folder / "statistical_areas.shp")
    cbs.write_census(folder / "census.xlsx")
    shelters.write(folder / "shelters.csv")
