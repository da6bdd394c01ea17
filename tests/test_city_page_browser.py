"""The city page in a browser: it asks no host, reports no error, and does what a planner expects of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn_town import EVIL, IDS, LINE, RECORD, confidence, likely, scores, town, zones
from page_browser import DESKTOP, MAP, PHONE, opened

from geokehila.catalogue import text
from geokehila.catalogue.phrases import Phrases
from geokehila.draw import chosen
from geokehila.draw.city_page import write
from geokehila.draw.town import Town
from geokehila.names import matching_key

#: Red, green, blue, opacity of a point on the canvas of the areas.
COLOUR_AT = """([map, lat, lon]) => {
  const canvas = document.querySelector('.leaflet-overlay-pane canvas');
  const box = canvas.getBoundingClientRect();
  const frame = map.getContainer().getBoundingClientRect();
  const point = map.latLngToContainerPoint([lat, lon]);
  const x = (frame.x + point.x - box.x) * canvas.width / box.width;
  const y = (frame.y + point.y - box.y) * canvas.height / box.height;
  const copy = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
  copy.drawImage(canvas, -Math.round(x), -Math.round(y));
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""
SCREEN_POINT = """([map, lat, lon]) => {
  const frame = map.getContainer().getBoundingClientRect();
  const point = map.latLngToContainerPoint([lat, lon]);
  return [frame.x + point.x, frame.y + point.y];
}"""
ON_CANVAS = """(selector) => {
  const canvas = document.querySelector(selector);
  return Boolean(canvas) && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v);
}"""
#: Of every area whether it is hatched.
HATCHED = "(map) => Object.values(map._layers).filter((one) => 'hatch' in one.options).map((one) => one.options.hatch)"
on_both = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
in_each = pytest.mark.parametrize("language", ["he", "ar", "en"])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("עיר קטנה") / "index.html"
    write(town(), path)
    return path


@pytest.fixture
def size() -> tuple[int, int]:
    return DESKTOP


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def page(browser: Any, file: Path, size: tuple[int, int], language: str) -> Iterator[Any]:
    with opened(browser, file, size, language) as tab:
        yield tab


@pytest.fixture
def page_of(browser: Any, tmp_path: Path) -> Any:
    """A page of a town with other tables or facts."""

    def drawn(*args: Any, **tables: Any) -> Any:
        write(town(*args, **tables), tmp_path / "index.html")
        return opened(browser, tmp_path / "index.html", language="en")

    return drawn


def inside(page: Any, zone: int) -> list[Any]:
    """The map, and [lat, lon] inside an area of the town, clear of its name."""
    frame = town().zones.geometry.iloc[zone - 1 : zone].centroid.translate(130, 130).to_crs(4326)
    return [page.evaluate_handle(MAP), frame.y.iloc[0], frame.x.iloc[0]]


def ids_of_rows(page: Any) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('#zone-table tbody button')].map((b) => b.id)")
    return found


# ---- languages and sizes


def test_the_page_opens_in_hebrew_and_each_language_names_itself(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        assert tab.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "he"]
        assert tab.locator("#languages button").all_inner_texts() == ["עברית", "العربية", "English"]
        assert tab.title() == "נווה אור"


@on_both
def test_the_switch_turns_the_page_and_not_the_map(browser: Any, file: Path, size: tuple[int, int]) -> None:
    with opened(browser, file, size) as tab:
        sides = {}
        for language, direction in (("ar", "rtl"), ("en", "ltr"), ("he", "rtl")):
            tab.click(f"#language-{language}")
            assert tab.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
                language,
                direction,
            ]
            assert tab.get_attribute(f"#language-{language}", "aria-pressed") == "true"
            assert tab.evaluate(f"({MAP}).getContainer().dir") == "ltr"
            sides[language] = tab.locator("#panel").bounding_box()["x"]
        if size == DESKTOP:
            assert sides["en"] == 0 and sides["he"] == sides["ar"] > 900


def test_nothing_stays_in_another_language(browser: Any, file: Path) -> None:
    texts = "(s) => [...document.querySelectorAll(s)].map((e) => (e.label ?? e.textContent).trim()).filter(Boolean)"
    told: list[set[str]] = []
    with opened(browser, file) as tab:
        for language in ("he", "ar", "en"):
            tab.click(f"#language-{language}")
            told.append(
                {*tab.evaluate(texts, "h2, #more h3, .pick > span, optgroup, #foot span:first-child, #search label")}
            )
    assert min(map(len, told)) > 30
    assert told[0] & told[1] == told[0] & told[2] == told[1] & told[2] == set()


@in_each
def test_ranges_read_from_least_to_most(page: Any, language: str) -> None:
    page.click("#zone-2")
    figures = page.locator("label[for=domain-education] .figure bdi")
    assert figures.all_inner_texts() == ["50%", "90%"]
    left = [figures.nth(i).bounding_box()["x"] for i in (0, 1)]
    assert (left[0] > left[1]) is (language != "en")


def test_rows_of_lists_that_stand_nowhere_are_told_as_what_may_stand_here(browser: Any, tmp_path: Path) -> None:
    lost = {
        "source": "מרפאות.xlsx",
        "counts": {"place": {"read": 3, "used": 1, "rejected": {"no usable coordinates": 2}}},
    }
    write(town({"ledgers": [lost]}), tmp_path / "a.html")
    with opened(browser, tmp_path / "a.html", (1280, 800), "en") as tab:
        assert "may stand here: מרפאות.xlsx (2)" in tab.inner_text("#sure")


@on_both
@in_each
def test_nothing_is_wider_than_the_page(browser: Any, size: tuple[int, int], language: str, tmp_path: Path) -> None:
    write(town({"banners": ["fictional", "weights_voters", "weights_assumed", "edge_affected"]}), tmp_path / "a.html")
    with opened(browser, tmp_path / "a.html", size, language) as tab:
        tab.click("#zone-0")
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        for wide in ("#panel", "#legend"):
            assert tab.evaluate("(e) => e.scrollWidth <= e.clientWidth", tab.query_selector(wide)), wide


# ---- the three questions


def test_the_headline_says_the_gap_and_its_people(page: Any) -> None:
    assert page.locator("h2").all_inner_texts()[:3] == [
        "What is missing here, and for how many residents",
        "Where the next hub goes, and who gains",
        "How sure are we",
    ]
    assert page.inner_text("#missing .lead") == "Education: a gap for 6,510 to 9,145 of 15,500 residents (42% to 59%)."


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        (1, "Education: a gap for 3,060 to 3,230 of 3,400 residents (90% to 95%)."),
        (9, "Education: a gap for 960 of 1,200 residents (80%)."),
        (7, "Education: a possible gap for at most 10 of 2,600 residents (<1%); the map shows no certain one."),
        (6, "Education: the map does not tell, so it is not known for how many of 1,500 residents there is a gap."),
        (5, "No residents live here, by the count."),
    ],
)
def test_each_state_of_an_area_has_its_sentence(page: Any, zone: int, sentence: str) -> None:
    page.click(f"#zone-{zone - 1}")
    assert page.inner_text("#missing .lead") == sentence


