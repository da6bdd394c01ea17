"""Cards as HTML: one page an area, in three languages, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from geokehila import names
from geokehila.catalogue import LANGUAGES
from geokehila.catalogue.phrases import RIGHT_TO_LEFT
from geokehila.draw import palette
from geokehila.draw.cards import belief, people
from geokehila.draw.cards.advice import Advice
from geokehila.draw.cards.assets import Assets
from geokehila.draw.cards.marked import marked, plain
from geokehila.draw.cards.sketch import Sketches
from geokehila.draw.cards.stock import ZONE, Stock
from geokehila.draw.cards.strip import Strip
from geokehila.draw.cards.touched import Touched
from geokehila.draw.cards.voice import Voice, text
from geokehila.draw.town import Town, card_name
from geokehila.errors import InputError
from geokehila.zones.telling import Units, number

#: Names of areas are cut to this many letters.
LONGEST_NAME = 80
#: Colours of the style sheet.
COLOURS = {
    name.lower(): getattr(palette, name)
    for name in ("INK", "QUIET", "LINE", "ACCENT", "HUB", "SITE", "BEYOND", "STREET", "UNKNOWN", "HATCH")
}


@dataclass(frozen=True, eq=False)
class Deck:
    """The cards of a town.

    Attributes
    ----------
    town
        The town.
    """

    town: Town

    @cached_property
    def stock(self) -> Stock:
        """Its tables by area."""
        return Stock(self.town)

    @cached_property
    def assets(self) -> Assets:
        """Its places by area."""
        return Assets(self.stock)

    @cached_property
    def sketches(self) -> Sketches:
        """Its maps."""
        return Sketches(self.stock, self.assets)

    @cached_property
    def advice(self) -> Advice:
        """What is advised."""
        return Advice(self.stock)

    @cached_property
    def touched(self) -> Touched:
        """Which warnings are of which area."""
        return Touched(self.stock)

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """Its languages; the one that a card opens in last, for the style sheet shows it where no other is asked."""
        return tuple(Voice(language, self.town.weights) for language in sorted(LANGUAGES, key=self._opens_in))

    def _opens_in(self, language: str) -> bool:
        return language == self.town.language

    def html(self, zone_id: str) -> str:
        """Return the card of a zone.

        Raises
        ------
        InputError
            No such zone is shown.
        """
        if zone_id not in self.stock.zones:
            raise InputError(f"card of zone {zone_id!r}: no such zone is shown: take one of table zones")
        return _template("card.html.j2").render(
            sides=[self._side(voice, zone_id) for voice in self.voices],
            map=self.sketches.of(zone_id),
            languages=self._languages,
            style=_style(),
        )

    def index(self) -> str:
        """Return the list of all cards."""
        return _template("index.html.j2").render(
            sides=[self._list(voice) for voice in self.voices], languages=self._languages, style=_style()
        )

    def _side(self, voice: Voice, zone_id: str) -> dict[str, Any]:
        """Return all that a card says in one language."""
        strip = Strip(self.stock, zone_id)
        catalogue, weakest = self.town.catalogue, strip.weakest
        return self._head(voice) | {
            "name": self.name(voice, zone_id),
            "facts": [*self._facts(voice, zone_id)],
            "weakest": voice.called(catalogue.domains[weakest]) if weakest else "",
            "assets": self.assets.said(voice, zone_id),
            "strip": strip.said(voice),
            "hub": self.advice.hub(voice, zone_id),
            "take": self.advice.take(voice, zone_id),
            "ready": self.advice.ready(voice, zone_id),
            "shelter": people.shelter(self.stock, voice, zone_id),
            "groups": people.groups(self.stock, voice, zone_id, weakest),
            "rules": belief.rules(self.stock, voice, zone_id),
            "notices": belief.others(self.touched, voice, zone_id),
            "lines": [*strip.likely(voice), *belief.lines(self.stock, voice, zone_id)],
        }

    def _head(self, voice: Voice) -> dict[str, Any]:
        """Return what is the same on every card of a language."""
        if voice.language not in self._heads:
            self._heads[voice.language] = {
                "language": voice.language,
                "direction": "rtl" if voice.language in RIGHT_TO_LEFT else "ltr",
                "say": voice.say,
                "metres": voice.phrases.distance,
                "city": voice.phrases.name({voice.language: self.town.city[voice.language]}),
                "banners": belief.grave(self.stock, voice),
                "sources": [*belief.sources(self.stock, voice)],
                "run": f"GeoKehila {text(self.town.record.get('version'))} · {text(self.town.record.get('run_id'))}",
            }
        return self._heads[voice.language]

    def name(self, voice: Voice, zone_id: str) -> str:
        """Return what a zone is called, and which it is where another is called alike; its number where nobody did."""
        called = self._units[voice.language].called(ZONE, zone_id)
        return called or f"{voice.say('page.area')} {voice.phrases.figure(text(number(zone_id)))}"

    def _facts(self, voice: Voice, zone_id: str) -> Iterator[str]:
        """Yield what stands below the name."""
        # Two figures never stand side by side: who copies the text of a sheet would find them changed about.
        yield people.head_count(self.stock, voice, zone_id)
        if zone_id not in {self.stock.zones[zone_id][column] for column in names.NAME_COLUMNS}:
            yield voice.say("card.number", number=voice.phrases.figure(text(zone_id)))
        if date := text(self.town.record.get("dates", {}).get("osm")):
            yield voice.say("card.dated", date=voice.phrases.figure(date))

    def _list(self, voice: Voice) -> dict[str, Any]:
        rows = [
            {
                "name": self.name(voice, zone_id),
                "number": text(zone_id),
                "people": people.head_count(self.stock, voice, zone_id),
                "file": card_name(zone_id),
            }
            for zone_id in self.stock.zones
        ]
        return self._head(voice) | {"rows": rows}

    @cached_property
    def _units(self) -> dict[str, Units]:
        """What zones are called, by language."""
        named = {
            (ZONE, zone_id): {one: text(zone[f"name_{one}"], LONGEST_NAME) for one in names.LANGUAGES}
            for zone_id, zone in self.stock.zones.items()
        }
        return {voice.language: Units(named, voice.phrases) for voice in self.voices}

    @cached_property
    def _languages(self) -> dict[str, str]:
        """What each language calls itself."""
        own = {voice.language: voice.say("card.language") for voice in self.voices}
        return {language: own[language] for language in LANGUAGES}

    @cached_property
    def _heads(self) -> dict[str, dict[str, Any]]:
        return {}


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("geokehila.draw.cards", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=marked,
    )
    made.filters["plain"] = plain
    # A file that is saved takes its name from the title, and letters that nobody sees would be marks in it.
    made.filters["bare"] = names.clean
    return made


@cache
def _style() -> str:
    named = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    return f":root{{{named}}}\n" + files("geokehila.draw.cards").joinpath("card.css").read_text(encoding="utf-8")
