"""The layers that planners use in QGIS: columns that maps show, one kind of shape in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch

import geopandas as gpd
import pandas as pd

from geokehila.catalogue import LANGUAGES, Catalogue, text
from geokehila.catalogue.themes import themes

#: Columns of homes that are kept, and of these what is not: walks to farther places, other cutoffs.
HOMES = (
    "origin_id", "zone_id", "building_id", "people", "people_by_footprint", "on_grid", "connected", "at_edge",
    "border_*", "domain_*_state", "weakest_domain", "domains_*_count", "independent_*", "chain_*", "category_*_state",
    "category_*_s", "shelter_is", "uses_count", "pedshed_share", "walkability_*", "open_any_m", "bus_stop_m",
)  # fmt: skip
NOT_OF_HOMES = ("category_*min_state", "category_*_2nd_s", "category_*_3rd_s")
#: Measures of areas that are kept beside those that maps and pages have words for.
AREAS = (
    "people", "connected_share", "weakest_domain", "domains_*_count", "domain_*_share", "domain_*_beyond_people",
    "category_*_share", "category_*_beyond_people", "category_*_median_s",
)  # fmt: skip
NOT_OF_AREAS = ("category_*min_*", "*_adult_only_*", "category_*_2nd_*", "category_*_3rd_*")
#: What is drawn as points and, where it has an area, as that too: ``<layer>_areas``.
BOTH = "_areas"
#: What an area's number may end on.
ENDS = ("_low", "_high", "_reason")


def for_planners(
    layers: Mapping[str, gpd.GeoDataFrame], catalogue: Catalogue, facts: pd.DataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """Return layers as QGIS opens them.

    Parameters
    ----------
    layers
        As :meth:`geokehila.results.Results.layers` returns them.
    facts
        Table ``zone_facts``: numbers of areas that a map shows become columns of layer ``zones``.

    Returns
    -------
    dict
        Areas and homes with fewer columns; places with their ``domain``; a layer of mixed shapes as points, and what
        has an area in ``<layer>_areas``, too.
    """
    wanted = measures(catalogue)
    found: dict[str, gpd.GeoDataFrame] = {}
    for name, layer in layers.items():
        kept = layer
        if name == "homes":
            kept = layer[[*_chosen(layer.columns, HOMES, NOT_OF_HOMES), layer.geometry.name]]
        elif name == "zones" or name.startswith("zones_"):
            kept = _with_facts(layer[_of_areas(layer, wanted)], facts if name == "zones" else None, wanted)
        elif "categories" in layer and "place_id" in layer:
            kept = layer.assign(domain=layer["categories"].map(lambda keys: _domain(keys, catalogue)))
        found |= dict(_parted(name, gpd.GeoDataFrame(kept)))
    return found


def measures(catalogue: Catalogue) -> frozenset[str]:
    """Return the measures of areas that maps show or that pages have words for."""
    shown = {shown.key for theme in themes(catalogue).values() for shown in theme}
    return frozenset(shown | {key for told in text(LANGUAGES[0])["measures"].values() for key in told})


def _of_areas(layer: gpd.GeoDataFrame, wanted: frozenset[str]) -> list[str]:
    """Return the columns of areas that are kept: what is no measure, and the measures that planners use."""
    columns = [str(column) for column in layer]
    own = columns[: columns.index(layer.geometry.name) + 1]
    return own + [column for column in columns if column not in own and _is_kept(column, wanted)]


def _is_kept(column: str, wanted: frozenset[str]) -> bool:
    measure = next((column.removesuffix(end) for end in ENDS if column.endswith(end)), column)
    return measure in wanted or bool(_chosen([measure], AREAS, NOT_OF_AREAS))


def _chosen(columns: Sequence[str], kept: Sequence[str], left: Sequence[str]) -> list[str]:
    return [
        column
        for column in columns
        if any(fnmatch(column, one) for one in kept) and not any(fnmatch(column, one) for one in left)
    ]


def _with_facts(zones: gpd.GeoDataFrame, facts: pd.DataFrame | None, wanted: frozenset[str]) -> gpd.GeoDataFrame:
    """Return zones with the numbers that sources tell of them."""
    if facts is None or facts.empty:
        return zones
    numbers = facts[facts["fact"].isin(wanted) & facts["value"].notna()]
    return zones.merge(numbers.pivot(index="zone_id", columns="fact", values="value"), on="zone_id", how="left")


def _domain(categories: object, catalogue: Catalogue) -> str:
    """Return the domain of the first category of a place that has one; "" where none has."""
    keys = str(categories).split(";")
    of_domains = (catalogue.categories[key].domain for key in keys if key in catalogue.categories)
    return next((domain for domain in of_domains if domain), "")


def _parted(name: str, layer: gpd.GeoDataFrame) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Yield a layer; one of points and areas as points, and its areas once more."""
    is_point = layer.geom_type == "Point"
    is_area = layer.geom_type.isin(("Polygon", "MultiPolygon"))
    if not (is_point.any() and is_area.any()):
        yield name, layer
        return
    middles = layer.geometry.where(~is_area, layer.geometry.representative_point())
    yield name, layer.set_geometry(middles)
    yield name + BOTH, layer[is_area]
