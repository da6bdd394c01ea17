"""What the scores ask for: gaps, what it would take to close them, where the next hubs go, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import additions, candidates, gaps, hubs, links, need, neighbourhoods, places, rollout
from geokehila.access import Answers, Walks
from geokehila.analyses.tables import Tables
from geokehila.gathered import Gathered
from geokehila.ledger import Ledger
from geokehila.load.roles import Inputs
from geokehila.measuring import Scores
from geokehila.schema import REFERENCE
from geokehila.zones import Zoning, best_known, standing_in


@dataclass(frozen=True, eq=False)
class Advice:
    """What a run advises.

    Attributes
    ----------
    tables, layers
        By name; layers are for QGIS.
    hubs
        Where the next ones go.
    demand_reason
        Why hubs are looked for the people of now alone; empty: those of planned dwellings count, too.
    excluded
        How often each reason speaks against a site, the most frequent first.
    ledgers
        Of what was read for it.
    """

    tables: Mapping[str, pd.DataFrame]
    layers: Mapping[str, gpd.GeoDataFrame]
    hubs: hubs.Hubs
    demand_reason: str
    excluded: Mapping[str, int]
    ledgers: tuple[Ledger, ...]


@dataclass(frozen=True, eq=False)
class Town:
    """All that advice is made of: what was read, what homes reach, and what the analyses make of it."""

    inputs: Inputs
    gathered: Gathered
    walks: Walks
    tables: Tables
    answers: Answers
    confidence: pd.DataFrame
    scores: Scores

    @property
    def zoning(self) -> Zoning:
        """The areas that a meeting knows best."""
        return best_known(self.tables.zonings, self.tables.origins["people"].to_numpy(float))


def advise(town: Town, stage: Callable[[str], None]) -> Advice:
    """Make everything that a municipality asks for beside the scores.

    Parameters
    ----------
    stage
        Is told of each part as it begins.
    """
    stage("gaps")
    of_homes, tables = town.scores.of_homes, town.tables
    missing = gaps.measure(tables, town.answers, of_homes, town.confidence, town.scores.of_zones)
    stage("sites for hubs")
    found = _candidates(town)
    recommended = _recommend(town, found, stage)
    stage("what it would take")
    offered, drawn = _links(town)
    taken = _additions(town, found, recommended, offered)
    stage("waves")
    told = _told(town)
    ordered = _waves(town, missing, told)
    demand = _hub_demand(town, recommended.candidates)
    return Advice(
        {
            "gaps": missing,
            "additions": taken,
            "candidates": recommended.candidates,
            "plans": town.gathered.handed.plans,
            "hub_demand": demand,
            **recommended.tables,
            **ordered,
            **told.tables,
        },
        {
            "gap_homes": gaps.layer(tables, of_homes),
            "links": drawn,
            "candidates": recommended.candidates,
            "hubs": gpd.GeoDataFrame(recommended.tables["hubs"]),
            "hub_catchments": recommended.catchments,
            **({"plans": town.gathered.handed.plans} if len(town.gathered.handed.plans) else {}),
        },
        recommended,
        str(demand.set_index("scenario")["reason"]["planned"]),
        candidates.why_none(recommended.candidates, found.ledger),
        (found.ledger, *told.ledgers),
    )


def _candidates(town: Town) -> candidates.Found:
    gathered = town.gathered
    material = candidates.Material(
        mapped=gathered.osm,
        places=gathered.places,
        buildings=gathered.buildings,
        spaces=gathered.spaces,
        zones=gathered.counted.zones,
        zoning=town.zoning,
        origins=town.tables.origins,
        plans=gathered.handed.plans,
        own=gathered.handed.sites,
    )
    return candidates.gather(town.tables.study, material)


def _recommend(town: Town, found: candidates.Found, stage: Callable[[str], None]) -> hubs.Hubs:
    material = hubs.Material(
        tables=town.tables,
        answers=town.answers,
        of_homes=town.scores.of_homes,
        sites=found.sites,
        gates=found.gates,
        walks=town.walks,
        weight=_weight(town),
        weighed=need.OfHomes.of(town.tables).told(town.tables.study.hubs.need),
        planned=_planned(town),
    )
    return hubs.recommend(material, stage)


def _weight(town: Town) -> np.ndarray:
    """Return how much a person of each home counts where hubs are looked for: 1 where no need is weighed."""
    study, access = town.tables.study, town.answers.of(town.tables.study.hubs.profile)
    keys = [key for key, category in study.catalogue.categories.items() if category.hub and key in access.nearest_s]
    walk_s = access.nearest_s[keys].min(axis=1).fillna(np.inf).to_numpy(float)
    return need.OfHomes.of(town.tables).weight(study.hubs.need, walk_s, hubs.cutoff_s(study))


def _links(town: Town) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Return what every missing link would give, and the links to look at."""
    catalogue, gathered = town.tables.study.catalogue, town.gathered
    led = town.walks.led(catalogue.profiles[REFERENCE])
    needs = links.Needs.of(town.walks, led, links.required(catalogue), town.scores.of_homes[REFERENCE])
    ground = links.Ground.of(gathered.osm, gathered.buildings)
    terms = links.Terms.of(catalogue.standards)
    tried = links.candidates(needs, ground, terms, gathered.elevation)
    gained = links.gains(needs, tried)
    shown = links.layer(tried, gained, town.tables.origins)
    return gained[gained["link_id"].isin(shown["link_id"])], shown


