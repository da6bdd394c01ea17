"""The order of a run, on one page: files in, tables, walks, scores, and out to disk and page."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geokehila import __version__, network, people, places, summary, zones
from geokehila.access import Walks
from geokehila.analyses import fifteen_minute
from geokehila.draw import city_page
from geokehila.errors import InputError, RunError
from geokehila.journal import Journal
from geokehila.load import municipal, osm, zone_people
from geokehila.load.roles import Inputs, find
from geokehila.results import Results
from geokehila.schema import EDGE, UNCONNECTED, WGS84
from geokehila.store import tables
from geokehila.study import Study

ANALYSES = (fifteen_minute,)


@dataclass(frozen=True, eq=False)
class Run:
    """What a run made: homes and zones with their scores, places, a summary (run.json), and where it all lies."""

    origins: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    summary: Mapping[str, Any]
    path: Path
    page: Path


def run(
    study: Study | Path | str,
    data: Path | str = "data/raw",
    out: Path | str = ".",
    progress: Callable[[str], None] = lambda stage: None,
) -> Run:
    """Do the main job for one city: what its homes reach on foot, what they do not, and what is not known.

    Parameters
    ----------
    study
        A study, the path of a study.toml, or the slug of a city (whose folder may hold a study.toml).
    data
        Folder with one folder of input files per city, and ``national`` for files that serve all.
    out
        Folder that receives ``data/processed/<slug>/<run_id>/`` and ``maps/<slug>/``.
    progress
        Called with the name of each stage as it begins.

    Raises
    ------
    StudyError, InputError
        The choices or the files cannot be used. Nothing is written, the last good run stays.

    Examples
    --------
    >>> run("dimona").summary["facts"]["people_placed"]  # doctest: +SKIP
    """
    journal = Journal(progress)
    journal.stage("inputs")
    chosen = study if isinstance(study, Study) else _chosen(study, Path(data))
    inputs = find(chosen, Path(data) / chosen.city.slug, Path(data) / "national")
    results = compute(chosen, inputs, journal)
    journal.stage("writing")
    return _keep(results, Path(out), journal)


def compute(study: Study, inputs: Inputs, journal: Journal) -> Results:
    """Go from files to scores, in memory."""
    catalogue = study.catalogue
    journal.stage("streets, buildings and places")
    mapped = osm.read(
        inputs.every("osm", "give an OpenStreetMap extract as osm.pbf"), catalogue.categories.values(), study.crs
    )
    lists, list_ledgers = municipal.read_all(inputs.lists(), study.crs)
    found = places.merge([mapped.places, *lists], mapped.streets, mapped.entrances, catalogue.categories)

    journal.stage("people")
    buildings = people.classify(mapped.buildings, mapped.land)
    counted = _counted(study, inputs, mapped, buildings)
    homes = people.place(counted.zones, people.named_groups(counted.people), buildings, mapped.streets, mapped.extent)
    residents = float(homes.origins["people"].sum()) * people.RESIDENTS_PER[counted.weights]
    has_places, handed_over = "places" in mapped.layers, frozenset(inputs.lists())
    states = places.list_states(catalogue.categories, found.categories, residents, has_places, handed_over)

    journal.stage("walks")
    streets, cap_m = network.build(mapped.streets), catalogue.standards["snap_cap"].value
    walks = Walks.between(homes.origins, found.gates, found.categories, streets, cap_m, mapped.extent)
    asks = [ask for analysis in ANALYSES for ask in analysis.asks(study)]
    access = walks.run(asks, catalogue.profiles[fifteen_minute.PROFILE], catalogue.standards["horizon"].value)

    journal.stage("scores")
    snapped = walks.origin_snaps["status"].to_numpy()
    origins = homes.origins.assign(connected=snapped != UNCONNECTED, at_edge=snapped == EDGE)
    scores = pd.concat([analysis.measure(study, origins, states, access) for analysis in ANALYSES], axis=1)
    return Results(
        study=study,
        inputs=inputs,
        osm=mapped,
        places=found,
        zones=counted.zones,
        zone_people=counted.people,
        weights=counted.weights,
        in_no_area=counted.in_no_area,
        buildings=buildings,
        people=homes,
        origins=origins,
        walks=walks,
        access=access,
        lists=states,
        scores=scores,
        zone_scores=zones.summarise(scores, access.nearest_s, origins, homes.origin_people, catalogue),
        ledgers=(*mapped.ledgers, *list_ledgers, found.ledger, *counted.ledgers, homes.ledger),
    )


def _counted(study: Study, inputs: Inputs, mapped: osm.OsmData, buildings: gpd.GeoDataFrame) -> zone_people.ZonePeople:
    """Return zones and their counts: people as a source counts them, else the dwellings on the buildings."""
    counted = zone_people.read(study, inputs, mapped.extent)
    areas = people.with_coverage(zones.named(counted.zones, mapped.quarters), mapped.extent)
    if not areas["coverage_share"].any():
        west, south, east, north = gpd.GeoSeries([mapped.extent], crs=study.crs).to_crs(WGS84).total_bounds.round(2)
        raise InputError(
            f"osm: covers {west} to {east} E, {south} to {north} N, where no area of {study.city.name['en']} lies: "
            "give an extract of that city"
        )
    if counted.weights != zone_people.DWELLINGS:
        return replace(counted, zones=areas)
    # Dwellings are counted on the buildings themselves, so none of them lies outside the data.
    whole = areas.assign(coverage_share=1.0)
    dwellings = people.dwellings_as_people(whole, buildings, study.assumed)
    return replace(counted, zones=whole, people=dwellings, weights="residents" if study.assumed else counted.weights)


def _chosen(study: Path | str, data: Path) -> Study:
    """Read a study.toml by its path or by its city's folder, else take every default of the city."""
    if str(study).endswith(".toml"):
        return Study.read(study)
    path = data / study / "study.toml"
    return Study.read(path) if path.is_file() else Study.of(str(study))


