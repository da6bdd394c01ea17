"""A study's files brought together: places of all sources, people in zones and homes, ways to start walking from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import (
    communities,
    confidence,
    destinations,
    fabric,
    handed,
    headcounts,
    memory,
    network,
    open_spaces,
    people,
    places,
    vintages,
    zones,
)
from geokehila.access import Walks, Ways
from geokehila.brief import Brief
from geokehila.catalogue.lists import REPLACE
from geokehila.corrections import Corrections
from geokehila.ledger import Ledger
from geokehila.load import alerts, municipal, osm, stops, terrain, zonings
from geokehila.load import buildings as footprints
from geokehila.load.heights import Elevation
from geokehila.load.municipal import corrections
from geokehila.load.population import editions, facts, zone_people
from geokehila.load.roles import Inputs
from geokehila.schema import EDGE, REFERENCE, UNCONNECTED
from geokehila.study import Study

#: What to do about a map that is too large.
CUT = "cut the city from it, as `geokehila fetch CITY` and `geokehila batch --cities CITY` do"


@dataclass(frozen=True, eq=False, repr=False)
class Gathered(Brief):
    """What a study's files hold before anybody walks: the map, places of all sources, people in zones and homes.

    Attributes
    ----------
    osm
        Streets, buildings, places and the rest of the map.
    places
        Places of all sources, merged, with their categories and gates.
    buildings
        GeoDataFrame, with which are homes, their levels and `footprint_m2` [m2].
    homes
        ``origins``, a row an inhabited building, with `people`; and what became of everybody that the source counts.
    counted
        ``zones``, and who counts how many people in them.
    elevation
        Heights of the ground [m]; None: none are at hand, and the ground counts as level.
    ledgers
        Of every source: read = used + rejected, each with its reason.
    zone_facts, zonings
        What sources say of the zones beside people; other areas that homes can be summed over, by key.
    crosswalks
        What statistical areas of other editions are of the zones.
    communities
        The city as it is parted where nobody drew neighbourhoods; None: it is not.
    alert
        How long people have from the alarm to shelter.
    handed
        What the municipality hands over of its plans.
    timetable
        None where none is given.
    spaces
        Open spaces of the map, classified.
    lists
        Categories of which somebody else than mappers tells.

    Examples
    --------
    >>> from geokehila import read_city
    >>> town = read_city("dimona")  # doctest: +SKIP
    >>> town.homes.origins.crs == town.osm.streets.crs  # doctest: +SKIP
    True
    """

    _shows = ("osm", "places", "buildings", "homes", "counted", "zone_facts", "timetable", "ledgers")

    osm: osm.OsmData
    places: places.Places
    buildings: gpd.GeoDataFrame
    elevation: Elevation | None
    counted: zone_people.ZonePeople
    zone_facts: pd.DataFrame
    zonings: Mapping[str, gpd.GeoDataFrame]
    alert: alerts.Found
    homes: people.People
    spaces: gpd.GeoDataFrame
    handed: handed.Handed
    timetable: stops.Timetable | None
    lists: confidence.Lists
    ledgers: tuple[Ledger, ...]
    communities: communities.Found | None = None
    crosswalks: tuple[vintages.Crosswalk, ...] = ()


def gather(study: Study, inputs: Inputs, stage: Callable[[str], None]) -> Gathered:
    """Read every file of a study, and bring places together and people to their homes."""
    categories = study.catalogue.categories
    stage("streets, buildings and places")
    mapped = read_map(study, inputs)
    timetable = _timetable(inputs, mapped, study.crs)
    official = timetable.places if timetable else stops.none(study.crs)
    standing, counts, building_ledgers = with_footprints(study, inputs, mapped)
    heights, dem_ledgers = elevation(inputs, mapped)
    buildings = people.classify(standing, mapped.land)
    counted = headcounts.account(headcounts.count(study, inputs, mapped, buildings), buildings, counts)
    divided, zoning_ledgers = zonings.read(study, inputs, counted.zones, mapped.extent)
    alert = alerts.read(study, inputs)
    area = counted.zones.union_all()
    of_plans = handed.read(study, inputs, mapped.extent, area)
    lists, corrected = municipal.read_all(inputs.lists(), study, area), _corrections(study, inputs)
    sources = [mapped.places, official]
    found = places.merge(
        sources, mapped.streets, mapped.entrances, categories, lists, area, corrected, study.catalogue.sectors
    )
    around = open_spaces.Surroundings(mapped.streets, mapped.land_uses, mapped.land)
    stage("people")
    homes = people.place(counted.zones, people.named_groups(counted.people), buildings, mapped.streets, mapped.extent)
    crossed = cross(study, inputs, counted, homes.origins, mapped.extent)
    peopled = homes.origins.geometry[homes.origins["people"] > 0]
    mapped = replace(mapped, roads=fabric.with_tracks(mapped.roads, peopled))
    said, fact_ledgers = facts.read(study, inputs, counted.zones, {one.vintage: one.cells for one in crossed})
    return Gathered(
        osm=mapped,
        places=found,
        buildings=buildings,
        elevation=heights,
        counted=counted,
        zone_facts=said,
        zonings={key: zones.named(units, mapped.quarters, key == zonings.HEXAGON) for key, units in divided.items()},
        alert=alert,
        homes=homes,
        spaces=open_spaces.classify(study, mapped.open_spaces, around),
        handed=of_plans,
        timetable=timetable,
        lists=confidence.Lists(
            official=frozenset(official["categories"].explode()),
            replaced=frozenset[str]().union(*(one.covered for one in lists if one.rule == REPLACE)),
            whole=frozenset[str]().union(*(one.believed for one in lists)),
        ),
        ledgers=(
            *mapped.ledgers,
            *(one.ledger for one in lists),
            *([timetable.ledger] if timetable else []),
            *building_ledgers,
            *dem_ledgers,
            *([corrected.ledger] if corrected else []),
            found.ledger,
            *counted.ledgers,
            *(ledger for one in crossed for ledger in one.ledgers),
            *fact_ledgers,
            *zoning_ledgers,
            *alert.ledgers,
            *of_plans.ledgers,
            homes.ledger,
        ),
        crosswalks=crossed,
    )


def read_map(study: Study, inputs: Inputs) -> osm.OsmData:
    """Read the OpenStreetMap files of a study, if they fit into memory."""
    remedy = f"give an OpenStreetMap extract as osm.pbf, or `geokehila fetch {study.city.slug}`"
    files = inputs.every("osm", remedy)
    size_mb = sum(path.stat().st_size for path in files if path.is_file()) / 1e6
    memory.must_fit(f"osm {files[0].name}, {size_mb:,.0f} MB", osm.room_bytes(files), CUT)
    catalogue = study.catalogue
    return osm.read(files, catalogue.categories.values(), study.crs, catalogue.walkers.values(), catalogue.sectors)


def lead(study: Study, gathered: Gathered) -> tuple[Walks, gpd.GeoDataFrame]:
    """Build the network, snap homes and gates to it, and return table ``origins`` with what an adult's ways add to it.

    `connected`, `at_edge` and `on_fragment` (bool: on ways that hang together with few others), `off_network_m` [m] to
    its way, and `border_s`: the fastest walk to the edge of the data [s].
    """
    homes, mapped, cap_m = gathered.homes.origins, gathered.osm, study.catalogue.standards["snap_cap"].value
    to = destinations.gather(study, gathered.places, gathered.spaces, homes, mapped)
    walks = Walks.between(homes, to.gates, to.kinds, ways(gathered), cap_m, mapped.extent)
    adult = walks.led(study.catalogue.profiles[REFERENCE])
    snapped, border_s = adult.origins["status"].to_numpy(), homes["border_m"] / adult.walker.fastest_m_s
    edge, streets = adult.origins["edge"].to_numpy(), adult.walker.streets
    return walks, homes.assign(
        connected=snapped != UNCONNECTED,
        at_edge=snapped == EDGE,
        on_fragment=np.append(streets.is_fragment(mapped.extent), False)[edge],
        off_network_m=adult.origins["off_network_m"].to_numpy(float),
        border_s=border_s,
    )


def parted(study: Study, gathered: Gathered, walks: Walks, origins: gpd.GeoDataFrame) -> Gathered:
    """Part a city into communities where nobody drew its neighbourhoods, as another way of summing the same homes."""
    if not study.communities.make or "neighbourhood" in gathered.zonings:
        return gathered
    mapped, adult = gathered.osm, walks.led(study.catalogue.profiles[REFERENCE])
    streets = adult.walker.streets
    ground = communities.Ground(mapped.roads, mapped.crossings, mapped.barriers, streets, mapped.extent)
    residents_each = people.RESIDENTS_PER[gathered.counted.weights]
    found = communities.delineate(study.communities, origins, adult.origins, ground, residents_each)
    zonings = {**gathered.zonings, "community": zones.named(found.units, mapped.quarters)}
    return replace(gathered, zonings=zonings, communities=found)


def ways(gathered: Gathered) -> Ways:
    """Build the network, with the slopes along its edges and who is kept out of each."""
    return over(gathered.osm.streets, gathered.osm.kerbs, gathered.elevation)


def over(streets: gpd.GeoDataFrame, kerbs: gpd.GeoDataFrame | None, heights: Elevation | None) -> Ways:
    """Build the network of table ``streets``, with raised kerbs and the heights of the ground, each None: not known."""
    built = network.build(streets, kerbs)
    of_edge = streets.iloc[built.street]
    level = (of_edge["bridge"] | of_edge["tunnel"]).to_numpy(bool)
    slopes = network.slopes(built.lines, level, of_edge["incline"].to_numpy(float), heights)
    cell_m = heights.cell_m if heights else np.nan
    return Ways(built, slopes, of_edge["closed_to"].to_numpy(str), network.slope_facts(slopes, cell_m))


def cross(
    study: Study,
    inputs: Inputs,
    counted: zone_people.ZonePeople,
    homes: gpd.GeoDataFrame,
    extent: shapely.Geometry,
) -> tuple[vintages.Crosswalk, ...]:
    """Lay statistical areas of other editions over the zones, by the people of the homes that stand in both."""
    found = editions.read(study, inputs, counted.zones)
    land = counted.zones.set_geometry(shapely.intersection(counted.zones.geometry.to_numpy(), extent))
    residents = counted.weights == "residents"
    return tuple(
        vintages.cross(one if residents else one.uncounted(), homes, _standing(homes, one.areas), land) for one in found
    )


def _standing(homes: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> np.ndarray:
    """Return the zone_id of the area that each home stands in, the first where they overlap, None in none."""
    area = zones.standing_in(homes.geometry.to_numpy(), areas.geometry.to_numpy())
    ids = np.array([*areas["zone_id"], None], dtype=object)
    found: np.ndarray = ids[area]
    return found


def believe(study: Study, gathered: Gathered, origins: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return table ``confidence``: how far each zone's people, streets and lists of places can be believed."""
    on_map, counted = gathered.osm.places, gathered.counted
    official = gathered.timetable.places if gathered.timetable else stops.none(study.crs)
    evidence = confidence.Evidence(
        zones=counted.zones,
        zone_people=counted.people,
        origins=origins,
        buildings=gathered.buildings,
        streets=gathered.osm.streets,
        places=gathered.places.with_categories(),
        mapped_stops=_bus_stops(on_map),
        official_stops=_bus_stops(official),
        weights=counted.weights,
        residents_per=people.RESIDENTS_PER[counted.weights],
        flags=frozenset(counted.flags),
        asked=_asked(study, gathered),
        roads=gathered.osm.roads,
    )
    categories, has_places = study.catalogue.categories, gathered.osm.has_places
    return confidence.assess(evidence, categories, has_places, gathered.lists)