def test_where_the_map_does_not_tell_the_walk_to_what_is_known_stands_beside_it(page: Any) -> None:
    page.click("#zone-5")
    assert page.inner_text("#nearest-known") == (
        "Walk to the nearest that is known, at most this for half of residents: School: 6 min."
    )
    page.click("#zone-0")
    assert page.query_selector("#nearest-known") is None, "here the share is known"


def test_the_first_site_for_a_hub_is_told_and_its_sheet_is_one_click_away(page: Any) -> None:
    section = page.inner_text("#hubs")
    assert "Sites proposed for new hubs: 2. 1,150 to 1,450 residents gain a hub within 15 minutes." in section
    assert "Asked for by the municipality, and left out: מגרש הנחל: in water." in section
    assert "Without a hub within the walk now: 4,000 to 4,400; then: 2,850 to 2,950." in section
    page.click("#site-0")
    sheet = page.inner_text(".sheet")
    for words in ("900 to 1,000 residents", "aged 65 and over: 90 to 100", "Ganei Or: 800 to 900", "4.0 min"):
        assert words in sheet
    for words in ("Plan 999-1", "block 9, parcel 3", "כיכר הדקל: 40 fewer", "90% of 100 tries", "School, Clinic"):
        assert words in sheet
    assert page.locator(".site.second").count() == 1
    page.click("#site-0")
    assert page.locator(".sheet").count() == 0


@on_both
def test_a_sheet_opened_on_the_map_comes_into_sight_and_one_opened_in_the_list_moves_nothing(
    browser: Any, file: Path, size: tuple[int, int]
) -> None:
    in_sight = """() => {
      const [box, panel] = ['.sheet', '#panel'].map((part) => document.querySelector(part).getBoundingClientRect());
      return box.top >= Math.max(0, panel.top) && box.bottom <= Math.min(innerHeight, panel.bottom) + 1;
    }"""
    scrolled = "[document.querySelector('#panel').scrollTop, scrollY]"
    with opened(browser, file, size, "en") as tab:
        before = tab.evaluate(scrolled)
        tab.evaluate("document.getElementById('site-0').click()")
        assert tab.evaluate(scrolled) == before and not tab.evaluate(in_sight), "it opens below what is seen"
        tab.evaluate("document.getElementById('site-0').click()")
        tab.locator(".leaflet-marker-icon.site.new").first.click()
        assert tab.get_attribute("#site-0", "aria-expanded") == "true" and tab.evaluate(in_sight)
        tab.evaluate("document.querySelector('.leaflet-marker-icon.site.new').click()")
        assert tab.locator(".sheet").count() == 0
        tab.evaluate("document.getElementById('search-box').scrollIntoView()")
        tab.fill("#search-box", EVIL)
        tab.locator("#search-list li", has_text="proposed hub").dispatch_event("mousedown")
        assert tab.get_attribute("#site-1", "aria-expanded") == "true" and tab.evaluate(in_sight), "and when found"


def test_what_it_would_take_is_told_of_a_chosen_area(page: Any) -> None:
    assert page.locator(".takes").count() == 0
    page.click("#zone-0")
    assert page.locator(".takes li").all_inner_texts() == [
        "One more place for School, Clinic: 1,700 residents more reach all that is required.",
        "One more way on foot: 884 residents more reach all that is required.",
        "A passage on foot, 60 m: 80 residents newly reach: School, Park or garden.",
        "A crossing of a road, 20 m: 12 residents newly reach: Clinic.",
    ]
    assert "check on site" in page.inner_text("#hubs")


def test_what_was_not_examined_is_told_in_the_sentence_that_all_else_is_reached(page: Any) -> None:
    page.click("#zone-1")
    said = "reach all that was examined; not examined, because the lists cannot be believed: Clinic."
    assert said in page.inner_text("#hubs") and "enough" not in page.inner_text("#hubs")


def test_people_of_a_part_of_an_area_are_said_to_be_of_that_part(page: Any) -> None:
    row = page.locator("tr", has=page.locator("#zone-8"))
    assert row.locator("small").inner_text() == "in 60% of the area"
    assert page.locator("#zone-table small").count() == 1
    page.click("#zone-8")
    assert "1,200 residents in the part on the map (60% of the area)" in page.inner_text("#missing .subject")
    page.click("#zone-0")
    assert "3,400 residents" in page.inner_text("#missing .subject")
    assert "in the part" not in page.inner_text("#missing")


def test_what_no_building_brings_is_told_before_ways_that_help_a_few(page: Any) -> None:
    page.click("#zone-3")
    assert (
        "What is missing needs ground of its own: Park or garden, the map does not tell. "
        "The sites that are known raise the share from 2% to 6%; the aim is 80%."
    ) in page.inner_text("#hubs")


def test_belief_is_told_with_its_reason(page: Any) -> None:
    assert "Mapping of places: cannot be fully believed for 22% of the residents" in page.inner_text("#sure")
    page.click("#zone-0")
    assert "fewer places are mapped here and around than the residents counted there lead to expect" in page.inner_text(
        "#sure"
    )


def test_the_card_of_the_chosen_area_opens_in_its_language(page: Any) -> None:
    assert page.locator("#card").count() == 0
    page.click("#zone-0")
    card = page.locator("#card")
    assert card.get_attribute("href") == "cards/zone-9999-1.html#en"
    assert (card.get_attribute("target"), card.inner_text()) == ("_blank", "Print card")


# ---- who walks, and how far


def within(domain: str, row: str, profile: str, minutes: str) -> tuple[float, float, float, float]:
    table = scores()
    mine = table[(table["profile"] == profile) & (table["group"] == "total") & (table["zone_id"] == row)]
    told = mine.set_index("measure")[["low", "high"]]
    share, beyond = (told.loc[f"domain_{domain}{minutes}_{what}"] for what in ("share", "beyond_people"))
    return share["low"], share["high"], beyond["low"], beyond["high"]


@pytest.mark.parametrize("profile", ["adult", "wheelchair"])
@pytest.mark.parametrize("minutes", ["own", "5", "10", "20"])
def test_strip_sentence_and_table_follow_who_walks_and_how_far(page: Any, profile: str, minutes: str) -> None:
    page.click(".walker summary")
    page.select_option("#profile", profile)
    page.select_option("#minutes", minutes)
    page.click("#zone-2")
    part = "" if minutes == "own" else f"_{minutes}min"
    low, high, beyond_low, beyond_high = within("education", IDS[2], profile, part)
    strip = page.inner_text("label[for=domain-education] .figure")
    assert strip == f"{100 * low:.0f}% to {100 * high:.0f}%".replace("12% to 22%", "13% to 23%")
    sentence = page.inner_text("#missing .lead")
    assert f"a gap for {beyond_low:,.0f} to {beyond_high:,.0f} of 2,100 residents" in sentence
    square = page.locator("#zone-table tr.chosen td.square").nth(1)
    assert square.locator(".unseen").inner_text() == strip


