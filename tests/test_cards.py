"""Cards of areas: every figure is that of its table, what is not known is said, and names are never markup."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from card_towns import kept_town, plain_town, survey
from drawn_town import EVIL, IDS, likely
from shapely import Point

from geokehila import Run
from geokehila.catalogue.choices import RolloutChoice
from geokehila.draw import cards
from geokehila.draw.cards.deck import Deck
from geokehila.draw.cards.voice import Voice
from geokehila.draw.town import Town
from geokehila.errors import InputError

SCORED = ("employment", "education", "health", "transport", "environment", "culture", "community")


class Reader(HTMLParser):
    """Text of a card by language, and of each of its sections and cells."""

    def __init__(self, html: str, language: str) -> None:
        super().__init__()
        self.language, self.inside, self.path = language, False, []
        self.text: dict[str, list[str]] = defaultdict(list)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "article":
            self.inside = known["id"] == self.language
        if self.inside:
            self.tags.append((tag, known))
            if known.get("data-domain"):
                self.path.append((tag, f"domain {known['data-domain']}"))
            elif known.get("class") or tag in ("h1", "header", "footer"):
                self.path.append((tag, known.get("class") or tag))
            else:
                self.path.append((tag, tag))

    def handle_endtag(self, tag: str) -> None:
        if self.inside and any(opened == tag for opened, _ in self.path):
            while self.path.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            for name in {name for _, name in self.path}:
                self.text[name].append(data)

    def of(self, name: str) -> str:
        """Text of all elements of this name."""
        return re.sub(r"\s+", " ", "".join(self.text[name])).strip()


@pytest.fixture(scope="module")
def sample(raw_neve_or: Path, neve_or: Run) -> Town:
    return kept_town(raw_neve_or, neve_or)


@pytest.fixture(scope="module")
def drawn(sample: Town) -> dict[str, str]:
    deck = Deck(sample)
    return {zone_id: deck.html(zone_id) for zone_id in deck.stock.zones}


def percent(share: float) -> str:
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{int(100 * share + 0.5 + 1e-9)}%"


def count(number: float) -> str:
    return f"{int(number + 0.5):,}"


def between(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def scores(one: Town, zone_id: str, group: str = "total") -> pd.DataFrame:
    table = one.tables["zone_scores"]
    rows = table[(table["zoning"] == "zone") & (table["profile"] == "adult") & (table["group"] == group)]
    return rows[rows["zone_id"] == zone_id].set_index("measure")


def english(html: str) -> Reader:
    return Reader(html, "en")


def test_memory_and_folder_give_the_same_bytes(neve_or: Run, drawn: dict[str, str]) -> None:
    for zone_id, card in drawn.items():
        assert (neve_or.page.parent / "cards" / cards.page_name(zone_id)).read_text(encoding="utf-8") == card


def test_shares_and_gaps_are_those_of_the_table(sample: Town, drawn: dict[str, str]) -> None:
    read = 0
    for zone_id, html in drawn.items():
        card, table = english(html), scores(sample, zone_id)
        for domain in SCORED if "people" in table.index else ():
            share, beyond = table.loc[f"domain_{domain}_share"], table.loc[f"domain_{domain}_beyond_people"]
            told = card.of(f"domain {domain}")
            if share.high - share.low > 0.995:
                assert told in ("the map does not tell", "not known")
            else:
                assert told == between(percent(share.low), percent(share.high))
                assert between(count(beyond.low), count(beyond.high)) in card.of("gap")
                read += 1
        for domain in ("housing", "security"):
            assert card.of(f"domain {domain}") == "not scored"
    assert read > 30


def test_the_sentence_tells_of_the_weakest_domain(sample: Town, drawn: dict[str, str]) -> None:
    told = 0
    for zone_id, html in drawn.items():
        table, lead = scores(sample, zone_id), english(html).of("lead")
        key = table.loc["weakest_domain", "reason"] if "weakest_domain" in table.index else ""
        if key:
            beyond, domain = table.loc[f"domain_{key}_beyond_people"], sample.catalogue.domains[key]
            assert lead.startswith(domain.name["en"])
            assert count(beyond.high) in lead and count(table.loc["people", "value"]) in lead
            told += 1
    assert told > 3
    assert english(drawn["9996-9"]).of("lead") == "The number of residents is not known."


def test_people_are_those_of_the_tables(sample: Town, drawn: dict[str, str]) -> None:
    people = sample.tables["zone_people"]
    for zone_id, html in drawn.items():
        card, rows = english(html), people[people["zone_id"] == zone_id].set_index("group")["people"]
        if zone_id == "9996-9":
            assert "The source tells no ages here." in card.of("people")
            assert rows.isna().all() and "The number of residents is not known" in card.of("facts")
            continue
        assert f"{count(rows['total'])} residents" in card.of("facts")
        for group in rows.index.drop("total"):
            assert f"{group.replace('-', '–')}{count(rows[group])}" in card.of("ages")
        old = scores(sample, zone_id, "80+")
        assert count(old.loc["people", "value"]) in card.of("people")


def test_what_a_source_keeps_back_is_no_zero(sample: Town) -> None:
    people = sample.tables["zone_people"].copy()
    hidden = (people["zone_id"] == "9996-1") & (people["group"] == "80+")
    people.loc[hidden, "people"] = np.nan
    people["reason"] = people["reason"].astype(object)
    people.loc[hidden, "reason"] = "suppressed"
    changed = Town(sample.study, {**sample.tables, "zone_people": people}, sample.record)
    assert "80+suppressed by the source" in english(cards.html(changed, "9996-1")).of("ages")


def test_an_area_where_nobody_lives_is_told_from_one_that_nobody_counted(sample: Town) -> None:
    people = sample.tables["zone_people"].copy()
    people.loc[people["zone_id"] == "9996-9", "people"] = 0.0
    changed = Town(sample.study, {**sample.tables, "zone_people": people}, sample.record)
    card = english(cards.html(changed, "9996-9"))
    assert card.of("lead") == "No residents live here, by the count." and "0 residents" in card.of("facts")
    assert "is not known" not in card.of("lead")


def test_places_are_counted_where_they_stand_and_where_homes_walk_to(sample: Town, drawn: dict[str, str]) -> None:
    given, catalogue = sample.tables, sample.catalogue
    where = gpd.GeoDataFrame(given["places"]).set_index("place_id").representative_point()
    of = given["place_categories"]
    walks = given["access_nearest"].query("profile == 'adult' and direction == 'to'").set_index("origin_id")
    zone_of = given["origins"].set_index("origin_id")["zone_id"]
    for zone in gpd.GeoDataFrame(given["zones"]).itertuples():
        told = english(drawn[zone.zone_id]).of("assets")
        homes = [origin for origin in walks.index if zone_of[origin] == zone.zone_id]
        for key in ("grocery", "school", "clinic", "community_centre"):
            here = {place for place in of.loc[of["category"] == key, "place_id"] if where[place].within(zone.geometry)}
            mine = walks.loc[homes]
            cutoff = catalogue.categories[key].cutoff_min * 60
            near = {*mine.loc[mine[f"{key}_s"] <= cutoff, f"{key}_place_id"]} - here
            figure = f"{len(here)} +{len(near)}" if near else f"{len(here)}"
            if here or near:
                assert re.search(rf"{catalogue.categories[key].name['en']} {re.escape(figure)}(?! \+)", told), key


def test_the_hub_is_the_one_by_which_most_gain(sample: Town, drawn: dict[str, str]) -> None:
    gains, left = (sample.tables[name] for name in ("hub_gains", "hub_left"))
    served = 0
    for zone_id, html in drawn.items():
        rows = gains[(gains["zoning"] == "zone") & (gains["zone_id"] == zone_id) & (gains["group"] == "total")]
        best, told = rows.sort_values("people_high").tail(1), english(html).of("hub")
        if len(best) and best["people_high"].item() > 0:
            people = between(count(best["people_low"].item()), count(best["people_high"].item()))
            assert f"A hub within the walk for {people} residents" in told
            served += 1
        else:
            nobody = "No proposed hub serves further residents of this area."
            not_known = "The number of residents is not known."
            assert (not_known if zone_id in sample.uncounted else nobody) in told
        for row in left[(left["zoning"] == "zone") & (left["zone_id"] == zone_id)].itertuples():
            now, then = (
                between(count(row.now_low), count(row.now_high)),
                between(count(row.then_low), count(row.then_high)),
            )
            assert f"Without a hub within the walk now: {now}; then: {then}." in told
    assert served >= 2


def test_a_card_says_by_whose_walk_anybody_has_no_hub() -> None:
    one = plain_town()
    hubs = {**one.record["hubs"], "profile": "wheelchair"}
    told = english(cards.html(Town(one.study, one.tables, {**one.record, "hubs": hubs}), IDS[0])).of("hub")
    assert "Without a hub within the walk now (Wheelchair): " in told


def test_of_an_area_that_nobody_counted_no_card_says_that_no_hub_serves_it() -> None:
    """Of its 20 homes 12 have no hub when the first stands, which is in the area; in the seventh all are counted."""
    one, bare = plain_town(), IDS[0]
    near = one.tables["hubs"].copy()
    near.loc[near["site_id"] == "s1", "geometry"] = Point(180_300, 570_300)
    people = one.tables["zone_people"]
    people = people.assign(people=people["people"].mask(people["zone_id"] == bare))
    left = one.tables["hub_left"].query("zone_id != @bare")
    record = {**one.record, "hubs": {**one.record["hubs"], "not_counted": {bare: {"homes": 20, "now": 20, "then": 12}}}}
    tables = {**one.tables, "hubs": near, "zone_people": people, "hub_left": left}
    html = cards.html(Town(one.study, tables, record), bare)
    told = english(html).of("hub")
    assert "serves further" not in told and "The number of residents is not known." in told
    assert "who gain a hub by it: not known" in told
    assert "Homes in areas without a count: 20." in told and "within the walk now: 20; then: 12." in told
    assert "בתים באזורים שלא נמנו" in html and "مساكن في مناطق بلا إحصاء" in html
    other = english(cards.html(Town(one.study, tables, record), IDS[6])).of("hub")
    assert "Homes in areas" not in other
    none = Town(one.study, {**tables, "hubs": near.assign(rank=np.nan)}, record)
    assert "No site for a new hub is proposed." in english(cards.html(none, bare)).of("hub")


def test_a_card_outside_israel_opens_in_english() -> None:
    one = plain_town()
    there = Town(replace(one.study, crs="EPSG:32628"), one.tables, one.record)
    assert cards.html(there, IDS[0]).split("<html")[1].startswith(' lang="en" dir="ltr"')
    assert cards.html(one, IDS[0]).split("<html")[1].startswith(' lang="he" dir="rtl"')


def drawn_hubs(html: str) -> list[str]:
    """The numbers of the proposed hubs on the map of a card."""
    drawing = html.split('id="drawing"')[1].split("</symbol>")[0]
    return re.findall(r'<g class="site"[^>]*>.*?<text[^>]*>(\d+)</text>', drawing)


def test_the_proposed_hubs_on_the_map_are_those_that_are_told(drawn: dict[str, str]) -> None:
    told_any = 0
    for html in drawn.values():
        told = re.search(r"Proposed hub (\d+)", english(html).of("hub"))
        others = re.search(r"Others that serve the area: (.*?)(?:–|$)", english(html).of("hub"))
        here = re.findall(r"Proposed in this area: (\d+)", english(html).of("hub"))
        numbers = {*here, *([told[1]] if told else [])}
        assert numbers <= {*drawn_hubs(html)} <= numbers | {*re.findall(r"\d+", others[1] if others else "")}
        told_any += len(numbers)
    assert told_any >= 2


def test_a_hub_that_serves_the_area_from_afar_is_on_its_map_and_so_is_another_that_stands_in_it() -> None:
    """The second hub stands 1,500 m east of the first area's corner and serves it; the first serves it not."""
    one = plain_town()
    gains = one.tables["hub_gains"]
    mine = gains[gains["zoning"] == "zone"].assign(site_id="s2", zone_id=IDS[0])
    near = one.tables["hubs"].copy()
    near.loc[near["site_id"] == "s1", "geometry"] = Point(180_300, 570_300)
    shown = {"hub_gains": mine, "hubs": near.assign(choice=["must", "may", "may"])}
    html = cards.html(Town(one.study, {**one.tables, **shown}, one.record), IDS[0])
    assert drawn_hubs(html) == ["2", "1"] and "Proposed hub 2" in english(html).of("hub")
    asked = (
        "Of the residents here who gain a hub by it: 0. The municipality asks for it: it was not chosen by who gains."
    )
    assert re.search(rf"Proposed in this area: 1 · .*\. {asked}", english(html).of("hub"))
    assert "Proposed in this area: 2" not in english(html).of("hub")


