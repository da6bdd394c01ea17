"""The mix of uses: commerce, housing, services, education and sport, around each home and inside areas."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geokehila.access import Access, Answers, Ask
from geokehila.analyses import states
from geokehila.analyses.mixed_use.around import WITHIN_S, Around, kinds
from geokehila.analyses.mixed_use.inside import FLOOR_UNKNOWN, Inside, Town
from geokehila.analyses.mixed_use.land import LAND_UNKNOWN, Land
from geokehila.analyses.tables import Absent, Measured, Tables
from geokehila.analyses.units import Units
from geokehila.catalogue import DISTANCE, USES
from geokehila.schema import REFERENCE
from geokehila.study import Study
from geokehila.uses import PREFIX

COMMERCE = "commerce"
#: [m] How near commerce is wanted in new neighbourhoods (docs/methods/compliance.md).
COMMERCE_M = 300.0
#: Measures of areas that are absent where they are told of none, and why.
MAY_BE_ABSENT = {"area_mix_score": FLOOR_UNKNOWN, "mono_functional": LAND_UNKNOWN}


def asks(study: Study) -> tuple[Ask, ...]:
    """Ask for an adult's nearest place and all places within the walk, by category and by use."""
    walked_to = (*kinds(study), *(PREFIX + use for use in USES))
    return (
        Ask("nearest", REFERENCE, walked_to),
        Ask("counts", REFERENCE, walked_to, (WITHIN_S,)),
        Ask("nearest", DISTANCE, (PREFIX + COMMERCE,)),
    )


def measure(tables: Tables, answers: Answers) -> Measured:
    """Tell how mixed the uses are around each home, and inside each unit of every zoning.

    Parameters
    ----------
    tables
        Homes (`on_grid`: where no building is mapped), places, buildings and grounds.
    answers
        An adult's walks to the categories and to ``use_<use>``, within 15 minutes.

    Returns
    -------
    Measured
        Of homes :class:`geokehila.analyses.mixed_use.around.Around`, of units
        :class:`geokehila.analyses.mixed_use.inside.Inside` and :class:`geokehila.analyses.mixed_use.land.Land`. Under
        ``distance`` ``use_commerce_m`` [m] to the nearest place of commerce and ``commerce_300m_state``. Layer
        ``mono_functional``: units that one use fills.
    """
    around, town = Around(tables, answers.of(REFERENCE)), Town(tables)
    grounds = [Land(town, Units(zoning)) for zoning in tables.zonings]
    parts = [part for land in grounds for part in (*Inside(town, land.units).rows(), *land.rows())]
    units = pd.concat(parts, ignore_index=True) if parts else Measured().units
    told = {*units["measure"][units["value"].notna()]}
    absent = [Absent(measure, why) for measure, why in MAY_BE_ABSENT.items() if measure not in told]
    layer = pd.concat([land.filled() for land in grounds] or [gpd.GeoDataFrame(geometry=[])], ignore_index=True)
    homes = {REFERENCE: around.scores}
    if DISTANCE in answers.walkers:
        homes[DISTANCE] = _of_commerce(tables, answers.of(DISTANCE))
    return Measured(homes, units, {"mono_functional": layer}, (*around.absent, *absent))


def _of_commerce(tables: Tables, access: Access) -> pd.DataFrame:
    """Tell how far commerce is, and whether within the metres that a national rule asks."""
    key = PREFIX + COMMERCE
    shops = [c.key for c in tables.study.catalogue.categories.values() if c.use == COMMERCE]
    walk, certain = access.nearest_s[key], access.nearest_certain_s[key]
    state = states.of_walk(tables, access, walk, certain, COMMERCE_M, shops)
    return pd.DataFrame({"use_commerce_m": walk, "commerce_300m_state": pd.Series(state, walk.index, dtype="str")})
