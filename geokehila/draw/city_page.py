"""The city page: one HTML file that opens by double click and asks no host for anything."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

import folium
import geopandas as gpd
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.draw.page.data import as_script, page_data
from geokehila.draw.town import Town
from geokehila.errors import InputError
from geokehila.schema import WGS84

#: In the order in which they build on each other.
SCRIPTS = (
    *("unpack.js", "layers.js", "words.js", "reading.js", "themes.js", "map.js", "hubs.js", "search.js"),
    *("missing.js", "table.js", "line.js", "more.js", "legend.js", "page.js"),
)
#: The middle of Israel, where a page without zones opens.
NOWHERE = (31.5, 34.9)
#: What the page may load: itself, and pictures of the background map once the user asks for it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline' data:; "
    "img-src data: https://tile.openstreetmap.org; base-uri 'none'; form-action 'none'"
)


def figure(town: Town) -> folium.Map:
    """Return the page as a folium map, which a notebook shows.

    Raises
    ------
    InputError
        Leaflet is not among the assets.
    RunError
        A table states no CRS, or a banner has no words.
    """
    city_map = _map(town.zones)
    root = Figure(title=escape(town.city[town.language]), height="800px")
    root.header.add_child(
        Element(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'), name="content_policy"
    )
    city_map.add_child(_Panel(town))
    root.add_child(city_map)
    for number, element in enumerate(_elements(root)):
        element._id = str(number)
    return city_map


def html(town: Town) -> str:
    """Return the page as HTML; the same town gives the same text."""
    rendered: str = figure(town).get_root().render()
    return rendered


def write(town: Town, path: Path) -> None:
    """Write the page; what is raised, :func:`figure` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(html(town).encode("utf-8"))


class _Panel(MacroElement):
    """Everything around the map: style, markup, data and script."""

    def __init__(self, town: Town) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Panel"
        self._template = Template(_text("page/page.html.j2"))
        self.language = town.language
        self.direction = "rtl" if town.language in RIGHT_TO_LEFT else "ltr"
        self.style = _text("page/page.css")
        self.code = "\n".join(_text(f"page/{name}") for name in SCRIPTS)
        self.data = as_script(page_data(town) | {"leaflet_licence": _asset("LICENSE")})


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


def _text(name: str) -> str:
    return files("geokehila.draw").joinpath(name).read_text(encoding="utf-8")


def _asset(name: str) -> str:
    try:
        return _text(f"assets/{name}")
    except FileNotFoundError:
        raise InputError(
            f"geokehila/draw/assets/{name} is missing, so no page can be drawn: "
            "reinstall GeoKehila, or in a checkout run `npm ci` and `python hatch_build.py`"
        ) from None


def _data_uri(kind: str, content: str) -> str:
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(content.encode('utf-8')).decode('ascii')}"