def test_a_hub_in_an_area_that_none_serves_is_told() -> None:
    """The first hub stands in the first area; people of the seventh alone gain by it."""
    one = plain_town()
    near = one.tables["hubs"].copy()
    near.loc[near["site_id"] == "s1", "geometry"] = Point(180_300, 570_300)
    told = english(cards.html(Town(one.study, {**one.tables, "hubs": near}, one.record), IDS[0])).of("hub")
    assert "No proposed hub serves further residents" in told and "Proposed in this area: 1" in told
    assert "The municipality asks" not in told and "Proposed in this area: 2" not in told


def test_a_site_on_open_ground_says_that_its_designation_must_change() -> None:
    one = plain_town()
    gains = one.tables["hub_gains"].assign(zone_id=IDS[0])
    hubs = one.tables["hubs"].assign(designation_change=["needed", "", ""])
    html = cards.html(Town(one.study, {**one.tables, "hub_gains": gains, "hubs": hubs}, one.record), IDS[0])
    assert "Needs a change of designation in the land-use plan" in english(html).of("hub")
    assert "Chosen in 90% of 100 tries" in english(html).of("hub")
    assert "נדרש שינוי ייעוד הקרקע" in html and "يلزم تغيير تخصيص الأرض" in html


def test_what_it_would_take_is_what_the_table_says(sample: Town, drawn: dict[str, str]) -> None:
    table = sample.tables["additions"]
    verdicts = set()
    for row in table[table["zoning"] == "zone"].itertuples():
        told = english(drawn[row.zone_id]).of("take")
        verdicts.add(row.verdict)
        assert percent(row.share_before) in told
        if row.step > 0:
            assert f"from {percent(row.share_before)} to {percent(row.share_after)}" in told
    assert {"found", "reached already", "not by a building"} <= verdicts


