"""Everybody can use the page: axe-core finds nothing serious, mouse and keyboard work every control, it prints."""

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from drawn_town import town
from page_browser import DESKTOP, PHONE, opened

from geokehila.draw import palette
from geokehila.draw.city_page import write

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
#: IS 5568 asks for level AA of WCAG.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    write(town(), path)
    return path


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["he", "ar", "en"])
def test_axe_finds_no_serious_violation(browser: Any, file: Path, size: tuple[int, int], language: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is absent: run `npm ci`")
    with opened(browser, file, size, language, bypass_csp=True) as tab:
        tab.click("#zone-0")
        tab.click("#site-0")
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        tab.add_script_tag(path=AXE)
        found = tab.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", [*RULES])[
            "violations"
        ]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in grave] == []


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)


@pytest.mark.parametrize("colour", [palette.ACCENT, palette.HUB, palette.SITE, palette.BEYOND, palette.HATCH])
def test_marks_stand_out_from_the_paper(colour: str) -> None:
    assert contrast(colour, palette.PAPER) >= 3


def test_figures_in_squares_can_be_read(browser: Any, file: Path) -> None:
    read = "(e) => { const s = getComputedStyle(e); return [s.backgroundColor, s.color]; }"
    with opened(browser, file, language="en") as tab:
        squares = tab.query_selector_all(".square > span[style*=background]")
        assert len(squares) > 20
        for square in squares:
            colours = [to_hex(colour) for colour in square.evaluate(read)]
            assert contrast(*colours) >= 4.5, colours


