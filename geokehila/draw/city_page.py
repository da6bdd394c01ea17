"""The city page: one HTML file that opens by double click and asks no host for anything."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from geokehila.catalogue import LANGUAGES, Category, Domain
from geokehila.draw.hub_data import HubSheets
from geokehila.draw.page_data import as_script, clean, page_data
from geokehila.errors import InputError
from geokehila.schema import WGS84

SCRIPTS = ("layers.js", "words.js", "reading.js", "map.js", "hubs.js", "page.js")
#: The middle of Israel, where a page without zones opens.
NOWHERE = (31.5, 34.9)


@dataclass(frozen=True)
class Source:
    """One input of the run: its role, file name, date, licence, and in words what was read, used and rejected."""

    role: str
    file: str
    date: str
    licence: str
    counts: str


@dataclass(frozen=True)
class CityPage:
    """All that the page shows; the frames are those of `schema`, their geometry in any CRS.

    Attributes
    ----------
    city
        The name by language.
    zones
        Table `zones`.
    scores
        Table `zone_scores`, of an adult and in metres. Its measures: ``people``, ``connected_share``,
        ``domains_reached_count``, ``domains_unknown_count`` (value); ``domain_<key>_share`` and
        ``category_<key>_share`` [0..1], ``domain_<key>_beyond_people`` [residents] (low, high, reason);
        ``category_<key>_median_s`` [s] (value or reason); ``weakest_domain`` (reason = the domain's key, "" where none
        is known); and those that [measures] in catalogue/text has words for.
    places
        Table `places` with `categories`, a tuple of category keys per place; a hub is a place of a hub category.
    streets
        Table `streets`, the backdrop.
    banners
        Keys of [banners] in catalogue/text.
    confidence
        Table `confidence`; the page tells of the subjects mapping, population and network.
    speed_m_s, has_slopes
        The walker's speed on the flat [m/s], and whether slopes are counted.
    absent
        Measures that could not be computed, and the key of [absent] in catalogue/text that says why.
    homes
        Where people live: the page opens on them. Without them it opens on the zones.
    home_states
        Of the homes, by domain: what is known of it there; a column a domain, rows as in `homes`.
    hubs
        What is recommended; None: nothing was looked for.
    facts
        Numbers by key of [facts] in catalogue/text; keys with "share" in them are shown as per cent.
    """

    city: Mapping[str, str]
    domains: tuple[Domain, ...]
    categories: tuple[Category, ...]
    zones: gpd.GeoDataFrame
    scores: pd.DataFrame
    places: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    banners: tuple[str, ...]
    sources: tuple[Source, ...]
    facts: Mapping[str, float]
    confidence: pd.DataFrame
    speed_m_s: float
    has_slopes: bool
    absent: tuple[tuple[str, str], ...] = ()
    homes: gpd.GeoSeries | None = None
    home_states: pd.DataFrame = field(default_factory=pd.DataFrame)
    hubs: HubSheets | None = None


def write(page: CityPage, path: Path) -> None:
    """Write the page; the same input gives the same bytes.

    Raises
    ------
    InputError
        Leaflet is not among the assets.
    RunError
        A frame states no CRS, or a banner has no words.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(html(page).encode("utf-8"))


def html(page: CityPage) -> str:
    """Return the page as HTML."""
    figure = Figure(title=escape(clean(page.city[LANGUAGES[0]])))
    city_map = _map(page.zones)
    city_map.add_child(_Panel(page))
    figure.add_child(city_map)
    for number, element in enumerate(_elements(figure)):
        element._id = str(number)
    rendered: str = figure.render()
    return rendered


class _Panel(MacroElement):
    """Everything around the map: style, markup, data and script."""

    def __init__(self, page: CityPage) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Panel"
        self._template = Template(_package_text("page.html.j2"))
        self.language = LANGUAGES[0]
        self.style = _package_text("page.css")
        self.code = "\n".join(map(_package_text, SCRIPTS))
        self.data = as_script(page_data(page) | {"leaflet_licence": _asset("LICENSE")})


def _map(zones: gpd.GeoDataFrame) -> folium.Map:
    city_map = folium.Map(
        location=_middle(zones),
        zoom_start=13,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attributionControl=False,
        zoomSnap=0.25,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=90,
        maxZoom=19,
    )
    city_map.default_js = [("leaflet", _data_uri("text/javascript", _asset("leaflet.js")))]
    city_map.default_css = [("leaflet_css", _data_uri("text/css", _asset("leaflet.css")))]
    return city_map


def _middle(zones: gpd.GeoDataFrame) -> tuple[float, float]:
    drawn = zones.geometry[~(zones.geometry.isna() | zones.geometry.is_empty)]
    if drawn.empty:
        return NOWHERE
    west, south, east, north = drawn.to_crs(WGS84).total_bounds
    return round((south + north) / 2, 6), round((west + east) / 2, 6)


def _elements(element: Element) -> Iterator[Element]:
    """Yield an element and all below it, always in the same order."""
    yield element
    below = [element.header, element.html, element.script] if isinstance(element, Figure) else []
    for child in [*below, *element._children.values()]:
        yield from _elements(child)


def _package_text(name: str) -> str:
    return files("geokehila.draw").joinpath(name).read_text(encoding="utf-8")


def _asset(name: str) -> str:
    try:
        return _package_text(f"assets/{name}")
    except FileNotFoundError:
        raise InputError(
            f"geokehila/draw/assets/{name} is missing, so no page can be drawn: "
            "reinstall GeoKehila, or in a checkout run `npm ci` and `python hatch_build.py`"
        ) from None


def _data_uri(kind: str, content: str) -> str:
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(content.encode('utf-8')).decode('ascii')}"
