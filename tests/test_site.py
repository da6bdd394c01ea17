"""The page that leads to all cities: nobody is ranked, what is invented says so, and every link leads somewhere."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_browser import DESKTOP, PHONE, opened

from geokehila.catalogue import LANGUAGES, cities
from geokehila.draw import site
from geokehila.draw.site.sketch import GAP, LETTER, LINE, Frame, Mark
from geokehila.errors import InputError

EVIL = "<script>window.bad=1</script>\"'&<b>"


def kept(out: Path, slug: str, people: float = 1000.0, page: bool = True, **record: Any) -> None:
    """A finished run as far as the page asks of it."""
    city = cities().get(slug)
    name = record.pop("name", dict(city.name) if city else {"he": slug, "en": slug})
    told = {
        "city": {"slug": slug, "code": 1, "name": name},
        "run_id": "0123456789",
        "version": "1",
        "fictional": False,
        "facts": {"people_placed": people},
        "weights": "residents",
        "dates": {"osm": "2025-01-01"},
    } | record
    run = out / "data" / "processed" / slug / "0123456789"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps(told), encoding="utf-8")
    (run.parent / "latest").write_text("0123456789\n", encoding="utf-8")
    maps = out / "maps" / slug
    (maps / "cards").mkdir(parents=True)
    if page:
        (maps / "index.html").write_text("a page", encoding="utf-8")
    (maps / "cards" / "index.html").write_text("cards", encoding="utf-8")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    kept(tmp_path, "dimona", 35_000)
    kept(tmp_path, "rahat", 76_000)
    kept(tmp_path, "eilat", 50_000, page=False)
    kept(tmp_path, "acre", 49_000, fictional=True)
    kept(tmp_path, "haifa", 280_000)
    kept(tmp_path, "negev", 1)
    (tmp_path / "maps" / "dimona" / "atlas-en.pdf").write_bytes(b"%PDF")
    return tmp_path


class Reader(HTMLParser):
    """The links of a page, its headings and its text by language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.heads: dict[str, list[str]] = {}
        self.text: dict[str, str] = {}
        self._language, self._tag = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._tag = tag
        if tag == "article":
            self._language = str(told["lang"])
        if told.get("href"):
            self.links.append(str(told["href"]))

    def handle_data(self, data: str) -> None:
        if self._language:
            self.text[self._language] = self.text.get(self._language, "") + data
            if self._tag in ("h2", "h3") and data.strip():
                self.heads.setdefault(self._language, []).append(data.strip())


def read(out: Path) -> Reader:
    page, _ = site.write(out)
    return Reader(page.read_text("utf-8"))


def test_cities_stand_by_region_and_society_and_those_for_reference_apart(out: Path) -> None:
    found = read(out)
    assert found.heads["en"] == [
        "The Negev", "Jewish majority", "Bedouin", "The Galilee", "mixed", "For comparison"
    ]  # fmt: skip
    assert {*found.text} == {*LANGUAGES}
    said = " ".join(found.text["en"].split())
    assert "Localities with a page: 2 of 22." in said and "Localities with a page: 1 of 46." in said
    assert said.index("For comparison") < said.index("Haifa")
    by_name = [said.index(f"{name} ") for name in ("Dimona", "Eilat")]
    assert by_name == sorted(by_name), "in the order of their names, however many people"


def test_a_region_is_no_city_and_its_page_is_named(out: Path) -> None:
    assert {entry.slug for entry in site.entries(out)} == {"dimona", "rahat", "eilat", "acre", "haifa"}
    assert "negev/index.html" in read(out).links and "galilee/index.html" not in read(out).links


def test_every_link_leads_to_a_file_below_the_folder(out: Path) -> None:
    links = {link for link in read(out).links if not link.startswith("#")}
    assert [link for link in links if not (out / "maps" / link.partition("#")[0]).is_file()] == []
    assert {"dimona/index.html#he", "dimona/index.html#ar", "dimona/atlas-en.pdf", "rahat/cards/index.html#ar"} <= links
    assert not any(link.startswith("eilat/index.html") for link in links)


def test_a_city_without_a_page_stays_in_the_list_and_says_so(out: Path) -> None:
    text = " ".join(read(out).text["en"].split())
    assert re.search(r"Eilat 50,000 residents map of 2025-01-01 Its page is not kept: run it again", text)