def test_a_wheelchair_is_called_optimistic_where_kerbs_are_untold(page: Any, page_of: Any) -> None:
    page.click(".walker summary")
    page.select_option("#profile", "child")
    assert page.locator("#optimistic").count() == 0
    page.select_option("#profile", "wheelchair")
    assert "Optimistic" in page.inner_text("#optimistic")
    network = RECORD["network"] | {"rules": {"kerb_told": 8, "kerb_not_told": 0}}
    with page_of({"network": network}) as told:
        told.click(".walker summary")
        told.select_option("#profile", "wheelchair")
        assert told.locator("#optimistic").count() == 0


def test_wheels_on_unpaved_ways_are_called_optimistic(page_of: Any) -> None:
    rolling = {"near_homes_m": 4_120.0, "rough_near_homes_m": 3_980.0}
    with page_of({"network": RECORD["network"] | {"rolling": rolling}}) as told:
        told.click(".walker summary")
        for profile, count in (("adult", 0), ("wheelchair", 1)):
            told.select_option("#profile", profile)
            assert told.locator("#rough").count() == told.locator("#doors").count() == count
        assert "4.0 of the 4.1 km of ways near homes" in told.inner_text("#rough")
    with page_of({"network": RECORD["network"]}) as told:
        told.click(".walker summary")
        told.select_option("#profile", "wheelchair")
        assert told.locator("#rough").count() == 0, "a kilometre of 90 is little"
        assert "whether the door of a place can be passed is not asked" in told.inner_text("#doors")


def test_another_cutoff_is_called_a_sensitivity(page: Any) -> None:
    page.click(".walker summary")
    page.select_option("#minutes", "10")
    assert "A sensitivity: one walk of 10 min" in page.inner_text("#missing")
    assert "Grocery (up to 10 min)" in page.inner_text("#legend") or "School (up to 10 min)" in page.inner_text(
        "#legend"
    )


def test_groups_change_the_people(page: Any) -> None:
    page.click(".walker summary")
    page.select_option("#group", "65+")
    assert "of 1,550 residents" in page.inner_text("#missing .lead")
    page.select_option("#minutes", "5")
    assert page.input_value("#group") == "total"
    page.select_option("#profile", "child")
    page.select_option("#group", "65+")
    assert (page.input_value("#profile"), page.input_value("#minutes")) == ("adult", "own")


# ---- the map


def test_layers_are_shown_and_hidden(page: Any) -> None:
    assert page.locator(".leaflet-marker-icon.hub").count() == 2
    assert page.evaluate(ON_CANVAS, "canvas.streets")
    page.uncheck("#layer-hubs")
    page.uncheck("#layer-streets")
    assert page.locator(".leaflet-marker-icon.hub").count() == 0 and page.locator("canvas.streets").count() == 0
    page.check("#layer-places")
    dots = f"(() => {{ let n = 0; ({MAP}).eachLayer((l) => {{ n += l instanceof L.CircleMarker; }}); return n; }})()"
    assert page.evaluate(dots) == 2
    page.uncheck("#layer-sites")
    assert page.locator(".site.new").count() == 0


def test_homes_are_drawn_where_asked_for_or_close_by(page: Any) -> None:
    assert not page.evaluate(ON_CANVAS, "canvas.homes")
    page.check("#layer-homes")
    assert page.evaluate(ON_CANVAS, "canvas.homes")
    page.uncheck("#layer-homes")
    page.evaluate(f"({MAP}).setZoom(13, {{ animate: false }})")
    assert page.locator("canvas.homes").count() == 0
    third = town().tables["origins"].geometry.iloc[2:3].to_crs(4326)
    page.evaluate(
        f"([lat, lon]) => ({MAP}).setView([lat, lon], 17, {{ animate: false }})", [third.y.iloc[0], third.x.iloc[0]]
    )
    assert page.evaluate(ON_CANVAS, "canvas.homes")


def test_no_picture_is_asked_of_the_internet_before_the_user_does(browser: Any, file: Path) -> None:
    window = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = window.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.route("https://**", lambda route: route.abort())
    tab.goto(file.as_uri())
    tab.wait_for_selector("body[data-ready]")
    assert not [url for url in asked if url.startswith("http")]
    with tab.expect_request(lambda request: request.url.startswith("https://tile.openstreetmap.org/")):
        tab.check("#layer-tiles")
    hosts = {url.split("/")[2] for url in asked if url.startswith("http")}
    assert hosts == {"tile.openstreetmap.org"}
    tab.uncheck("#layer-tiles")
    assert tab.locator(".leaflet-tile").count() == 0
    assert "© " in tab.inner_text("#foot") and "OpenStreetMap" in tab.inner_text("#foot")
    window.close()


def test_choosing_a_domain_recolours_the_areas(page: Any) -> None:
    before = page.evaluate(COLOUR_AT, inside(page, 4))
    page.check("#domain-employment", force=True)
    after = page.evaluate(COLOUR_AT, inside(page, 4))
    assert before[:3] == pytest.approx((0x2C, 0x7F, 0xB8), abs=2)
    assert after[:3] == pytest.approx((0xA1, 0xDA, 0xB4), abs=2)
    assert page.inner_text("#missing .lead").startswith("Employment and commerce")


@pytest.mark.parametrize(
    ("shows", "colour", "words"),
    [
        ("gap", (0xFE, 0xD9, 0x8E), ["residents beyond the walk", "below 50", "2500 and more", "less is better"]),
        ("intersections_per_km2", (0xA1, 0xDA, 0xB4), ["Intersections", "below 25 per km²", "50–100 per km²"]),
        ("belief.mapping", (0x2C, 0x7F, 0xB8), ["Mapping of places", "can be believed", "thin"]),
    ],
)
def test_the_map_shows_what_is_chosen_in_fixed_classes(
    page: Any, shows: str, colour: tuple[int, ...], words: list[str]
) -> None:
    """Area 4: 504 to 540 of 1,800 without a school, 65 intersections a km2 in class 2 to 3; its mapping is measured."""
    page.select_option("#theme", shows)
    expected = {"gap": (0xFE, 0x99, 0x29), "intersections_per_km2": (0x41, 0xB6, 0xC4)}.get(shows, colour)
    expected = (0xFE, 0x99, 0x29) if shows == "gap" else expected
    assert page.evaluate(COLOUR_AT, inside(page, 4))[:3] == pytest.approx(expected, abs=2)
    legend = page.inner_text("#legend")
    assert [word for word in words if word not in legend] == []


def test_what_cannot_be_shown_is_listed_with_its_reason_and_not_offered(page: Any) -> None:
    assert page.locator("#theme option[value=shelter_share]").count() == 0
    page.click(".absent summary")
    assert "no dated source tells the alert time here" in page.inner_text(".absent")


