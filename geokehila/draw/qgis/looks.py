"""How each layer looks: symbols and rules in the colours of the palette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geokehila.catalogue import Catalogue
from geokehila.catalogue.phrases import Phrases
from geokehila.catalogue.themes import Shown
from geokehila.draw import palette
from geokehila.draw.qgis.qml import Brush, Label, Rule, Symbol, quoted
from geokehila.zones import NOTHING_KNOWN_SHARE

#: Streets by how much they carry.
WAYS: Mapping[str, tuple[str, ...]] = {
    "main": ("motorway", "trunk", "primary", "secondary", "tertiary"),
    "foot": ("footway", "path", "steps", "cycleway", "pedestrian", "plaza", "track", "corridor", "bridleway"),
}
#: Measures of areas whose number ends on the ends of an interval.
INTERVALS = ("_share", "_people")


def area(colour: str, outline: str = palette.QUIET, width: float = 0.16) -> Symbol:
    """Return a fill."""
    options = {"color": colour, "outline_color": outline, "outline_width": f"{width:g}", "style": "solid"}
    return Symbol("fill", (Brush("SimpleFill", options),))


def border(colour: str, width: float, dashed: bool = False) -> Symbol:
    """Return an outline of areas without a fill."""
    options = {"style": "no", "outline_color": colour, "outline_width": f"{width:g}"}
    return Symbol("fill", (Brush("SimpleFill", options | ({"outline_style": "dash"} if dashed else {})),))


def hatch(colour: str | None) -> Symbol:
    """Return slanting lines, over a colour where one is given."""
    below = area(colour).brushes if colour else ()
    stroke = Symbol("line", (Brush("SimpleLine", {"line_color": palette.HATCH, "line_width": "0.18"}),))
    lines = Brush("LinePatternFill", {"angle": "45", "distance": "1.8", "line_width": "0.18"}, stroke)
    return Symbol("fill", (*below, lines))


def line(colour: str, width: float, dashed: bool = False) -> Symbol:
    """Return a line."""
    options = {"line_color": colour, "line_width": f"{width:g}", "line_style": "dash" if dashed else "solid"}
    return Symbol("line", (Brush("SimpleLine", options | {"capstyle": "round", "joinstyle": "round"}),))


def dot(colour: str, size: float, shape: str = "circle", outline: str = "#ffffff") -> Symbol:
    """Return a marker, its outline the wider the larger it is."""
    options = {"name": shape, "color": colour, "size": f"{size:g}", "outline_color": outline}
    options |= {"outline_width": f"{0.1 + size / 12:.2g}"}
    return Symbol("marker", (Brush("SimpleMarker", options),))


def one_of(column: str, words: tuple[str, ...]) -> str:
    """Return an expression that a column holds one of some words of the library's own."""
    return f"{quoted(column)} IN ({', '.join(repr(word) for word in words)})"


@dataclass(frozen=True)
class Said:
    """How legends speak: their language, what the numbers count, and how an area shows that nobody lives in it."""

    phrases: Phrases
    weights: str
    nobody: str


