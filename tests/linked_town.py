"""A hairpin of a street: two arms 60 m apart and 1 km long, joined at their far end, with what lies between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from osm_xml import X, Y, node, square, way, write

from geokehila import links, network
from geokehila.access import Led, Walks, Ways
from geokehila.catalogue import Catalogue, Category, City, Domain, Profile
from geokehila.load import osm
from geokehila.load.osm import OsmData
from geokehila.network.slope import Ground as Heights
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study

ADULT = Profile("adult", {"en": "adult"}, 1.3, "test", "test", slope="none")
EXTENT = shapely.box(X - 5_000, Y - 5_000, X + 5_000, Y + 5_000)
#: Between the arms, from one end of the hairpin to near the other.
BETWEEN = ((30, -50), (30, 990))
TERMS = links.Terms(80.0, 3.0, 180.0)


def category(key: str, cutoff_min: float = 15.0, hosted_m2: float = 0.0) -> Category:
    return Category(key, {"en": key}, "test", (), domain=key, required=True, cutoff_min=cutoff_min, hosted_m2=hosted_m2)


def study(*categories: Category) -> Study:
    """A study in which each of some categories decides a domain of its own."""
    whole = Catalogue.read()
    domains = {c.key: Domain(c.key, {"en": c.key}) for c in categories}
    kinds = {c.key: c for c in categories}
    catalogue = replace(whole, domains=domains, categories=kinds, profiles={"adult": ADULT})
    return Study(City("toy", 0, {"en": "Toy"}), catalogue=catalogue)


def hairpin(path: Path, *more: str, arm: str = "highway=residential") -> OsmData:
    """Read the hairpin, a house far from it, and more objects, numbered from 100 on; `arm` tags its second arm."""
    house, ring = square(10, 2000, 0, 10)
    nodes = [node(1, 0, 0), node(2, 0, 1000), node(3, 60, 1000), node(4, 60, 0), house]
    more = (*more, way(9, ring, "building=house"))
    ways = [way(1, [1, 2], "highway=residential"), way(2, [2, 3], "highway=residential"), way(3, [3, 4], arm)]
    return osm.read([write(path / "hairpin.osm", *nodes, *more, *ways)], (), ISRAEL_TM, ())


def line(tags: str, at: Sequence[tuple[float, float]] = BETWEEN, first: int = 100) -> str:
    """A way through some points."""
    nodes = "".join(node(first + i, *xy) for i, xy in enumerate(at))
    return nodes + way(first, [first + i for i in range(len(at))], tags)


def strip(tags: str, first: int = 100) -> str:
    """A strip from x = 20 to 40 along the arms, as an area."""
    corners = [(20, -50), (40, -50), (40, 990), (20, 990)]
    nodes = "".join(node(first + i, *xy) for i, xy in enumerate(corners))
    return nodes + way(first, [*range(first, first + 4), first], tags)


def walks(mapped: OsmData, homes: gpd.GeoDataFrame, places: Mapping[str, tuple[str, float, float]]) -> Walks:
    """Walks between homes and places: place_id to category and where it stands."""
    built = network.build(mapped.streets)
    level = np.zeros(len(built.lines), bool)
    slopes = network.slopes(built.lines, level, np.full(len(built.lines), np.nan), None)
    at = [shapely.Point(X + x, Y + y) for _, x, y in places.values()]
    gates = gpd.GeoDataFrame({"gate_id": [*places], "place_id": [*places]}, geometry=at, crs=ISRAEL_TM)
    listing = pd.DataFrame({"place_id": [*places], "category": [c for c, _, _ in places.values()]})
    ways = Ways(built, slopes, np.full(len(built.lines), "", object))
    return Walks.between(homes, gates, listing, ways, 150.0, EXTENT)


def homes(at: Mapping[str, tuple[float, float]], people: Sequence[float]) -> gpd.GeoDataFrame:
    columns = {"origin_id": [*at], "zone_id": "z", "people": people}
    return gpd.GeoDataFrame(columns, geometry=[shapely.Point(X + x, Y + y) for x, y in at.values()], crs=ISRAEL_TM)


def scores(led: Led, walked: Walks, categories: Sequence[Category]) -> pd.DataFrame:
    """States of an adult: reached or beyond, nothing being unknown."""
    everybody = pd.DataFrame({f"category_{c.key}_state": "beyond" for c in categories}, index=led.origins["point_id"])
    needs = links.Needs.of(walked, led, categories, everybody)
    walk_s = needs.to_place_s(led.homes)
    states = np.where(np.isfinite(walk_s), "reached", "beyond")
    return pd.DataFrame(states, index=everybody.index, columns=everybody.columns)


@dataclass(frozen=True, eq=False)
class Linked:
    """What is found on a map: needs, candidates, and who gains."""

    needs: links.Needs
    scores: pd.DataFrame
    found: gpd.GeoDataFrame
    gained: pd.DataFrame


def linked(mapped: OsmData, walked: Walks, categories: Sequence[Category], heights: Heights | None = None) -> Linked:
    led = walked.led(ADULT)
    told = scores(led, walked, categories)
    needs = links.Needs.of(walked, led, categories, told)
    found = links.candidates(needs, links.Ground.of(mapped, mapped.buildings), TERMS, heights)
    return Linked(needs, told, found, links.gains(needs, found))