def test_the_legend_shows_only_what_the_map_holds(page: Any) -> None:
    legend = page.inner_text("#legend")
    for words in ("Hatched", "Not known", "No residents there, by the count", "School (up to 15 min)", "at the edge"):
        assert words in legend
    page.check("#domain-health", force=True)
    assert "Hatched" in page.inner_text("#legend") and "Not known" not in page.inner_text("#legend")
    page.select_option("#theme", "belief.network")
    assert "Hatched" not in page.inner_text("#legend"), "it is measured everywhere"


def test_described_domains_cannot_be_chosen(page: Any) -> None:
    assert page.is_disabled("#domain-housing") and page.is_disabled("#domain-security")
    assert page.locator(".strip label").count() == 9


@on_both
def test_the_legend_never_covers_the_map(page: Any) -> None:
    shown, legend = page.locator(".folium-map").bounding_box(), page.locator("#legend").bounding_box()
    assert legend["y"] >= shown["y"] + shown["height"] - 1


# ---- areas: by keyboard, on the map, in the table, by name


@on_both
def test_the_keyboard_chooses_an_area_and_comes_back(page: Any) -> None:
    page.focus("#zone-3")
    page.keyboard.press("Enter")
    assert "Neve Nof" in page.inner_text(".subject")
    assert page.evaluate("document.activeElement.id") == "close"
    assert "Neve Nof" in page.inner_text("#said") and "Education" in page.inner_text("#said")
    page.keyboard.press("Escape")
    assert "Neve Or" in page.inner_text(".subject")
    assert page.evaluate("document.activeElement.id") == "zone-3"


@on_both
def test_a_click_on_the_map_chooses_the_area_in_the_table(page: Any) -> None:
    page.mouse.click(*page.evaluate(SCREEN_POINT, inside(page, 4)))
    assert "Neve Nof" in page.inner_text(".subject")
    assert page.get_attribute("#zone-3", "aria-pressed") == "true"


def test_the_table_tells_every_domain_of_every_area(page: Any) -> None:
    heads = page.locator("#zone-table thead th button").all_inner_texts()
    assert [head.strip("\u00a0▼▲") for head in heads][2:4] == ["Employment and commerce", "Education"]
    assert page.locator("#zone-0 >> xpath=ancestor::tr >> td.square .unseen").all_inner_texts()[1:3] == [
        "5% to 10%",
        "39% to 49%",
    ]
    assert page.locator("#zone-0 >> xpath=ancestor::tr >> td").last.inner_text() == "3/5"


def test_the_table_sorts_with_the_unknown_last(page: Any) -> None:
    page.click("#sort-education")
    assert page.get_attribute("th:has(#sort-education)", "aria-sort") == "ascending"
    assert ids_of_rows(page) == [f"zone-{i}" for i in (0, 8, 1, 2, 3, 6, 4, 5, 7)]
    page.click("#sort-education")
    assert ids_of_rows(page) == [f"zone-{i}" for i in (6, 3, 2, 1, 8, 0, 4, 5, 7)]


def test_the_table_is_filtered_by_class_wave_and_readiness(page: Any) -> None:
    page.click(".filters summary")
    page.select_option("#filter-below", "below_surely 0.4")
    assert {*ids_of_rows(page)} == {"zone-0", "zone-8"}, "of Quarter B 30 to 45 % reach it"
    page.select_option("#filter-below", "below_maybe 0.4")
    assert {*ids_of_rows(page)} == {"zone-0", "zone-1", "zone-8"}
    page.select_option("#filter-wave", "2")
    assert ids_of_rows(page) == ["zone-1"]
    page.select_option("#filter-readiness", "1")
    assert ids_of_rows(page) == [] and "0 to 0 of 0" in page.inner_text(".turn")


# ---- what two lists make likely


def test_what_two_lists_make_likely_stands_beside_at_least_and_is_no_at_most(page_of: Any) -> None:
    with page_of(zone_scores=likely(0, clinic=(0.55, 0.62))) as tab:
        tab.check("#domain-education", force=True)
        assert tab.inner_text("#share").endswith("within a walk: at least 41%, at most 58%.")
        assert not tab.locator("#likely").count()
        tab.check("#domain-health", force=True)
        assert tab.inner_text("#share").endswith("within a walk: at least 53%, likely 55% to 62% (two lists).")
        assert tab.inner_text("#likely").startswith("Likely 5,890 to 6,975,")
        cells = tab.locator("#zone-0 >> xpath=ancestor::tr >> td").all_inner_texts()
        assert "55% to 62%" in cells
        tab.click(".walker summary")
        tab.select_option("#minutes", "10")
        assert not tab.locator("#likely").count(), "lists tell of each category's own walk only"


def test_the_map_hatches_areas_that_may_be_of_another_class(page_of: Any) -> None:
    """39 to 49, 46 to 56, 53 to 63, 60 to 70 % reach it; classes begin at 40 and 60; two lists make 62 % likely."""
    for tables, hatched in (
        ({}, [True, False, True, False]),
        ({"zone_scores": likely(1, clinic=(0.46, 0.62))}, [True] * 3),
    ):
        with page_of(**tables) as tab:
            tab.check("#domain-health", force=True)
            assert tab.evaluate(HATCHED, tab.evaluate_handle(MAP))[: len(hatched)] == hatched


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("old t", "Old Town"),
        ("שכונה ב", "Quarter B"),
        ("الوادى الاخضر", "The Wadi"),
        ("9999-3", "9999-3"),
        ("ЦЕНТР", "Or community centre"),
    ],
)
def test_an_area_or_a_hub_is_found_by_its_name_in_any_language(page: Any, typed: str, found: str) -> None:
    page.fill("#search-box", typed)
    assert page.get_attribute("#search-box", "aria-expanded") == "true"
    assert found in page.locator("#search-list li").first.inner_text() or "9999-3" in typed


def test_the_search_is_worked_from_the_keyboard(page: Any) -> None:
    page.focus("#search-box")
    page.keyboard.type("n")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#search-box", "aria-activedescendant") == "found-0"
    page.keyboard.press("Escape")
    assert page.get_attribute("#search-box", "aria-expanded") == "false"
    page.fill("#search-box", "neve nof")
    page.keyboard.press("Enter")
    assert "Neve Nof" in page.inner_text(".subject") and page.inner_text("#search-said") == "Neve Nof"
    page.fill("#search-box", "xyzzy")
    assert page.inner_text("#search-said") == "Nothing found"


@pytest.mark.parametrize(
    "name", ["מתנ״ס  הדרים", 'בי"ס ע"ש רבין', "مدرسة الأمل", "Beér Shéva'", "Школа №5", "ǅ 12-b", "\u0671لقدس ـــ"]
)
def test_the_search_reads_names_as_the_library_does(page: Any, name: str) -> None:
    assert page.evaluate("(name) => matchingKey(name)", name) == matching_key(name)


# ---- more


def test_more_holds_sources_method_and_times(page: Any) -> None:
    page.click("#more > summary")
    text = page.inner_text("#more")
    for words in ("map.osm.pbf", "2026-03-01", "812 = 800 + 12", "1.3 m/s", "over 60 min", "15,500", "BSD 2-Clause"):
        assert words in text
    assert "slopes are not considered" in text and "documentation of GeoKehila" in text
    assert "aged 80 and over: 20% to 30%" in text.replace("\n", " ")