def classes(shown: Shown, columns: frozenset[str], said: Said, likely: str = "") -> tuple[Rule, ...]:
    """Return the classes of a measure of areas: colour by the at-least number, hatched where the class is not sure.

    Parameters
    ----------
    likely
        The measure that two lists make likely, of the share of a domain or of whom that leaves beyond; "": none.
    """
    say = said.phrases.say
    is_interval = f"{shown.key}_low" in columns
    low = quoted(f"{shown.key}_low" if is_interval else shown.key)
    width = f"{quoted(f'{shown.key}_high')} - {low}" if is_interval and shown.key.endswith("_share") else "0"
    known = f"{low} IS NOT NULL AND coalesce({width}, 0) <= {NOTHING_KNOWN_SHARE}"
    ramp, ends = palette.RAMPS[shown.more], (None, *shown.breaks, None)
    rules = []
    for colour, start, end in zip(ramp, ends, ends[1:], strict=False):
        within = [f"{low} >= {start!r}"] * (start is not None) + [f"{low} < {end!r}"] * (end is not None)
        rules.append(Rule(_range(shown, start, end), area(colour), " AND ".join((known, *within))))
    if is_interval:
        top = f"{likely}_high" if f"{likely}_high" in columns else ""
        whole = shown.within if {f"{shown.within}_low", f"{shown.within}_high"} <= columns else ""
        unsure = " OR ".join((*_unsure(shown, top), *_astride(shown, whole)))
        rules.append(Rule(say("legend.wide"), hatch(None), f"{known} AND ({unsure})"))
    nobody = say("legend.no_people", weights=say(f"weights.{said.weights}"))
    return (
        *rules,
        Rule(nobody, border(palette.LINE, 0.1), f"NOT ({known}) AND {said.nobody}"),
        Rule(say("qgis.unknown"), hatch(palette.UNKNOWN), f"NOT ({known}) AND NOT {said.nobody}"),
    )


def _astride(shown: Shown, within: str) -> list[str]:
    """Return expressions that what a number stays within reaches over a break; none where it is its own interval."""
    least, most = (
        f"coalesce({quoted(within + end)}, {quoted(f'{shown.key}{end}')})" for end in ("_low", "_high")
    )  # fmt: skip
    return [f"({least} < {start!r} AND {most} >= {start!r})" for start in shown.breaks] if within else []


def _unsure(shown: Shown, likely: str) -> list[str]:
    """Return expressions that a number may be of another class; `likely`: the column of the most that is likely."""
    low, high = quoted(f"{shown.key}_low"), quoted(f"{shown.key}_high")
    ways = [f"({low} < {start!r} AND {high} >= {start!r})" for start in shown.breaks]
    if likely and shown.key.endswith("_share"):
        ways += [f"({low} < {start!r} AND coalesce({quoted(likely)}, 0) >= {start!r})" for start in shown.breaks]
    elif likely:
        least = f'coalesce("people" * (1 - {quoted(likely)}), {low})'
        ways += [f"({low} >= {start!r} AND {least} < {start!r})" for start in shown.breaks]
    return ways


def _range(shown: Shown, start: float | None, end: float | None) -> str:
    """Return what a class holds, as figures that read from left to right."""
    form = "{:.0%}" if shown.key.endswith("_share") else "{:,g}"
    written = [form.format(number) for number in (start, end) if number is not None]
    if start is None:
        return f"< {written[0]}"
    return f"≥ {written[0]}" if end is None else f"{written[0]} – < {written[1]}"


def name_of(language: str) -> str:
    """Return the expression of what a shape is called for readers of a language."""
    order = {"he": ("he", "en", "ar"), "ar": ("ar", "he", "en"), "en": ("en", "he", "ar")}[language]
    return f"coalesce({', '.join(quoted(f'name_{one}') for one in order)}, '')"


def domains(catalogue: Catalogue, language: str) -> tuple[Rule, ...]:
    """Return places by the domain of life that they serve, each with its colour and shape."""
    said = Phrases(language)
    found = [
        Rule(said.name(domain.name), dot(colour, 2.2, mark), f"{quoted('domain')} = '{key}'")
        for key, domain in catalogue.domains.items()
        for colour, mark in [palette.DOMAINS[key]]
    ]
    return (*found, Rule(said.say("qgis.other"), dot(palette.QUIET, 1.6), f"coalesce({quoted('domain')}, '') = ''"))


def states(column: str, said: Phrases) -> tuple[Rule, ...]:
    """Return homes by whether a domain is within the walk."""
    known = {"reached": dot("#2c7fb8", 1.2), "beyond": dot(palette.BEYOND, 1.6, "diamond")}
    rules = [Rule(said.say(f"qgis.{s}"), symbol, f"{quoted(column)} = '{s}'") for s, symbol in known.items()]
    unknown = dot("#ffffff", 1.2, outline=palette.HATCH)
    return (*rules, Rule(said.say("qgis.unknown"), unknown, f"NOT {one_of(column, (*known,))}"))


