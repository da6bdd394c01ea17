"""What is advised for a zone: the proposed hub that serves it, what it would take, and how ready it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np

from geokehila.catalogue.choices import RolloutChoice
from geokehila.draw import chosen, taking
from geokehila.draw.cards.stock import Row, Stock
from geokehila.draw.cards.voice import Voice, is_known, text

LINK, MUST = "link", "must"
#: Zoning whose units no municipality drew: they are named for what lies in them, as areas are.
COMMUNITY = "community"
#: What a municipality counts of a neighbourhood, beside its active hub.
OUTPUTS = ("activists", "volunteers", "events", "initiatives")
#: How many signs make a neighbourhood ready.
SIGNS = 5


@dataclass(frozen=True, eq=False)
class Advice:
    """What is advised, by zone."""

    stock: Stock

    def hub(self, voice: Voice, zone_id: str) -> dict[str, Any]:
        """Say which proposed hub serves the zone: the one by which most people there gain, and who gains."""
        served = self.stock.serving(zone_id)
        left = [*self._standing(voice, zone_id, served), *self._left(voice, zone_id)]
        left += chosen.not_counted(self._record, self._speech(voice), zone_id)
        if not served:
            return {"site": "", "facts": [*self._not_served(voice, zone_id), *left]}
        hub = self.stock.hubs[served[0]["site_id"]]
        return {
            "site": _ranked(voice, hub, voice.name(hub)),
            "facts": [*self._facts(voice, zone_id, hub, served), *left],
        }

    def take(self, voice: Voice, zone_id: str) -> dict[str, Any]:
        """Say what it would take that most people reach every required service."""
        rows, unit = self.stock.of_unit("additions", zone_id)
        if not rows:
            return {"lead": voice.say("card.take_nothing"), "steps": {}, "unasked": ""}
        lead = [*([self._unit(voice, unit)] if unit else []), self._verdict(voice, rows)]
        note = taking.note(rows[0])
        return {
            "lead": " ".join(lead),
            "steps": {int(row["step"]): self._step(voice, row) for row in rows if row["step"] > 0},
            "unasked": voice.say(note, unasked=self._unasked(voice, rows[0])) if note else "",
        }

    def ready(self, voice: Voice, zone_id: str) -> list[str]:
        """Say how ready it is and when its turn comes, as far as anybody has told."""
        rows, unit = self.stock.of_unit("rollout", zone_id)
        if not rows:
            return []
        row, words = rows[0], [self._unit(voice, unit)] if unit else []
        if is_known(row["readiness"]):
            met, told = (voice.number(number) for number in (row["readiness"] * SIGNS, row["readiness_known"]))
            words.append(voice.say("card.signs", met=met, told=told))
        else:
            words.append(voice.say("card.not_told"))
        said = [" ".join(words), *self._outputs(voice, zone_id)]
        if is_known(row["rank"], row["wave"]):
            rank, wave = voice.number(row["rank"]), voice.number(row["wave"])
            key = "wave" if self.stock.town.study.rollout == RolloutChoice() else "wave_own"
            said.append(voice.say(f"card.{key}", rank=rank, wave=wave, year=voice.phrases.figure(f"{row['year']:.0f}")))
            if row["rank_first"] < row["rank_last"]:
                ends = {end: voice.number(row[f"rank_{end}"]) for end in ("first", "last")}
                said.append(voice.say("card.wave_between", **ends))
        return said

    def _not_served(self, voice: Voice, zone_id: str) -> list[str]:
        """Say why no proposed hub is told; of people whom nobody counted it is not known whether one serves them."""
        is_any = any(is_known(hub["rank"]) for hub in self.stock.hubs.values())
        if zone_id in self.stock.town.uncounted:
            return [*([] if is_any else [voice.say("hub.none")]), voice.say("sentence.people_unknown")]
        return [voice.say("card.no_site")] if is_any else chosen.none(self._record, self._speech(voice))

    def _facts(self, voice: Voice, zone_id: str, hub: Row, served: list[Row]) -> Iterator[str]:
        first = served[0]
        yield voice.say("hub.kind", kind=kind_of(voice, hub["kind"]))
        if hub["choice"] == MUST:
            yield voice.say("hub.must")
        if change := hub["designation_change"]:
            yield voice.say(f"hub.change_{change}")
        yield voice.say("hub.gains", people=voice.counts(first["people_low"], first["people_high"]))
        if ages := self._ages(voice, zone_id, hub["site_id"]):
            yield voice.say("hub.groups", list=voice.listed(ages))
        if is_known(first["saved_s"]) and first["saved_s"] > 0:
            yield voice.say("hub.saved", minutes=voice.phrases.figure(f"{first['saved_s'] / 60:.1f}"))
        yield from self._chosen_for(voice, hub)
        if (tries := self._record["tries"]) and is_known(hub["chosen_share"]):
            shares = {"share": voice.percent(hub["chosen_share"]), "near": voice.percent(hub["near_share"])}
            yield voice.say("hub.chosen", **shares, tries=voice.number(tries))
        middle = self.stock.homes.middle(zone_id)
        if middle is not None:
            away = float(np.hypot(*(self._at[hub["site_id"]] - middle)))
            yield voice.say("card.distance", distance=voice.phrases.distance(away))
        yield voice.say("hub.unchecked")
        hubs = (self.stock.hubs[row["site_id"]] for row in served[1:])
        if others := [_ranked(voice, hub, site_name(voice, hub)) for hub in hubs]:
            yield voice.say("card.other_sites", list=voice.listed(others))

    def _standing(self, voice: Voice, zone_id: str, served: list[Row]) -> Iterator[str]:
        """Yield the proposed hubs that stand in the zone beside the one that is told, and who of it gains by each."""
        gains = {row["site_id"]: row for row in served}
        for site_id in self.stock.standing.get(zone_id, []):
            hub, row = self.stock.hubs[site_id], gains.get(site_id)
            if served and site_id == served[0]["site_id"]:
                continue
            none = voice.say("cell.unknown") if zone_id in self.stock.town.uncounted else voice.number(0)
            people = voice.counts(row["people_low"], row["people_high"]) if row else none
            told = [voice.say("card.stands_here", site=_ranked(voice, hub, site_name(voice, hub)), people=people)]
            if hub["choice"] == MUST:
                told.append(voice.say("hub.must") + ".")
            yield " ".join(told)

    def _chosen_for(self, voice: Voice, hub: Row) -> Iterator[str]:
        """Yield for what and for whose walk hubs were chosen, and what is known of this one's price and room."""
        record, speech = self._record, self._speech(voice)
        yield from (*chosen.sentences(record, speech), *chosen.of_site(hub, record, speech))
        if self.stock.town.catalogue.profiles[record["profile"]].on_wheels:
            yield from chosen.on_wheels(self.stock.town.record["network"], speech)

    @property
    def _record(self) -> Mapping[str, Any]:
        record: Mapping[str, Any] = self.stock.town.record["hubs"]
        return record

    def _speech(self, voice: Voice) -> chosen.Speech:
        profiles = self.stock.town.catalogue.profiles
        return chosen.Speech(voice.say, lambda key: voice.called(profiles[key]), voice.number, voice.listed)

    def _ages(self, voice: Voice, zone_id: str, site_id: str) -> list[str]:
        rows = [row for row in self.stock.gains.get(zone_id, []) if row["site_id"] == site_id]
        return [
            voice.say(
                "hub.group",
                group=age(voice, row["group"]),
                people=voice.counts(row["people_low"], row["people_high"]),
            )
            for row in rows
            if row["group_by"] == "age" and row["people_high"] > 0
        ]

    def _left(self, voice: Voice, zone_id: str) -> list[str]:
        rows, speech = self.stock.left.get(zone_id, []), self._speech(voice)
        each = (
            {when: voice.counts(row[f"{when}_low"], row[f"{when}_high"]) for when in ("now", "then")} for row in rows
        )
        return [chosen.left(self._record, told, speech) for told in each]

    def _outputs(self, voice: Voice, zone_id: str) -> Iterator[str]:
        """Yield what the municipality counts of the neighbourhood: what nobody told is left out."""
        for row in self.stock.of_unit("readiness", zone_id)[0]:
            told = {key: voice.number(row[f"{key}_count"]) for key in OUTPUTS if is_known(row[f"{key}_count"])}
            if is_known(row["active_hub"]):
                told["active_hub"] = voice.say("table.yes" if row["active_hub"] else "table.no")
            figures = [voice.say("card.output", name=voice.say(f"card.outputs.{k}"), figure=v) for k, v in told.items()]
            if stage := text(row["stage"]):
                figures.append(voice.say("card.stage", stage=voice.phrases.figure(stage)))
            yield voice.listed(figures)

    def _verdict(self, voice: Voice, rows: list[Row]) -> str:
        before, after = (
            voice.percent(share) if is_known(share) else voice.say("cell.unknown")
            for share in (rows[0]["share_before"], rows[-1]["share_after"])
        )
        aim = voice.percent(self.stock.town.catalogue.standards["additions_share"].value)
        missing = voice.listed(self._categories(voice, rows[0]["reason"]))
        words = {"all": voice.say(taking.whole(rows[0])), "list": missing, "unasked": self._unasked(voice, rows[0])}
        return voice.say(taking.sentence(rows[0]), **words, share=before, after=after, aim=aim)

    def _unasked(self, voice: Voice, row: Row) -> str:
        return voice.listed(self._categories(voice, taking.unasked(row)))

    def _step(self, voice: Voice, row: Row) -> str:
        words = {
            "categories": voice.listed(self._categories(voice, row["categories"])),
            "before": voice.percent(row["share_before"]),
            "after": voice.percent(row["share_after"]),
        }
        if row["kind"] == LINK:
            return voice.say("card.take_link", **words, way=self._way(voice, row["link_id"]))
        return voice.say("card.take_service", **words, site=self._site(voice, row["site_id"]))

    def _way(self, voice: Voice, link_id: str) -> str:
        """Return what a missing way on foot is, and how long."""
        link = self.stock.links.get(link_id)
        if link is None or not voice.has(f"takes.{link['kind']}"):
            return voice.say("card.way")
        return voice.say(
            "card.way_of", kind=voice.say(f"takes.{link['kind']}"), metres=voice.phrases.distance(link["length_m"])
        )

    def _site(self, voice: Voice, site_id: str) -> str:
        row = self.stock.sites.get(site_id)
        return site_name(voice, row) if row else voice.say("card.street_point")

    def _categories(self, voice: Voice, keys: str) -> Iterator[str]:
        """Yield what categories, or states, are called that are joined by ';'."""
        categories = self.stock.town.catalogue.categories
        for key in (part.strip() for part in (keys or "").split(";") if part.strip()):
            yield voice.called(categories[key]) if key in categories else voice.reason(key)

    def _unit(self, voice: Voice, unit: Row) -> str:
        """Say of which unit a sentence is: of a community that it is one, for an area of its name may lie beside it."""
        name, number = voice.name(unit), voice.phrases.figure(text(unit["zone_id"]))
        if unit["zoning"] == COMMUNITY:
            return voice.say("card.unit_community", name=f" ({name})" if name else "", number=number)
        return voice.say("card.unit", name=name or number)

    @cached_property
    def _at(self) -> dict[str, np.ndarray]:
        hubs = gpd.GeoDataFrame(self.stock.town.tables["hubs"])
        points = hubs.to_crs(self.stock.town.zones.crs).representative_point()
        return dict(zip(hubs["site_id"], np.column_stack([points.x, points.y]), strict=True))


def site_name(voice: Voice, row: Row) -> str:
    """Return what a site is called, or what stands there."""
    return voice.name(row) or kind_of(voice, row["kind"])


def _ranked(voice: Voice, hub: Row, name: str) -> str:
    """Return what a proposed hub is called behind the number that stands on the map."""
    return voice.number(hub["rank"]) + (f" · {name}" if name else "")


def kind_of(voice: Voice, kind: str) -> str:
    """Return why a site can be a hub."""
    return voice.say(f"hub_kinds.{kind}") if voice.has(f"hub_kinds.{kind}") else text(kind)


def age(voice: Voice, group: str) -> str:
    """Return what an age group is called: ``0-19`` or ``80+``.

    Examples
    --------
    >>> age(Voice("en", "residents"), "0-9"), age(Voice("en", "residents"), "90+")
    ('aged 0 to 9', 'aged 90 and over')
    """
    if voice.has(f"groups.{group}"):
        return voice.say(f"groups.{group}")
    low, _, high = group.rstrip("+").partition("-")
    if not low.isdigit():
        return text(group)
    ages = {"low": voice.phrases.figure(low), "high": voice.phrases.figure(high)}
    return voice.say("group.age" if high else "group.age_from", **ages).strip()
