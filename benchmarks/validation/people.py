"""People placed anew by geopandas, and totals that the Central Bureau of Statistics publishes beside its areas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from benchmarks.validation.beside import Beside, of
from benchmarks.validation.towns import Town
from benchmarks.works import DATA
from geokehila.load.population import census, socioeconomic
from geokehila.schema import WHOLE_ZONE_SHARE
from geokehila.zones import TOTAL

TOTAL_ROWS = f"group == {TOTAL!r}"
INDEX = Path("national") / "socioeconomic_2019" / "Socio-Economical 2019.csv"
CENSUS = Path("national") / "census_2022_by_statistical_area.xlsx"
#: [people] Counts of the census are rounded to so many.
ROUNDED_TO = 10
#: [m] Side of the squares of an area interpolation.
SQUARE_M = 250.0
#: Codes of localities.
BEER_SHEVA, EILAT = 9000, 2600
CBS = "CBS, row of the whole locality"


def placed(town: Town) -> Iterator[Beside]:
    """Compare the people of every home that is a building with those of a spatial join."""
    tables = town.tables
    homes = gpd.GeoDataFrame(tables["buildings"]).query("use == 'home'")
    points = homes.set_geometry(homes.representative_point())
    joined = gpd.sjoin(points, gpd.GeoDataFrame(tables["zones"])[["zone_id", "coverage_share", "geometry"]])
    joined = joined.sort_values("zone_id").drop_duplicates("building_id")
    counts = tables["zone_people"].query(TOTAL_ROWS).set_index("zone_id")["people"]
    part = joined["coverage_share"].where(joined["coverage_share"] < WHOLE_ZONE_SHARE, 1.0)
    told = tables["origins"].set_index("origin_id")
    for column, floor in (("people", joined["levels"]), ("people_by_footprint", 1.0)):
        weight = homes.area.reindex(joined.index) * floor
        share = weight / weight.groupby(joined["zone_id"]).transform("sum")
        theirs = pd.Series((share * joined["zone_id"].map(counts) * part).to_numpy(), joined["building_id"])
        ours = told.loc[~told["on_grid"], column]
        yield Beside(f"`{column}` of a home", town.name, f"sjoin, {of('geopandas')}", ours.to_numpy(float),
                     theirs.reindex(ours.index).to_numpy(float), 1e-6, "people")  # fmt: skip


def interpolated(town: Town) -> Iterator[Beside]:
    """Set the people of squares, by homes, beside those of an area interpolation that spreads them evenly."""
    from tobler.area_weighted import area_interpolate

    zones, origins = gpd.GeoDataFrame(town.tables["zones"]), gpd.GeoDataFrame(town.tables["origins"])
    sums = origins.groupby("zone_id")["people"].sum()
    inhabited = zones.assign(people=zones["zone_id"].map(sums)).dropna(subset="people")
    west, south, east, north = inhabited.total_bounds
    corners = [(x, y) for x in np.arange(west, east, SQUARE_M) for y in np.arange(south, north, SQUARE_M)]
    squares = gpd.GeoDataFrame(geometry=[box(x, y, x + SQUARE_M, y + SQUARE_M) for x, y in corners], crs=zones.crs)
    spread = area_interpolate(inhabited, squares, extensive_variables=["people"])["people"].to_numpy(float)
    at = gpd.sjoin(origins[["people", "geometry"]], squares, predicate="within")
    ours = at.groupby("index_right")["people"].sum().reindex(squares.index, fill_value=0.0).to_numpy(float)
    some = (ours > 0) | (spread > 0)
    yield Beside(f"people of a square of {SQUARE_M:.0f} m", town.name, f"area_interpolate, {of('tobler')}", ours[some],
                 spread[some], np.inf, "people", f"{ours.sum():,.0f} and {spread.sum():,.0f} in all; ours stand on "
                 "homes, theirs evenly on all land")  # fmt: skip


def index_totals() -> Iterator[Beside]:
    """Compare the sums of areas with the row of the whole locality, of every locality that has both."""
    table = pd.read_csv(DATA / INDEX, encoding="utf-8-sig")
    whole = table[table["STAT19"].isna()].set_index("town_code")["Pop2019"].astype(float)
    codes = [code for code in whole.index if (table["town_code"] == code).sum() > 1]
    opened = socioeconomic.opened(DATA / INDEX)
    ours = [socioeconomic.areas(opened, int(code))[0]["people"].sum() for code in codes]
    yield Beside("residents of a locality, index of 2019", f"{len(codes)} localities", CBS, np.array(ours),
                 whole[codes].to_numpy(), 0.003 * whole[codes].to_numpy(), "people",
                 "the row of the whole has people of no area's row")  # fmt: skip


def census_totals() -> Iterator[Beside]:
    """Compare sums of areas with the totals that stand beside them in the census, and all with that of the country."""
    opened = census.opened(DATA / CENSUS)
    codes = [int(code) for code in census.localities(opened).dropna().unique()]
    totals = {code: found[0].query(TOTAL_ROWS)["people"].sum() for code in codes
              if (found := census.total(opened, code))}  # fmt: skip
    areas = {code: census.areas(opened, code)[0].query(TOTAL_ROWS)["people"] for code in codes}
    of_areas = np.array([len(areas[code]) for code in totals])
    yield Beside("residents of a locality, census of 2022", f"{len(totals)} localities with a total of their own", CBS,
                 np.array([areas[code].sum() for code in totals]), np.array([*totals.values()]),
                 ROUNDED_TO * (of_areas + 1) / 2, "people", "each count is rounded to 10")  # fmt: skip


def in_the_files(town: Town, published: float) -> Iterator[Beside]:
    """Compare the people that a study begins with, and those that it accounts for, with the source's own column."""
    facts = town.record["facts"]
    told = sum(facts[f"people_{where}"] for where in ("on_buildings", "on_grid", "outside", "in_no_area"))
    yield Beside("people of the source, and where they went", town.name, of("pandas"),
                 np.array([facts["people_source"], told]), np.array([published, published]), 1e-6 * published,
                 "people")  # fmt: skip


def beer_sheva() -> float:
    """Sum the residents of the layer's own column."""
    layer = gpd.read_file(DATA / "negev" / "statistical_areas_2011_demography.geojson")
    return float(layer.loc[layer["SEMEL_YISHUV"].astype(int) == BEER_SHEVA, "Pop_Total"].sum())


def eilat() -> float:
    """Sum the rows of the census, whose English names stand in its second row."""
    sheet = pd.read_excel(DATA / CENSUS, header=1, engine="calamine")
    rows = sheet[(sheet["LocalityCode"] == EILAT) & sheet["StatArea"].notna()]
    return float(rows["pop_approx"].sum())
