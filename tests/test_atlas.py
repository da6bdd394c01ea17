"""Sheets of the atlas show what the tables say, fit on A3, and read right in every language."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from sheets_of import HEALTH, NAMES, ZONES, town, without

from geokehila.catalogue import LANGUAGES, Catalogue
from geokehila.catalogue.themes import Shown, themes
from geokehila.doctor import drawn
from geokehila.draw import atlas
from geokehila.draw.atlas import advice, flow, keys, labels, told
from geokehila.draw.atlas.book import Atlas
from geokehila.draw.atlas.ground import Ground, View
from geokehila.draw.atlas.maps import Map
from geokehila.draw.atlas.multiples import grid
from geokehila.draw.atlas.paper import POINTS, Box, Sheet
from geokehila.draw.atlas.region.ground import Circles
from geokehila.draw.atlas.shapes import Shapes
from geokehila.draw.atlas.values import NOBODY, UNKNOWN, Told, Values, classed
from geokehila.draw.plots.ink import style
from geokehila.draw.plots.words import Words
from geokehila.draw.town import Town
from geokehila.errors import StudyError

SHARE = Shown("domain_health_share", (0.2, 0.4, 0.6, 0.8), "better")


def texts(figure):
    return [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]


def said(figure):
    return " ".join(re.sub("[\u200e\u200f]", "", text) for text in texts(figure))


def run_together(text):
    """A text without blanks and isolates: what is isolated is set by itself, without them."""
    return re.sub("[\\s\u2066-\u2069]", "", text)


# ---- what is drawn is what the tables say ----


def test_shares_and_dates_read_one_way_in_arabic_beside_words_and_alone() -> None:
    """Arabic letters turn the sign of a number, and a date, about: each is set by itself."""
    found = [text for text in texts(atlas.figure(town(), "cover", "ar")) if re.search(r"%|2025", text)]
    assert "2025-01-01" in found and sum("%" in text for text in found) > 2
    assert [text for text in found if re.search("[\u0600-\u06ff]", text) and "OpenStreetMap" not in text] == []


def test_classes_by_hand() -> None:
    values = Values.of(Told(town()), SHARE)
    # At least 10 % is the lowest class; 50 to 90 % the third, or another; of 0 to 100 % nothing is known.
    assert values.table["class"].tolist() == [0, 2, UNKNOWN]
    assert values.table["wide"].tolist() == [False, True, False]
    assert (values.city["low"], values.city["high"]) == HEALTH[""]


@pytest.mark.parametrize(
    ("low", "high", "likely", "is_hatched"),
    [
        (0.05, 0.15, np.nan, False),
        (0.41, 0.59, np.nan, False),
        (0.39, 0.4, np.nan, True),
        (0.39, 0.399, np.nan, False),
        (0.1, 0.9, np.nan, True),
        # Two lists make more likely than the map shows.
        (0.64, 0.64, 0.78, False),
        (0.64, 0.64, 0.81, True),
    ],
)
def test_a_share_is_hatched_where_its_class_is_not_sure(
    low: float, high: float, likely: float, is_hatched: bool
) -> None:
    table = pd.DataFrame({"low": [low], "high": [high], "reason": ""})
    assert classed(table, SHARE, pd.Series([9.0]), pd.Series([likely]))["wide"].tolist() == [is_hatched]
    # Of 1,000 people as many are beyond: in classes from 200, 400, 600 and 800 the same is not sure.
    beyond = pd.DataFrame({"low": [1000 - 1000 * high], "high": [1000 - 1000 * low], "reason": ""}).round(6)
    classes = Shown("domain_health_beyond_people", (200, 400, 600.000001, 800), "worse")
    told = classed(beyond, classes, pd.Series([1000.0]), pd.Series([likely]))
    assert told["wide"].tolist() == [is_hatched]


@pytest.mark.parametrize(
    ("low", "high", "is_hatched"), [(0.0, 1.0, True), (0.85, 1.0, False), (0.7, 1.0, True), (np.nan, np.nan, False)]
)
def test_of_the_known_domains_alone_a_share_is_hatched_where_the_others_may_change_its_class(
    low: float, high: float, is_hatched: bool
) -> None:
    every = next(one for one in themes(Catalogue.read())["fifteen_minute"] if one.key == "independent_known_share")
    row = {"zone_id": "", "profile": "adult", "group": "total", "value": np.nan, "reason": ""}
    rows = [row | {"zoning": "zone", "zone_id": key, "measure": every.key, "low": 1.0, "high": 1.0} for key in ZONES]
    rows += [one | {"measure": "independent_share", "low": low, "high": high} for one in rows]
    shown = town()
    shown = without(shown, zone_scores=pd.concat([shown.tables["zone_scores"], pd.DataFrame(rows)], ignore_index=True))
    assert Values.of(Told(shown), every).table["wide"].tolist() == [is_hatched] * len(ZONES)
    # Of health less than all is unknown in the town; where it is, the sheet names it.
    sheet = said(atlas.figure(shown, "fifteen_minute", "en"))
    assert "Of the domains that are known." in sheet and "certain, at least" not in sheet
    scores = shown.tables["zone_scores"]
    health = (scores["measure"] == SHARE.key) & (scores["zone_id"] == "")
    blind = without(
        shown, zone_scores=scores.assign(**{k: scores[k].mask(health, v) for k, v in (("low", 0.0), ("high", 1.0))})
    )
    assert "known; not known here: Health." in said(atlas.figure(blind, "fifteen_minute", "en"))


def test_zones_of_one_name_say_which_they_are_as_on_the_page() -> None:
    shown = town()
    alike = without(shown, zones=shown.zones.assign(name_en=["Hill", "Hill", "Gate"], name_he=None))
    book = Atlas(alike, "en")
    with style():
        sheet = Sheet.blank(book.words, True)
        drawn = Map(sheet, book.ground, Box(20, 20, 200, 200))
        drawn.names()
        written = said(sheet.figure)
    assert all(name in written for name in ("(area 1)", "(area 2)", "Gate")) and "1-1" not in written


def test_people_beyond_are_not_hatched_where_their_class_is_sure() -> None:
    shown = Shown("domain_health_beyond_people", (50, 250, 1000, 2500), "worse")
    table = Values.of(Told(town()), shown).table
    # 27 of 30, and 3 to 15 of 30, are below 50 whatever is true; 0 to 40 of 40 says nothing.
    assert table["class"].tolist() == [0, 0, UNKNOWN]
    assert not table["wide"].any()


def test_nobody_is_no_gap_and_no_unknown() -> None:
    table = pd.DataFrame({"low": [np.nan, 0.3], "high": [np.nan, 0.3], "reason": ""})
    assert classed(table, SHARE, pd.Series([0.0, np.nan]))["class"].tolist() == [NOBODY, 1]


def test_every_zone_lies_in_the_colour_of_its_class() -> None:
    shown = town()
    figure = atlas.figure(shown, "domains", "en")
    ground, scale = Ground(shown), float(re.search(r"1 : ([\d,]+) \(A3\)", said(figure))[1].replace(",", ""))
    for theme in themes(Catalogue.read())["domains"]:
        drawn = {
            patch.get_gid(): patch for patch in figure.findobj(PathPatch) if str(patch.get_gid()).startswith(theme.key)
        }
        wanted = {f"{theme.key}:0": "1-1", f"{theme.key}:2": "1-2", f"{theme.key}:unknown": "1-3"}
        assert drawn.keys() == wanted.keys()
        for gid, zone_id in wanted.items():
            zone = shown.zones.set_index("zone_id").geometry[zone_id]
            # Paths are in points from the middle of the map, at the scale that the sheet tells.
            inside = shapely.clip_by_rect(zone, *ground.extent).centroid
            middle = (np.array([inside.x, inside.y]) - ground.centre) * 1000 * POINTS / scale
            assert drawn[gid].get_path().contains_point(middle)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_the_city_stand_beside_each_map(language) -> None:
    shown = town()
    words = Words(shown, language)
    number = run_together(words.say("atlas.city", number=words.shares(*HEALTH[""])))
    sheet = run_together(said(atlas.figure(shown, "domains", language)))
    assert sheet.count(number) == len(themes(shown.catalogue)["domains"])


def test_the_cover_gives_three_answers() -> None:
    cover = said(atlas.figure(town(), "cover", "en"))
    assert "a gap for 30 to 82 of 100 residents (30% to 82%)." in cover
    assert "Sites proposed for new hubs: 1. 20 to 25 residents gain a hub within 15 minutes." in cover
    assert "a school · 20 to 25 gain by it" in cover
    assert "cannot be fully believed for 40% of the residents" in cover


def test_where_no_site_is_proposed_the_sheet_says_whether_there_is_a_gap() -> None:
    none = without(town(), hubs=town().tables["hubs"].iloc[:0])
    sure = without(none, hub_left=none.tables["hub_left"].assign(now_low=0.0))
    assert told.hubs_lead(Atlas(sure, "en")).endswith(
        "proposed. Who walks: Adult. Nobody is surely without a hub within the walk; of at most 40 it is not known."
    )
    some = without(none, hub_left=none.tables["hub_left"].assign(now_low=9.0))
    own = "Sites of your own, in a file candidates.xlsx, will be weighed."
    assert told.hubs_lead(Atlas(some, "en")) == (
        "No site for a new hub is proposed. Who walks: Adult. "
        f"Sites weighed: 3; none of them brings a hub near to anybody who has none. {own}"
    )
    some.record["hubs"]["candidates"] = 0
    assert told.hubs_lead(Atlas(some, "en")) == (
        f"No site for a new hub is proposed. Who walks: Adult. Looked at and ruled out: too small (4). {own}"
    )
    assert told.chosen_for(Atlas(none, "en")) == [] != told.chosen_for(Atlas(town(), "en"))


def test_of_a_region_nobody_is_said_to_have_a_hub_where_people_are_not_measured() -> None:
    none = without(town(), hubs=town().tables["hubs"].iloc[:0])
    none.record["hubs"]["measured"] = {"localities": 3, "people": 4_800.0, "people_not_measured": 634_531.0}
    nobody = without(none, hub_left=none.tables["hub_left"].assign(now_low=0.0, now_high=0.0))
    assert told.hubs_lead(Atlas(nobody, "en")).endswith(
        "proposed. Who walks: Adult. Of the 4,800 residents on the maps of the localities measured (3) nobody is "
        "without a hub within the walk; of the other 634,531 residents it is not known."
    )
    some = without(none, hub_left=none.tables["hub_left"].assign(now_low=0.0, now_high=9.0))
    assert told.hubs_lead(Atlas(some, "en")).endswith(
        "nobody is surely without a hub within the walk; of at most 634,540 residents of the region it is not known."
    )


def test_what_is_open_is_told_by_its_reason_and_nothing_is_doubted_only_where_nothing_is_open() -> None:
    """Health and culture are not known, for no list was loaded; of transport a point is open at the edge.

    Of education a point hangs on who lives in which home, of the environment less than is seen; all else is one number.
    """
    scores, domain = town().tables["zone_scores"], r"domain_[a-z]+_share"
    of_city = (scores["zoning"] == "city") & scores["measure"].str.fullmatch(domain)
    sure = scores.assign(low=scores["low"].mask(of_city, 0.5), high=scores["high"].mask(of_city, 0.5))
    believed = town(believed_share={"mapping": 1.0})
    nothing = "Nothing here is doubted."
    assert told.sure(Atlas(without(believed, zone_scores=sure), "en"))[0] == nothing
    ends = {"health": (0.0, 1.0, "not loaded"), "culture": (0.0, 1.0, "not loaded"), "transport": (0.5, 0.51, "edge")}
    ends |= {"education": (0.5, 0.51, ""), "environment": (0.5, 0.501, "")}
    for key, (low, high, reason) in ends.items():
        row = of_city & (sure["measure"] == f"domain_{key}_share")
        sure.loc[row, ["low", "high", "reason"]] = [low, high, reason]
    lines = told.sure(Atlas(without(believed, zone_scores=sure), "en"))
    assert nothing not in lines
    assert lines[:3] == [
        "how many people live in which home is estimated: Education",
        "the layer was not loaded: Health, Culture and leisure",
        "the walk may leave the data: Transport",
    ]
    for sheet in ("cover", "confidence"):
        assert lines[1] in said(atlas.figure(without(believed, zone_scores=sure), sheet, "en"))


def test_homes_that_nobody_counted_are_told_beside_who_is_left_without_a_hub() -> None:
    homes = "Homes in areas without a count: 5."
    shown = town()
    assert homes not in said(atlas.figure(shown, "hubs", "en"))
    shown.record["hubs"]["not_counted"] = {"1-3": {"homes": 5, "now": 5, "then": 2}}
    near = without(shown, hubs=shown.tables["hubs"].assign(homes_not_counted=3.0, people_high=0.0))
    sheet = said(atlas.figure(near, "hubs", "en"))
    assert f"Without a hub within the walk now: 30 to 40; then: 10 to 15. {homes}" in sheet
    assert "Homes without a count within the walk that have no known hub: 3" in sheet
    assert "Nobody gains by it" not in sheet
    none = without(shown, hubs=shown.tables["hubs"].iloc[:0])
    assert homes in told.hubs_lead(Atlas(none, "en"))
    shown.record["hubs"]["profile"] = "wheelchair"
    assert "Without a hub within the walk now (Wheelchair): 30 to 40;" in said(atlas.figure(shown, "cover", "en"))


def test_no_hub_in_a_list_that_is_said_to_be_whole_is_none() -> None:
    none = without(town(), hubs=town().tables["hubs"].iloc[:0])
    assert told.hubs_there(Atlas(none, "en")) == "No community hub is mapped. That does not mean there is none."
    believed = none.tables["confidence"]
    lists = believed.assign(subject="community_centre", state="measured", reason="official_list")
    listed = without(none, confidence=pd.concat([believed, lists]))
    said_so = "There is no community hub, by a list that is stated to be whole."
    assert told.hubs_there(Atlas(listed, "en")) == said_so
    lists.loc[0, "reason"] = "few_places"
    partly = without(none, confidence=pd.concat([believed, lists]))
    assert told.hubs_there(Atlas(partly, "en")) != said_so
    assert told.hubs_there(Atlas(town(), "en")) == "Existing community hubs on the map: 1."


def test_a_site_without_a_price_says_so_where_others_have_one() -> None:
    shown = town()
    assert "Price: not given" not in said(atlas.figure(shown, "hubs", "en"))
    shown.record["hubs"]["priced"] = 1
    assert "Price: not given" in said(atlas.figure(shown, "hubs", "en"))


def test_what_is_not_known_comes_last_and_is_said_to_be_unknown() -> None:
    shown = town()
    scores = shown.tables["zone_scores"].copy()
    health = (scores["measure"] == "domain_health_share") & (scores["zone_id"] == "")
    scores.loc[health, ["low", "high", "reason"]] = [0.0, 1.0, "not mapped"]
    key, sentence = told.missing(Atlas(without(shown, zone_scores=scores), "en"))[-1]
    assert key == "health"
    assert sentence == "Health: the map does not tell, so it is not known for how many of 100 residents there is a gap."


def test_hubs_tell_who_gains_and_what_the_second_best_costs() -> None:
    sheet = said(atlas.figure(town(), "hubs", "en"))
    assert "a library: 5 fewer; Needs a change of designation in the land-use plan" in sheet
    assert "Chosen in 75% of 40 tries" in sheet and "within 300 m in 80%" in sheet


@pytest.mark.parametrize(
    ("homes", "says"), [(0, "nobody gains by it"), (12, "homes without a count that gain by it: 12")]
)
def test_a_hub_that_nobody_counted_gains_by_says_so(homes: int, says: str) -> None:
    shown = town()
    hubs = shown.tables["hubs"].assign(people_low=0.0, people_high=0.0, homes_not_counted=homes)
    assert f"a school · {says}" in said(atlas.figure(without(shown, hubs=hubs), "cover", "en"))


def test_who_gains_by_a_hub_and_what_it_adds_are_told_in_other_words_and_why_they_differ() -> None:
    shown = town()
    added = shown.tables["hubs"].assign(people_added_low=20.0, people_added_high=32.0)
    sheet = said(atlas.figure(without(shown, hubs=added), "hubs", "en"))
    assert "a school · 20 to 25 gain by it" in sheet
    assert sheet.count("+20 to 32") == 1 and "+20 to 25" not in sheet
    assert run_together("So the two numbers can differ.") in run_together(sheet)


def test_who_gains_is_told_by_the_areas_that_the_page_names() -> None:
    """A community may have the name of an area in it: both tell the gains of the area."""
    one = town()
    larger = one.zones.assign(zoning="community")
    of_larger = one.tables["hub_gains"][:1].assign(zoning="community", people_low=90.0, people_high=95.0)
    tables = {
        "zonings": pd.concat([one.tables["zonings"], larger]),
        "hub_gains": pd.concat([one.tables["hub_gains"], of_larger]),
    }
    shown = Town(one.study, {**one.tables, **tables}, {**one.record, "default_zoning": "community"})
    told_of = advice._areas(Atlas(shown, "en"), "new")
    assert "20 to 25" in told_of and "90 to 95" not in told_of


# ---- sheets ----


def test_a_sheet_a_key_and_no_sheet_of_a_theme_without_measures() -> None:
    keys_of = atlas.sheets(town())
    assert keys_of[:4] == ("cover", "overview", "domains", "weakest")
    assert keys_of[-1] == "method"
    assert not {"transit", "emergency", "mixed_use", "open_space"} & {*keys_of}
    assert all(said(atlas.figure(town(), key, "en")) for key in keys_of)


def test_what_a_theme_lacks_is_listed_with_its_reason() -> None:
    shown = town(not_computed=[{"measure": "steep_over_8_percent_share", "reason": "no_dem"}])
    assert "Ways steeper than 8%: no heights of the ground are given" in said(atlas.figure(shown, "walkability", "en"))


def ungrouped(**more) -> Town:
    """The town without a source that tells groups of people apart; adults and wheelchairs walk."""
    shown = town(network={"rules": {"kerb_not_told": 3}, "rolling": {"near_homes_m": 2e4, "rough_near_homes_m": 1e4}})
    adults = shown.tables["zone_scores"]
    scores = pd.concat([adults, adults.assign(profile="wheelchair", low=adults["low"] / 2)])
    own = {"equity": shown.tables["equity"].head(0), "scores_wheelchair": shown.tables["scores_adult"]}
    return without(shown, zone_scores=scores, **own, **more)


def test_where_no_group_is_told_apart_walkers_are_and_the_files_that_would_help_are_named() -> None:
    sheet = atlas.figure(ungrouped(), "equity", "en")
    assert "No source tells groups of people apart here." in said(sheet)
    assert all(file in said(sheet) for file in ("census.xlsx", "socioeconomic.csv"))
    assert "Within a walk, by who walks" in said(sheet) and "Optimistic for wheelchairs" in said(sheet)
    assert "Optimistic on wheels: 10.0 of the 20.0 km" in said(sheet)
    assert "whether the door of a place can be passed is not asked" in said(sheet)
    (low,) = (line for axes in sheet.axes for line in axes.lines if line.get_gid() == "low:wheelchair")
    assert {*low.get_xdata()} == {HEALTH[""][0] / 2}
    assert "No source tells groups" not in said(atlas.figure(town(), "equity", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_plots_alone_fill_the_place_of_the_maps(language) -> None:
    shown = ungrouped(zone_facts=town().tables["zone_facts"].head(0))
    book = Atlas(shown, language)
    with style():
        sheet = book.sheet("equity")
    maps, _ = book.parts(sheet)
    place, boxes = sheet.bounds(maps), [axes.get_tightbbox() for axes in sheet.figure.axes]
    assert len(boxes) == 2
    assert sum(box.width * box.height for box in boxes) > 0.6 * place.width * place.height


def test_a_sheet_of_groups_with_nothing_to_show_is_left_out_and_the_last_one_says_why() -> None:
    bare = without(
        town(),
        equity=town().tables["equity"].head(0),
        zone_facts=town().tables["zone_facts"].head(0),
        scores_adult=town().tables["scores_adult"].head(0),
    )
    assert "equity" not in atlas.sheets(bare)
    assert "No source tells groups of people apart here." in said(atlas.figure(bare, "method", "en"))
    assert "No source tells groups of people apart here." not in said(atlas.figure(town(), "method", "en"))


def test_the_last_sheet_says_who_made_a_source_and_when() -> None:
    counted = {"role": "zones", "file": "zones.geojson", "date": "2026-05", "licence": "", "counts": ""}
    shown = town(sources=[counted | {"told_by": "ועד הכפר"}, counted | {"role": "dem", "told_by": ""}])
    sheet = run_together(said(atlas.figure(shown, "method", "en")))
    assert run_together("User's zones · zones.geojson · ועד הכפר · 2026-05") in sheet
    assert run_together("Heights of the ground · zones.geojson · 2026-05") in sheet


def test_an_unknown_sheet_names_the_nearest() -> None:
    with pytest.raises(StudyError, match="overview"):
        atlas.figure(town(), "overveiw", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_lies_on_the_paper_and_every_sheet_warns_of_a_fictional_town(language) -> None:
    shown = town(banners=["fictional", "weights_assumed", "partial_zones", "outside_israel"])
    warning = Words(shown, language).say("banners.fictional")
    for key in atlas.sheets(shown):
        figure = atlas.figure(shown, key, language)
        assert warning in said(figure), key
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        renderer, paper = FigureCanvasAgg(figure).get_renderer(), figure.bbox.padded(0.5)
        for text in figure.texts:
            if text.get_gid() != "name":
                box = text.get_window_extent(renderer)
                assert paper.x0 <= box.x0 and box.x1 <= paper.x1, (key, text.get_text())
                assert paper.y0 <= box.y0 and box.y1 <= paper.y1, (key, text.get_text())


def test_a_town_that_is_real_has_no_band() -> None:
    assert "FICTIONAL" not in said(atlas.figure(town(fictional=False, banners=[]), "overview", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_and_overrides_in_a_name_are_letters(language) -> None:
    overview = atlas.figure(town(), "overview", language)
    shown = texts(overview)
    assert not any(re.search("[\u202a-\u202e\u2066-\u2069]", text) for text in shown)
    assert any("<script>" in text for text in shown)
    assert not any(text.get_parse_math() for text in overview.texts)


def test_a_town_without_homes_or_zones_is_drawn() -> None:
    shown = town()
    bare = without(
        shown,
        origins=shown.tables["origins"].head(0),
        zones=shown.tables["zones"].head(0),
        zone_scores=shown.tables["zone_scores"].head(0),
        scores_adult=shown.tables["scores_adult"].head(0),
    )
    assert all(atlas.figure(bare, key, "en") for key in atlas.sheets(bare))


# ---- maps ----


def test_the_scale_is_a_rulers_and_holds_everybody() -> None:
    ground = Ground(town())
    view = ground.view(100, 100)
    # Homes are 1,000 m apart both ways; with a margin of 6 % at each side 1,120 m on 100 mm: 1 to 11,200, so 12,500.
    assert view.scale == 12_500
    assert np.allclose(ground.extent, (440, 440, 1560, 1560))


@pytest.mark.parametrize("east, shown_to", [(1800, 1810), (2900, 1560)])
def test_zones_are_shown_whole_unless_they_make_the_town_small(east: float, shown_to: float) -> None:
    import geopandas as gpd

    # Homes with their margin reach from 440 m to 1,560 m; half as long again for zones is 1,680 m.
    zones = gpd.GeoDataFrame(town().tables["zones"]).set_geometry([shapely.box(800, 800, east, 1000)] * 3)
    west, south, to, north = Ground(without(town(), zones=zones)).extent
    assert (west, south, north) == pytest.approx((440, 440, 1560)) and to == pytest.approx(shown_to)


def test_an_area_without_homes_is_nobodys_and_one_without_a_count_is_not_known() -> None:
    shown = town()
    scores = shown.tables["zone_scores"]
    bare = without(shown, zone_scores=scores[scores["zone_id"] != "1-2"])
    domain = Values.of(Told(bare), SHARE).table["class"]
    assert domain["1-2"] == NOBODY and domain["1-3"] == UNKNOWN
    uncounted = scores.assign(value=scores["value"].mask(scores["measure"] == "people"))
    assert Values.of(Told(without(shown, zone_scores=uncounted)), SHARE).table["class"]["1-3"] == UNKNOWN


def test_a_lonely_farm_does_not_make_the_town_small() -> None:
    import geopandas as gpd

    shown = town()
    farm = gpd.GeoDataFrame({"origin_id": ["f"], "zone_id": "1-1", "people": 0.1}, geometry=[shapely.Point(9e4, 9e4)],
                            crs=shown.tables["origins"].crs)  # fmt: skip
    far = without(shown, origins=gpd.GeoDataFrame(pd.concat([shown.tables["origins"], farm])))
    assert Ground(far).extent == Ground(shown).extent


def test_homes_that_nobody_counted_are_on_the_sheet() -> None:
    import geopandas as gpd

    shown, far = town(), shapely.box(1850, 100, 1900, 150)
    people = pd.DataFrame({"zone_id": ["1-1", "1-2", "1-3"], "group": "total", "people": [10.0, np.nan, 10.0]})
    homes = gpd.GeoDataFrame({"building_id": ["b"], "use": "home"}, geometry=[far], crs=shown.tables["origins"].crs)
    for counted in (False, True):
        told = people.assign(people=people["people"].fillna(0.0)) if counted else people
        west, south, east, north = Ground(without(shown, zone_people=told, buildings=homes)).extent
        assert shapely.box(west, south, east, north).covers(far) != counted


def test_the_bar_is_as_long_as_it_says() -> None:
    view = View(25_000, 100, 100)
    assert keys.bar_metres(view, 70) == 1000
    assert 1000 * keys.bar_metres(view, 70) / view.scale == pytest.approx(40)


@pytest.mark.parametrize("language", ["en", "he"])
def test_no_name_meets_another_or_a_mark(language) -> None:
    shown = town()
    book = Atlas(shown, language)
    with style():
        sheet = Sheet.blank(book.words, True)
        drawn = Map(sheet, book.ground, Box(20, 20, 60, 60))
        drawn.hubs(book.hubs)
        marks = len(drawn.taken)
        left_out = drawn.names()
    assert len(drawn.taken) == marks + len(ZONES) - left_out
    assert marks == 3
    assert not any(one.meets(other) for i, one in enumerate(drawn.taken) for other in drawn.taken[:i] if i >= marks)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-90, 90)), max_size=25))
def test_names_are_placed_without_collision_inside_the_map(at) -> None:
    taken = [labels.Rect(0, 0, 20, 20)]
    names = [f"Neve Or {n}" for n in range(len(at))]
    placed = labels.place(names, np.array(at).reshape(-1, 2), labels.Room(200, 200, taken), 8)
    rects = [*taken, *(label.place for label in placed)]
    assert not any(one.meets(other) for i, one in enumerate(rects) for other in rects[:i])
    assert all(rect.within(200, 200) for rect in rects)


def region_of(*at: tuple[float, float]) -> Circles:
    """The ground of localities of 10,000 residents each at places in km."""
    import geopandas as gpd

    shown = town()
    circles = [shapely.Point(1000 * x, 1000 * y).buffer(2000) for x, y in at]
    names = {column: None for column in shown.zones if column.startswith("name_")}
    ids = [f"l{number}" for number in range(len(at))]
    zones = gpd.GeoDataFrame({"zone_id": ids, "coverage_share": 1.0, **names}, geometry=circles, crs=shown.zones.crs)
    row = {"zoning": "zone", "measure": "people", "group": "total", "profile": "adult", "value": 10_000.0}
    return Circles(without(shown, zones=zones, zone_scores=pd.DataFrame([row | {"zone_id": key} for key in ids])))


def test_a_locality_far_out_stands_in_a_frame_at_the_edge_that_it_lies_beyond() -> None:
    near = [(0, 0), (30, 0), (0, 30), (30, 30), (15, 10), (10, 20)]
    ground, view = region_of(*near, (15, -200)), View(500_000, 150, 120)
    assert ground.is_far.tolist() == [False] * 6 + [True] and ground.has_far
    at = ground.middles(view)
    assert at[6][1] == min(at[:, 1]) and at[6][1] > -60 * POINTS
    # The others keep their places: 30 km are 60 mm at 1 : 500,000.
    assert at[1][0] - at[0][0] == pytest.approx(60 * POINTS)
    assert len(ground.frames(view).points) and not len(region_of(*near).frames(view).points)
    assert not region_of(*near).has_far


def test_of_circles_that_meet_the_smaller_lies_on_top_and_none_covers_another() -> None:
    ground, view = region_of((0, 0), (0.5, 0), (20, 0), (0, 20)), View(500_000, 150, 120)
    drawn = [
        shapely.union_all(
            [shapely.Polygon(ring) for ring in ground.zones(view).path(np.arange(4) == row).to_polygons()]
        )
        for row in range(4)
    ]
    assert drawn[0].intersection(drawn[1]).area == pytest.approx(0.0, abs=0.1)
    assert drawn[2].area == pytest.approx(np.pi * ground.radii(view)[2] ** 2, rel=0.01)
    assert not any(shape.is_empty for shape in drawn)


def test_names_stand_beside_their_marks() -> None:
    marks, radii = np.array([[0.0, 0.0], [30.0, 0.0]]), np.array([6.0, 6.0])
    taken = [labels.Rect(x, y, 12, 12) for x, y in marks]
    placed = labels.place(["Arad", "Dimona"], marks, labels.Room(200, 100, taken), 8, radii)
    assert len(placed) == 2
    assert not any(label.place.meets(mark) for label in placed for mark in taken)


def test_shapes_keep_their_holes_and_their_owners() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    shapes = Shapes.of(np.array([ring, None, shapely.LineString([(20, 0), (30, 0)])]))
    assert sorted({*shapes.owner.tolist()}) == [0, 2]
    path = shapes.path(np.array([True, False, False]))
    # A hole is a ring that runs the other way: what is filled by the rule of winding is left out there.
    assert [shapely.LinearRing(ring).is_ccw for ring in path.to_polygons()] in ([True, False], [False, True])


def test_small_maps_fill_the_place_and_do_not_overlap() -> None:
    boxes = grid(Box(0, 0, 300, 240), 7, 1.2)
    shapes = [shapely.box(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes]
    assert len(boxes) == 7
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes))


def test_words_are_set_smaller_before_they_are_left_out() -> None:
    words = Words(town(), "en")
    sheet = Sheet.blank(words, True)
    column = [Box(10, 10, 80, 40)]
    line = flow.Words("word " * 12, size=9)
    assert flow.pour(sheet, column, [line] * 4)
    assert not flow.pour(sheet, column, [line] * 40)
    assert flow.MORE in texts(sheet.figure)


@pytest.mark.parametrize("language, side", [("en", "left"), ("he", "right")])
def test_words_stand_where_reading_begins(language, side) -> None:
    figure = atlas.figure(town(), "overview", language)
    title = max(figure.texts, key=lambda text: text.get_fontsize())
    assert title.get_ha() == side
    x = title.get_position()[0] / POINTS
    assert (x < 50) == (language == "en")


# ---- the file ----


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / f"{request.param}.pdf"
    atlas.write(town(), path, request.param)
    return request.param, path


def test_equal_runs_are_equal_files(written, tmp_path) -> None:
    language, path = written
    atlas.write(town(), tmp_path / "again.pdf", language)
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()


def test_a_page_a_sheet_on_a3_dated_by_the_data_without_pictures(written) -> None:
    content = written[1].read_bytes()
    pages = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    assert len(pages) == len(atlas.sheets(town()))
    assert {tuple(sorted(round(float(side) / POINTS) for side in page)) for page in pages} == {(297, 420)}
    assert b"/CreationDate (D:20250101" in content
    assert b"/Subtype /Image" not in content
    assert b"/CIDFontType2" in content


def test_an_atlas_tells_of_which_run_it_is(written, tmp_path) -> None:
    path = written[1]
    assert atlas.run_of(path) == "0123456789"
    assert atlas.run_of(tmp_path / "none.pdf") == ""
    (tmp_path / "half.pdf").write_bytes(path.read_bytes()[:-200])
    (tmp_path / "empty.pdf").touch()
    assert atlas.run_of(tmp_path / "half.pdf") == atlas.run_of(tmp_path / "empty.pdf") == ""


def test_atlases_of_other_runs_are_named(written, tmp_path) -> None:
    shutil.copy(written[1], tmp_path / "atlas-he.pdf")
    assert atlas.of_other_runs(tmp_path, "0123456789") == {}
    (tmp_path / "atlas-en.pdf").touch()
    assert atlas.of_other_runs(tmp_path, "9876543210") == {
        "he": "run 0123456789", "en": "a run that it does not name",
    }  # fmt: skip
    place = tmp_path / "data" / "processed" / "dimona"
    assert not list(drawn.examine(tmp_path, "dimona")), "no run, nothing to be of"
    place.mkdir(parents=True)
    (place / "latest").write_text("9876543210\n", encoding="utf-8")
    (tmp_path / "maps" / "dimona").mkdir(parents=True)
    shutil.copy(written[1], tmp_path / "maps" / "dimona" / "atlas-ar.pdf")
    (found,) = drawn.examine(tmp_path, "dimona")
    assert found.found == "atlas-ar.pdf is of run 0123456789, the page of 9876543210"
    assert "geokehila atlas dimona --language ar" in found.next


def test_a_name_that_looks_like_an_id_is_none(tmp_path) -> None:
    from geokehila.study import Study

    shown = town(run_id="abcdef0123")
    city = replace(shown.study.city, name={"en": "/Keywords (run 0000000000)"})
    atlas.write(replace(shown, study=Study(city, catalogue=shown.catalogue)), tmp_path / "a.pdf", "en")
    assert atlas.run_of(tmp_path / "a.pdf") == "abcdef0123"


def test_an_atlas_that_breaks_off_leaves_the_one_that_was_there(tmp_path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"older")

    def stop(sheet: str) -> None:
        if sheet == "domains":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atlas.write(town(), path, "en", stop)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.pdf", b"older")]


def test_progress_names_each_sheet(tmp_path) -> None:
    heard = []
    atlas.write(town(), tmp_path / "a.pdf", "en", heard.append)
    assert tuple(heard) == atlas.sheets(town())


def poppler(path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("poppler is not installed: the order of letters in the PDF is not tested")
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode("utf-8")
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)


def test_the_pdf_is_searched_in_logical_order(written) -> None:
    language, path = written
    text = poppler(path)
    wanted = {
        "he": ["עיר ניסוי", "שיטה ומקורות", "מקרא", "תחומי חיים במרחק הליכה"],
        "ar": ["مدينة تجريبية", "مفتاح الخريطة"],
        "en": ["Toy Town", "Method and sources", "30% to 82%"],
    }
    assert [words for words in wanted[language] if words not in text] == []


def test_ranges_are_not_reversed(written) -> None:
    text = poppler(written[1])
    assert "20–40%" in text
    assert "40–20%" not in text
    assert datetime.fromisoformat("2025-01-01").strftime("%Y-%m-%d") in text
    assert NAMES["1-3"] in text
