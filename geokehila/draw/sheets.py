"""A run's results as sheets for office programs: what a planner reads, in words, and a dictionary of every column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import pandas as pd

from geokehila.catalogue import LANGUAGES
from geokehila.catalogue.columns import Columns
from geokehila.catalogue.phrases import Phrases
from geokehila.catalogue.themes import themes
from geokehila.corrections import UNEDITED
from geokehila.draw.cells import words
from geokehila.draw.qgis.layers import ENDS
from geokehila.draw.qgis.metadata import licence, sources
from geokehila.draw.qgis.wardrobe import kinds
from geokehila.draw.town import Town
from geokehila.ledger import some
from geokehila.names import NAME_COLUMNS
from geokehila.store.office import Sheet

#: Tables of results that planners read, in the order of the sheets.
RESULTS = (
    "gaps", "compliance", "equity", "programme", "hubs", "hub_gains", "hub_services", "hub_left", "hub_steps",
    "hub_alternatives", "additions", "rollout", "rollout_coverage", "readiness", "survey", "hub_demand", "candidates",
    "confidence", "completeness", "zone_facts", "crosswalk", "crosswalk_areas", "changes",
)  # fmt: skip
#: Of these those of hubs, which stand in the order of the page.
OF_HUBS = ("hubs", "hub_gains", "hub_services", "hub_alternatives")
#: Layers that are small enough for GeoJSON.
MAPS = ("zones", "hubs", "candidates", "places")
#: Of objects that were left out for one reason so many are named.
MOST_NAMED = 20
#: Of areas beside what maps show.
PLAIN = ("people", "connected_share", "weakest_domain", "domains_reached_count", "domains_unknown_count")


def sheets(town: Town, layers: Mapping[str, gpd.GeoDataFrame]) -> tuple[Sheet, ...]:
    """Return what stands in the workbook and the CSV files of a run.

    Parameters
    ----------
    layers
        The layers of the GeoPackage: the areas among them become sheets, and the dictionary tells of all.
    """
    columns = Columns(town.catalogue, town.weights)
    areas = {name: shown(name, flat(brief(layer, town)), town) for name, layer in layers.items() if is_areas(name)}
    found = {
        name: shown(name, ranked(name, flat(town.tables[name]), town), town) for name in RESULTS if name in town.tables
    }
    left = rejected(town.tables["rejected"])
    every = {"about": about(town), **areas, **found, "rejected": left, "words": words(town, columns)}
    told = {**every, **{name: flat(layer) for name, layer in layers.items()}}
    tables = {**every, "dictionary": dictionary(told, columns)}
    return tuple(_sheet(name, table, columns) for name, table in tables.items())


def maps(layers: Mapping[str, gpd.GeoDataFrame], town: Town) -> dict[str, gpd.GeoDataFrame]:
    """Return the small layers that go out as GeoJSON and GeoParquet, too: areas with what maps show of them."""
    found = {name: brief(layers[name], town) if is_areas(name) else layers[name] for name in MAPS if name in layers}
    return {name: gpd.GeoDataFrame(shown(name, layer, town)) for name, layer in found.items()}


def is_areas(layer: str) -> bool:
    """Tell whether a layer is one of areas with their measures."""
    return layer == "zones" or layer.startswith("zones_")


def brief(layer: gpd.GeoDataFrame, town: Town) -> gpd.GeoDataFrame:
    """Return areas with what maps show of them."""
    wanted = {*PLAIN, *(shown.key for theme in themes(town.catalogue).values() for shown in theme)}
    own = {"zone_id", *NAME_COLUMNS, "function", "vintage", "land_m2", "coverage_share", layer.geometry.name}
    named = [column for column in layer if column in own]
    measured = [str(column) for column in layer if column not in own and measure_of(str(column)) in wanted]
    return gpd.GeoDataFrame(layer[[*named, *sorted(measured, key=place_of)]])


def place_of(column: str) -> tuple[int, str, int]:
    """Return where a column of areas stands: people first, then domains, then the rest; at least before at most.

    Examples
    --------
    >>> sorted(["bus_share_low", "domain_health_share_high", "domain_health_share_low", "people"], key=place_of)
    ['people', 'domain_health_share_low', 'domain_health_share_high', 'bus_share_low']
    """
    measure = measure_of(column)
    first = [measure == plain for plain in PLAIN] + [measure.startswith("domain_"), True]
    return first.index(True), measure, ("", *ENDS).index(column.removeprefix(measure))


def shown(name: str, table: pd.DataFrame, town: Town) -> pd.DataFrame:
    """Return the rows of a table of zones that are of a zone to be shown; every row of any other table."""
    if name not in ("zones", "confidence"):
        return table
    return table[table["zone_id"].isin(town.zones["zone_id"])].reset_index(drop=True)


def ranked(name: str, table: pd.DataFrame, town: Town) -> pd.DataFrame:
    """Return a table of hubs by their rank, those without one last; any other table as it is."""
    if name not in OF_HUBS:
        return table
    rank = table["site_id"].map(town.tables["hubs"].set_index("site_id")["rank"])
    return table.loc[rank.sort_values(kind="stable").index].reset_index(drop=True)


def measure_of(column: str) -> str:
    """Return the measure that a column of areas is of.

    Examples
    --------
    >>> measure_of("domain_health_share_low"), measure_of("spacing_mean_m")
    ('domain_health_share', 'spacing_mean_m')
    """
    return next((column.removesuffix(end) for end in ENDS if column.endswith(end)), column)


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without its shapes, what has a name in its index a column."""
    rows = table.reset_index() if table.index.name else table
    return pd.DataFrame(rows[[column for column in rows if not isinstance(rows[column], gpd.GeoSeries)]])