def steps_of(**more: pd.DataFrame) -> Town:
    """The made-up town: in its first area a place at a site, one on the street, and a link on foot would help."""
    rows = [(1, "service", "s9", None), (2, "link", None, "l1"), (3, "service", "street:w1", None)]
    own = pd.DataFrame(rows, columns=["step", "kind", "site_id", "link_id"]).assign(
        zoning="zone", zone_id=IDS[0], categories="clinic", share_before=0.2, share_after=0.9, verdict="found"
    )
    return plain_town(additions=own.assign(not_asked="", reason=""), **more)


def pins(html: str) -> dict[str, tuple[int, int]]:
    found = re.findall(r'<g class="pin" transform="translate\((\d+) (\d+)\)">.*?<text[^>]*>([\d,]+)</text>', html)
    return {numbers: (int(x), int(y)) for x, y, numbers in found}


def test_what_it_would_take_is_drawn_where_it_stands_with_its_number() -> None:
    """The area is a square of 600 m; s9 stands 400 m east and 1,400 m north of its corner, w1 at 900 m and 300 m."""
    html = cards.html(steps_of(), IDS[0])
    outline = re.search(r'<path class="outline" d="([^"]*)"', html.split('id="drawing"')[1])
    corners = np.array([*walked(outline[1])]) if outline else np.empty((0, 2))
    (west, _), (east, south) = corners.min(axis=0), corners.max(axis=0)
    per_m = (east - west) / 600
    wanted = {"1": (400, 1400), "2": (130, 100), "3": (900, 300)}
    assert pins(html).keys() == wanted.keys()
    for number, (x, y) in wanted.items():
        assert pins(html)[number] == pytest.approx((west + x * per_m, south - y * per_m), abs=2)
    link = re.search(r'<path class="links" d="([^"]*)"', html.split('id="drawing"')[1])
    assert link and next(walked(link[1])) == pytest.approx((west + 100 * per_m, south - 100 * per_m), abs=2)
    for language, words in {"he": "לפי מספרה ברשימה", "ar": "بحسب رقمها في القائمة", "en": "by its number"}.items():
        assert words in " ".join(Reader(html, language).text["span"])


