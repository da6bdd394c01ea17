"""Finished runs of real places, and of the fictional town: what is compared are the tables that they publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import geokehila
from benchmarks.measure import tell
from benchmarks.works import DATA
from geokehila import places, sample_town
from geokehila.catalogue import Catalogue
from geokehila.pipeline import choose
from geokehila.schema import REFERENCE, YES
from geokehila.store import kept
from geokehila.study import Study
from geokehila.zones import TOTAL, ZONE

NEVE_OR = "neve-or"
#: No hubs are looked for: location-allocation is compared by itself.
_NO_HUBS = "[hubs]\nresamples = 0\nadd = 0\n"
STUDIES: Mapping[str, str] = {
    "las-palmas": """
[study]
name = "Las Palmas"
crs = "EPSG:32628"
[inputs]
osm = "{data}/las_palmas/las_palmas_2023-02-21.osm.pbf"
gtfs = "{data}/las_palmas/gtfs_2023.zip"
[zones]
kind = "hexagons"
edge_m = 250
""",
    "porto-alegre": """
[study]
name = "Porto Alegre"
crs = "EPSG:31982"
[inputs]
osm = "{data}/porto_alegre/poa_osm.pbf"
dem = "{data}/porto_alegre/poa_elevation.tif"
zones = "{data}/porto_alegre/poa_hexgrid.csv"
[zones]
kind = "polygons"
id = "id"
population = "population"
""",
    "netanya-poleg": """
[study]
name = "Netanya-Poleg"
code = 7400
[inputs]
osm = "{data}/netanya_poleg/map.osm"
statistical_areas = "{data}/national/statistical_areas_2011_simplified.geojson"
socioeconomic = "{data}/national/socioeconomic_2019/Socio-Economical 2019.csv"
population = "socioeconomic"
""",
    "beer-sheva": """
[study]
name = "Be'er Sheva"
code = 9000
[inputs]
osm = [{replies}]
statistical_areas = "{data}/negev/statistical_areas_2011_demography.geojson"
socioeconomic = "{data}/national/socioeconomic_2019/Socio-Economical 2019.csv"
population = "areas"
""",
    "eilat": """
[study]
name = "Eilat"
code = 2600
[inputs]
osm = "{data}/eilat/osmnx_drive.graphml"
statistical_areas = "{data}/eilat/statistical_areas_2022/statistical_areas_2022.shp"
census = "{data}/national/census_2022_by_statistical_area.xlsx"
""",
}


@dataclass(frozen=True, eq=False)
class Town:
    """A finished run.

    Attributes
    ----------
    name
        What the page calls it.
    study, folder
        Its choices, and where it is kept.
    """

    name: str
    study: Study
    folder: Path

    @cached_property
    def tables(self) -> kept.KeptTables:
        """The tables of the run."""
        return kept.KeptTables(self.folder)

    @cached_property
    def record(self) -> dict[str, Any]:
        """What the run says of itself."""
        return kept.record(self.folder)

    @property
    def catalogue(self) -> Catalogue:
        """Categories, profiles and standards of the study."""
        return self.study.catalogue

    @cached_property
    def gates(self) -> gpd.GeoDataFrame:
        """Table ``gates`` of places, and with it the gates of open spaces that are none."""
        table = gpd.GeoDataFrame(self.tables["gates"])
        spaces = self.layer("open_spaces").to_crs(table.crs)
        public = spaces[(spaces["public"] == YES) & ~spaces["place_id"].isin(table["place_id"])]
        entrances = gpd.GeoDataFrame(self.tables["map_marks"]).query("kind == 'entrance'")
        streets = gpd.GeoDataFrame(self.tables["streets"])
        return pd.concat([table, places.gates_of(public[["place_id", "geometry"]], streets, entrances)])

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the GeoPackage that a planner opens."""
        return gpd.read_file(next(self.folder.glob("*.gpkg")), layer=name)

    def homes(self, profile: str = REFERENCE) -> pd.DataFrame:
        """Return the scores of homes, in the order of table ``origins``."""
        scores = pd.read_parquet(self.folder / f"scores_{profile}.parquet").set_index("origin_id")
        return scores.reindex(self.tables["origins"]["origin_id"])

    def of_zones(self, measure: str, profile: str = REFERENCE, zoning: str = ZONE) -> pd.DataFrame:
        """Return value, low, high and reason of a measure by zone_id, of everybody."""
        rows = self.tables["zone_scores"]
        wanted = {"zoning": zoning, "measure": measure, "profile": profile, "group": TOTAL}
        mine = rows[np.logical_and.reduce([rows[column] == word for column, word in wanted.items()])]
        return mine.set_index("zone_id")[["value", "low", "high", "reason"]]


def ran(slug: str, folder: Path) -> Town:
    """Run a place below a folder, where no run of it is kept there, and return the run."""
    raw, out = folder / "raw", folder / "out"
    if not (raw / slug).is_dir():
        _write(slug, raw)
    study = choose(slug, raw)
    if not (out / "data" / "processed" / slug / "latest").is_file():
        tell(f"running {slug}")
        geokehila.run(slug, raw, out)
    return Town(study.city.name["en"], study, kept.newest(out, slug))


def _write(slug: str, raw: Path) -> None:
    if slug == NEVE_OR:
        sample_town.write(raw / slug)
        return
    replies = sorted((DATA / "beersheva" / "overpass_buildings").glob("*.json"))
    text = STUDIES[slug].format(data=DATA.as_posix(), replies=", ".join(f'"{path.as_posix()}"' for path in replies))
    (raw / slug).mkdir(parents=True)
    (raw / slug / "study.toml").write_text(text + _NO_HUBS, encoding="utf-8")
