"""What a scenario is laid over: a finished run as it is kept, read only as far as walks and their sums need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geokehila import confidence
from geokehila.access import Ways
from geokehila.brief import Brief
from geokehila.catalogue.otherwise import in_words, unlike
from geokehila.errors import InputError, StudyError
from geokehila.gathered import over
from geokehila.load import terrain
from geokehila.load.roles import Inputs, sha256_of
from geokehila.rollout import household_of
from geokehila.scenario.words import numbered
from geokehila.store import kept
from geokehila.study import Study
from geokehila.zones import CITY, ELSEWHERE, ZONE, Zoning, standing_in

#: Table of what else of the map walks rest on; runs of an earlier version lack it.
MARKS = "map_marks"


@dataclass(frozen=True, eq=False, repr=False)
class Base(Brief):
    """A finished run.

    Attributes
    ----------
    study
        Its choices.
    folder, record
        Where it is kept, and what its ``run.json`` says.
    tables
        Its tables, each read when first asked for.
    dem
        Its models of elevation; none: the ground is level but for what is mapped.
    """

    study: Study
    folder: Path
    record: Mapping[str, Any]
    tables: kept.KeptTables
    dem: tuple[Path, ...] = ()

    @cached_property
    def extent(self) -> shapely.Geometry:
        """What the data cover."""
        return self._marks("extent").geometry.iloc[0]

    @cached_property
    def entrances(self) -> gpd.GeoDataFrame:
        """Mapped entrances."""
        return self._marks("entrance")

    @cached_property
    def lists(self) -> pd.DataFrame:
        """What each list of places is worth in each zone, as the run found it."""
        return confidence.list_states(self.tables["confidence"], "no_places" not in self.record["banners"])

    @cached_property
    def people_per_dwelling(self) -> float:
        """How many people live in a dwelling, as those of planned dwellings are counted."""
        assumed = self.study.catalogue.standards["people_per_dwelling"]
        return household_of(self.tables["origins"], self.tables["buildings"], assumed).value

    def ways(self, streets: gpd.GeoDataFrame) -> Ways:
        """Build the network of some streets, on the ground of the run."""
        bounds = streets.total_bounds
        heights = terrain.read(self.dem, self.study.crs, tuple(bounds))[0] if self.dem and len(streets) else None
        return over(streets, self._marks("kerb"), heights)

    def snaps(self, profile: str, kind: str, ids: pd.Index) -> pd.DataFrame:
        """Return table ``snaps`` of a profile for some points of a kind; edges are those of the whole network."""
        words, only = ["profile", "kind", "status"], [("profile", "==", profile), ("kind", "==", kind)]
        table = pd.read_parquet(self.folder / "snaps.parquet", filters=only, read_dictionary=words)
        rows = pd.Index(table["point_id"]).get_indexer(ids)
        points: pd.DataFrame = table.iloc[rows].drop(columns="profile").astype({"kind": "str", "status": "str"})
        return points

    def scores(self, profile: str) -> pd.DataFrame:
        """Return states and walks [s] of categories and states of domains, by origin_id, as the run has them."""
        catalogue = self.study.catalogue
        columns = [f"category_{key}{end}" for key in catalogue.categories for end in ("_state", "_s")]
        columns += [f"domain_{key}_state" for key in catalogue.domains]
        words = [column for column in columns if column.endswith("_state")]
        path = self.folder / f"scores_{profile}.parquet"
        table = pd.read_parquet(path, columns=["origin_id", *columns], read_dictionary=words)
        return table.assign(**{word: numbered(table[word]) for word in words}).set_index("origin_id")

    def zonings(self, origins: gpd.GeoDataFrame) -> tuple[Zoning, ...]:
        """Divide homes as the run divides its own: its zones first, the city last."""
        table = self.tables["zonings"]
        keys = [key for key in self.record["zonings"] if key not in (ZONE, CITY)]
        return tuple(
            _zoning(key, table[table["zoning"] == key].drop(columns="zoning"), origins) for key in (ZONE, *keys, CITY)
        )

    def _marks(self, kind: str) -> gpd.GeoDataFrame:
        marks = self.tables[MARKS]
        return marks[marks["kind"] == kind]


def of_run(study: Study, inputs: Inputs, out: Path) -> Base:
    """Read the last good run of a city.

    Parameters
    ----------
    study
        The choices that it was made with.
    inputs
        Files of the study; only a model of elevation is read.
    out
        Folder that holds ``data/processed/<slug>``.

    Raises
    ------
    InputError
        No run is kept, it was made by an earlier version, or its model of elevation is not at hand.
    StudyError
        It was made with other choices.

    Examples
    --------
    >>> from geokehila.load.roles import find
    >>> from geokehila.pipeline import choose
    >>> study = choose("dimona", Path("data/raw"))  # doctest: +SKIP
    >>> inputs = find(study, Path("data/raw") / study.city.slug, Path("data/raw/national"))  # doctest: +SKIP
    >>> of_run(study, inputs, Path()).record["weights"]  # doctest: +SKIP
    'residents'
    """
    folder = kept.newest(out, study.city.slug)
    record, tables, again = kept.record(folder), kept.KeptTables(folder), f"`geokehila run {study.city.slug}`"
    if MARKS not in tables:
        raise InputError(f"{folder}: holds no {MARKS}.parquet, for an earlier version made it: run it again, {again}")
    _must_be_its_choices(study, record, folder, again)
    return Base(study, folder, record, tables, _dem(record, inputs, folder, again))


def _must_be_its_choices(study: Study, record: Mapping[str, Any], folder: Path, again: str) -> None:
    """See that categories, domains, zones and profiles are those of the run."""
    if others := unlike(study.told(), record):
        raise StudyError(f"{folder}: made with other choices of {in_words(others)} than study.toml: run it, {again}")


def _dem(record: Mapping[str, Any], inputs: Inputs, folder: Path, again: str) -> tuple[Path, ...]:
    """Return the model of elevation that the run was made with."""
    then = sorted(row["sha256"] for row in record["inputs"] if row["role"] == "dem")
    paths = inputs.files.get("dem", ())
    if then and not {*map(sha256_of, paths)} <= {*then}:
        raise InputError(f"dem: {paths[0]} is not the file that {folder} was made with: run it again, {again}")
    if then and not paths:
        raise InputError(f"dem: {folder} was made with one, and {inputs.folder} holds none: put it there")
    return paths if then else ()


def _zoning(key: str, units: gpd.GeoDataFrame, origins: gpd.GeoDataFrame) -> Zoning:
    """Put homes into units: of zones by their zone_id, of others where they stand, else into what the units leave."""
    units = units.reset_index(drop=True)
    if key == ZONE:
        return Zoning(key, units, pd.Index(units["zone_id"]).get_indexer(pd.Index(origins["zone_id"])))
    if key == CITY:
        return Zoning(key, units, np.zeros(len(origins), np.int64))
    rest = np.flatnonzero(units["zone_id"] == ELSEWHERE)
    drawn = units.geometry.to_numpy().copy()
    drawn[rest] = None
    of_home = standing_in(origins.geometry.to_numpy(), drawn)
    if not len(rest) and (of_home < 0).any():
        rest = np.array([len(units)])
        units = pd.concat([units, gpd.GeoDataFrame({"zone_id": [ELSEWHERE]}, geometry=[None], crs=units.crs)])
    return Zoning(key, units, np.where(of_home < 0, rest[0], of_home) if len(rest) else of_home)
