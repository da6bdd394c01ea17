"""Every column has a meaning in three languages, built from the catalogue's names, and a unit by its own name."""

import re
from pathlib import Path

import pytest

from geokehila import analyses, reference
from geokehila.analyses import mixed_use, sectors, transit
from geokehila.analyses.mixed_use import around
from geokehila.catalogue import LANGUAGES, Catalogue, text
from geokehila.catalogue.columns import Columns
from geokehila.catalogue.themes import themes
from geokehila.schema import TABLES

CATALOGUE = Catalogue.read()
COLUMNS = Columns(CATALOGUE)
PAGES = ("domains", "category", "weights")


@pytest.mark.parametrize("name", TABLES)
def test_every_promised_column_is_told_of_in_every_language(name: str) -> None:
    for column in TABLES[name].columns:
        assert COLUMNS.knows(name, column), f"{name}.{column}: add it to columns.toml"
        told = COLUMNS.of(name, column, TABLES[name].columns[column])
        assert all(told.meaning[language] and told.unit[language] for language in LANGUAGES)


def test_every_measure_of_maps_and_pages_is_told_of() -> None:
    shown = {shown.key for theme in themes(CATALOGUE).values() for shown in theme}
    worded = {key for told in text("en")["measures"].values() for key in told} - {"title", "note"}
    assert [key for key in sorted(shown | worded) if not COLUMNS.knows("zones", key)] == []


@pytest.mark.parametrize(
    ("column", "english", "unit"),
    [
        ("category_grocery_s", "Grocery: walk in seconds", "s"),
        ("category_bus_stop_10min_state", "Bus stop, 10 minutes: within the walk (reached), beyond, or why", "text"),
        ("domain_health_beyond_people_high", "Domain Health: residents beyond the walk, at most", "residents"),
        ("open_0.5ha_median_m", "Public open space, 0.5 ha or more: way in metres that half of residents", "m"),
        ("school_state_religious_share_low", "School, State religious: share of residents within", "share, 0 to 1"),
        ("school_state_state", "School, State: within the walk", "text"),
        ("single_clinic_people_low", "Clinic: one within 15 minutes and no other: number of residents", "residents"),
        ("paths_spacing_mean_m", "mean distance between intersections, with footpaths", "m"),
        ("steep_over_8_percent_share_low", "ways steeper than 8%, at least", "share, 0 to 1"),
        ("bus_friday_per_h", "departures of buses at the best stop on Friday", "1/h"),
        ("people", "residents here", "residents"),
        ("hubs_m2", "floor area of hubs where known, at least", "m²"),
        ("street_km_per_km2", "density of streets", "km/km²"),
    ],
)
def test_a_column_is_read_from_its_parts(column: str, english: str, unit: str) -> None:
    told = COLUMNS.of("zones", column, "text" if column.endswith("_state") else "number")
    assert told.meaning["en"].startswith(english) and told.unit["en"] == unit


@pytest.mark.parametrize(
    ("table", "column", "unit"),
    [
        ("gaps", "likely_low", "{weights}"),
        ("gaps", "likely_high", "{weights}"),
        ("hub_left", "now_low", "{weights}"),
        ("hub_left", "then_high", "{weights}"),
        ("additions", "share_before", "share, 0 to 1"),
        ("additions", "share_after", "share, 0 to 1"),
        ("hub_demand", "people_per_hub", "number"),
    ],
)
def test_who_is_counted_is_the_unit_of_a_column_whose_words_begin_with_them(table: str, column: str, unit: str) -> None:
    assert column in TABLES[table].columns
    for weights in ("residents", "dwellings"):
        assert Columns(CATALOGUE, weights).of(table, column).unit["en"] == unit.format(weights=weights)


def test_a_category_of_the_study_is_called_as_the_study_calls_it() -> None:
    own = {"tahini": {"name": {"he": "טחינה", "en": "Tahini"}, "any_of": ["shop=tahini"]}}
    columns = Columns(Catalogue.read({"categories": own}), "dwellings")
    told = columns.of("zones", "category_tahini_beyond_people_low")
    assert told.meaning["en"] == "Tahini: dwellings beyond the walk, at least"
    assert told.meaning["he"] == "טחינה: דירות מעבר לטווח ההליכה, לכל הפחות"
    assert told.meaning["ar"].startswith("טחינה"), "no Arabic name is known: the one that is"


def test_a_column_that_nobody_told_of_is_called_by_its_name() -> None:
    assert not COLUMNS.knows("places", "wheels")
    assert COLUMNS.of("places", "wheels").meaning == dict.fromkeys(LANGUAGES, "wheels")


