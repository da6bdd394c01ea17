"""Fictional towns of any size, for tests and benchmarks: a bent lattice of streets, its quarters drawn by lot."""

from __future__ import annotations

from pathlib import Path

#: No code of a real locality.
CODE = 9992
STUDY = """\
# Generated {residents} is a FICTIONAL town, made for tests and benchmarks (seed {seed}). Nothing here is real.
# It lies on the empty Paran plateau, near 30.33 N 34.87 E. {code} is no code of a real locality.
[study]
name = "Generated {residents}"
name_he = "עיר בדויה {residents}"
name_ar = "مدينة خيالية {residents}"
code = {code}
fictional = true
"""


def write(folder: Path, residents: int, seed: int) -> None:
    """Write the town into an existing folder."""
    from geokehila.sample_town import cbs, osm
    from geokehila.sample_town.generated import areas, lattice, town

    name_he, name_en = f"עיר בדויה {residents}", f"GENERATED {residents}"
    laid = lattice.lay(residents, seed)
    osm.write(town.draw(laid, residents, seed), folder / "osm.osm.pbf", town.bounds(laid))
    parts = areas.build(laid, residents, name_he, CODE, seed)
    cbs.write_areas(folder / "statistical_areas.shp", cbs.Locality(CODE, name_he, name_en), parts.shapes)
    cbs.write_census(folder / "census.xlsx", f"Fictional census of Generated {residents}", parts.rows)
