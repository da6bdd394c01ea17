"""How well a neighbourhood can be walked: its streets, what they lead to, what lines them, how steep they are."""

from __future__ import annotations

import pandas as pd

from geokehila.access import Answers, Ask
from geokehila.analyses.tables import UNIT_COLUMNS, Absent, Measured, Tables
from geokehila.analyses.walkability.around import AMENITIES, PEDSHED_S, Around
from geokehila.analyses.walkability.density import Density
from geokehila.analyses.walkability.streets import KNOWN_SHARE, Streets
from geokehila.catalogue import DISTANCE
from geokehila.schema import REFERENCE
from geokehila.study import Study

__all__ = ["AMENITIES", "asks", "measure"]


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for the streets in reach of an adult, for places by their nearness, and for the metres to the nearest."""
    categories = tuple(study.catalogue.categories)
    return (
        Ask("streets", REFERENCE, cutoffs_s=(PEDSHED_S,)),
        Ask("sums", REFERENCE, categories, decays=(AMENITIES,)),
        Ask("nearest", DISTANCE, categories),
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Measure walkability around homes and in areas.

    Returns
    -------
    Measured
        Of homes (:class:`~geokehila.analyses.walkability.around.Around`): ``pedshed_km``,
        ``pedshed_intersections_count``, ``pedshed_share``, ``directness_ratio``, ``amenity_score``. Of units
        (:class:`~geokehila.analyses.walkability.streets.Streets`): spacing and form of the streets, crossings of main
        roads, pavements, light, shade, slopes; and (:class:`~geokehila.analyses.walkability.density.Density`) homes and
        shops on the land. Layers ``intersections``, ``long_blocks``, ``block_links`` and
        ``main_road_stretches``.
    """
    homes, streets, density = Around(tables, answers), Streets(tables), Density(tables)
    parts = [rows for zoning in tables.zonings for made in (streets, density) for rows in made.rows(zoning)]
    units = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*UNIT_COLUMNS])
    return Measured.of_homes(homes.scores(), units=units, layers=streets.layers(), absent=tuple(_absent(streets)))


def _absent(streets: Streets) -> list[Absent]:
    """Say what the data of a whole study lack."""
    lacking = {
        "spacing_mean_m": ("no_streets", not len(streets.alone.segments)),
        "crossings_per_km": ("no_crossings", not streets.main_roads.are_mapped),
        "shade_share": ("no_trees", not len(streets.trees)),
        "steep_over_8_percent_share": (
            "no_dem",
            streets.slope_is_known.sum() <= KNOWN_SHARE * len(streets.slope_is_known),
        ),
    }
    return [Absent(measure, reason) for measure, (reason, is_lacking) in lacking.items() if is_lacking]
