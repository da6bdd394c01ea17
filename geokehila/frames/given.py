"""What is handed over, made ready: shapes that are there, in metres, and streets with what they do not tell."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import crs
from geokehila.access import Ways
from geokehila.arguments import quoted
from geokehila.catalogue import Catalogue, Profile, known
from geokehila.errors import InputError, StudyError
from geokehila.gathered import over
from geokehila.schema import ISRAEL_TM

#: What is taken of streets that do not tell it.
NOT_TOLD = {"way": "", "closed_to": "", "incline": np.nan, "bridge": False, "tunnel": False}


def streets_of(given: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return streets as single lines, numbered anew, with what they do not tell.

    Raises
    ------
    InputError
        They are no GeoDataFrame, not in metres, or a row is no line.
    """
    _must_have_shapes(given, "streets")
    try:
        crs.projected(given.crs, "streets")
    except StudyError:
        name = given.crs.name if given.crs else "none"
        remedy = f"streets.to_crs({ISRAEL_TM!r}) in Israel"
        raise InputError(f"streets: their CRS ({name}) is not in metres: {remedy}") from None
    lines = given.explode(ignore_index=True)
    if other := sorted({*lines.geom_type} - {"LineString"}):
        raise InputError(f"streets: hold a {other[0]}: keep the lines alone")
    lines = lines.assign(**{column: value for column, value in NOT_TOLD.items() if column not in lines})
    return lines.assign(bridge=_flags(lines["bridge"]), tunnel=_flags(lines["tunnel"]))


def moved(given: gpd.GeoDataFrame, name: str, lines: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the shapes of homes or places in the CRS of the streets.

    Raises
    ------
    InputError
        They are no GeoDataFrame, state no CRS, or a row has no shape.
    """
    _must_have_shapes(given, name)
    if given.crs is None:
        raise InputError(f"{name}: state no CRS: {name}.set_crs(...) with the one that their coordinates are in")
    return given.geometry.to_crs(lines.crs)


def kinds_of(places: gpd.GeoDataFrame, category: str | None, otherwise: str) -> pd.Series:
    """Return the category of each place, or several, from a column; None: all are of the same one.

    Raises
    ------
    StudyError
        There is no such column.
    """
    if category is None:
        return pd.Series(otherwise, places.index)
    kinds: pd.Series = places[known(category, [*map(str, places)], "column of places")]
    return kinds


def ways_of(lines: gpd.GeoDataFrame) -> Ways:
    """Build the network of streets; the ground is level but for what `incline` tells."""
    return over(lines, None, None)


def walker_of(profile: str) -> Profile:
    """Return who walks; raise `StudyError` with the nearest right name for one that is not known.

    Whose walks are in metres is none: what comes out is in seconds.
    """
    profiles = Catalogue.read().profiles
    return profiles[known(profile, profiles, "profile")]


def column_of(given: gpd.GeoDataFrame, column: str, name: str) -> np.ndarray:
    """Return a column of numbers or flags.

    Raises
    ------
    StudyError
        There is no such column (the nearest is named), or what it holds is no number.
    """
    key = known(column, [*map(str, given)], f"column of {name}")
    try:
        numbers: np.ndarray = given[key].to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):
        raise StudyError(f"{name}: column {key!r} holds what is no number: name another") from None
    return numbers


def _flags(told: pd.Series) -> pd.Series:
    """Return whether a street is a bridge or a tunnel, from flags or from the tags of OpenStreetMap."""
    flags: pd.Series = told.notna() & ~told.astype("str").isin(["no", "", "False"])
    return flags


def _must_have_shapes(given: gpd.GeoDataFrame, name: str) -> None:
    if not isinstance(given, gpd.GeoDataFrame) or given.active_geometry_name is None:
        remedy = f"gpd.GeoDataFrame({name}, geometry=..., crs=...)"
        raise InputError(f"{name}: {quoted(given)} where a GeoDataFrame with shapes is asked for: {remedy}")
    if given.empty:
        raise InputError(f"{name}: have no row: hand over at least one")
    # A point of NaN is not empty to GEOS; its bounds tell.
    if bare := int((given.geometry.isna() | given.geometry.is_empty | given.geometry.bounds.isna().any(axis=1)).sum()):
        raise InputError(f"{name}: {bare} of {len(given)} rows have no shape: leave them out")
