"""Where a city lies, so that of what serves the whole country or the world only its part is asked for."""

from __future__ import annotations

from pathlib import Path

import shapely

from geokehila.errors import FetchError, InputError
from geokehila.load.folders import opened
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.osm.cut import Box
from geokehila.load.population import zone_people
from geokehila.study import Study


def box(study: Study, data: Path) -> Box:
    """Return the bounds of a study's zones with the longest walk of the fastest walker round them [degrees].

    Raises
    ------
    FetchError
        No file at hand draws the city.

    Examples
    --------
    >>> box(Study.of("dimona"), Path("data/raw")).west  # doctest: +SKIP
    34.98
    """
    try:
        inputs = opened(study, data)
        zones = zone_people.read(study, inputs, EVERYWHERE).zones
    except InputError as fault:
        raise FetchError(
            f"{study.city.slug}: nothing at hand draws it ({fault}): fetch statistical_areas first"
        ) from None
    return Box.around(zones, study.catalogue)


def shape(of: Box) -> shapely.Polygon:
    """Return bounds as an area [degrees]."""
    return shapely.box(of.west, of.south, of.east, of.north)