def test_a_list_among_the_sources_is_called_by_its_category(page_of: Any) -> None:
    source = {"role": "places_school", "file": "schools.csv", "date": "2025", "counts": "place: 9 = 9 + 0"}
    with page_of({"sources": [source]}) as page:
        page.click("#more > summary")
        assert "List: School" in page.inner_text("#more") and "places_school" not in page.inner_text("#more")


def test_walks_that_may_leave_the_data_are_told_alike_by_category_and_by_domain(page_of: Any) -> None:
    walks, last = scores(), {"measure": "independent_median_s"}
    of = {"zoning": "city", "zone_id": "", "profile": "adult", "group": "total", "reason": "edge", "low": 2499.0}
    walks = walks[~((walks["zoning"] == "city") & (walks["measure"] == "category_worship_median_s"))]
    rows = pd.DataFrame([of | last, of | {"measure": "category_worship_median_s"}])
    with page_of(zone_scores=pd.concat([walks, rows], ignore_index=True)) as page:
        page.click("#more > summary")
        cells = page.locator("#more td:has-text('over 4')").all_inner_texts()
        assert cells == ["over 41 min · edge"] * 2


def test_a_share_whose_ends_read_alike_is_one_number(page_of: Any) -> None:
    ends = {"clinic": (0.0, 0.0), "park": (0.0512, 0.0538), "worship": (0.05, 0.2), "sport": (0.3, 1.0)}
    shares = scores()
    of_city = (shares["zoning"] == "city") & (shares["profile"] == "adult")
    for key, (low, high) in ends.items():
        shares.loc[of_city & (shares["measure"] == f"category_{key}_share"), ["low", "high"]] = [low, high]
    with page_of(zone_scores=shares) as page:
        page.click("#more > summary")
        cells = [
            page.locator(f"#more table:has-text('Median walk') tr:has(th:text-is('{name}')) td").all_inner_texts()[1]
            for name in ("Clinic", "Park or garden", "Place of worship", "Sport and leisure")
        ]
        assert cells == ["0%", "5%", "at least 5%, at most 20%", "at least 30%, at most 100%"]


def test_the_page_says_what_its_numbers_count(page_of: Any) -> None:
    with page_of({"weights": "dwellings"}) as page:
        assert "15,500 dwellings" in page.inner_text(".subject") and "residents" not in page.inner_text(
            "#missing .lead"
        )


def test_an_area_without_a_count_is_not_called_unmapped(page_of: Any) -> None:
    known = scores()
    with page_of(zone_scores=known[known["zone_id"] != "9999-5"]) as page:
        page.click("#zone-4")
        assert page.inner_text("#missing .lead") == "No residents live here, by the count."


def test_an_area_that_nobody_counted_is_told_from_one_where_nobody_lives(page_of: Any) -> None:
    known, facts = scores(), RECORD["facts"] | {"homes_not_counted": 15, "people_in_no_number": 1203.0}
    counts = pd.DataFrame({"zone_id": ["9999-4", "9999-5"], "group": "total", "people": [None, 0.0]})
    bare = known[~known["zone_id"].isin(counts["zone_id"])]
    with page_of({"facts": facts}, zone_scores=bare, zone_people=counts) as page:
        assert "15 homes stand in areas without a count" in page.inner_text(".subject")
        assert "1,203 residents are counted in houses that lie in no area" in page.inner_text("#in-no-number")
        legend = page.inner_text("#legend")
        assert "Not counted: the number of residents there is not known" in legend
        assert "No residents there, by the count" in legend
        page.click("#zone-3")
        assert page.inner_text("#missing .lead") == "The number of residents is not known."
        page.click("#zone-4")
        assert page.inner_text("#missing .lead") == "No residents live here, by the count."


def test_nearly_equal_ends_are_one_number(page_of: Any) -> None:
    known = scores()
    city = (known["zone_id"] == "") & (known["measure"] == "domain_education_share")
    known.loc[city, ["low", "high"]] = [1 - 4820 / 15500, 1 - 4805 / 15500]
    with page_of(zone_scores=known) as page:
        page.check("#domain-education", force=True)
        assert page.inner_text("#missing .lead") == "Education: a gap for 4,805 to 4,820 of 15,500 residents (31%)."


@pytest.mark.parametrize("size", [DESKTOP, (1920, 1080), PHONE])
def test_the_page_opens_on_all_areas_wherever_homes_are_and_comes_back_to_them(
    browser: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    write(town(origins=town().tables["origins"].iloc[:2]), tmp_path / "index.html")
    with opened(browser, tmp_path / "index.html", size) as page:
        west, south, east, north = town().zones.to_crs(4326).total_bounds
        holds_all = f"({MAP}).getBounds().contains([[{south}, {west}], [{north}, {east}]])"
        closer = f"({MAP}).getBoundsZoom([[{south}, {west}], [{north}, {east}]]) - ({MAP}).getZoom()"
        assert page.evaluate(holds_all) and page.evaluate(closer) <= 0.75, "all of it, and not from far above"
        page.evaluate(f"({MAP}).setZoom(({MAP}).getZoom() + 2, {{ animate: false }})")
        assert not page.evaluate(holds_all)
        page.click(".fit")
        assert page.evaluate(holds_all)


@pytest.mark.parametrize(("address", "language"), [("#ar", "ar"), ("#en", "en"), ("#he", "he"), ("#zones", "he")])
def test_the_address_of_the_page_chooses_its_language(browser: Any, file: Path, address: str, language: str) -> None:
    tab = browser.new_page()
    tab.goto(file.as_uri() + address)
    tab.wait_for_selector("body[data-ready]")
    assert tab.evaluate("document.documentElement.lang") == language
    tab.evaluate("location.hash = '#en'")
    tab.wait_for_function("document.documentElement.lang === 'en'")
    tab.click("#language-ar")
    tab.reload()
    tab.wait_for_selector("body[data-ready]")
    assert tab.evaluate("document.documentElement.lang") == "ar", "what a reader chose is in the address"
    tab.close()


def test_an_area_too_small_for_its_name_has_its_number_on_the_map(page_of: Any) -> None:
    names = {"name_he": "שכונה " * 20, "name_ar": "حي " * 40, "name_en": "Quarter " * 20}
    with page_of(zones=zones().assign(**names)) as page:
        # Names are placed anew while the map finds its place.
        is_numbered = """(last) => {
          const shown = [...document.querySelectorAll(".zone-name")].map((name) => name.innerText);
          return shown.length > 0 && shown.every((name) => name === last || /^Area [1-9]$/.test(name));
        }"""
        page.wait_for_function(is_numbered, arg=IDS[-1])


@pytest.mark.parametrize(
    ("choices", "language", "direction"),
    [({"crs": "EPSG:32628"}, "en", "ltr"), ({"crs": "EPSG:32628", "language": "ar"}, "ar", "rtl"), ({}, "he", "rtl")],
)
def test_a_city_outside_israel_opens_in_english_unless_its_study_says_otherwise(
    browser: Any, tmp_path: Path, choices: dict[str, str], language: str, direction: str
) -> None:
    own = town()
    there = Town(replace(own.study, **choices), own.tables, own.record)
    write(there, tmp_path / "index.html")
    assert f'documentElement.lang = "{language}"' in (tmp_path / "index.html").read_text("utf-8")
    with opened(browser, tmp_path / "index.html") as page:
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, direction]
        assert page.title() == there.city[language]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Old Town (area 3)"),
        ("he", "העיר העתיקה (אזור 3)"),
        ("ar", "העיר העתיקה (منطقة 3)"),
    ],
)
def test_areas_of_one_name_are_told_apart_in_lists(page_of: Any, language: str, told: str) -> None:
    names = {"name_en": "Old Town", "name_he": "העיר העתיקה", "name_ar": None}
    same = zones()
    same.loc[[0, 2], [*names]] = [[*names.values()]] * 2
    gains = town().tables["hub_gains"].replace({IDS[6]: IDS[2]})
    with page_of(zones=same, hub_gains=gains) as page:
        page.click(f"#language-{language}")
        page.click("#site-0")
        shown = page.inner_text(".sheet").replace("\u2066", "").replace("\u2069", "")
        assert told in shown and "(area 1)" not in shown
        page.fill("#search-box", "Old Town" if language == "en" else "העיר העתיקה")
        options = page.locator("#search-list li").all_inner_texts()
        assert (
            len([one for one in options if "3" in one])
            == 1
            == len([one for one in options if "(" in one and "1" in one])
        )