def _asked(study: Study, gathered: Gathered) -> pd.Series:
    """Return the households that the sample behind the count asked, by zone; of a count that is no sample none."""
    facts = gathered.zone_facts
    told = facts[(facts["fact"] == "households_count") & (gathered.counted.source == "census")]
    return confidence.asked(told.set_index("zone_id")["value"].astype(float), study.city.society)


def _timetable(inputs: Inputs, mapped: osm.OsmData, crs: str) -> stops.Timetable | None:
    """Return the stops of the timetable and what leaves from them, None where none is given."""
    if "gtfs" not in inputs.files:
        return None
    return stops.read(inputs.files["gtfs"], mapped.extent, crs, mapped.date)


def _bus_stops(places: gpd.GeoDataFrame) -> gpd.GeoSeries:
    is_stop = places["categories"].map(lambda keys: stops.CATEGORY in keys).astype(bool)
    return places.geometry[is_stop]


def elevation(inputs: Inputs, mapped: osm.OsmData) -> tuple[Elevation | None, tuple[Ledger, ...]]:
    """Return the heights of the ground, none where no model is given."""
    if "dem" not in inputs.files or mapped.streets.empty:
        return None, ()
    found, ledger = terrain.read(inputs.files["dem"], str(mapped.streets.crs), mapped.streets.total_bounds)
    return found, (ledger,)


def with_footprints(
    study: Study, inputs: Inputs, mapped: osm.OsmData
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, tuple[Ledger, ...]]:
    """Return the mapped buildings, completed by a layer of footprints where one is given, and who is counted in it."""
    if "buildings" not in inputs.files:
        return mapped.buildings, pd.DataFrame(), ()
    path, choice = inputs.must("buildings", "give one layer"), study.tables.get("buildings", municipal.DEFAULT)
    found, counts, ledger = footprints.complete(mapped.buildings, path, mapped.extent, choice)
    return found, counts, (ledger,)


def _corrections(study: Study, inputs: Inputs) -> Corrections | None:
    if "corrections" not in inputs.files:
        return None
    path = inputs.must("corrections", "give an edited inventory")
    return corrections.read(path, study.catalogue.categories)
