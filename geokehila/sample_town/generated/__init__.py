"""Fictional towns of any size, for tests and benchmarks: a bent lattice of streets, its quarters drawn by lot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geokehila.catalogue import City

#: No code of a real locality.
CODE = 9992
STUDY = """\
# Generated {residents} is a FICTIONAL town, made for tests and benchmarks (seed {seed}). Nothing here is real.
# It lies on the empty Paran plateau, near 30.33 N 34.87 E. {code} is no code of a real locality.
[study]
name = "Generated {residents}"
name_he = "עיר בדיונית {residents}"
name_ar = "مدينة خيالية {residents}"
code = {code}
fictional = true
"""


#: A town in the place of a city of the catalogue, whose name and code it bears: only its study tells them apart.
IN_PLACE = """\
# A FICTIONAL town of {residents} residents in the place of {name}, for tests and benchmarks of batches (seed {seed}).
# Nothing but the name, the code and the place is real.
[study]
name = "{name}"
code = {code}
fictional = true
"""


def study(residents: int, seed: int, city: City | None) -> str:
    """Return the study of the town."""
    if city is None:
        return STUDY.format(residents=residents, seed=seed, code=CODE)
    return IN_PLACE.format(residents=residents, seed=seed, name=city.name["en"], code=city.code)


def write(folder: Path, residents: int, seed: int, city: City | None) -> None:
    """Write the town into an existing folder."""
    from geokehila.sample_town import cbs, osm
    from geokehila.sample_town.generated import areas, lattice, town
    from geokehila.sample_town.plan import itm

    of = cbs.Locality(CODE, f"עיר בדיונית {residents}", f"GENERATED {residents}")
    laid = lattice.lay(residents, seed)
    if city is not None:
        of = cbs.Locality(city.code, city.name["he"], city.name["en"].upper())
        laid = laid.moved(itm(city.lon, city.lat))
    osm.write(town.draw(laid, residents, seed), folder / "osm.osm.pbf", town.bounds(laid))
    parts = areas.build(laid, residents, of.name_he, of.code, seed)
    cbs.write_areas(folder / "statistical_areas.shp", of, parts.shapes)
    cbs.write_census(folder / "census.xlsx", f"Fictional census of {of.name_en.title()}", parts.rows)
