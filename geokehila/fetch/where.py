"""Where a city lies, so that of what serves the whole country or the world only its part is asked for."""

from __future__ import annotations

from pathlib import Path

import shapely

from geokehila.errors import FetchError, InputError
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.osm.cut import Box
from geokehila.load.population import zone_people
from geokehila.load.roles import find
from geokehila.schema import WGS84
from geokehila.study import Study

#: [m] What lies round the longest walk, so that streets that lead out and back are whole.
MARGIN_M = 500.0


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
        inputs = find(study, data / study.city.slug, data / "national")
        zones = zone_people.read(study, inputs, EVERYWHERE).zones
    except InputError as fault:
        raise FetchError(
            f"{study.city.slug}: nothing at hand draws it ({fault}): fetch statistical_areas first"
        ) from None
    fastest_m_s = max(profile.speed_m_s for profile in study.catalogue.profiles.values())
    round_m = study.catalogue.standards["horizon"].value * fastest_m_s + MARGIN_M
    west, south, east, north = zones.buffer(round_m).to_crs(WGS84).total_bounds
    return Box(west, south, east, north)


def shape(of: Box) -> shapely.Polygon:
    """Return bounds as an area [degrees]."""
    return shapely.box(of.west, of.south, of.east, of.north)
