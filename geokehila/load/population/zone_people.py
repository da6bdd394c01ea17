"""Zones and the people counted in them, from whichever sources a study has."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import shapely

from geokehila.errors import StudyError
from geokehila.ledger import Ledger
from geokehila.load.geometry import must_lie_near
from geokehila.load.population import headcount, user_zones
from geokehila.load.population.counts import DWELLINGS
from geokehila.load.population.flags import NO_COUNT
from geokehila.load.population.localities import ZonePeople, resolve
from geokehila.load.roles import Inputs
from geokehila.study import Study

__all__ = ["DWELLINGS", "ZonePeople", "read", "told"]


def read(study: Study, inputs: Inputs, extent: shapely.Geometry) -> ZonePeople:
    """Read the zones a study chose and the people its population source counts in them.

    Raises
    ------
    InputError
        A file that the choice needs is missing, the source does not count by these zones, or they lie more than 100 km
        from where the catalogue has the city.
    StudyError
        The study names a source of statistical areas for zones that are none.
    """
    found = _chosen(study, inputs, extent)
    must_lie_near(found.zones, study.city)
    return found


def told(found: ZonePeople, homes: pd.Series) -> ZonePeople:
    """Return the count with a notice that names zones that count nobody or have no count, whichever the source.

    Parameters
    ----------
    found
        As it stands in the end, whatever buildings add to what :func:`read` returned.
    homes
        How many homes the map has in each zone, by zone_id.
    """
    ledger = Ledger("population")
    headcount.warn_of_empty_zones(found.people, homes, ledger)
    return replace(found, ledgers=(ledger, *map(_but_for_counts, found.ledgers))) if ledger.notices else found


def _but_for_counts(ledger: Ledger) -> Ledger:
    """Return a ledger without the flag of zones that have no count, of which the notice tells."""
    return replace(ledger, notices=[notice for notice in ledger.notices if notice.name != NO_COUNT])


def _chosen(study: Study, inputs: Inputs, extent: shapely.Geometry) -> ZonePeople:
    kind, source = study.zones.kind, study.population_source
    if kind != "statistical_areas" and source not in ("", "zones", DWELLINGS):
        raise StudyError(
            f'[inputs] population = "{source}" counts statistical areas, and [zones] kind = "{kind}" has none: '
            "delete the line, or the kind"
        )
    if study.zones.kind == "hexagons":
        zones = user_zones.hexagons(extent, study.zones.edge_m, study.crs)
        return ZonePeople(zones, pd.DataFrame(), DWELLINGS, (), source=DWELLINGS)
    if study.zones.kind == "polygons":
        return _polygons(study, inputs)
    return resolve(study, inputs, extent)


def _polygons(study: Study, inputs: Inputs) -> ZonePeople:
    path = inputs.must("zones", 'give a polygon layer as zones.geojson, or choose [zones] kind = "hexagons"')
    column = (study.zones.population or None) if study.population_source != DWELLINGS else None
    zones, people, ledger = user_zones.polygons(path, study.crs, study.zones.id, column)
    if people.empty:
        return ZonePeople(zones, people, DWELLINGS, (ledger,), source=DWELLINGS)
    nowhere = float(people.attrs["unplaced"])
    totals = {"source": float(people["people"].sum()) + nowhere, "undrawn": nowhere}
    return ZonePeople(zones, people, "residents", (ledger,), nowhere, "zones", study.zones.date[:4], totals=totals)