def test_additions_at_one_place_share_a_pin() -> None:
    one = steps_of()
    both = one.tables["additions"].assign(site_id="s9", link_id=None)
    assert [*pins(cards.html(Town(one.study, {**one.tables, "additions": both}, one.record), IDS[0]))] == ["1,2,3"]


def test_an_addition_of_a_larger_unit_off_the_map_is_said_to_be_so() -> None:
    one = steps_of()
    quarter = one.tables["zones"][["name_he", "name_ar", "name_en", "name_ru", "geometry"]].iloc[:1]
    zonings = pd.concat([one.tables["zonings"], quarter.assign(zone_id="q1", zoning="quarter")])
    own = {"zonings": zonings, "additions": one.tables["additions"].assign(zoning="quarter", zone_id="q1")}
    html = cards.html(Town(one.study, {**one.tables, **own}, one.record), IDS[0])
    assert [*pins(html)] == ["2"]
    assert english(html).of("take").count("Outside this map.") == 2


def test_a_community_is_said_to_be_one() -> None:
    one = steps_of()
    unit = one.tables["zones"][["name_he", "name_ar", "name_en", "name_ru", "geometry"]].iloc[:1]
    for zoning, said in (("community", "Of community c4 of those that GeoKehila draws"), ("quarter", "Of the neighb")):
        zonings = pd.concat([one.tables["zonings"], unit.assign(zone_id="c4", zoning=zoning, name_en="near Hill")])
        own = {"zonings": zonings, "rollout": one.tables["rollout"].assign(zoning=zoning, zone_id="c4")}
        ready = english(cards.html(Town(one.study, {**one.tables, **own}, one.record), IDS[0])).of("ready")
        assert said in ready and "near Hill" in ready.split(":")[0]


def test_rules_confidence_and_shelters_are_those_of_the_tables(sample: Town, drawn: dict[str, str]) -> None:
    rules = sample.tables["compliance"]
    for zone_id, html in drawn.items():
        card, mine = english(html), rules[(rules["zoning"] == "zone") & (rules["zone_id"] == zone_id)]
        for row in mine[mine["unit"].str.startswith("share")].itertuples():
            assert between(percent(row.low), percent(row.high)) in card.of("rules")
        assert all(verdict in card.of("rules") for verdict in mine["verdict"])
        if len(mine):
            share = scores(sample, zone_id).loc["shelter_share"]
            assert between(percent(share.low), percent(share.high)) in card.of("shelter")
        assert "60 seconds" in card.of("shelter") and "Protected rooms inside buildings are not known" in card.of(
            "shelter"
        )
        assert "OpenStreetMap contributors" in card.of("footer") and "2025-01-01" in card.of("footer")


