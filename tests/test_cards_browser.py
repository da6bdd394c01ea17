"""Cards in a browser: one sheet of A4 in each language, nothing cut off, text that reads right, no host asked."""

import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pandas as pd
import pytest
from card_towns import plain_town, survey
from drawn_town import EVIL, IDS

from geokehila import Run
from geokehila.draw import cards
from geokehila.draw.town import Town

LANGUAGES = ("he", "ar", "en")
A4_PT = (595, 842)
BANNERS = (
    "fictional",
    "population_pre_evacuation",
    "weights_dwellings",
    "people_in_no_area",
    "buildings_in_no_zone",
    "unconnected",
    "edge_affected",
    "partial_zones",
    "on_grid",
    "outside_israel",
)
#: Of the side that is shown: what is cut off below and in the row of the map, boxes wider than their place, the size of
#: the letters, and whether two sections share ground.
LAID_OUT = """() => {
  const sheet = [...document.querySelectorAll("main")].find((one) => one.offsetParent !== null);
  const parts = [...sheet.querySelectorAll("header, .top, .strip, .columns, footer")];
  const boxes = parts.map((one) => one.getBoundingClientRect());
  const wide = [...sheet.querySelectorAll("*")].filter((one) => !one.closest("svg") && one.clientWidth > 0
    && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline");
  return {
    cut: sheet.scrollHeight - sheet.clientHeight,
    row: sheet.querySelector(".top").scrollHeight - sheet.querySelector(".top").clientHeight,
    wide: wide.map((one) => one.outerHTML.slice(0, 80)),
    over: boxes.slice(1).filter((box, i) => box.top < boxes[i].bottom - 1).length,
    fit: Number(sheet.style.getPropertyValue("--fit")),
    language: document.documentElement.lang, title: document.title,
  };
}"""


@pytest.fixture(scope="module")
def folder(neve_or: Run) -> Path:
    return neve_or.page.parent / "cards"


def laid_out(browser: Any, file: Path, language: str, pdf: Path | None = None) -> dict[str, Any]:
    """Open one side of a card, print it where asked, and return how it lies; nothing may be asked for or reported."""
    tab = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(f"{file.as_uri()}#{language}")
    tab.emulate_media(media="print")
    found: dict[str, Any] = tab.evaluate(LAID_OUT)
    if pdf:
        tab.pdf(path=str(pdf), prefer_css_page_size=True)
    assert tab.evaluate("window.bad") is None
    tab.close()
    assert [url for url in asked if not url.startswith("file:")] == [] and said == []
    assert found["language"] == language
    assert (found["cut"], found["row"], found["over"], found["wide"]) == (0, 0, 0, [])
    return found


def text_of(pdf: Path) -> str:
    """Letters and figures of a sheet in logical order; pdftotext puts marks between them now here, now there."""
    if which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine: the text of a sheet is not tested")
    raw = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
    return only_letters(raw)


def only_letters(text: str) -> str:
    return re.sub(r"[^\w%]", "", text)


def pages(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_of_the_sample_town_is_one_sheet(browser: Any, folder: Path, tmp_path: Path, language: str) -> None:
    for file in sorted(folder.glob("zone-*.html")):
        found = laid_out(browser, file, language, tmp_path / "card.pdf")
        assert found["fit"] >= 0.9
        assert pages(tmp_path / "card.pdf") == 1
        size = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", (tmp_path / "card.pdf").read_bytes())
        assert size and tuple(round(float(side)) for side in size.groups()) == A4_PT


@pytest.mark.parametrize("name", ["Neighbourhood of the " + "long " * 40, "שכונת " + "הארוכים " * 40, "ש" * 300, EVIL])
def test_long_names_and_much_to_say_stay_on_the_sheet(browser: Any, tmp_path: Path, name: str) -> None:
    asked = pd.concat([survey(domain=key) for key in plain_town().catalogue.domains])
    one = plain_town(survey=asked)
    rename = {f"name_{language}": name for language in LANGUAGES}
    changed = {key: one.tables[key].assign(**rename) for key in ("zones", "places", "hubs")}
    lists = [f"places_{key}" for key in one.catalogue.categories]
    record = one.record | {
        "banners": [key for key in BANNERS if key != "no_people"],
        "sources": [{"role": role, "told_by": name} for role in lists],
        "dates": {role: f"2026-05-{day + 1:02}" for day, role in enumerate(lists)},
    }
    file = tmp_path / "card.html"
    file.write_text(cards.html(Town(one.study, {**one.tables, **changed}, record), IDS[0]), "utf-8")
    for language in LANGUAGES:
        laid_out(browser, file, language, tmp_path / "card.pdf")
        assert pages(tmp_path / "card.pdf") == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("he", ["שכונת האבן", "2,480 תושבים", "זמן ההתרעה: 60 שניות", "פעילים, מתנדבים, אירועים"]),
        ("ar", ["بطاقة الحي", "عدد السكان: 2,480", "مركز مقترح 2", "ممرات: يمكن"]),
        ("en", ["Stone Quarter", "2,480 residents", "Alert time: 60 seconds"]),
    ],
)
def test_the_text_of_a_sheet_is_in_logical_order(
    browser: Any, folder: Path, tmp_path: Path, language: str, said: list[str]
) -> None:
    laid_out(browser, folder / "zone-9996-4.html", language, tmp_path / "card.pdf")
    text = text_of(tmp_path / "card.pdf")
    for words in said:
        assert only_letters(words) in text


@pytest.mark.parametrize(("language", "joint"), [("he", r"בין(\d+)%ל(\d+)%"), ("ar", r"بين(\d+)%و(\d+)%")])
def test_ranges_are_not_reversed(browser: Any, folder: Path, tmp_path: Path, language: str, joint: str) -> None:
    laid_out(browser, folder / "zone-9996-4.html", language, tmp_path / "card.pdf")
    found = re.findall(joint, text_of(tmp_path / "card.pdf"))
    assert len(found) > 3
    assert all(int(low) < int(high) for low, high in found)


def test_the_switch_and_the_button_work_by_mouse_and_keyboard(browser: Any, folder: Path) -> None:
    tab = browser.new_page()
    tab.goto((folder / "zone-9996-4.html").as_uri())
    tab.evaluate("() => { window.print = () => { window.printed = (window.printed ?? 0) + 1; }; }")
    sides = "[...document.querySelectorAll('article')]"
    shown = f"() => {sides}.filter((one) => one.offsetParent !== null).map((one) => one.id)"
    assert tab.evaluate(shown) == ["he"]
    tab.click("#he nav a[href='#en']")
    assert tab.evaluate(shown) == ["en"] and tab.title().startswith("Stone Quarter")
    tab.focus("#en nav a[href='#ar']")
    tab.keyboard.press("Enter")
    assert tab.evaluate(shown) == ["ar"] and tab.evaluate("document.documentElement.dir") == "rtl"
    tab.click("#ar nav button")
    assert tab.evaluate("window.printed") == 1
    tab.focus("#ar nav button")
    tab.keyboard.press("Space")
    assert tab.evaluate("window.printed") == 2
    tab.emulate_media(media="print")
    assert not tab.is_visible("#ar nav")
    tab.close()


def test_the_list_leads_to_each_card_in_its_language(browser: Any, folder: Path) -> None:
    tab = browser.new_page()
    tab.goto(f"{(folder / 'index.html').as_uri()}#en")
    tab.click("text=Stone Quarter >> nth=0")
    assert tab.url.endswith(".html#en") and tab.evaluate("document.documentElement.lang") == "en"
    tab.close()
