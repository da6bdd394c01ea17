"""Styles in the words of QGIS 3.22 and later: symbols, rules, labels and names of fields, as QML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from geokehila.names import CONTROLS, MARKS

#: Kinds of symbol, as QGIS numbers what they draw.
GEOMETRY = {"marker": 0, "line": 1, "fill": 2}
#: What a style of symbols alone says of itself, so that taking it leaves names of fields as they are.
LOOKS, NAMES = "Symbology|Labeling", "Fields|Forms|AttributeTable|Labeling"


@dataclass(frozen=True)
class Brush:
    """One layer of a symbol.

    Attributes
    ----------
    kind
        QGIS's class: SimpleFill, LinePatternFill, SimpleLine, SimpleMarker.
    options
        Colours as ``#rrggbb`` or with two more digits of opacity; lengths in mm.
    """

    kind: str
    options: Mapping[str, str]
    inner: Symbol | None = None


@dataclass(frozen=True)
class Symbol:
    """A ``marker``, ``line`` or ``fill``: brushes, the lowest first."""

    kind: str
    brushes: tuple[Brush, ...]


@dataclass(frozen=True)
class Rule:
    """What is drawn so, what the legend calls it, and the scale of 1 : ``from_scale`` that it begins at; 0: always.

    ``where`` is an expression of QGIS, "" for everything.
    """

    label: str
    symbol: Symbol
    where: str = ""
    from_scale: int = 0


@dataclass(frozen=True)
class Label:
    """Text beside shapes: an expression of QGIS, from a scale of 1 : ``from_scale`` on; 0: always."""

    expression: str
    size: float
    colour: str
    from_scale: int = 0


def quoted(column: str) -> str:
    """Return a column as expressions name it."""
    return '"' + column.replace('"', '""') + '"'


def style(rules: Iterable[Rule], label: Label | None, aliases: Mapping[str, str] | None = None) -> str:
    """Return a style: rules in the order in which they are drawn, labels and names of fields.

    Parameters
    ----------
    aliases
        By column; None: this style leaves the names of fields as they are.
    """
    drawn = [*rules]
    root = Xml.Element("qgis", version="3.22.0", styleCategories=LOOKS if aliases is None else f"{LOOKS}|{NAMES}")
    root.set("labelsEnabled", "1" if label else "0")
    root.append(_renderer(drawn))
    _labels(root, label)
    _aliases(root, aliases or {})
    Xml.SubElement(root, "layerGeometryType").text = str(GEOMETRY[drawn[0].symbol.kind])
    return _text(root)


def names(label: Label | None, aliases: Mapping[str, str]) -> str:
    """Return a style that changes only the names of fields and the labels."""
    root = Xml.Element("qgis", version="3.22.0", styleCategories=NAMES, labelsEnabled="1" if label else "0")
    _labels(root, label)
    _aliases(root, aliases)
    return _text(root)


def _renderer(rules: list[Rule]) -> Xml.Element:
    renderer = Xml.Element("renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby="0")
    tree, symbols = Xml.SubElement(renderer, "rules", key="rules"), Xml.Element("symbols")
    for number, rule in enumerate(rules):
        one = Xml.SubElement(tree, "rule", key=f"rule{number}", symbol=str(number), label=_clean(rule.label))
        if rule.where:
            one.set("filter", rule.where)
        if rule.from_scale:
            one.set("scalemindenom", "1")
            one.set("scalemaxdenom", str(rule.from_scale))
        symbols.append(_symbol(rule.symbol, str(number)))
    renderer.append(symbols)
    return renderer


def _symbol(symbol: Symbol, name: str) -> Xml.Element:
    made = Xml.Element("symbol", name=name, type=symbol.kind, alpha="1", clip_to_extent="1", force_rhr="0")
    for number, brush in enumerate(symbol.brushes):
        layer = Xml.SubElement(made, "layer", attrib={"class": brush.kind, "enabled": "1", "locked": "0", "pass": "0"})
        options = Xml.SubElement(layer, "Option", type="Map")
        for key, value in brush.options.items():
            Xml.SubElement(options, "Option", name=key, type="QString", value=_value(value))
        if brush.inner:
            layer.append(_symbol(brush.inner, f"@{name}@{number}"))
    return made


def _labels(root: Xml.Element, label: Label | None) -> None:
    if not label:
        return
    settings = Xml.SubElement(Xml.SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
    text = Xml.SubElement(
        settings,
        "text-style",
        fieldName=label.expression,
        isExpression="1",
        fontSize=f"{label.size:g}",
        fontSizeUnit="Point",
        fontWeight="63",
        textColor=_value(label.colour),
        textOpacity="1",
        multilineHeight="1",
    )
    buffer = {
        "bufferDraw": "1",
        "bufferNoFill": "1",
        "bufferOpacity": "1",
        "bufferSize": "0.8",
        "bufferSizeUnits": "MM",
        "bufferColor": "255,255,255,255",
    }
    Xml.SubElement(text, "text-buffer", buffer)
    # Names of areas stand on them and make way; what is labelled at every scale is a point, and comes first.
    where = {"placement": "4", "priority": "3"} if label.from_scale else {"placement": "6", "priority": "10"}
    Xml.SubElement(settings, "placement", {**where, "dist": "1.5", "distUnits": "MM"})
    scales = {"scaleVisibility": "1", "scaleMin": "1", "scaleMax": str(label.from_scale)} if label.from_scale else {}
    Xml.SubElement(settings, "rendering", {"drawLabels": "1", "obstacle": "0" if label.from_scale else "1", **scales})


def _aliases(root: Xml.Element, aliases: Mapping[str, str]) -> None:
    if aliases:
        inside = Xml.SubElement(root, "aliases")
        for number, (column, alias) in enumerate(aliases.items()):
            Xml.SubElement(inside, "alias", field=column, index=str(number), name=_clean(alias))


def _value(value: str) -> str:
    """Return an option's value; a colour as QGIS writes it."""
    if not value.startswith("#"):
        return value
    parts = [int(value[at : at + 2], 16) for at in range(1, len(value), 2)]
    return ",".join(str(part) for part in (*parts, 255)[:4])


def _clean(text: str) -> str:
    """Return text that XML can hold."""
    return CONTROLS.sub(" ", MARKS.sub("", text))


def _text(root: Xml.Element) -> str:
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + Xml.tostring(root, encoding="unicode")