def test_a_value_from_memory_never_complies(sample: Town) -> None:
    rules = sample.tables["compliance"].assign(confidence="memory", verdict="complies")
    many = pd.concat([rules, rules.assign(standard=rules["standard"] + "_2")])
    changed = Town(sample.study, {**sample.tables, "compliance": many}, sample.record)
    told = english(cards.html(changed, "9996-1")).of("rules")
    assert "complies" not in told
    assert told.count("not judged") == 8 and told.endswith("and 4 more")


def test_rows_of_lists_that_stand_nowhere_are_told_as_what_may_stand_here() -> None:
    lost = {"read": 3, "used": 1, "rejected": {"no usable coordinates": 2}}
    whole = {"read": 1, "used": 0, "rejected": {"outside the data": 1}}
    books = {"מרפאות.xlsx": lost, "osm": lost, "b.csv": whole}
    ledgers = [{"source": name, "counts": {"place": count}} for name, count in books.items()]
    one = plain_town()
    assert "may stand here" not in english(cards.html(one, IDS[0])).of("sure")
    told = english(cards.html(Town(one.study, one.tables, one.record | {"ledgers": ledgers}), IDS[0])).of("sure")
    assert "may stand here: מרפאות.xlsx (2)" in told
    degrees = {"read": 2, "used": 1, "rejected": {"no usable coordinates: these look like degrees": 1}}
    ledgers.append({"source": "candidates.xlsx", "counts": {"candidate": degrees}})
    told = english(cards.html(Town(one.study, one.tables, one.record | {"ledgers": ledgers}), IDS[0])).of("sure")
    assert "candidates.xlsx (1)" in told


def test_lists_of_the_municipality_stand_among_the_sources_those_told_alike_as_one() -> None:
    lists = {
        "places_school": ("מועצת נווה אור", "2026-05"),
        "places_clinic": ("מועצת נווה אור", "2026-05"),
        "places_grocery": ("", "2025"),
        "places_park": ("", ""),
        "shelters": ("Home Front", ""),
    }
    rows = [{"role": role, "told_by": maker} for role, (maker, _) in lists.items()]
    dates = {role: date for role, (_, date) in lists.items() if date} | {"osm": "2026-03-01"}
    one = plain_town()
    told = cards.html(Town(one.study, one.tables, one.record | {"sources": rows, "dates": dates}), IDS[0])
    foot = re.sub("[\u2066-\u2069]", "", english(told).of("footer"))
    for said in (
        "OpenStreetMap 2026-03-01 · ",
        " · Lists: Clinic, School (מועצת נווה אור) 2026-05 · ",
        " · List: Grocery 2025 · ",
        " · List: Park or garden · ",
        " · Shelters (Home Front) · ",
    ):
        assert said in foot
    assert foot.count("List: ") == 2


def test_answers_stand_beside_what_is_measured() -> None:
    told = english(cards.html(plain_town(survey=survey()), IDS[0])).of("answers")
    assert "66% ≠Answers: 40; margin: ±14%" in told
    assert "≠" not in english(cards.html(plain_town(survey=survey(diverges="")), IDS[0])).of("answers")


@pytest.mark.parametrize("answers", [9.0, np.nan])
def test_answers_of_few_are_hidden(answers: float) -> None:
    few = survey(answers_count=answers, share=0.5 if answers == 9 else np.nan, reason="fewer than 10 answers")
    html = cards.html(plain_town(survey=few), IDS[0])
    assert "fewer than 10 answers" in english(html).of("answers") and "50%" not in english(html).of("answers")


def test_answers_of_a_neighbourhood_are_told_beside_its_own_share() -> None:
    one = plain_town(survey=survey(zoning="quarter", zone_id="q1"))
    zones = one.tables["zones"][["zone_id", "name_he", "name_ar", "name_en", "name_ru", "geometry"]]
    quarter = zones.iloc[:1].assign(zone_id="q1", zoning="quarter")
    changed = Town(one.study, {**one.tables, "zonings": pd.concat([one.tables["zonings"], quarter])}, one.record)
    assert "Within a walk there: 5% to 10%" in english(cards.html(changed, IDS[0])).of("answers")
    assert "answers" not in english(cards.html(changed, IDS[1])).text


def test_nobody_asked_and_nothing_advised_is_left_out() -> None:
    card = english(cards.html(plain_town(), IDS[0]))
    assert "answers" not in card.text and "rules" not in card.text


def test_names_with_markup_are_text() -> None:
    one = plain_town()
    for zone_id in (IDS[8], IDS[1]):
        html = cards.html(one, zone_id)
        assert "<script>window.bad" not in html and "<img" not in html and "\u202e" not in html
        assert html.count("<script>") == 1
    assert "&lt;/script&gt;&lt;script&gt;window.bad = 1" in cards.html(one, IDS[8])
    index = Deck(one).index()
    assert index.count("<script>") == 1 and "\u202e" not in index and "<img" not in index