def test_an_open_plot_says_that_its_designation_must_change(page_of: Any) -> None:
    hubs = town().tables["hubs"].assign(designation_change=["needed", "maybe", ""])
    with page_of(hubs=hubs) as page:
        page.click("#site-0")
        assert "Needs a change of designation in the land-use plan" in page.inner_text(".sheet")
        page.click("#site-1")
        assert "May need a change of designation" in page.inner_text(".sheet")


def test_who_walks_is_named_where_no_adult_does_and_a_plan_of_no_designation_has_no_dash(page_of: Any) -> None:
    hubs = town().tables["hubs"].assign(designation=None)
    with page_of({"hubs": town().record["hubs"] | {"profile": "wheelchair"}}, hubs=hubs) as page:
        assert re.search(r"hub within the walk now \(.*heelchair.*\): 4,000 to 4,400", page.inner_text("#hubs"))
        page.click("#site-0")
        assert "Plan 999-1, block 9, parcel 3" in page.inner_text(".sheet")


def test_a_site_that_is_asked_for_says_so_in_the_list(page_of: Any) -> None:
    with page_of(hubs=town().tables["hubs"].assign(choice=["must", "may", "may"])) as page:
        assert "asked for by the municipality" in page.inner_text("#site-0")
        assert "asked for by the municipality" not in page.inner_text("#site-1")


def test_each_site_of_the_municipality_is_told_what_became_of_it(page_of: Any) -> None:
    fates = ["over the budget", "excluded", "adds nobody"]
    own = pd.concat([town().tables["candidates"][:1]] * 3, ignore_index=True).assign(
        listed=["7 Old Store", "8 Yard", ""], fate=fates, reason=["", "in water", ""], price=[9e5, None, None],
        people_added_low=[120.0, None, 0.0], people_added_high=[300.0, None, 0.0],
        site_id=["own:7", "own:8", "s9"],
    )  # fmt: skip
    money = town().record["hubs"] | {"budget": 1e6, "spent": 4e5, "assumed_count": 0, "without_price": 0}
    with page_of({"hubs": money}, candidates=own) as page:
        page.locator("#hubs summary", has_text="own sites").click()
        told = page.locator("#hubs details", has_text="own sites").inner_text()
        assert "7 Old Store: not proposed: it takes 900,000, and of the budget 600,000 is left." in told
        assert "Beside the sites proposed 120 to 300 more residents would gain." in told
        assert "8 Yard: not proposed: no hub can stand there (in water)." in told
        assert "nobody more would gain" in told and told.count("Beside the sites") == 1


def test_homes_that_nobody_counted_are_told_where_hubs_are(page_of: Any) -> None:
    own = (
        town()
        .tables["candidates"][:1]
        .assign(listed="3 Hall", fate="homes not counted", homes_not_counted=38.0, site_id="own:3", price=np.nan)
    )
    hubs = town().tables["hubs"].assign(homes_not_counted=[12.0, 0.0, np.nan])
    hubs["people_low"] = hubs["people_high"] = [0.0, 250.0, np.nan]
    bare = town().record["hubs"] | {"not_counted": {"9999-4": {"homes": 50, "now": 50, "then": 38}}}
    with page_of({"hubs": bare}, hubs=hubs, candidates=pd.concat([town().tables["candidates"], own])) as page:
        assert "without a count: 50." in page.inner_text("#hubs-not-counted")
        assert "within the walk now: 50; then: 38." in page.inner_text("#hubs-not-counted")
        page.click("#site-0")
        assert "Homes without a count within the walk that have no known hub: 12" in page.inner_text(".sheet")
        assert "Nobody gains by it" not in page.inner_text(".sheet")
        page.locator("#hubs summary", has_text="own sites").click()
        told = page.locator("#hubs details", has_text="own sites").inner_text()
        assert "3 Hall: not proposed; what it would bring is not known: nobody more of those counted" in told
        assert "would have a hub within the walk by it alone: 38." in told and "if anybody" not in told
    with page_of() as page:
        assert page.locator("#hubs-not-counted").count() == 0


def test_a_list_that_is_said_to_be_whole_is_not_contradicted(page_of: Any) -> None:
    known = town().tables["place_categories"]
    bare = {"place_categories": known[known["category"] != "community_centre"]}
    lists = pd.DataFrame(
        {"zone_id": IDS, "subject": "community_centre", "state": "measured", "reason": "official_list"}
    )
    for more, says in (({}, "does not mean there is none"), ({"confidence": lists}, "by a list that is stated to be")):
        with page_of(**bare, **more) as page:
            told = page.inner_text("#hubs")
            assert says in told and ("does not mean" in told) == (not more)


def test_where_no_site_is_proposed_nobody_is_told_why_it_was_chosen(page_of: Any) -> None:
    tables = {name: town().tables[name] for name in ("hubs", "hub_gains", "hub_alternatives", "hub_catchments")}
    none = {name: table.iloc[:0] for name, table in tables.items()}
    for now_low, is_told in ((0.0, True), (400.0, False)):
        with page_of(**none, hub_left=town().tables["hub_left"].assign(now_low=now_low)) as page:
            told = page.inner_text("#hubs")
            assert "No site for a new hub is proposed. Who walks: Adult." in told and "Chosen so that" not in told
            assert ("Nobody is surely without a hub within the walk; of at most" in told) == is_told
            assert ("Sites weighed: 12; none of them brings" in told and "candidates.xlsx" in told) != is_told


