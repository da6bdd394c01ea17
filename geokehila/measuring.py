"""Every analysis asked once: what each needs of the engine, what it makes of the answers, and the sums over areas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

import geopandas as gpd
import pandas as pd

from geokehila import compliance, confidence, equity, memory, programme, reference, zones
from geokehila.access import Answers, Ask, Walks, numbers
from geokehila.analyses import (
    completeness,
    emergency,
    fifteen_minute,
    mixed_use,
    open_space,
    sectors,
    transit,
    walkability,
)
from geokehila.analyses.tables import Absent, Measured, Tables
from geokehila.catalogue import DISTANCE, Catalogue
from geokehila.gathered import Gathered
from geokehila.schema import REFERENCE, check
from geokehila.study import Study
from geokehila.zones import Homes, Zoning

#: [bytes] What a run takes from its first walk to its page: programs, and for each number that each home is answered
#: with. Measured as the peak of resident memory of fictional towns of 5,000 to 100,000 residents, rounded up.
BASE_BYTES, NUMBER_BYTES = 250e6, 45.0
SMALLER = "close other programs, or cut the map to a smaller area"
#: By name, in the order in which they are measured.
ANALYSES: Mapping[str, ModuleType] = {
    "fifteen_minute": fifteen_minute,
    "walkability": walkability,
    "mixed_use": mixed_use,
    "open_space": open_space,
    "transit": transit,
    "emergency": emergency,
    "sectors": sectors,
}


@dataclass(frozen=True, eq=False)
class Scores:
    """What the analyses make of a study.

    Attributes
    ----------
    of_homes
        By profile one row a home, by origin_id, and one column a measure of any analysis.
    of_zones
        Table ``zone_scores``: the same summed over the units of every zoning, and what is measured on these.
    sheets
        Tables ``equity``, ``compliance``, ``programme`` and ``completeness``, which read these.
    layers
        Layers that analyses make for QGIS.
    absent
        What could not be computed, and why.
    """

    of_homes: Mapping[str, pd.DataFrame]
    of_zones: pd.DataFrame
    sheets: Mapping[str, pd.DataFrame]
    layers: Mapping[str, gpd.GeoDataFrame]
    absent: tuple[Absent, ...]


def answer(study: Study, walks: Walks, places: gpd.GeoDataFrame) -> Answers:
    """Ask the engine for all that the analyses need; `places` with `categories`.

    Raises
    ------
    RunError
        So many homes, with all that is made of their walks until the page is drawn, do not fit into memory.
    """
    asks = [ask for analysis in ANALYSES.values() for ask in analysis.asks(study)]
    asks += completeness.asks(study, places)
    memory.must_fit(f"{len(walks.origins):,} homes and their scores", room_bytes(len(walks.origins), asks), SMALLER)
    return walks.run(asks, study.catalogue.walkers, study.catalogue.standards["horizon"].value)


def room_bytes(homes: int, asks: Iterable[Ask]) -> float:
    """[bytes] Return what a run takes from its first walk to its page, beside what is in use when it begins to walk."""
    return BASE_BYTES + NUMBER_BYTES * homes * numbers(asks)


def given(study: Study, gathered: Gathered, walks: Walks, origins: gpd.GeoDataFrame, believed: pd.DataFrame) -> Tables:
    """Lay out all that analyses read."""
    mapped = gathered.osm
    return Tables(
        study=study,
        origins=origins,
        origin_people=gathered.homes.origin_people,
        zone_people=gathered.counted.people,
        weights=gathered.counted.weights,
        zonings=zonings(gathered, origins),
        lists=confidence.list_states(believed, mapped.has_places),
        places=gathered.places.with_categories(),
        gates=gathered.places.gates,
        place_sectors=gathered.places.sectors,
        buildings=gathered.buildings,
        streets=mapped.streets,
        open_spaces=gathered.spaces,
        roads=mapped.roads,
        crossings=mapped.crossings,
        trees=mapped.trees,
        lamps=mapped.lamps,
        land_uses=mapped.land_uses,
        stops=gathered.timetable.stops if gathered.timetable else pd.DataFrame(),
        zone_facts=gathered.zone_facts,
        alert=gathered.alert.alert,
        ways=walks.ways,
        extent=mapped.extent,
    )


def zonings(gathered: Gathered, origins: gpd.GeoDataFrame) -> tuple[Zoning, ...]:
    """Return every way of dividing the homes that scores are summed by: the study's zones first, the city last."""
    areas = gathered.counted.zones
    return (
        Zoning.of_zones(areas, origins),
        *(Zoning.over(key, units, areas, origins) for key, units in gathered.zonings.items() if len(units) > 1),
        Zoning.of_city(areas, origins),
    )