def _keep(results: Results, out: Path, journal: Journal) -> Run:
    """Write everything beside the last good run and only then put it in its place."""
    slug, run_id = results.study.city.slug, _run_id(results)
    record, layers = summary.record(results) | {"run_id": run_id, "version": __version__}, results.layers()
    processed, maps = out / "data" / "processed" / slug, out / "maps" / slug
    folder, unfinished = processed / run_id, None
    try:
        processed.mkdir(parents=True, exist_ok=True)
        # A name of its own, so that two runs of one city at once do not write into each other.
        unfinished = processed / f".{run_id}-{os.getpid()}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        tables.write_parquet(results.tables(), unfinished)
        tables.write_geopackage(layers, unfinished / f"{slug}.gpkg", results.osm.date or "2000-01-01")
        tables.write_json(record, unfinished / "run.json")
        city_page.write(_page(results), unfinished / "index.html")
        journal.stage("done")
        tables.write_json(journal.content(), unfinished / "journal.json")
        maps.mkdir(parents=True, exist_ok=True)
        (unfinished / "index.html").replace(maps / "index.html")
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
        (processed / "latest").write_text(run_id + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise RunError(
            f"{error.filename or folder}: cannot be written ({error.strerror}): free space, or name another --out"
        ) from error
    finally:
        if unfinished:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Run(layers["homes"], layers["zones"], results.places.places, record, folder, maps / "index.html")


def _run_id(results: Results) -> str:
    """First ten hex digits of what went in: files, parameters, version; no clock in it."""
    parameters = asdict(results.study) | {"inputs": results.inputs.fingerprints(), "version": __version__}
    return sha256(json.dumps(parameters, sort_keys=True, default=sorted).encode()).hexdigest()[:10]


def _page(results: Results) -> city_page.CityPage:
    catalogue = results.study.catalogue
    return city_page.CityPage(
        city=results.study.city.name,
        domains=tuple(catalogue.domains.values()),
        categories=tuple(catalogue.categories.values()),
        zones=results.zones_to_show(),
        scores=results.zone_scores,
        places=results.places.with_categories(),
        streets=results.osm.streets,
        banners=summary.banners(results),
        sources=tuple(
            city_page.Source(**row, licence="FICTIONAL" if results.study.fictional else _licence(row["role"]))
            for row in summary.sources(results)
        ),
        facts=summary.facts(results),
        homes=results.origins.geometry,
    )


def _licence(role: str) -> str:
    if role == "osm":
        return "ODbL 1.0, © OpenStreetMap contributors"
    return "© Israel Central Bureau of Statistics" if role in ("statistical_areas", "census", "socioeconomic") else ""