def unmarked(said: str) -> str:
    """Words without marks of direction, as one line."""
    return " ".join(re.sub("[\u2066-\u2069]", "", said).split())


@in_each
def test_the_page_tells_of_money_what_cards_and_atlas_tell(page_of: Any, language: str) -> None:
    said = Phrases(language)
    speech = chosen.Speech(said.say, str, said.number, ", ".join)
    money = {"budget": 9e6, "spent": 4e6, "assumed": 1e6, "assumed_count": 1, "must_count": 2, "must_price": 2e6,
             "must_unpriced": 1, "priced": 2, "objective": None}  # fmt: skip
    for more in ({}, {"chosen_count": 0, "spent": 0.0}, {"budget": None, "assumed_count": 0, "must_unpriced": 0}):
        record = town().record["hubs"] | money | more
        (sentence,) = chosen.sentences(record, speech)
        with page_of({"hubs": record}) as page:
            page.click(f"#language-{language}")
            assert unmarked(sentence) in unmarked(page.inner_text("#hubs"))
    with page_of({"hubs": record | {"objective": "mclp", "chosen_count": 0}}) as page:
        page.click(f"#language-{language}")
        assert page.locator("#hubs", has_text=said.say("hub.not_chosen", profile="@").split("@")[0]).count() == 1


@in_each
def test_of_a_region_that_is_not_all_measured_the_page_says_of_whom_the_hubs_are(page_of: Any, language: str) -> None:
    whole = town()
    tables = {name: whole.tables[name] for name in ("hubs", "hub_gains", "hub_alternatives", "hub_catchments")}
    none = {name: table.iloc[:0] for name, table in tables.items()}
    left = whole.tables["hub_left"].assign(now_low=0.0, now_high=0.0)
    few = whole.record["hubs"] | {"measured": {"localities": 3, "people": 4_800.0, "people_not_measured": 634_531.0}}
    with page_of({"hubs": few}, **none, hub_left=left) as page:
        page.click(f"#language-{language}")
        told = page.inner_text("#hubs")
        assert "4,800" in told and "634,531" in told and page.locator("#hubs-measured").count() == 1
        assert str(text(language)["hub"]["no_gap"]) not in told
    with page_of({"hubs": few}) as page:
        assert page.locator("#hubs-measured").count() == 1
    with page_of() as page:
        assert page.locator("#hubs-measured").count() == 0


@in_each
def test_of_a_region_the_page_names_who_is_counted_and_on_no_map(page_of: Any, language: str) -> None:
    with page_of({"not_placed": {town().zones["zone_id"][0]: 55_373.6}}) as page:
        page.click(f"#language-{language}")
        assert "(55,374)" in page.inner_text("#not-placed")
        page.click("#zone-0")
        assert "(55,374)" in page.inner_text("#not-placed")
        page.click("#zone-1")
        assert page.locator("#not-placed").count() == 0
    with page_of() as page:
        assert page.locator("#not-placed").count() == 0


def test_where_no_site_could_be_one_the_page_says_why_in_three_languages(page_of: Any) -> None:
    tables = {name: town().tables[name] for name in ("hubs", "hub_gains", "hub_alternatives", "hub_catchments")}
    none = {name: table.iloc[:0] for name, table in tables.items()}
    often = {"in water": 9, "too small": 5, "closed ground": 2, "private": 1}
    with page_of({"hubs": town().record["hubs"] | {"candidates": 0, "excluded": often}}, **none) as page:
        for language, first, third in (
            ("he", "במים (9)", "בית קברות"), ("ar", "في الماء (9)", "مقبرة"), ("en", "in water (9)", "a cemetery"),
        ):  # fmt: skip
            page.click(f"#language-{language}")
            told = re.sub("[\u2066-\u2069]", "", page.inner_text("#hubs"))
            assert first in told and third in told and "candidates.xlsx" in told
            assert "(1)" not in told, "the fourth is left out"


def test_what_each_hub_adds_is_told_in_the_order_of_the_list(page: Any) -> None:
    page.click("#more summary")
    shown = [
        [part.strip() for part in text.split("\n") if part.strip()]
        for text in page.locator(".steps li").all_inner_texts()
    ]
    assert shown == [["1", "+900 to 1,000"], ["2", "+250 to 350"], ["3", "+40 to 45"]]
    assert page.inner_text(".steps + p").endswith("So the two numbers can differ.")


def test_who_gains_by_a_site_is_told_in_other_words_than_what_it_adds(page_of: Any) -> None:
    hubs = town().tables["hubs"]
    added = hubs["people_added_high"].where(hubs["rank"] != 1, 1541.0)
    with page_of(hubs=hubs.assign(people_high=1418.0, people_added_high=added)) as page:
        assert "900 to 1,418 gain by it" in page.inner_text("#site-0")
        page.click("#more summary")
        assert "+900 to 1,541" in page.locator(".steps li").first.inner_text().replace("\n", "")


@pytest.mark.parametrize(
    ("homes", "said"), [(0, "nobody gains by it"), (12, "homes without a count that gain by it: 12")]
)
def test_a_site_that_nobody_counted_gains_by_says_so_in_the_list(page_of: Any, homes: int, said: str) -> None:
    hubs = town().tables["hubs"].assign(people_low=0.0, people_high=0.0, homes_not_counted=homes)
    with page_of(hubs=hubs) as page:
        assert page.inner_text("#site-0").endswith(f"· {said}")


@pytest.mark.parametrize(("most", "count"), [(0.02, 0), (0.03, 1)])
def test_more_may_be_without_only_what_exceeds_the_number_told(page_of: Any, most: float, count: int) -> None:
    """Nobody is surely without any domain; at most 2 % are, of one domain perhaps more."""
    table = town().tables["zone_scores"].copy()
    of_city = (table["zoning"] == "city") & (table["group"] == "total") & (table["profile"] == "adult")
    shares = of_city & table["measure"].str.fullmatch(r"domain_[a-z]+_share")
    table.loc[shares, ["low", "high"]] = (0.98, 1.0)
    table.loc[of_city & (table["measure"] == "weakest_domain"), "reason"] = ""
    one = table["measure"] == "domain_environment_share"
    table.loc[shares & one, "low"] = 1 - most
    with page_of(zone_scores=table) as page:
        page.check("#domain-education", force=True)
        assert page.locator("#maybe-weaker").count() == count


def test_the_page_says_where_its_methods_are_told_without_a_dead_link(page: Any) -> None:
    page.click("#more summary")
    assert "stands in the documentation of GeoKehila, part Methods." in page.inner_text("#more")
    assert page.locator("#more a").count() == 0


def test_where_a_cutoff_comes_from_is_told_in_the_language(page: Any) -> None:
    for language, told in (
        ("he", "בחירה של גאו־קהילה"),
        ("ar", "اختيار GeoKehila"),
        ("en", "design choice of GeoKehila"),
    ):
        page.click(f"#language-{language}")
        page.evaluate("document.querySelector('#more').open = true")
        assert told in page.inner_text("#more") and ("design choice" in page.inner_text("#more")) == (language == "en")


