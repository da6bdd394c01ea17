"""What a study may hold: the roles of its files, and its tables."""

from __future__ import annotations

from collections.abc import Mapping

#: The role of the areas of each edition, where the zones are of another.
EDITIONS: Mapping[str, str] = {"2011": "statistical_areas_2011", "2022": "statistical_areas_2022"}
#: The roles whose files are the bureau's own.
OF_BUREAU = frozenset(("statistical_areas", *EDITIONS.values(), "census", "socioeconomic"))
ROLES = (
    "osm",
    "statistical_areas",
    *EDITIONS.values(),
    "census",
    "socioeconomic",
    "localities",
    "zones",
    "neighbourhoods",
    "buildings",
    "shelters",
    "alerts",
    "corrections",
    "gtfs",
    "dem",
    "plans",
    "candidates",
    "readiness",
    "survey",
    "dwellings",
    "reference",
    "previous",
)
#: What a study is called in the folder of its city.
STUDY = "study.toml"
POPULATION_SOURCES = ("areas", "census", "socioeconomic", "registry", "zones", "dwellings")
TABLES = (
    *("study", "inputs", "lists", "zones", "zonings", "population", "alerts", "programme"),
    *("gaps", "hubs", "communities", "rollout"),
    *("cutoff_min", "domains", "categories", "sectors", "profiles", "standards"),
)
