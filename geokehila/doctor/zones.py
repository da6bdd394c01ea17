"""Zones and the people in them: are they counted, do they lie in the map, and do they have homes there."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila.doctor.files import in_degrees
from geokehila.doctor.findings import OK, STOP, Finding, judged, percent
from geokehila.gathered import Gathered
from geokehila.load.population.counts import DWELLINGS
from geokehila.load.population.localities import ZonePeople
from geokehila.people import IN_NO_ZONE
from geokehila.schema import WGS84, WHOLE_ZONE_SHARE
from geokehila.study import Study

#: Who counts, by the key of the source.
_COUNTED_BY = {
    "areas": "as the layer of areas counts them",
    "voters": "as the layer of areas counts them",
    "census": "by the census",
    "socioeconomic": "those behind the socio-economic index",
    "registry": "by the population registry",
    "zones": "by the column of your own zones",
    "buildings": "house by house, by the column of buildings.*",
}
#: A count further from the registry's than this share of it is worth a look.
REGISTRY_SHARE = 0.10
#: Homes whose levels nobody mapped, above which the placing of people rests on assumptions.
IMPUTED_SHARE = 0.5
#: Buildings in no zone, above which zones and map may be of different places.
NO_ZONE_SHARE = 0.05


def of_count(study: Study, counted: ZonePeople) -> Iterator[Finding]:
    """Look at the zones and at who counted the people in them."""
    zones = counted.zones
    editions = ", ".join(sorted(zones["vintage"].dropna().unique()))
    yield judged("zones", len(zones) > 0, f"{len(zones)} of edition {editions}", "give a layer of zones", STOP)
    yield Finding("zones", OK, f"they lie in {in_degrees(tuple(zones.to_crs(WGS84).total_bounds))}")
    plain = counted.weights != DWELLINGS
    yield judged("people", plain, _who(counted) if plain else "nobody: dwellings stand in for people", _remedy(counted))
    if plain:
        yield _joined(counted)
        yield from _against_registry(study, counted)


def _who(counted: ZonePeople) -> str:
    """Say who is counted, of which year, and by whom."""
    called = {"voters": "eligible voters", "residents": "residents"}[counted.weights]
    year = counted.year or "a year that its file does not state"
    return f"{called} of {year}, {_COUNTED_BY[counted.source]}"


def _remedy(counted: ZonePeople) -> str:
    """Return what the flag says to do where nobody is counted, else what serves any zones."""
    texts = [note.text for ledger in counted.ledgers for note in ledger.notices if note.name == DWELLINGS]
    return texts[0].rpartition("; ")[2] if texts else "give zones.* with a column of residents"


def _joined(counted: ZonePeople) -> Finding:
    """How many zones have a count, and how many people counted have a zone."""
    totals = _totals(counted.zones, counted.people)
    undrawn = counted.totals.get("undrawn", counted.in_no_area)
    every = totals.sum() + counted.in_no_area
    text = f"{int(totals.notna().sum())} of {len(totals)} zones have a count; "
    text += f"{undrawn:,.0f} of {every:,.0f} {counted.weights} are counted in areas that the layer lacks"
    remedy = "give the layer and the count of one edition" if undrawn else "see whether anybody lives in the others"
    return judged("join", bool(totals.notna().all()) and not undrawn, text, remedy)


def _against_registry(study: Study, counted: ZonePeople) -> Iterator[Finding]:
    registry = counted.totals.get("registry", 0.0)
    people = counted.totals.get("source", 0.0)
    if not registry or counted.weights != "residents":
        return
    apart = people / registry - 1
    year = study.city.population_year
    text = f"{people:,.0f} residents by the source, {registry:,.0f} by the registry of {year}: {100 * apart:+.1f} %"
    yield judged(
        "registry", abs(apart) <= REGISTRY_SHARE, text, "see which of the two the study needs; say it with the map"
    )


def of_homes(study: Study, gathered: Gathered) -> Iterator[Finding]:
    """Look at how the zones lie in the map and at the homes people are placed on."""
    yield _covered(gathered)
    yield from _homes(gathered)
    lost = int((gathered.homes.ledger.rejected()["reason"] == IN_NO_ZONE).sum())
    every = len(gathered.buildings)
    text = f"{lost:,} of {every:,} buildings stand in no zone"
    yield judged(
        "buildings", lost <= NO_ZONE_SHARE * every, text, "give zones for all that the map shows, or leave it so"
    )
    homes = gathered.buildings[gathered.buildings["use"] == "home"]
    share = float(homes["imputed"].mean()) if len(homes) else 0.0
    text = f"of {len(homes):,} homes {percent(share)} have no levels mapped: they are assumed"
    yield judged("levels", share <= IMPUTED_SHARE, text, "map building:levels in OpenStreetMap, blocks of flats first")


def _covered(gathered: Gathered) -> Finding:
    """Zones and people that lie in the map as a whole, in part, and not at all."""
    zones, weights = gathered.counted.zones, gathered.counted.weights
    share = zones["coverage_share"].to_numpy(float)
    where = np.select([share >= WHOLE_ZONE_SHARE, share > 0], ["whole", "partial"], "outside")
    people = _totals(zones, gathered.counted.people).to_numpy(float)
    parts = [
        f"{kind} {int((where == kind).sum())} ({np.nansum(people[where == kind]):,.0f} {weights})"
        for kind in ("whole", "partial", "outside")
    ]
    west_to_north = in_degrees(tuple(zones.to_crs(WGS84).total_bounds))
    return judged(
        "zones in the map",
        bool((where == "whole").all()),
        ", ".join(parts),
        f"give an extract of {west_to_north}, if all of these zones are asked about",
    )


def _homes(gathered: Gathered) -> Iterator[Finding]:
    """Zones whose people have homes in the map, and those who stand on a grid for want of one."""
    origins, weights = gathered.homes.origins, gathered.counted.weights
    if origins.empty:
        yield Finding("homes", STOP, f"no {weights} are placed in the map", "give an extract and a count of one city")
        return
    homes = origins[~origins["on_grid"]].groupby("zone_id").size()
    bare = origins[origins["on_grid"]]
    text = f"{homes.sum():,} homes in {len(homes)} zones"
    text += f", from {homes.min():,} to {homes.max():,} a zone" if len(homes) else ""
    if len(bare):
        text += f"; {bare['people'].sum():,.0f} {weights} of {bare['zone_id'].nunique()} zones without homes on a grid"
    yield judged("homes", bare.empty, text, "map the buildings of these zones, or give an extract that holds them")


def _totals(zones: gpd.GeoDataFrame, people: pd.DataFrame) -> pd.Series:
    return people[people["group"] == "total"].set_index("zone_id")["people"].reindex(zones["zone_id"])