@pytest.mark.parametrize("name", [EVIL, "נ" * 300, "x" * 300, "שכונה (ב') 12–14"])
def test_a_name_is_shown_once_cleaned_and_cut(name: str) -> None:
    one = plain_town()
    zones = one.tables["zones"].copy()
    zones[["name_he", "name_en"]] = [[name] * 2, *([f"Hill {i}"] * 2 for i in range(1, len(zones)))]
    html = cards.html(Town(one.study, {**one.tables, "zones": zones}, one.record), IDS[0])
    for language in ("he", "ar", "en"):
        title = Reader(html, language).of("h1")
        assert 0 < len(title) <= 80 and title.rstrip("…") in name.replace("\u202e", "")


def test_each_side_tells_its_language_and_the_map_is_described() -> None:
    html = cards.html(plain_town(), IDS[0])
    for language, direction in (("he", "rtl"), ("ar", "rtl"), ("en", "ltr")):
        side = Reader(html, language)
        article = next(known for tag, known in side.tags if tag == "article")
        assert (article["lang"], article["dir"]) == (language, direction)
        assert [tag for tag, _ in side.tags].count("h1") == 1
        pictures = [known for tag, known in side.tags if tag == "svg" and known.get("role") == "img"]
        assert len(pictures) == 1 and len(pictures[0]["aria-label"] or "") > 20
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"|url\(|@import|https?://", html) == []


def test_no_word_is_missing_in_any_language(drawn: dict[str, str]) -> None:
    assert not any(re.search(r"\{\w+\}", html.split("<script>")[0].split("</style>")[1]) for html in drawn.values())


def test_the_drawing_stays_within_its_frame(drawn: dict[str, str]) -> None:
    for html in drawn.values():
        for name in ("outline", "main", "other", "places", "homes"):
            drawn_path = re.search(rf'<path class="{name}" d="([^"]*)"', html.split('id="drawing"')[1])
            at = np.array([*walked(drawn_path[1] if drawn_path else "")]).reshape(-1, 2)
            assert ((at >= 0) & (at <= (900, 760))).all(), name


def walked(path: str) -> Iterator[tuple[int, int]]:
    """Corners of a path of M, m, l and h."""
    x = y = 0
    for command, numbers in re.findall(r"([Mmlh])([-\d ]+)", path):
        steps = [int(number) for number in numbers.split()]
        if command == "M":
            x, y = steps
        elif command == "h":
            x += steps[0]
        else:
            x, y = x + steps[0], y + steps[1]
        yield x, y


def test_homes_far_from_every_way_are_drawn_and_named_in_the_key() -> None:
    """Of the nine homes, one an area, the first is far from every way."""
    one = plain_town()
    origins = one.tables["origins"].assign(connected=lambda homes: homes["zone_id"] != IDS[0])
    deck = Deck(Town(one.study, {**one.tables, "origins": origins}, one.record))
    for zone_id, count in ((IDS[0], 1), (IDS[1], 0)):
        html = deck.html(zone_id)
        path = re.search(r'<path class="off" d="([^"]*)"', html.split('id="drawing"')[1])
        assert path and len({*walked(path[1])}) == count
        assert ("Homes far from every mapped way" in html) == bool(count)


def test_homes_beyond_are_drawn_where_they_stand(sample: Town, drawn: dict[str, str]) -> None:
    zone_id = "9996-4"
    key = scores(sample, zone_id).loc["weakest_domain", "reason"]
    homes = sample.tables["scores_adult"].set_index("origin_id")[f"domain_{key}_state"]
    origins = gpd.GeoDataFrame(sample.tables["origins"]).set_index("origin_id")
    beyond = origins[(origins["zone_id"] == zone_id) & (homes.reindex(origins.index) == "beyond")]
    path = re.search(r'<path class="homes" d="([^"]*)"', drawn[zone_id].split('id="drawing"')[1])
    spots = {*walked(path[1])} if path else set()
    assert 0.8 * len(beyond) <= len(spots) <= len(beyond)
    outline = re.search(r'<path class="outline" d="([^"]*)"', drawn[zone_id].split('id="drawing"')[1])
    assert outline
    corners = np.array([*walked(outline[1])])
    west, _, east, _ = gpd.GeoDataFrame(sample.zones).set_index("zone_id").geometry[zone_id].bounds
    per_m = (corners[:, 0].max() - corners[:, 0].min()) / (east - west)
    found = np.array(sorted(spots))
    expected = corners[:, 0].min() + (beyond.geometry.centroid.x - west) * per_m
    assert abs(found[:, 0].min() - expected.min()) < 6 and abs(found[:, 0].max() - expected.max()) < 6


def test_all_cards_and_their_list_are_written(sample: Town, tmp_path: Path) -> None:
    written = cards.write(sample, tmp_path / "cards")
    index = (tmp_path / "cards" / "index.html").read_text("utf-8")
    assert written[-1].name == "index.html" and len(written) == len(sample.zones) + 1
    for path, zone_id in zip(written, sample.zones["zone_id"], strict=False):
        assert path.name == cards.page_name(zone_id) and index.count(f'"{path.name}#') == 3
        assert path.stat().st_size < 80_000
    assert {path: path.read_bytes() for path in cards.write(sample, tmp_path / "cards")} == {
        path: path.read_bytes() for path in written
    }


