"""The city page of a large town made by rule: how large it is, how soon it is painted, how long a pan takes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from shutil import which
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.machine import conditions
from benchmarks.measure import tell
from benchmarks.table import put
from geokehila.catalogue import Catalogue, City, text
from geokehila.draw import city_page
from geokehila.draw.page.data import page_data
from geokehila.draw.page.homes import MINUTES
from geokehila.draw.town import Town
from geokehila.schema import TABLES
from geokehila.study import Study

HOMES, AREAS, STREETS, PLACES = 60_000, 4_000, 30_000, 6_000
#: [m] Side of an area, and the corner of the town in the Israel TM Grid.
SIDE, CORNER = 250.0, (160_000.0, 560_000.0)
NAMES = ("name_he", "name_ar", "name_en", "name_ru")
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
#: Milliseconds until the first words are painted, and until all is; then those of pans by a fifth of the map.
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
PAN = """(map) => new Promise((done) => {
  const spans = [];
  const step = (left) => {
    if (!left) return done(spans);
    const before = performance.now();
    map.panBy([left % 2 ? 280 : -280, left % 3 ? 90 : -90], { animate: false });
    requestAnimationFrame(() => setTimeout(() => { spans.push(performance.now() - before); step(left - 1); }, 0));
  };
  step(12);
})"""
MAP = "Object.values(window).find((v) => v instanceof L.Map)"


def page(small: bool) -> str:
    """Draw the page, open it in Chromium, and return the table of what was measured."""
    town = large_town(600 if small else HOMES, 100 if small else AREAS)
    begun = perf_counter()
    content = city_page.html(town)
    drawn_s = perf_counter() - begun
    rows = [
        ("homes, areas", f"{len(town.tables['origins']):,}, {len(town.zones):,}"),
        ("page", f"{len(content.encode()) / 1e6:.1f} MB"),
        ("of it", _parts(page_data(town))),
        ("drawn in Python", f"{drawn_s:.1f} s"),
        *_in_browser(content),
    ]
    return "\n".join(["| | |", "| --- | ---: |", *(f"| {what} | {told} |" for what, told in rows)])


def _parts(data: Mapping[str, Any]) -> str:
    """Return the largest parts of the data with their sizes."""
    sizes = {key: len(str(part)) / 1e6 for key, part in data.items()}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    return ", ".join(f"{key} {size:.1f} MB" for key, size in largest)


def _in_browser(content: str) -> list[tuple[str, str]]:
    if CHROMIUM is None:
        tell("page: no Chromium here, so nothing is measured in a browser")
        return []
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder, sync_playwright() as play:
        path = Path(folder) / "index.html"
        path.write_text(content, encoding="utf-8")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(path.as_uri())
        tab.wait_for_selector("body[data-ready]", timeout=120_000)
        whole = tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))")
        rows = [("first paint", f"{tab.evaluate(PAINTED) / 1000:.2f} s"), ("all painted", f"{whole / 1000:.2f} s")]
        rows.append(("pan", _pans(tab)))
        tab.check("#layer-homes")
        rows.append(("pan with every home drawn", _pans(tab)))
        for choice in ("#theme", "#profile"):
            rows.append((f"choice of {choice[1:]}", _choice(tab, choice)))
        browser.close()
    return rows


def _pans(tab: Any) -> str:
    spans = tab.evaluate(PAN, tab.evaluate_handle(MAP))
    return f"{median(spans):.0f} ms, at most {max(spans):.0f} ms"


def _choice(tab: Any, select: str) -> str:
    """Return how long another choice takes until it is painted."""
    span = tab.evaluate(
        """(s) => new Promise((done) => {
          const select = document.querySelector(s);
          const before = performance.now();
          select.selectedIndex = 1;
          select.dispatchEvent(new Event('change'));
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - before), 0));
        })""",
        select,
    )
    return f"{span:.0f} ms"


def large_town(homes: int, areas: int) -> Town:
    """Return a town made by rule: shares fall from its middle outwards, with chance on top, as in real ones."""
    chance, facts = np.random.default_rng(7), Catalogue.read()
    zones = _areas(areas)
    origins = _homes(homes, zones, chance)
    tables: dict[str, pd.DataFrame] = {name: _empty(name) for name in TABLES}
    tables |= {"zones": zones, "origins": origins, "streets": _streets(areas, chance)}
    tables |= {"places": _places(areas, chance), "zone_scores": _scores(facts, zones, chance)}
    keys = [key for key, category in facts.categories.items() if category.domain]
    tables["place_categories"] = pd.DataFrame(
        {"place_id": tables["places"]["place_id"], "category": chance.choice(keys, len(tables["places"]))}
    )
    tables |= {f"scores_{profile}": _home_scores(facts, origins, chance) for profile in facts.profiles}
    record = {
        "fictional": True,
        "weights": "residents",
        "previous": None,
        "banners": ["fictional"],
        "sources": [],
        "facts": {},
        "not_computed": [],
        "network": {"slopes": {}, "rules": {}},
        "hubs": {},
    }
    study = Study(City("large-town", 0, {"he": "עיר גדולה", "en": "Large town"}), fictional=True, catalogue=facts)
    return Town(study, tables, record)


def _empty(name: str) -> pd.DataFrame:
    columns = {column: pd.Series(dtype="object") for column in TABLES[name].columns}
    if "geometry" in columns:
        return gpd.GeoDataFrame(columns, geometry="geometry", crs=2039)
    return pd.DataFrame(columns)


def _areas(count: int) -> gpd.GeoDataFrame:
    """Squares with wavy borders of 28 corners each, as statistical areas have."""
    across = int(np.ceil(np.sqrt(count)))
    x, y = np.divmod(np.arange(count), across)
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    radius = SIDE / 2 * (1 + 0.15 * np.sin(3 * turn + np.arange(count)[:, None]))
    middle = np.stack([CORNER[0] + SIDE * x, CORNER[1] + SIDE * y], axis=1)
    ring = middle[:, None] + radius[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ids = [f"1000-{i + 1}" for i in range(count)]
    named = {"name_he": [f"שכונה {i + 1}" for i in range(count)], "name_en": [f"Quarter {i + 1}" for i in range(count)]}
    columns = {"zone_id": ids, **named, "name_ar": None, "name_ru": None, "function": "residential"}
    return gpd.GeoDataFrame(columns | {"coverage_share": 1.0}, geometry=shapely.polygons(ring), crs=2039)


def _homes(count: int, zones: gpd.GeoDataFrame, chance: np.random.Generator) -> gpd.GeoDataFrame:
    zone = np.sort(chance.integers(0, len(zones), count))
    middle = shapely.get_coordinates(zones.geometry.centroid.to_numpy())[zone]
    points = shapely.points(middle + chance.uniform(-SIDE / 3, SIDE / 3, (count, 2)))
    columns = {"origin_id": [f"w{i:07d}" for i in range(count)], "zone_id": zones["zone_id"].to_numpy()[zone]}
    return gpd.GeoDataFrame(columns | {"people": 4.0}, geometry=points, crs=2039)


def _streets(areas: int, chance: np.random.Generator) -> gpd.GeoDataFrame:
    count, side = STREETS * areas // AREAS, SIDE * np.sqrt(areas)
    start = np.array(CORNER) + chance.uniform(0, side, (count, 1, 2))
    bends = np.cumsum(chance.normal(0, 15, (count, 5, 2)), axis=1)
    return gpd.GeoDataFrame(geometry=shapely.linestrings(start + bends), crs=2039)


def _places(areas: int, chance: np.random.Generator) -> gpd.GeoDataFrame:
    count, side = PLACES * areas // AREAS, SIDE * np.sqrt(areas)
    points = shapely.points(np.array(CORNER) + chance.uniform(0, side, (count, 2)))
    columns = {"place_id": [f"n{i:06d}" for i in range(count)], "name_he": [f"מקום {i}" for i in range(count)]}
    return gpd.GeoDataFrame(columns | dict.fromkeys(NAMES[1:]), geometry=points, crs=2039)


def _scores(facts: Catalogue, zones: gpd.GeoDataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """Every measure that a run has, of everybody and of two ages: domains for each profile, the rest of an adult."""
    at = shapely.get_coordinates(zones.geometry.centroid.to_numpy()) - np.array(CORNER)
    far = np.linalg.norm(at - at.mean(axis=0), axis=1) / np.linalg.norm(at.mean(axis=0))
    people = chance.integers(200, 2500, len(zones)).astype(float)
    return pd.concat([*_of_domains(facts, zones, far, people, chance), *_of_adults(facts, zones, chance)])


def _of_domains(facts: Catalogue, zones: Any, far: Any, people: Any, chance: np.random.Generator) -> list[Any]:
    """The walk to a domain grows outwards and differs within an area: by it all profiles and cutoffs hang together."""
    frames = [
        _measure(zones, "adult", group, "people", value=people * part)
        for group, part in (("total", 1.0), ("0-19", 0.3), ("65+", 0.12))
    ]
    for key in [key for key in facts.domains if facts.deciding(key)]:
        walk_min = 4 + 9 * far + chance.gamma(2, 2.0, len(zones))
        is_open = chance.random(len(zones)) < 0.3
        for profile, group in product(facts.profiles.values(), ("total", "0-19", "65+")):
            noise = chance.normal(0, 0.02, len(zones))
            for minutes in ("", *(f"{m}min_" for m in MINUTES)) if group == "total" else ("",):
                reached_m = (int(minutes[:-4]) if minutes else 15) * profile.speed_m_s / 1.3
                low = np.clip(0.5 + (reached_m - walk_min) / 8 + noise, 0, 1)
                share = {"low": low, "high": np.where(is_open, np.minimum(1, low + 0.2), low)}
                why = np.where(is_open, "not mapped", "")
                frames.append(_measure(zones, profile.key, group, f"domain_{key}_{minutes}share", **share, reason=why))
    return frames


def _of_adults(facts: Catalogue, zones: Any, chance: np.random.Generator) -> list[Any]:
    measures = [key for labels in text("en")["measures"].values() for key in labels if key not in ("title", "note")]
    frames = []
    for key in [*measures, *(f"category_{key}_share" for key in facts.categories)]:
        drawn = np.clip(chance.normal(0.5, 0.5, len(zones)), 0, 1)
        is_range = key.endswith(("_share", "_people"))
        numbers = {"low": drawn, "high": drawn} if is_range else {"value": 10 * drawn}
        frames.append(_measure(zones, "adult", "total", key, **numbers))
    for key in facts.categories:
        walk_s = np.round(chance.gamma(4, 150, len(zones)) * 16) / 16
        frames.append(_measure(zones, "adult", "total", f"category_{key}_median_s", value=walk_s))
    return frames


def _measure(zones: Any, profile: str, group: str, measure: str, **numbers: Any) -> pd.DataFrame:
    key = {"zoning": "zone", "zone_id": zones["zone_id"], "profile": profile, "group": group, "measure": measure}
    return pd.DataFrame({**key, "value": np.nan, "low": np.nan, "high": np.nan, "reason": "", **numbers})


def _home_scores(facts: Catalogue, origins: Any, chance: np.random.Generator) -> pd.DataFrame:
    """Homes of one area fare alike, most of the time."""
    words = np.array(["reached", "beyond", "not mapped"], object)
    zone, count = np.unique(origins["zone_id"], return_inverse=True)[1], len(origins)
    columns: dict[str, Any] = {"origin_id": origins["origin_id"]}
    for key, domain in facts.domains.items():
        if not (domain.scored and facts.deciding(key)):
            continue
        level = chance.random(zone.max() + 1)[zone] * 0.8 + chance.random(count) * 0.2
        columns[f"domain_{key}_state"] = words[np.digitize(level, [0.6, 0.95])]
        for minutes, share in zip(MINUTES, (0.2, 0.4, 0.6, 0.8), strict=True):
            columns[f"domain_{key}_{minutes}min_state"] = words[np.digitize(level, [share, 2.0])]
    return pd.DataFrame(columns)


if __name__ == "__main__":
    put("page", f"{page(small=False)}\n\n{conditions()}")