def measure(tables: Tables, answers: Answers, frozen: reference.Frozen | None, stage: Callable[[str], None]) -> Scores:
    """Measure everything, and sum it over the units of every zoning.

    Parameters
    ----------
    frozen
        What the walkability index is measured against, None where there is no reference.
    stage
        Is told of each analysis as it begins.
    """
    measured: list[Measured] = []
    for name, analysis in ANALYSES.items():
        stage(name)
        measured.append(analysis.measure(tables, answers))
    measured.append(completeness.measure(tables, answers))
    stage("zones")
    of_homes = _of_homes(measured, tables)
    summed = zones.summarise(
        {profile: _homes(profile, scores, tables, answers) for profile, scores in of_homes.items()},
        tables.zonings,
        tables.origins,
        tables.origin_people,
        {"weakest_domain": {key: f"domain_{key}" for key in _scored(tables.study.catalogue)}},
    )
    on_units = [_on_units(one.units) for one in measured if len(one.units)]
    raw = pd.concat([summed, *on_units], ignore_index=True)
    index, no_index = reference.index(raw, frozen, tables.study.fictional)
    of_zones = check("zone_scores", pd.concat([raw, index], ignore_index=True) if len(index) else raw)
    stage("sheets")
    return Scores(
        of_homes,
        of_zones,
        {
            "equity": equity.measure(tables, of_homes, of_zones),
            "compliance": compliance.sheet(tables, of_homes, of_zones),
            "programme": programme.sheet(tables, tables.zone_people, tables.weights),
            "completeness": completeness.sheet(tables, answers),
        },
        {name: layer for one in measured for name, layer in one.layers.items()},
        (*(absent for one in measured for absent in one.absent), *no_index),
    )


def _of_homes(measured: list[Measured], tables: Tables) -> dict[str, pd.DataFrame]:
    """Put the measures of all analyses beside one another, by profile."""
    profiles = dict.fromkeys(profile for one in measured for profile in one.homes)
    ids = pd.Index(tables.origins["origin_id"], name="origin_id")
    return {
        profile: pd.concat([one.homes[profile] for one in measured if profile in one.homes], axis=1).reindex(ids)
        for profile in profiles
    }


def _on_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return what is measured on areas as rows of table ``zone_scores``; a share that is exact is its own interval."""
    rows = units.assign(profile=REFERENCE, group=zones.TOTAL)
    is_exact = rows["measure"].str.endswith(zones.INTERVALS) & rows["value"].notna()
    return rows.assign(**{end: rows[end].mask(is_exact, rows["value"]) for end in ("low", "high")})


def _homes(profile: str, scores: pd.DataFrame, tables: Tables, answers: Answers) -> Homes:
    horizon = tables.study.catalogue.standards["horizon"].value
    far = f"> {horizon:g} m" if profile == DISTANCE else f"> {horizon / 60:g} min"
    return Homes(scores, tables.border(answers.of(profile)).to_numpy(float), horizon, far)


def _scored(catalogue: Catalogue) -> list[str]:
    return [key for key in catalogue.domains if catalogue.deciding(key)]