def test_a_zone_that_is_not_shown_has_no_card() -> None:
    with pytest.raises(InputError, match=r"^card of zone 'nowhere': no such zone is shown"):
        cards.html(plain_town(), "nowhere")


def test_numbers_read_right_in_each_language() -> None:
    hebrew, arabic = Voice("he", "residents"), Voice("ar", "voters")
    assert hebrew.shares(0.12, 0.3) == "בין \u206612%\u2069 ל-\u2060\u206630%\u2069"
    assert arabic.counts(5, 1200) == "بين \u20665\u2069 و\u20661,200\u2069"
    assert arabic.say("sentence.people_unknown") == "عدد أصحاب حق الاقتراع غير معروف."


def test_the_example_worked_by_hand() -> None:
    """The town of docs/methods/card.md."""
    one = plain_town()
    west, south = 180_000, 570_000
    homes = gpd.GeoDataFrame(
        {"origin_id": ["h0", "h1"], "zone_id": IDS[0], "people": [40.0, 10.0], "connected": True, "on_grid": False},
        geometry=gpd.points_from_xy([west + 100, west + 600], [south + 300, south + 300]),
        crs=2039,
    )
    at = {"s1": (west + 300, 300), "s2": (west + 900, 300), "k1": (west + 900, 500), "k2": (west - 300, 300)}
    places = gpd.GeoDataFrame(
        {"place_id": [*at], "name_he": None, "name_ar": None, "name_en": [f"The {key}" for key in at], "name_ru": None},
        geometry=gpd.points_from_xy([x for x, _ in at.values()], [south + y for _, y in at.values()]),
        crs=2039,
    )
    walks = pd.DataFrame({"profile": "adult", "direction": "to", "origin_id": ["h0", "h1"]})
    walks = walks.assign(**dict.fromkeys(one.tables["access_nearest"].columns.drop([*walks]), np.nan))
    walks = walks.assign(school_s=[200.0, 400.0], school_place_id=["s1", "s2"])
    walks = walks.assign(clinic_s=[900.0, 901.0], clinic_place_id=["k1", "k2"])
    kinds = pd.DataFrame({"place_id": [*at], "category": ["school", "school", "clinic", "clinic"]})
    own = {"origins": homes, "places": places, "place_categories": kinds, "access_nearest": walks}
    deck = Deck(Town(one.study, {**one.tables, **own}, one.record))
    told = english(deck.html(IDS[0])).of("assets")
    assert "School 1 +1" in told and re.search(r"Clinic 0 \+1(?!\d)", told)
    assert "SchoolThe s1, The s2" in told and "ClinicThe k1" in told and "The k2" not in told
    middle = deck.stock.homes.middle(IDS[0])
    assert middle is not None and middle.tolist() == [west + 200, south + 300]


def test_what_two_lists_make_likely_is_told_beside_at_least() -> None:
    told = english(cards.html(plain_town(zone_scores=likely(0, clinic=(0.45, 0.62))), IDS[0])).of("sure")
    assert "Health: share of residents within a walk: at least 39%, likely 45% to 62% (two lists)." in told
    assert "two lists" not in english(cards.html(plain_town(), IDS[0])).of("sure")


@pytest.mark.parametrize(("most", "said"), [(300.0, False), (301.0, True)])
def test_where_nobody_surely_lacks_any_only_what_exceeds_the_number_told_is_named(most: float, said: bool) -> None:
    """At most 300 are without education, which is told first."""
    table = likely(0)
    of_area = (table["zone_id"] == IDS[0]) & (table["group"] == "total")
    for domain in plain_town().catalogue.domains:
        rows = of_area & (table["measure"] == f"domain_{domain}_beyond_people")
        table.loc[rows, ["low", "high"]] = (0.0, most if domain == "employment" else 300.0)
    told = english(cards.html(plain_town(zone_scores=table), IDS[0])).of("strip")
    assert "Education: a possible gap for at most 300 of" in told
    assert ("more may be without Employment and commerce." in told) == said
    assert ("Not certain" in told) == said


def test_what_may_concern_more_people_than_the_weakest_domain_is_named() -> None:
    """Surely 90 % are without education, and of employment up to 100 %; were it all, no other could be of more."""
    told = english(cards.html(plain_town(), IDS[0])).of("strip")
    assert "Not certain: more may be without Employment and commerce." in told
    table = likely(0)
    is_sure = (table["zone_id"] == IDS[0]) & (table["measure"] == "domain_education_beyond_people")
    table.loc[is_sure & (table["group"] == "total"), ["low", "high"]] = 3400.0
    assert "Not certain" not in english(cards.html(plain_town(zone_scores=table), IDS[0])).of("strip")