def test_the_texts_are_whole() -> None:
    """Each text is of each language, in its script, with the same names to fill in."""
    from geokehila.catalogue.columns import _read

    scripts = {"he": "[א-ת]", "ar": "[ء-ي]"}

    def walk(node: object, path: str) -> None:
        assert isinstance(node, dict)
        if {*node} == {*LANGUAGES} and all(isinstance(text, str) for text in node.values()):
            filled = {language: re.sub(r"the_weights", "weights", text) for language, text in node.items()}
            names = {language: {*re.findall(r"\{(\w+)\}", text)} for language, text in filled.items()}
            assert names["he"] == names["ar"] == names["en"], path
            for language, script in scripts.items():
                assert "{" in node[language] or re.search(script, node[language]), f"{path} in {language}"
            return
        for key, inner in node.items():
            walk(inner, f"{path}.{key}")

    data = _read()
    for part in (
        "units",
        "intervals",
        "stems",
        "narrowed",
        "endings",
        "names",
        "prefixes",
        "measures",
        "columns",
        "tables",
    ):
        walk(data[part], part)


def test_a_page_of_method_is_there() -> None:
    from geokehila.catalogue.columns import _read

    docs = Path(__file__).resolve().parents[1] / "docs"
    pages = _read()["pages"]
    assert [page for part in pages.values() for page in part.values() if not (docs / page).is_file()] == []


#: What each module may tell that it could not be computed, and why.
LACKING: dict[str, tuple[set[str], set[str]]] = {
    "open_space.py": (
        {"rule_3_state", "rule_30_state"},
        {"trees_in_view_not_read", "canopy_not_read"},
    ),
    "emergency.py": ({"shelter_share"}, {"no_alert", "alert_inside"}),
    "mixed_use/__init__.py": ({*mixed_use.MAY_BE_ABSENT}, {*mixed_use.MAY_BE_ABSENT.values()}),
    "mixed_use/around.py": ({"mix_entropy_score"}, {around.AT_EDGE, around.NO_PLACES}),
    "walkability/__init__.py": (
        {"spacing_mean_m", "crossings_per_km", "shade_share", "steep_over_8_percent_share"},
        {"no_streets", "no_crossings", "no_trees", "no_dem"},
    ),
    "transit.py": ({f"{kind}_per_h" for kind in transit.KINDS}, {transit.NO_TIMETABLE, transit.NO_SUCH_DAY}),
    "sectors.py": (
        {f"{category}_sector_told_share" for sector in CATALOGUE.sectors.values() for category in sector.categories},
        {sectors.NO_SECTOR_TOLD},
    ),
    "reference.py": ({reference.INDEX, reference.WITHOUT_RETAIL}, {"no_reference", "reference_fictional"}),
}


def test_what_could_not_be_computed_is_known_here_module_by_module() -> None:
    root = Path(analyses.__file__).parent
    telling = [
        path for path in (*root.rglob("*.py"), root.parent / "reference.py") if "Absent(" in path.read_text("utf-8")
    ]
    names = {path.name if path.parent in (root, root.parent) else f"{path.parent.name}/{path.name}" for path in telling}
    assert names == {*LACKING}


@pytest.mark.parametrize("module", LACKING)
def test_what_could_not_be_computed_has_a_name_and_a_reason_in_every_language(module: str) -> None:
    measures, reasons = LACKING[module]
    for language in LANGUAGES:
        said, labels = text(language), [*text(language)["measures"].values(), text(language)["not_computed"]]
        assert [key for key in sorted(measures) if not any(key in some for some in labels)] == []
        assert [reason for reason in sorted(reasons) if reason not in said["absent"]] == []


def test_every_measure_that_the_map_offers_has_a_label() -> None:
    keys = {shown.key for theme in themes(CATALOGUE).values() for shown in theme if not shown.key.startswith("domain_")}
    labels = {key for told in text("en")["measures"].values() for key in told}
    assert sorted(keys - labels) == []


def test_a_measure_of_a_sector_of_the_study_is_named_though_no_text_knows_it() -> None:
    own = {
        "sectors": {"braille": {"kind": "stream", "name": {"he": "ברייל", "en": "Braille"}, "categories": ["library"]}}
    }
    assert (
        Columns(Catalogue.read(own))
        .called("library_sector_told_share")["en"]
        .startswith("Library: share of the places")
    )


def test_labels_of_what_could_not_be_computed_are_of_no_column_that_pages_show() -> None:
    for language in LANGUAGES:
        shown = {key for told in text(language)["measures"].values() for key in told}
        assert shown.isdisjoint(text(language)["not_computed"])
