"""Kinds of open space, by class and size."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from geokehila.open_spaces import shapes

#: Kinds by the level that norms speak of: the neighbourhood's, the city's, and that of the land around it.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "neighbourhood": ("playground", "pocket_garden", "neighbourhood_garden", "community_garden", "square"),
    "city": ("city_park",),
    "landscape": ("community_forest", "nature"),
}
KINDS = tuple(kind for kinds in LEVELS.values() for kind in kinds)
SQUARE = "square"
#: Kinds that count at any size, and at any width.
OF_ANY_SIZE, OF_ANY_WIDTH = ("playground", "community_garden", SQUARE), ("playground", "community_garden")
#: [ha] Sizes that are walked to.
SIZES_HA = (0.5, 1.0, 1.5, 2.0, 20.0)
#: All that is walked to: any public space, those of each kind, and those of each size.
ANY, OF_SIZES = "open_any", {f"open_{size:g}ha": size for size in SIZES_HA}
CATEGORIES = (ANY, *(f"open_{kind}" for kind in KINDS), *OF_SIZES)

#: Classes of the table ``open_spaces``.
PARKS = ("park", "garden", "common", "recreation_ground", "village_green")
WOODS = ("forest", "wood")
#: What merely covers the ground: it may be a field or a firing range.
COVER = (*WOODS, "heath", "scrub", "meadow")
NATURE = (*COVER, "nature_reserve", "beach")
OPEN = (*PARKS, *NATURE, "playground", "square", "allotments")
#: Operators of forests that are there for people to walk in: the Jewish National Fund.
FORESTERS = "kkl|jnf|jewish national fund|keren kayemet|קק[\"״'׳]*ל|קרן קיי?מת"


def kinds(spaces: gpd.GeoDataFrame, public: np.ndarray, entered: np.ndarray, limits: Mapping[str, float]) -> np.ndarray:
    """Return the kind of each space, empty for what is no open space by its class; shape (N,).

    Parts of one public park or wood, mapped as several that touch, are of one kind: their size is that of all.

    Parameters
    ----------
    public, entered
        Whether the public may use a space, and whether a way leads in, shape (N,).
    limits
        Values of the catalogue's standards.
    """
    of, m2 = spaces["class"], spaces["area_m2"].to_numpy(float).copy()
    for family in (PARKS, WOODS):
        parts = of.isin(family).to_numpy(bool) & public
        m2[parts] = shapes.joint_m2(spaces.geometry.to_numpy()[parts], limits["open_joint"])
    is_theirs = spaces["operator"].str.contains(FORESTERS, case=False).to_numpy(bool)
    is_large = entered & (m2 >= limits["open_community_forest"] * 1e4)
    rules = {
        "": ~of.isin(OPEN),
        "community_garden": spaces["community"] | (of == "allotments"),
        "playground": of == "playground",
        SQUARE: of == "square",
        "community_forest": of.isin(WOODS) & (is_theirs | is_large),
        "nature": of.isin(NATURE),
        "city_park": m2 >= limits["open_city_park"] * 1e4,
        "neighbourhood_garden": m2 >= limits["open_neighbourhood_garden"] * 1e4,
    }
    return np.select([*rules.values()], [*rules], "pocket_garden")