def test_between_which_places_a_wave_may_come_is_told_where_it_is_not_sure() -> None:
    one = plain_town()
    assert "to between place 1 and place 3" in english(cards.html(one, IDS[0])).of("ready")
    sure = one.tables["rollout"].assign(rank_last=1.0)
    assert "between place" not in english(cards.html(plain_town(rollout=sure), IDS[0])).of("ready")


def test_the_year_of_a_wave_is_called_what_it_is_and_is_no_promise() -> None:
    """The brochure's, or the study's own where that states `[rollout]`."""
    one = plain_town()
    told = english(cards.html(one, IDS[0])).of("ready")
    assert "wave 2 of the programme" in told and "2026 named for it is the Kehilot Or brochure's, not a promise" in told
    own = replace(one.study, rollout=RolloutChoice((1, 2), (2026, 2027)))
    assert "2026 named for it is this study's own" in english(cards.html(Town(own, one.tables, one.record), IDS[0])).of(
        "ready"
    )


def test_the_key_of_the_map_has_the_marks_that_are_drawn() -> None:
    """The first site serves the seventh area alone."""
    for zone_id, is_drawn in ((IDS[6], True), (IDS[0], False)):
        key = re.search("<figcaption>.*?</figcaption>", cards.html(plain_town(), zone_id), re.S)
        assert key and ('class="site"' in key[0]) == is_drawn


@pytest.mark.parametrize(
    ("verdict", "before", "after", "said"),
    [
        ("reached already", 1.0, 1.0, "Of residents 100% reach all that was examined; not examined, because the lists"),
        ("found", 0.2, 0.9, "90% of residents reach all that was examined, in place of 20%: "),
        ("few people", 0.2, np.nan, "Too few people live here to tell."),
    ],
)
def test_where_a_list_was_not_examined_nothing_is_said_of_all_that_is_required(
    verdict: str, before: float, after: float, said: str
) -> None:
    asked = steps_of().tables["additions"].iloc[:1]
    cells = {"verdict": verdict, "share_before": before, "share_after": after, "not_asked": "clinic"}
    told = english(cards.html(plain_town(additions=asked.assign(step=0, **cells)), IDS[0])).of("take")
    assert said in told and "required" not in told and "enough" not in told
    assert told.count("Clinic") == (verdict != "few people")


def test_areas_of_one_name_are_told_apart_in_heading_list_and_title_and_a_title_has_no_unseen_letters() -> None:
    one = plain_town()
    zones = one.tables["zones"].copy()
    zones.loc[[1, 2], ["name_he", "name_ar", "name_en"]] = "Hill"
    deck = Deck(Town(one.study, {**one.tables, "zones": zones}, one.record))
    for i, said in ((1, "Hill (area 2)"), (2, "Hill (area 3)"), (0, "Old Town")):
        html = deck.html(IDS[i])
        assert english(html).of("h1") == said and f'data-title="{said} · ' in html and said in deck.index()
        titles = re.findall('(?:data-title="|<title>)([^"<]*)', html)
        assert len(titles) == 4 and not re.search("[\u2066-\u2069]", "".join(titles))
    assert 'data-title="Hill (אזור 2) · ' in deck.html(IDS[1])


def test_people_of_a_part_of_an_area_are_said_to_be_of_that_part() -> None:
    """Of the last square 0.6 lie inside the data, and 1,200 people live there; of the first, whole, 3,400."""
    deck = Deck(plain_town())
    facts = {i: english(deck.html(IDS[i])).of("facts") for i in (0, 8)}
    assert "1,200 residents in the part on the map (60% of the area)" in facts[8]
    assert "3,400 residents ·" in facts[0]
    assert deck.index().count("in the part on the map") == 1


@pytest.mark.parametrize(
    ("reason", "beyond", "said"),
    [
        ("outside the area", (1634.2, 1658.9), "most residents walk to one outside the area; 1,634 to 1,659 do not"),
        ("outside the area", (0.0, 12.0), "most residents walk to one outside the area; 0 to 12 do not"),
        ("outside the area", (0.0, 0.2), "all residents walk to one outside the area"),
        ("", (1634.2, 1658.9), "at least 1 1 complies"),
    ],
)
def test_a_hub_beyond_the_border_is_told_by_who_walks_to_it(reason: str, beyond: tuple[float, ...], said: str) -> None:
    rule = {"zoning": "zone", "zone_id": IDS[0], "standard": "hub", "verdict": "complies", "confidence": "seed"}
    rule |= {"unit": "hub", "low": 1.0, "high": 1.0, "required_low": 1.0, "required_high": np.nan, "reason": reason}
    rule |= dict(zip(("people_concerned_low", "people_concerned_high"), beyond, strict=True))
    html = cards.html(plain_town(compliance=pd.DataFrame([rule])), IDS[0])
    told = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html.split('<article id="en"')[1].split('class="rules"')[1]))
    assert said in told and ("at least 1 1" in told) == (not reason)