def test_what_is_invented_says_so_in_every_language(out: Path) -> None:
    text = read(out).text
    assert all("FICTIONAL" in text[language] for language in LANGUAGES)
    assert re.search(r"Acre \(Akko\)\s+FICTIONAL", text["en"])
    assert not re.search(r"Dimona\s+FICTIONAL", text["en"])


def test_the_page_is_the_same_again_and_leaves_nothing_else(out: Path) -> None:
    first = site.write(out)[0].read_bytes()
    assert site.write(out)[0].read_bytes() == first
    assert sorted(path.name for path in (out / "maps").iterdir() if path.is_file()) == ["index.html"]


def test_without_a_run_there_is_nothing_to_lead_to(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run is kept here: make one with `geokehila run CITY`"):
        site.write(tmp_path)
    assert not (tmp_path / "maps").exists()


def test_a_town_of_nobodys_catalogue_is_drawn_where_its_zones_are(neve_or: Any) -> None:
    (entry,) = site.entries(neve_or.path.parents[3])
    assert (entry.group, entry.is_fictional, entry.society) == ("fictional", True, "")
    west, south, east, north = neve_or.zones.to_crs("EPSG:4326").total_bounds
    assert entry.place is not None and west < entry.place[0] < east and south < entry.place[1] < north
    assert entry.people == pytest.approx(20_000)


def test_places_lie_as_they_do_on_the_ground() -> None:
    frame = Frame.around([(city.lon, city.lat) for city in cities().values() if city.programme_region == "galilee"])
    at = {slug: frame.at((cities()[slug].lon, cities()[slug].lat)) for slug in ("acre", "tiberias", "metulla")}
    assert at["acre"][0] < at["tiberias"][0] and at["metulla"][1] < at["tiberias"][1]
    # A kilometre is as long to the east as to the south: 0.1 degrees are 11.1 km there, and 9.3 km here (33 N).
    one, east, south = frame.at((35.4, 32.9)), frame.at((35.5, 32.9)), frame.at((35.4, 32.8))
    assert (east[0] - one[0]) / (south[1] - one[1]) == pytest.approx(9.34 / 11.12, rel=0.01)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 600), st.floats(0, 1e6)), max_size=40))
def test_no_name_covers_a_circle_or_another_name_or_leaves_the_map(places: list[tuple[float, float, float]]) -> None:
    frame = Frame(35.0, 33.0, 0.85, 500.0, 400.0, 600.0)
    marks = [Mark((x, y), people, f"Town {n}", "", False) for n, (x, y, people) in enumerate(places)]
    drawn = frame.drawn(marks, [])["circles"]
    boxes = []
    for one in drawn:
        if one["label"]:
            x, y, anchor = one["label"]
            long = LETTER * len(one["mark"].name)
            left = {"start": x, "middle": x - long / 2, "end": x - long}[anchor]
            boxes.append((left, y - LINE, left + long, y + GAP))
    assert all(box[0] >= -1e-6 and box[2] <= 400 + 1e-6 for box in boxes)
    for i, box in enumerate(boxes):
        for other in boxes[:i]:
            overlap_x = min(box[2], other[2]) - max(box[0], other[0])
            overlap_y = min(box[3], other[3]) - max(box[1], other[1])
            assert overlap_x <= 1e-6 or overlap_y <= LINE / 2, "at most the space above and below letters is shared"


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_in_a_browser_nothing_is_asked_nothing_runs_and_nothing_sticks_out(out: Path, browser: Any, size: Any) -> None:
    kept(out, "yeruham", name={"he": EVIL, "en": EVIL, "ar": EVIL})
    page, _ = site.write(out)
    with opened(browser, page, size) as tab:
        assert tab.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["he", "rtl"]
        for language in LANGUAGES:
            tab.click(f"article:not([hidden]) nav a[lang={language}]:visible")
            assert tab.evaluate("document.documentElement.lang") == language
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shown = tab.locator("article:visible")
            assert shown.count() == 1 and shown.get_attribute("lang") == language
        circles = tab.locator("article:visible figure circle.kept")
        assert circles.count() > 0
        tab.locator("article:visible figure a").first.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/rahat/index.html#en")
