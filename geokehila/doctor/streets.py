"""The map: what it covers, how old it is, whether its streets hang together, and whether homes lie on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import geopandas as gpd

from geokehila.access import Led
from geokehila.doctor.files import in_degrees
from geokehila.doctor.findings import LOOK, OK, Finding, judged, percent
from geokehila.load.osm import OsmData
from geokehila.schema import WGS84

#: [years] A map older than this is worth a look.
OLD_YEARS = 1.0
#: Share of the street length in one piece, below which ways are broken somewhere.
ONE_PIECE_SHARE = 0.95
#: [m] A home this far from every way stands beyond a way that nobody mapped, more often than not.
LONG_SNAP_M = 50.0
#: Shares of people above which the streets are worth a look.
LONG_SHARE, UNCONNECTED_SHARE = 0.05, 0.01
MAP_WAYS = "map the missing ways in OpenStreetMap, and fetch the extract again"


def of_map(osm: OsmData, today: date | None, of_layers: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Look at what the OpenStreetMap files cover and carry, but for what other layers do, and at their age `today`."""
    box = in_degrees(tuple(gpd.GeoSeries([osm.extent], crs=osm.streets.crs).to_crs(WGS84).total_bounds))
    how = "" if osm.extent_stated else "; no extent is stated, the hull of its objects stands in"
    yield judged("map", osm.extent_stated, f"covers {box}{how}", _bounds_to_write(osm))
    counts = {"streets": len(osm.streets), "buildings": len(osm.buildings), "places": len(osm.places)}
    text = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    absent = [name for name in counts if name not in osm.layers and name not in of_layers]
    yield judged("map", not absent, text, f"give an extract with {' and '.join(absent)}")
    yield _age(osm.date, today)


def _bounds_to_write(osm: OsmData) -> str:
    """Return what to do about a map that states no extent: the line to write, of the hull of its objects."""
    hull = gpd.GeoSeries([osm.extent], crs=osm.streets.crs).to_crs(WGS84).total_bounds
    west, south, east, north = (f"{degree:.4f}" for degree in hull)
    line = f'<bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>'
    return f"give an extract that states its bounds; into an .osm drawn by hand write {line} below <osm>"


def _age(dated: str, today: date | None) -> Finding:
    if not dated:
        return judged("map date", False, "no date in the map", "fetch an extract anew, so that its age is known")
    if today is None:
        return Finding("map date", OK, dated)
    years = (today - date.fromisoformat(dated[:10])).days / 365.25
    return judged("map date", years <= OLD_YEARS, f"{dated}, {years:.1f} years old", "fetch an extract of today")


def of_network(adult: Led, origins: gpd.GeoDataFrame, weights: str) -> Iterator[Finding]:
    """Look at whether streets hang together and homes lie on them; shares are of what the counts are, `weights`."""
    yield _pieces(adult.walker.streets.facts())
    people = origins["people"].to_numpy(float)
    whole = people.sum() or 1.0
    off = float(people[~origins["connected"].to_numpy()].sum() / whole)
    yield judged(
        "unconnected", off <= UNCONNECTED_SHARE, f"{percent(off)} of {weights} stand far from every way", MAP_WAYS
    )
    is_long = (adult.origins["off_network_m"] > LONG_SNAP_M).to_numpy()
    far = float(people[is_long].sum() / whole)
    text = f"{percent(far)} of {weights} stand more than {LONG_SNAP_M:g} m from the way they are led to"
    yield judged("long ways out", far <= LONG_SHARE, text, MAP_WAYS)


def _pieces(facts: Mapping[str, float]) -> Finding:
    """Return whether streets hang together, or that there is none."""
    if not facts["edges"]:
        return Finding("no ways", LOOK, "nothing can be told: the map holds no way that can be walked", MAP_WAYS)
    longest = facts["longest_component_share"]
    text = f"{facts['street_km']:,.0f} km in {facts['components']:,.0f} pieces, {percent(longest)} in the longest; "
    text += f"{facts['islands']:,.0f} are islands that nothing is led to"
    remedy = "see in the map where ways do not meet, and join them in OpenStreetMap"
    return judged("streets", longest >= ONE_PIECE_SHARE, text, remedy)
