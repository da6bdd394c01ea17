"""The city page in a browser: it asks no host, reports no error, and does what a planner expects of it."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from test_city_page import scores, town

from geokehila import run, sample_town
from geokehila.draw.city_page import Source, write

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
MAP = "Object.values(window).find((v) => v instanceof L.Map)"
#: Red, green, blue, opacity of a point on the canvas of the zones.
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
DESKTOP, PHONE = (1440, 900), (390, 844)
on_both = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on this machine, and CI may not skip the page's tests: apt-get install chromium")
        pytest.skip("no chromium on this machine: the page is not tested in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("עיר קטנה") / "index.html"
    write(town(), path)
    return path


@pytest.fixture
def size() -> tuple[int, int]:
    return DESKTOP


@pytest.fixture
def page(browser: Any, file: Path, size: tuple[int, int]) -> Iterator[Any]:
    """The page, opened; after each test: nothing was asked for but the file, no error, nothing from the data ran."""
    tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(file.as_uri())
    yield tab
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert tab.evaluate("window.bad") is None
    tab.close()


def beside_the_name(page: Any, zone: int) -> list[Any]:
    """The map, and [lat, lon] inside a zone of the town, clear of its name."""
    frame = town().zones.geometry.iloc[zone - 1 : zone].centroid.translate(130, 130).to_crs(4326)
    return [page.evaluate_handle(MAP), frame.y.iloc[0], frame.x.iloc[0]]


def test_layers_are_shown_and_hidden(page: Any) -> None:
    assert page.locator(".leaflet-marker-icon.hub").count() == 2
    assert page.evaluate(
        "document.querySelector('canvas.streets').getContext('2d').getImageData(0, 0, 2000, 2000).data.some((v) => v)"
    )
    page.uncheck("#layer-hubs")
    page.uncheck("#layer-streets")
    assert page.locator(".leaflet-marker-icon.hub").count() == 0
    assert page.locator("canvas.streets").count() == 0
    page.check("#layer-places")
    assert (
        page.evaluate(
            f"(() => {{ let n = 0; ({MAP}).eachLayer((l) => {{ n += l instanceof L.CircleMarker; }}); return n; }})()"
        )
        == 2
    )


def test_hub_names_are_in_the_language_of_the_page_or_the_next_best(page: Any) -> None:
    page.locator("#hubs summary").click()
    assert page.locator(".hub-list button").all_inner_texts() == ["מרכז קהילתי אור", "مركز جماهيري"]
    page.click("#switch")
    page.locator("#hubs summary").click()
    assert page.locator(".hub-list button").all_inner_texts() == ["Or community centre", "مركز جماهيري"]


def test_the_headline_says_the_gap_and_its_people(page: Any) -> None:
    page.click("#switch")
    assert page.inner_text(".lead") == "Education: a gap for 6,510 to 9,145 of 15,500 residents (42% to 59%)."


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        (1, "Education: a gap for 3,060 to 3,230 of 3,400 residents (90% to 95%)."),
        (9, "Education: a gap for 960 of 1,200 residents (80%)."),
        (7, "Education: a possible gap for at most 10 of 2,600 residents (<1%); the map shows no certain one."),
        (6, "Education: not mapped, so it is not known for how many of 1,500 residents there is a gap."),
        (5, "No residents counted here."),
    ],
)
def test_each_state_of_a_zone_has_its_sentence(page: Any, zone: int, sentence: str) -> None:
    page.click("#switch")
    page.click(f"#zone-{zone - 1}")
    assert page.inner_text(".lead") == sentence


def test_hebrew_ranges_read_from_least_to_most(page: Any) -> None:
    page.click("#zone-2")
    figure = page.inner_text("label[for=domain-education] .figure").replace("\u2060", "")
    assert figure == "בין 50% ל-90%"
    boxes = [page.locator("label[for=domain-education] .figure bdi").nth(i).bounding_box() for i in (0, 1)]
    assert boxes[0]["x"] > boxes[1]["x"]


def test_choosing_a_domain_recolours_the_zones(page: Any) -> None:
    before = page.evaluate(COLOUR_AT, beside_the_name(page, 4))
    page.check("#domain-employment", force=True)
    after = page.evaluate(COLOUR_AT, beside_the_name(page, 4))
    assert before[:3] == pytest.approx((0x2C, 0x7F, 0xB8), abs=2)
    assert after[:3] == pytest.approx((0xA1, 0xDA, 0xB4), abs=2)
    assert page.inner_text(".lead").startswith("תעסוקה ומסחר")


def test_described_domains_cannot_be_chosen(page: Any) -> None:
    assert page.is_disabled("#domain-housing") and page.is_disabled("#domain-security")
    assert page.locator(".strip label").count() == 9


def test_the_legend_shows_only_what_the_map_holds(page: Any) -> None:
    page.click("#switch")
    legend = page.inner_text("#legend")
    assert all(
        words in legend
        for words in ("Hatched", "Not known", "No residents counted", "School (up to 15 min)", "at the edge")
    )
    page.check("#domain-health", force=True)
    assert "Hatched" not in page.inner_text("#legend") and "Not known" not in page.inner_text("#legend")


@on_both
def test_the_switch_turns_the_page_and_not_the_map(page: Any, size: tuple[int, int]) -> None:
    html = "document.documentElement"
    assert (page.evaluate(f"{html}.dir"), page.evaluate(f"{html}.lang"), page.title()) == ("rtl", "he", "נווה אור")
    panel_right = page.locator("#panel").bounding_box()["x"]
    page.click("#switch")
    assert (page.evaluate(f"{html}.dir"), page.evaluate(f"{html}.lang"), page.title()) == ("ltr", "en", "Neve Or")
    assert page.evaluate(f"({MAP}).getContainer().dir") == "ltr"
    if size[0] > 1000:
        assert panel_right > 900 and page.locator("#panel").bounding_box()["x"] == 0


@on_both
def test_the_keyboard_chooses_a_zone_and_comes_back(page: Any) -> None:
    page.click("#switch")
    page.focus("#zone-3")
    page.keyboard.press("Enter")
    assert "Neve Nof" in page.inner_text(".subject")
    assert page.evaluate("document.activeElement.id") == "close"
    assert "Neve Nof" in page.inner_text("#said") and "Education" in page.inner_text("#said")
    page.keyboard.press("Escape")
    assert "Neve Or" in page.inner_text(".subject")
    assert page.evaluate("document.activeElement.id") == "zone-3"


@on_both
def test_a_click_on_the_map_chooses_the_zone_in_the_table(page: Any) -> None:
    page.mouse.click(*page.evaluate(SCREEN_POINT, beside_the_name(page, 4)))
    assert "נווה נוף" in page.inner_text(".subject")
    assert page.get_attribute("#zone-3", "aria-pressed") == "true"


def test_the_table_sorts_with_the_unknown_last(page: Any) -> None:
    page.click("#sort-share")
    page.click("#sort-share")
    order = page.evaluate("[...document.querySelectorAll('#zone-table tbody button')].map((b) => b.id)")
    assert order == [f"zone-{i}" for i in (0, 8, 1, 2, 3, 6, 4, 5, 7)]


def test_groups_change_the_people(page: Any) -> None:
    page.click("#switch")
    page.select_option("#group", "65+")
    assert "of 1,550 residents" in page.inner_text(".lead")


def test_more_holds_sources_method_and_times(page: Any) -> None:
    page.click("#switch")
    page.click("#more > summary")
    text = page.inner_text("#more")
    for words in (
        "map.osm.pbf",
        "2026-03-01",
        "812 read",
        "1.3 m/s",
        "over 60 min",
        "15,500",
        "BSD 2-Clause",
        "slopes are not considered",
    ):
        assert words in text


@on_both
@pytest.mark.parametrize("switched", [False, True], ids=["he", "en"])
def test_nothing_is_wider_than_the_page(browser: Any, size: tuple[int, int], switched: bool, tmp_path: Path) -> None:
    write(town(banners=("fictional", "weights_voters", "weights_assumed", "edge_affected")), tmp_path / "index.html")
    tab = browser.new_page(viewport={"width": size[0], "height": size[1]})
    tab.goto((tmp_path / "index.html").as_uri())
    if switched:
        tab.click("#switch")
    tab.click("#zone-8")
    tab.click("#more > summary")
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
    for wide in ("#panel", "#zones .wide", "#legend"):
        assert tab.evaluate("(e) => e.scrollWidth <= e.clientWidth", tab.query_selector(wide)), wide
    tab.close()


def test_the_page_says_what_its_numbers_count(browser: Any, tmp_path: Path) -> None:
    write(town(banners=("weights_dwellings",)), tmp_path / "index.html")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    assert "15,500 דירות" in tab.inner_text(".subject") and "תושבים" not in tab.inner_text("#missing .lead")
    tab.close()


def test_a_zone_without_a_count_is_not_called_unmapped(browser: Any, tmp_path: Path) -> None:
    known = scores()
    write(town(scores=known[known["zone_id"] != "9999-5"]), tmp_path / "index.html")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    tab.click("#zone-4")
    assert tab.inner_text(".lead") == "לא נמנו כאן תושבים."
    tab.close()


def test_nearly_equal_ends_are_one_number(browser: Any, tmp_path: Path) -> None:
    known = scores()
    city = (known["zone_id"] == "") & (known["measure"] == "domain_education_beyond_people")
    known.loc[city, ["low", "high"]] = [4805.0, 4820.0]
    write(town(scores=known), tmp_path / "index.html")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    tab.click("#switch")
    assert tab.inner_text(".lead") == "Education: a gap for 4,805 to 4,820 of 15,500 residents (31%)."
    tab.close()


def test_the_page_opens_on_the_homes_and_the_button_shows_all_zones(browser: Any, tmp_path: Path) -> None:
    write(town(homes=town().zones.geometry.iloc[:1].centroid.buffer(200)), tmp_path / "index.html")
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.goto((tmp_path / "index.html").as_uri())
    west, south, east, north = town().zones.to_crs(4326).total_bounds
    holds_all = f"({MAP}).getBounds().contains([[{south}, {west}], [{north}, {east}]])"
    assert not tab.evaluate(holds_all)
    tab.click(".fit")
    assert tab.evaluate(holds_all)
    tab.close()


@on_both
def test_the_legend_never_covers_the_map(page: Any) -> None:
    for _ in ("he", "en"):
        shown, legend = page.locator(".folium-map").bounding_box(), page.locator("#legend").bounding_box()
        assert legend["y"] >= shown["y"] + shown["height"] - 1
        page.click("#switch")


def test_folding_the_legend_gives_its_room_to_the_map(page: Any) -> None:
    size = f"({MAP}).getSize().y"
    before = page.evaluate(size)
    page.click("#legend summary")
    page.wait_for_function(f"{size} > {before}")


@pytest.mark.parametrize(("role", "named"), [("osm", False), ("census", True)])
def test_the_foot_names_the_bureau_only_where_its_data_are_used(
    browser: Any, tmp_path: Path, role: str, named: bool
) -> None:
    write(town(sources=(Source(role, "a", "2022", "b", "c"),)), tmp_path / "index.html")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    assert ("הלשכה המרכזית לסטטיסטיקה" in tab.inner_text("#foot")) is named
    tab.close()


def test_a_median_at_the_edge_is_a_number_with_a_note(browser: Any, tmp_path: Path) -> None:
    known = scores()
    known.loc[(known["zone_id"] == "") & (known["measure"] == "category_school_median_s"), "reason"] = "edge"
    write(town(scores=known), tmp_path / "index.html")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    tab.click("#switch")
    tab.click("#more > summary")
    assert "6.0 min · edge" in tab.inner_text("#more")
    assert "Domains within a walk, on average:\u00a03.4 of 7." in tab.inner_text("#missing")
    tab.close()


def test_the_page_of_the_sample_town_shows_its_layers_and_asks_no_host(browser: Any, tmp_path: Path) -> None:
    sample_town.write(tmp_path / "raw" / "neve-or")
    made = run("neve-or", tmp_path / "raw", tmp_path)
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(made.page.as_uri())
    assert tab.locator(".leaflet-marker-icon.hub").count() == 2
    for canvas in ("canvas.streets", ".leaflet-overlay-pane canvas"):
        drawn = (
            f"document.querySelector('{canvas}').getContext('2d').getImageData(0, 0, 2000, 2000).data.some((v) => v)"
        )
        assert tab.evaluate(drawn), canvas
    assert "FICTIONAL" in tab.inner_text("body")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == said == []