def test_what_could_not_be_computed_is_called_by_words(page_of: Any) -> None:
    lacking = [
        {"measure": key, "reason": "no_source"}
        for key in ("rule_3_state", "mono_functional", "school_sector_told_share")
    ]
    with page_of({"not_computed": lacking}) as page:
        for language in ("he", "ar", "en"):
            page.click(f"#language-{language}")
            page.evaluate("document.querySelector('#more').open = true")
            assert re.search("rule_|mono_|_share", page.inner_text("#more")) is None
        assert "Three trees in view of the home" in page.inner_text("#more")


def test_a_page_of_nothing_opens(page_of: Any) -> None:
    whole = town().tables
    with page_of(**{name: whole[name].iloc[:0] for name in whole}) as page:
        assert "No site for a new hub is proposed." in page.inner_text("#hubs")


def test_what_residents_say_stands_beside_what_the_map_says(page_of: Any) -> None:
    rows = [("zone", IDS[0], "education", 0.62, 0.5, 0.73, 65), ("zone", IDS[1], "education", None, None, None, None)]
    asked = pd.DataFrame(rows, columns=["zoning", "zone_id", "domain", "share", "low", "high", "answers_count"])
    stages = pd.DataFrame({"zoning": "zone", "zone_id": IDS[:2], "stage": ["הקמה", None]})
    with page_of(survey=asked, readiness=stages) as page:
        cells = page.locator("#zone-0 >> xpath=ancestor::tr >> td").all_inner_texts()
        assert cells[-4:] == ["62% (50% to 73%)", "1", "3/5", "הקמה"]
        assert page.locator("#zone-1 >> xpath=ancestor::tr >> td").all_inner_texts()[-4] == "–"
        page.click(".filters summary")
        page.select_option("#filter-stage", "הקמה")
        assert ids_of_rows(page) == ["zone-0"]


def test_without_waves_the_table_has_no_columns_for_them(page_of: Any) -> None:
    with page_of(rollout=town().tables["rollout"].iloc[:0], confidence=confidence()) as page:
        assert page.locator("#sort-wave").count() == page.locator("#filter-wave").count() == 0


@pytest.mark.parametrize(("role", "named"), [("osm", False), ("census", True)])
def test_the_foot_names_the_bureau_only_where_its_data_are_used(page_of: Any, role: str, named: bool) -> None:
    with page_of({"sources": [RECORD["sources"][0] | {"role": role}]}) as page:
        assert ("Israel Central Bureau of Statistics" in page.inner_text("#foot")) is named


# ---- over time


#: Of the chart of a domain: how many bands, and at how many places each has a run; marks of another method.
CHART = """(name) => {
  const charts = [...document.querySelectorAll('.lines > div')];
  const chart = charts.find((one) => one.querySelector('b').textContent === name);
  return [[...chart.querySelectorAll('.band')].map((band) => band.querySelectorAll('circle').length / 2),
    [...chart.querySelectorAll('text.break')].map((word) => word.textContent)];
}"""


@pytest.mark.parametrize(
    ("domain", "runs"),
    # Joined are runs of one method that follow each other and tell a share.
    [("Health", [1, 3]), ("Education", [1, 1, 1]), ("Culture and leisure", [1]), ("Transport", [])],
)
def test_runs_of_one_method_are_joined_and_others_are_marked(page: Any, domain: str, runs: list[int]) -> None:
    page.click("#more > summary")
    assert page.evaluate(CHART, domain) == [runs, ["other method"]]


def test_the_band_lies_from_the_least_to_the_most(page: Any) -> None:
    """Education of the first run: 20% to 50%, held against the rules at none and all."""
    page.click("#more > summary")
    chart = page.locator(".lines > div", has_text="Education")
    rules = [float(chart.locator(".rule").nth(i).get_attribute("y1")) for i in (0, 1, 2)]
    ends = [float(chart.locator("circle").nth(i).get_attribute("cy")) for i in (0, 1)]
    assert [(rules[0] - end) / (rules[0] - rules[2]) for end in ends] == pytest.approx([0.2, 0.5])
    assert rules[1] == pytest.approx((rules[0] + rules[2]) / 2)


def test_a_table_tells_the_same_numbers_to_whoever_listens(page: Any) -> None:
    page.click("#more > summary")
    assert page.get_attribute(".lines", "aria-hidden") == "true"
    heads = page.locator(".told thead th").all_inner_texts()
    assert heads[1] == "residents" and len(heads) == 2 + 7
    at = [heads.index(name) - 1 for name in ("Education", "Health", "Culture and leisure")]
    rows = page.locator(".told tbody tr")
    told = [[rows.nth(i).locator("td").nth(j).inner_text() for j in (0, *at)] for i in range(4)]
    assert told == [
        ["14,000", "20% to 50%", "30% to 40%", "–"],
        ["15,000", "30% to 50%", "30%", "not known"],
        ["15,200", "–", "35% to 40%", "–"],
        ["15,500", "40% to 60%", ">99% to 100%", "–"],
    ]
    assert rows.nth(1).locator("th").inner_text().split() == ["2024-03-01", "bbbbbbbbbb", "other", "method"]
    assert rows.nth(3).locator("th").inner_text().startswith("? ")


def test_no_cause_is_claimed_of_a_line(page: Any) -> None:
    page.click("#more > summary")
    assert "only newly mapped. geokehila compare splits a difference" in page.inner_text("#cause")


def test_of_one_run_there_is_no_line(page_of: Any) -> None:
    with page_of({"line": LINE[:1]}) as page:
        page.click("#more > summary")
        assert page.locator(".lines").count() == page.locator("#cause").count() == 0
        assert "Over time" not in page.inner_text("#more")


def test_what_changed_since_an_earlier_run_stands_in_the_table(page_of: Any) -> None:
    low_high = {"low": 0.6, "high": 0.72, "low_before": 0.4, "high_before": 0.55, "direction": "up"}
    row = {"zoning": "zone", "zone_id": IDS[0], "profile": "adult", "group": "total"}
    row |= {"measure": "domain_education_share"}
    open_row = row | {"zone_id": IDS[1], "low": 0.3, "high": 0.45, "low_before": 0.35, "high_before": 0.5}
    told = pd.DataFrame([row | low_high, open_row | {"direction": "open"}])
    with page_of({"previous": {"date": "2024-03-01"}}, changes=told) as page:
        page.check("#domain-education", force=True)
        heads = page.locator("#zone-table th[scope=col]").all_inner_texts()
        at = next(i for i, head in enumerate(heads) if head.strip() == "Change, points") - 1
        cells = {i: page.locator(f"#zone-{i} >> xpath=ancestor::tr >> td").nth(at).inner_text() for i in (0, 1, 2)}
        assert cells == {0: "+5 … +32", 1: "−20 … +10", 2: "no change"}
        assert "2024-03-01" in page.inner_text("#since")
        page.click(".filters summary")
        page.select_option("#filter-since", "up")
        assert ids_of_rows(page) == ["zone-0"]