def rejected(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many objects of each source were left out, by kind and reason, and which; rows nobody edited last."""
    ids = table.groupby(["source", "kind", "reason"])["source_id"]
    found = ids.agg(count="size", which=lambda some_ids: some([*some_ids], MOST_NAMED)).reset_index()
    return found.sort_values("reason", key=lambda why: why.isin(UNEDITED), kind="stable", ignore_index=True)


def about(town: Town) -> pd.DataFrame:
    """Return what the file is, a line a row, in each language a column."""
    return pd.DataFrame({language: [*_lines(town, Phrases(language))] for language in LANGUAGES})


def _lines(town: Town, said: Phrases) -> Iterator[str]:
    """Yield what is said of a run: its city, warnings, dates, sources and licence."""
    yield said.say("qgis.title", city=said.name({said.language: town.city[said.language]}))
    yield from (said.say(f"banners.{banner}") for banner in town.banners if said.has(f"banners.{banner}"))
    yield said.say("qgis.people_are", weights=said.say(f"weights.{town.weights}"))
    if homes := town.record["facts"]["homes_not_counted"]:
        yield said.say("sentence.in_no_number", homes=said.number(homes))
    yield from (said.say("qgis.source", file=source) for source in sources(town))
    yield licence(town, said)
    yield said.say("qgis.empty")


def dictionary(tables: Mapping[str, pd.DataFrame], columns: Columns) -> pd.DataFrame:
    """Return a row for every column of every table: its unit, what it holds, and the page of method that tells of it.

    Areas of other zonings have the columns of ``zones`` and are told of once.
    """
    known = set(tables.get("zones", ()))
    rows = []
    for name, table in tables.items():
        is_told_of_once = is_areas(name) and name not in ("zones", "dictionary")
        for column, kind in kinds(table).items():
            if is_told_of_once and column in known:
                continue
            told = columns.of(name, column, kind)
            meaning = {f"meaning_{language}": told.meaning[language] for language in LANGUAGES}
            page = f"docs/{told.page}" if told.page else ""
            rows.append({"table": name, "column": column, "unit": told.unit["en"], **meaning, "page": page})
    return pd.DataFrame(rows).sort_values(["table", "column"], ignore_index=True)


def _sheet(name: str, table: pd.DataFrame, columns: Columns) -> Sheet:
    told = {column: columns.of(name, column, kind) for column, kind in kinds(table).items()}
    heads = {column: one.meaning for column, one in told.items()}
    return Sheet(name, columns.title(name), table, heads, {column: one.unit for column, one in told.items()})