def fixed(said: Phrases) -> dict[str, tuple[tuple[Rule, ...], Label | None]]:
    """Return the looks of the layers that are drawn in one way, with their labels."""

    def say(key: str) -> str:
        return said.say(f"qgis.{key}")

    rank = Label('if("rank" IS NULL, \'\', to_string(to_int("rank")))', 9, palette.SITE)
    named = Label(name_of(said.language), 8, palette.INK, 25_000)
    way, drawn = quoted("way"), ", ".join(repr(one) for one in (*WAYS["main"], *WAYS["foot"]))
    return {
        "streets": ((
            Rule(say("main"), line("#7d7d7d", 0.6), one_of("way", WAYS["main"])),
            Rule(say("foot"), line("#b9b9b9", 0.26, dashed=True), one_of("way", WAYS["foot"]), 20_000),
            Rule(say("street"), line(palette.STREET, 0.3), f"coalesce({way}, '') NOT IN ({drawn})", 60_000),
        ), None),
        "open_spaces": ((
            Rule(say("public"), area("#c7e9c0", "#74a876"), "\"public\" = 'yes'"),
            Rule(say("not_public"), area("#eeeeee", "#bdbdbd"), "\"public\" IS NULL OR \"public\" <> 'yes'"),
        ), None),
        "hubs": ((
            Rule(say("existing"), dot(palette.HUB, 4.4), "\"status\" = 'existing'"),
            Rule(say("recommended"), dot(palette.SITE, 5.4, "star"), "\"status\" = 'recommended'"),
        ), rank),
        "hub_catchments": ((Rule(say("catchment"), border(palette.HUB, 0.5, dashed=True)),), None),
        "candidates": ((
            Rule(say("existing"), dot(palette.HUB, 3), "\"status\" = 'existing'"),
            Rule(say("candidate"), dot(palette.SITE, 2.4, "diamond"), "\"status\" = 'candidate'"),
            Rule(say("excluded"), dot("#ffffff", 2, "cross2", palette.QUIET), "\"status\" = 'excluded'"),
        ), None),
        "candidates_areas": ((
            Rule(say("candidate"), border(palette.SITE, 0.4), "\"status\" <> 'excluded'"),
            Rule(say("excluded"), border(palette.QUIET, 0.2), "\"status\" = 'excluded'"),
        ), None),
        "links": ((Rule(say("link"), line(palette.ACCENT, 0.7, dashed=True)),), None),
        "block_links": ((Rule(say("link"), line(palette.ACCENT, 0.4, dashed=True)),), None),
        "gap_homes": ((
            Rule(say("missing_many"), dot(palette.BEYOND, 2), "\"missing_count\" >= 3"),
            Rule(say("missing_some"), dot("#fe9929", 1.5), "\"missing_count\" >= 1 AND \"missing_count\" < 3"),
            Rule(say("missing_none"), dot("#bdbdbd", 1, outline="#8a8a8a"), "coalesce(\"missing_count\", 0) = 0"),
        ), None),
        "communities": ((Rule(say("community"), border(palette.INK, 0.6)),), named),
        "plans": (_plans(said), None),
    }  # fmt: skip


def _plans(said: Phrases) -> tuple[Rule, ...]:
    """Return cells of plans by their use."""
    kept = quoted("use")
    uses = tuple(palette.USES)
    rules = [Rule(said.say(f"qgis.plan_{use}"), area(palette.USES[use]), f"{kept} = '{use}'") for use in uses]
    return (*rules, Rule(said.say("qgis.other"), area("#eeeeee"), f"{kept} IS NULL OR NOT {one_of('use', uses)}"))


def simple(kind: str, label: str) -> tuple[Rule, ...]:
    """Return the look of any other layer: quiet points, lines or areas."""
    symbols = {"marker": dot(palette.QUIET, 1.4), "line": line(palette.QUIET, 0.4), "fill": border(palette.QUIET, 0.3)}
    return (Rule(label, symbols[kind]),)
