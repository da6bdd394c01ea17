"""What the GeoPackage of a run wears: titles and meanings in three languages, styles, metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geokehila.catalogue import LANGUAGES, Names
from geokehila.catalogue.columns import Columns
from geokehila.catalogue.phrases import Phrases
from geokehila.catalogue.themes import Shown, themes
from geokehila.draw import lead, palette
from geokehila.draw.likely import beside
from geokehila.draw.qgis import looks, qml
from geokehila.draw.qgis.metadata import metadata
from geokehila.draw.town import Town
from geokehila.names import clean
from geokehila.store.dress import SHAPES, Dress, Style, Told

#: Kind of symbol by how the name of a shape's type ends.
KINDS = {"Point": "marker", "LineString": "line", "Polygon": "fill"}
#: Between the languages of one text.
BETWEEN = " · "


def dress(layers: Mapping[str, pd.DataFrame], town: Town, date: str) -> Dress:
    """Return what is said of the layers of a run, and how QGIS draws them.

    Parameters
    ----------
    layers
        As :func:`geokehila.draw.qgis.for_planners` returns them, and tables to join to them.
    date
        ISO date of the inputs.
    """
    columns = Columns(town.catalogue, town.weights)
    wardrobe = _Wardrobe(town, columns, layers)
    return Dress(
        titles={name: (BETWEEN.join(columns.title(name).values()), wardrobe.described(name)) for name in layers},
        columns={(name, column): told for name in layers for column, told in wardrobe.told(name)},
        styles=tuple(style for name in layers for style in wardrobe.styles(name)),
        metadata=metadata(town, date),
    )


@dataclass(frozen=True, eq=False)
class _Wardrobe:
    town: Town
    columns: Columns
    layers: Mapping[str, pd.DataFrame]

    def described(self, layer: str) -> str:
        """Return what is said of a layer: its number of shapes and its page of method."""
        page = self.columns.of(layer, SHAPES).page
        return f"GeoKehila{BETWEEN}docs/{page}" if page else "GeoKehila"

    def told(self, layer: str) -> Iterator[tuple[str, Told]]:
        """Yield what is said of the columns of a layer, those that GDAL adds among them."""
        frame = self.layers[layer]
        kind = {"fid": "number", **kinds(frame), SHAPES: "geometry"}
        for column in ("fid", *_fields(frame), *([SHAPES] if _has_shapes(frame) else [])):
            found = self.columns.of(layer, column, kind[column])
            each = [f"{found.meaning[one]} [{found.unit[one]}]" for one in LANGUAGES]
            page = [f"docs/{found.page}"] if found.page else []
            yield column, Told(found.meaning["en"], found.meaning[self.town.language], "\n".join([*each, *page]))

    def styles(self, layer: str) -> Iterator[Style]:
        """Yield the ways of drawing a layer, the default first, then names of its fields; of an empty one none."""
        frame = self.layers[layer]
        if frame.empty:
            return
        if not _has_shapes(frame):
            yield from self._names(layer)
            return
        own = self.town.language
        drawn = [*self._drawn(layer, _kind(frame), Phrases(own))]
        for number, (name, rules, label) in enumerate(drawn):
            is_default = number == 0
            aliases = self._aliases(layer, own) if is_default else None
            yield Style(layer, name[own], qml.style(rules, label, aliases), BETWEEN.join(name.values()), is_default)
        for language in LANGUAGES:
            label = self._label(layer, language) or drawn[0][2]
            title = Phrases(language).say("qgis.names")
            yield Style(layer, title, qml.names(label, self._aliases(layer, language)), title)

    def _names(self, layer: str) -> Iterator[Style]:
        """Yield the names of the fields of a table without shapes, which QGIS looks for under no column of shapes."""
        for language in LANGUAGES:
            title = Phrases(language).say("qgis.names")
            text = qml.names(None, self._aliases(layer, language))
            yield Style(layer, title, text, title, is_default=language == self.town.language, shapes="")

    def _drawn(
        self, layer: str, shape: str, said: Phrases
    ) -> Iterator[tuple[Names, tuple[qml.Rule, ...], qml.Label | None]]:
        """Yield the looks of a layer: name, rules, labels."""
        title = self.columns.title(layer)
        if layer == "zones" or layer.startswith("zones_"):
            columns = frozenset(self.layers[layer].columns)
            for shown in self._shown(columns):
                name = self.columns.of(layer, shown.key).meaning
                rules = looks.classes(shown, columns, self._said(said), beside(self.town.catalogue, shown.key))
                yield name, rules, self._label(layer, self.town.language)
        elif layer == "homes":
            for key in self._domains():
                column = f"domain_{key}_state"
                if column in self.layers[layer]:
                    yield dict(self.town.catalogue.domains[key].name), looks.states(column, said), None
        elif layer == "places":
            yield title, looks.domains(self.town.catalogue, self.town.language), None
        elif layer in (fixed := looks.fixed(said)):
            yield title, *fixed[layer]
        else:
            yield title, looks.simple(shape, title[self.town.language]), None

    def _said(self, phrases: Phrases) -> looks.Said:
        """Return how the legends of areas speak; a hexagon without a home has no number of people."""
        without = "0" if self.town.study.zones.kind == "hexagons" else "1"
        return looks.Said(phrases, self.town.weights, f'(coalesce("people", {without}) = 0)')

    def _label(self, layer: str, language: str) -> qml.Label | None:
        """Return the names on the areas of a layer; on the cells of a grid, from near by, where somebody lives."""
        if layer == "zones" and self.town.study.zones.kind == "hexagons":
            nobody = self._said(Phrases(language)).nobody
            return qml.Label(f"if({nobody}, '', {looks.name_of(language)})", 8, palette.INK, 10_000)
        if layer == "zones" or layer.startswith("zones_") or layer == "communities":
            return qml.Label(looks.name_of(language), 8, palette.INK, 25_000)
        return None

    def _shown(self, columns: frozenset[str]) -> list[Shown]:
        """Return what a layer of areas can show, the domain first that most people of the city lack."""
        every = [shown for theme in themes(self.town.catalogue).values() for shown in theme]
        there = [shown for shown in every if {shown.key, f"{shown.key}_low"} & columns]
        first = f"domain_{self._domains()[0]}_share"
        return sorted(there, key=lambda shown: shown.key != first)

    def _domains(self) -> list[str]:
        """Return the domains that are scored, the one first that most people of the city lack."""
        return lead.of_city(self.town)

    def _aliases(self, layer: str, language: str) -> dict[str, str]:
        """Return what the fields of a layer are called in a language."""
        fields = ("fid", *_fields(self.layers[layer]))
        return {column: clean(self.columns.of(layer, column).meaning[language]) for column in fields}


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    """Return the kind of the values of each column: text, number or flag."""
    of_letter = {"b": "flag", "f": "number", "i": "number", "u": "number"}
    return {str(column): of_letter.get(kind.kind, "text") for column, kind in frame.dtypes.items()}


def _has_shapes(frame: pd.DataFrame) -> bool:
    return isinstance(frame, gpd.GeoDataFrame)


def _fields(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a layer but the one of its shapes."""
    shapes = frame.active_geometry_name if _has_shapes(frame) else None
    return [str(column) for column in frame if column != shapes]


def _kind(frame: gpd.GeoDataFrame) -> str:
    return KINDS[str(frame.geom_type.iloc[0]).removeprefix("Multi")]
