"""Hubs on a map: those that there are, those that are recommended with their rank, and the second best."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.lines import Line2D
from matplotlib.path import Path

from geokehila.draw.atlas.labels import Rect
from geokehila.draw.atlas.paper import POINTS, Box, Sheet
from geokehila.draw.palette import HUB, PAPER, SITE
from geokehila.draw.town import Town

#: A house, its middle at 0.
HOUSE = Path([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.12), (0, 0.55), (-0.5, 0.12), (-0.5, -0.5)])
#: [pt] How large each mark is.
SIZES = {"existing": 9.0, "recommended": 13.0, "second": 8.0}


@dataclass(frozen=True, eq=False)
class Hubs:
    """The hubs of a run, each frame sorted by rank or key.

    Attributes
    ----------
    existing, recommended
        Rows of table ``hubs``.
    second
        Rows of table ``candidates`` that would do in the place of a recommended one, the first for each: ``instead`` is
        its rank, ``people_lost`` what it costs, ``of_must`` whether that one must be built.
    """

    existing: gpd.GeoDataFrame
    recommended: gpd.GeoDataFrame
    second: gpd.GeoDataFrame

    @classmethod
    def of(cls, town: Town) -> Hubs:
        """Read them from the tables of a run."""
        hubs = gpd.GeoDataFrame(town.tables["hubs"])
        new = hubs[hubs["rank"].notna()].sort_values("rank", ignore_index=True)
        there = hubs[hubs["status"] == "existing"].sort_values("site_id", ignore_index=True)
        return cls(there, new, _second(town, new))

    def kinds(self) -> list[tuple[str, gpd.GeoDataFrame]]:
        """Return marks by kind, those drawn last on top."""
        return [("second", self.second), ("existing", self.existing), ("recommended", self.recommended)]


def _second(town: Town, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    sites = gpd.GeoDataFrame(town.tables["candidates"]).set_index("site_id", drop=False)
    others = town.tables["hub_alternatives"].sort_values(["site_id", "rank"]).drop_duplicates("site_id")
    others = others.assign(instead=others["site_id"].map(new.set_index("site_id")["rank"])).dropna(subset="instead")
    rows = sites.reindex(others["alternative_id"]).reset_index(drop=True)
    others = others.assign(of_must=others["site_id"].map(new.set_index("site_id")["choice"]) == "must")
    told = {key: others[key].to_numpy() for key in ("instead", "people_lost", "of_must")}
    return gpd.GeoDataFrame(rows.assign(**told).sort_values("instead", ignore_index=True), crs=sites.crs)


def middles(frame: pd.DataFrame) -> np.ndarray:
    """Return where sites are [m], shape (N, 2); NaN of one without a place."""
    shapes = shapely.point_on_surface(np.asarray(gpd.GeoDataFrame(frame).geometry.array))
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def draw(sheet: Sheet, kind: str, at: np.ndarray, numbers: list[str]) -> list[Rect]:
    """Draw marks of one kind at places [pt from the sheet's corner]; return what they cover."""
    size = SIZES[kind]
    filled = {"existing": HUB, "recommended": SITE, "second": PAPER}[kind]
    edge = {"existing": PAPER, "recommended": PAPER, "second": SITE}[kind]
    artist = Line2D(
        at[:, 0], at[:, 1], linestyle="none", marker=HOUSE if kind == "existing" else "o", markersize=size,
        markerfacecolor=filled, markeredgecolor=edge, markeredgewidth=1.2 if kind == "second" else 0.8,
        transform=sheet.points, gid=f"hubs:{kind}",
    )  # fmt: skip
    sheet.figure.add_artist(artist)
    for (x, y), number in zip(at, numbers, strict=True):
        letters = 8.0 if kind == "recommended" else 5.5
        sheet.figure.text(x, y - 0.36 * letters, number, fontsize=letters, fontweight="bold",
                          color=PAPER if kind == "recommended" else SITE, ha="center", va="baseline",
                          transform=sheet.points, parse_math=False)  # fmt: skip
    return [Rect(float(x), float(y), size + 2, size + 2) for x, y in at]


def numbers_of(kind: str, frame: pd.DataFrame) -> list[str]:
    """Return what is written on marks: ranks, nothing on hubs that there are."""
    column = {"recommended": "rank", "second": "instead"}.get(kind)
    return [f"{number:.0f}" for number in frame[column]] if column else [""] * len(frame)


def swatch(kind: str, sheet: Sheet, box: Box) -> None:
    """Draw one mark in the key."""
    bounds = sheet.bounds(box)
    middle = np.array([[(bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2]])
    draw(sheet, kind, middle, ["1" if kind != "existing" else ""])


def covered(at: np.ndarray, view_mm: tuple[float, float]) -> np.ndarray:
    """Return which places [pt from the map's middle] lie on a map of this size [mm]."""
    return np.asarray((np.abs(at) <= np.array(view_mm) * POINTS / 2).all(axis=1))