def to_hex(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


CONTROLS = {
    "#language-ar": ("document.documentElement.lang", "ar"),
    "#zone-0": ("document.querySelector('#zone-0').getAttribute('aria-pressed')", "true"),
    "#sort-health": ("document.querySelector('th:has(#sort-health)').getAttribute('aria-sort')", "ascending"),
    "#site-0": ("document.querySelector('#site-0').getAttribute('aria-expanded')", "true"),
    "#more > summary": ("document.querySelector('#more').open", True),
    ".walker summary": ("document.querySelector('.walker').open", True),
    ".filters summary": ("document.querySelector('.filters').open", True),
    ".absent summary": ("document.querySelector('.absent').open", True),
    "#hubs summary": ("document.querySelector('#hubs details').open", True),
    "#legend .key > summary": ("document.querySelector('.key').open", False),
    "#layer-homes": ("document.querySelector('#layer-homes').checked", True),
    "#layer-streets": ("document.querySelectorAll('canvas.streets').length", 0),
    "#domain-health": ("document.querySelector('#domain-health').checked", True),
}


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_every_control_answers(browser: Any, file: Path, control: str, by: str) -> None:
    told, expected = CONTROLS[control]
    with opened(browser, file, language="en") as tab:
        if by == "mouse":
            tab.click(control, force=True)
        else:
            tab.focus(control)
            is_button = tab.evaluate(
                "(s) => ['BUTTON', 'SUMMARY'].includes(document.querySelector(s).tagName)", control
            )
            tab.keyboard.press("Enter" if is_button else "Space")
        assert tab.evaluate(told) == expected


@pytest.mark.parametrize("select", ["#theme", "#profile", "#minutes", "#group", "#filter-below", "#filter-weakest"])
def test_every_choice_answers_to_the_keyboard_and_keeps_the_focus(browser: Any, file: Path, select: str) -> None:
    with opened(browser, file, language="en") as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        before = tab.input_value(select)
        tab.focus(select)
        tab.keyboard.press("ArrowDown")
        assert tab.input_value(select) != before
        assert f"#{tab.evaluate('document.activeElement.id')}" == select


def test_what_was_unfolded_stays_so_whatever_is_chosen_at_once(browser: Any, file: Path) -> None:
    """A browser tells of a toggle later than of a click: the page written anew in between must not fold it."""
    at_once = (
        "() => { document.querySelector('.walker summary').click();"
        " const who = document.querySelector('#profile'); who.selectedIndex = 1;"
        " who.dispatchEvent(new Event('change'));"
        " return document.querySelector('.walker').open; }"
    )
    with opened(browser, file, language="en") as tab:
        assert tab.evaluate(at_once) is True
        tab.wait_for_timeout(100)
        assert tab.is_visible("#minutes")


def test_the_focus_is_seen(browser: Any, file: Path) -> None:
    with opened(browser, file, language="en") as tab:
        tab.keyboard.press("Tab")
        for _ in range(12):
            tab.keyboard.press("Tab")
            width = tab.evaluate(
                "(() => { const e = document.activeElement; const s = getComputedStyle(e.closest('.strip label') ?? e);"
                " return s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth); })()"
            )
            assert width >= 2, tab.evaluate("document.activeElement.outerHTML")


def test_the_link_past_the_map_leads_to_the_table(browser: Any, file: Path) -> None:
    with opened(browser, file) as tab:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.id") == "skip"
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "zones"


def test_the_page_prints_with_its_map_and_its_table(browser: Any, file: Path) -> None:
    with opened(browser, file, language="he") as tab:
        tab.emulate_media(media="print")
        assert not tab.is_visible("#search-box") and tab.is_visible("#zone-table") and tab.is_visible(".folium-map")
        assert tab.pdf().startswith(b"%PDF-")


def test_every_figure_on_the_page_is_the_run_s(browser: Any, neve_or: Any) -> None:
    """Of each area of the sample town: people, every domain of two profiles and two cutoffs, gap and share."""
    table = pd.read_parquet(neve_or.path / "zone_scores.parquet")
    table = table[(table["zoning"] == "zone") & (table["group"] == "total")]
    told = table.set_index(["profile", "measure", "zone_id"])
    with opened(browser, neve_or.page, language="en") as tab:
        ids = [zone_id for zone_id in neve_or.zones["zone_id"] if ("adult", "people", zone_id) in told.index]
        assert len(ids) >= 7
        tab.click(".walker summary")
        for profile, minutes in (("adult", "own"), ("wheelchair", "10")):
            tab.select_option("#profile", profile)
            tab.select_option("#minutes", minutes)
            stem = "" if minutes == "own" else f"_{minutes}min"
            for i, zone_id in enumerate(neve_or.zones["zone_id"]):
                if zone_id in ids:
                    row = tab.locator("#zone-table tbody tr", has=tab.locator(f"#zone-{i}"))
                    assert row.locator(".unseen").all_inner_texts() == shares(told, profile, stem, zone_id)


def test_the_geopackage_holds_what_the_page_shows(neve_or: Any) -> None:
    """The figures above are those of the table; the same stand in the layer that opens in QGIS."""
    table = pd.read_parquet(neve_or.path / "zone_scores.parquet")
    of_adults = (table["zoning"] == "zone") & (table["group"] == "total") & (table["profile"] == "adult")
    told = table[of_adults & table["measure"].str.fullmatch("domain_[a-z]+_(share|beyond_people)")]
    layer = gpd.read_file(neve_or.path / "neve-or.gpkg", layer="zones").set_index("zone_id")
    assert len(told) >= 7 * 7
    for row in told.to_dict("records"):
        for end in ("low", "high"):
            assert layer.loc[row["zone_id"], f"{row['measure']}_{end}"] == pytest.approx(row[end], nan_ok=True)


def shares(told: pd.DataFrame, profile: str, stem: str, zone_id: str) -> list[str]:
    """What the table says of each scored domain, in words."""
    found = []
    for domain in ("employment", "education", "health", "transport", "environment", "culture", "community"):
        row = told.loc[(profile, f"domain_{domain}{stem}_share", zone_id)]
        if pd.isna(row["low"]):
            found.append("–")
        elif row["high"] - row["low"] > 0.995:
            found.append("the map does not tell" if row["reason"] in ("not mapped", "not loaded") else "not known")
        else:
            found.append(" to ".join(dict.fromkeys(map(per_cent, (row["low"], row["high"])))))
    return found


def per_cent(share: float) -> str:
    """Return a share in whole per cent, halves up; what is nearly none or nearly all is not called so."""
    share = round(share, 6)
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{int(100 * share + 0.5)}%"
