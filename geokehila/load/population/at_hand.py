"""What the files at hand hold of one locality: its areas, its outline, and the tables that count it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVarTuple

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.errors import InputError, StudyError
from geokehila.ledger import Ledger
from geokehila.load import own_zones
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.population import census, codes, outlines, socioeconomic, statistical_areas
from geokehila.load.population.opened import Opened
from geokehila.load.roles import Inputs
from geokehila.study import Study

Zones = tuple[gpd.GeoDataFrame, Ledger]
Arguments = TypeVarTuple("Arguments")


class NotDrawnError(InputError):
    """No layer at hand draws the locality."""


@dataclass(frozen=True, eq=False)
class AtHand:
    """What is at hand of one locality; None where no file of that role holds it."""

    study: Study
    layer: Opened | None
    areas: Zones | None
    outline: Zones | None
    census: Opened | None
    index: Opened | None

    @cached_property
    def census_areas(self) -> tuple[pd.DataFrame, Ledger] | None:
        """The rows of the census by the areas of 2022, or the one row of the whole."""
        return census.areas(self.census, self.code) if self.census else None

    @cached_property
    def census_whole(self) -> tuple[pd.DataFrame, Ledger] | None:
        """The census of the whole locality; None also where an area of it has no count."""
        if not self.census or not self.census_areas:
            return None
        areas, ledger = self.census_areas
        table, rows = census.total(self.census, self.code) or (census.summed(areas), ledger)
        return None if table.loc[table["group"] == "total", "people"].isna().any() else (table, rows)

    @property
    def code(self) -> int:
        """CBS code of the locality."""
        return self.study.city.code

    @property
    def registry(self) -> int:
        """Residents by the population registry; 0 where the catalogue does not know the locality."""
        return self.study.city.population

    @property
    def vintage(self) -> str:
        """Edition of the areas, "" where there are none."""
        return str(self.areas[0]["vintage"].iloc[0]) if self.areas else ""

    @property
    def is_one_zone(self) -> bool:
        """Whether no more than one area is drawn, so that a count of the whole takes no division away."""
        return self.areas is None or len(self.areas[0]) == 1

    @property
    def is_complete(self) -> bool:
        """Whether the areas drawn are all there are: those of 2022, where the census counts no other."""
        if self.areas is None or self.vintage != "2022":
            return False
        counted: list[str] = self.census_areas[0]["area"].unique().tolist() if self.census_areas else []
        members = {f"{self.code}-{member}" for area in counted if area for member in area.split("+")}
        return members <= {*self.areas[0]["zone_id"]}

    def divided(self) -> Zones:
        """Return the areas, else the outline; raise `NotDrawnError` where nothing at hand draws the locality."""
        ground = self.areas or self.outline
        if ground is None:
            name = self.study.city.name["en"]
            raise NotDrawnError(
                f"{name}: no layer at hand draws locality {self.code}: check the code, give the areas of the locality "
                "as statistical_areas.*, or a layer that outlines it as localities.*"
            )
        return ground

    def whole(self) -> tuple[gpd.GeoDataFrame, tuple[Ledger, ...]]:
        """Return the whole locality as one zone, ``"<code>-all"``.

        Areas of 2022 are complete, unless the census counts others. Where the layer may lack areas the outline goes
        before it: a town's people on one area of it would stand there too densely.
        """
        zones, ledger = self.divided()
        if self.areas is None or self.outline is None or self.is_complete:
            return census.unite(zones, [""]), (ledger,)
        aside = Ledger("areas of the layer")
        aside.read("area", len(zones))
        for zone_id in zones["zone_id"]:
            aside.reject("area", zone_id, "the outline stands for the whole locality")
        return self.outline[0], (ledger, aside.balance(), self.outline[1])


def gather(study: Study, inputs: Inputs, extent: shapely.Geometry = EVERYWHERE) -> AtHand:
    """Find what the files at hand hold of one locality; raise `NotDrawnError` where none of them draws it."""
    if not study.city.code:
        what = f"[study] {study.city.name['en']}: statistical areas are found by locality"
        raise StudyError(f"{what}: {codes.wanted(study, inputs, extent)}")
    if "localities" not in inputs.files:
        own = own_zones.propose(inputs)
        other = own.remedy() if own else 'choose [zones] kind = "hexagons"'
        inputs.must("statistical_areas", f"give the CBS layer as statistical_areas.*, or {other}")
    hand = of_role(study, inputs, "statistical_areas")
    hand.divided()
    return hand


def of_role(study: Study, inputs: Inputs, role: str) -> AtHand:
    """Return what is at hand where the areas are those of one role; a file that lacks the locality is not at hand."""
    code = study.city.code

    def held(
        role: str,
        localities: Callable[[Opened], pd.Series],
        opened: Callable[[Path, *Arguments], Opened],
        *arguments: *Arguments,
    ) -> Opened | None:
        if role not in inputs.files:
            return None
        file = inputs.shelf.take(opened, inputs.must(role, "give one file"), *arguments)
        return file if (localities(file) == code).any() else None

    layer = held(role, statistical_areas.localities, statistical_areas.opened, study.crs)
    outline = held("localities", outlines.localities, outlines.opened, study.crs)
    areas = statistical_areas.areas(layer, code) if layer else None
    return AtHand(
        study,
        layer,
        areas if areas and len(areas[0]) else None,
        outlines.outline(outline, code) if outline else None,
        held("census", census.localities, census.opened),
        held("socioeconomic", socioeconomic.localities, socioeconomic.opened),
    )