def _additions(town: Town, found: candidates.Found, recommended: hubs.Hubs, link_gains: pd.DataFrame) -> pd.DataFrame:
    """Return table ``additions``: sites are the candidates, and points on the street for what no building hosts."""
    chosen = recommended.tables["hubs"].loc[recommended.tables["hubs"]["rank"].notna(), "site_id"]
    sites = recommended.candidates.assign(is_proposed=recommended.candidates["site_id"].isin(chosen))
    study, of_adults = town.tables.study, town.scores.of_homes[REFERENCE]
    street = additions.streets(town.tables, of_adults)
    doors = street.rename(columns={"site_id": "place_id"})[["place_id", "geometry"]]
    own = places.gates_of(doors, town.gathered.osm.streets, town.gathered.osm.entrances)
    search = hubs.SiteSearch(town.walks, pd.concat([found.gates, own], ignore_index=True))
    longest_s = max((c.cutoff_s for c in links.required(study.catalogue)), default=0.0)
    walks = search.within(longest_s, study.catalogue.profiles[REFERENCE])
    every = gpd.GeoDataFrame(pd.concat([sites, street.assign(is_proposed=False)], ignore_index=True), crs=sites.crs)
    return additions.measure(town.tables, of_adults, every, walks.pairs, link_gains)


def _told(town: Town) -> neighbourhoods.Told:
    """Return what the municipality tells of neighbourhoods, by the areas that it speaks of."""
    tables = town.tables
    divided = neighbourhoods.areas(tables.zonings, tables.origins["people"].to_numpy(float))
    return neighbourhoods.hear(town.inputs, divided, tables.study, town.scores.of_zones)


def _waves(town: Town, missing: pd.DataFrame, told: neighbourhoods.Told) -> dict[str, pd.DataFrame]:
    """Return tables ``rollout`` and ``rollout_coverage`` of this city's neighbourhoods."""
    study, tables, zoning = town.tables.study, town.tables, told.zoning
    hub = next((key for key, category in study.catalogue.categories.items() if category.hub), "")
    is_of = (missing["zoning"] == zoning.key) & (missing["category"] == hub) & (missing["group_by"] == "")
    ready = rollout.readiness(told.readiness, study.catalogue.standards)
    waves = rollout.waves(rollout.neighbourhoods(study.city.slug, missing[is_of], ready), study.rollout)
    people = rollout.by_society(study.city.slug, zoning, tables.origins["people"], tables.label("society"))
    return {"rollout": waves, "rollout_coverage": rollout.coverage(waves, people, study.rollout)}


def _planned(town: Town) -> gpd.GeoDataFrame | None:
    """Return where the people of planned dwellings will live, None where no layer of these is given."""
    gathered, study = town.gathered, town.tables.study
    if gathered.handed.dwellings is None:
        return None
    assumed = study.catalogue.standards["people_per_dwelling"]
    size = rollout.household_of(town.tables.origins, gathered.buildings, assumed)
    return rollout.planned_homes(gathered.handed.dwellings, size, gathered.counted.zones)


def _hub_demand(town: Town, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return table ``hub_demand``: what the hubs in the study's zones have for each resident, now and later."""
    gathered, study = town.gathered, town.tables.study
    there = sites[sites["status"] == "existing"]
    points = there.geometry.representative_point().to_numpy()
    inside = standing_in(points, gathered.counted.zones.geometry.to_numpy()) >= 0
    residents = float(town.tables.origins["people"].sum()) if gathered.counted.weights == "residents" else np.nan
    region = study.city.programme_region
    asked = rollout.scenarios(residents, region, study.catalogue.standards, _planned(town))
    return rollout.hub_demand(asked, there[inside])
