"""study.toml: what it may say, and the one line for what it may not."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from geokehila.catalogue import OWN_CHOICE, Catalogue
from geokehila.catalogue.choices import HubChoice
from geokehila.catalogue.lists import ListChoice
from geokehila.errors import StudyError
from geokehila.pipeline import choose
from geokehila.schema import ISRAEL_TM
from geokehila.study import TABLES, AlertChoice, Study, slug

HEAD = '[study]\nname = "Dimona"\ncode = 2200\n'


def study(tmp_path: Path, text: str = "", head: str = HEAD) -> Study:
    path = tmp_path / "study.toml"
    path.write_text(head + text, encoding="utf-8")
    return Study.read(path)


def test_the_least_study_is_the_city_with_every_default(tmp_path: Path) -> None:
    assert study(tmp_path) == Study.of("dimona")
    assert study(tmp_path).crs == ISRAEL_TM and study(tmp_path).inputs == {}


def test_a_study_of_ones_own_place(tmp_path: Path) -> None:
    head = '[study]\nname = "Netanya-Poleg"\nname_he = "נתניה – פולג"\ncode = 7400\n'
    own = study(tmp_path, head=head).city
    assert (own.slug, own.code, own.name["he"], own.name["en"]) == (
        "netanya-poleg",
        7400,
        "נתניה – פולג",
        "Netanya-Poleg",
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("", {"he": "Netanya-Poleg", "ar": "Netanya-Poleg", "en": "Netanya-Poleg"}),
        ('name_he = "פולג"\n', {"he": "פולג", "ar": "פולג", "en": "Netanya-Poleg"}),
        ('name_he = "פולג"\nname_ar = ""\n', {"he": "פולג", "ar": "פולג", "en": "Netanya-Poleg"}),
        ('name_he = "פולג"\nname_ar = "بوليغ"\nname_en = "Poleg"\n', {"he": "פולג", "ar": "بوليغ", "en": "Poleg"}),
    ],
)
def test_a_place_without_a_name_in_a_language_is_called_as_its_readers_read_next(
    stated: str, expected: dict[str, str], tmp_path: Path
) -> None:
    found = study(tmp_path, head=f'[study]\nname = "Netanya-Poleg"\n{stated}').city.name
    assert {language: found[language] for language in expected} == expected


def test_hebrew_a_bom_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    text = '[study]\r\nname = "דימונה"\r\ncode = 2200\r\n[inputs]\r\nosm = "מפה של העיר/osm.pbf"\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    read = Study.read(path)
    assert read.city.slug == "dimona"
    assert read.inputs == {"osm": (tmp_path / "מפה של העיר" / "osm.pbf",)}


@pytest.mark.parametrize("crs", ['"EPSG:2039"', '"epsg:2039"', "2039"])
def test_a_crs_in_any_spelling(tmp_path: Path, crs: str) -> None:
    assert study(tmp_path, head=f"{HEAD}crs = {crs}\n").crs == ISRAEL_TM
    assert study(tmp_path, head=f"{HEAD}crs = 'EPSG:31982'\n").crs == "EPSG:31982"


def test_paths_are_relative_to_the_study(tmp_path: Path) -> None:
    absolute = (tmp_path / "elsewhere.csv").as_posix()
    text = f'[inputs]\nosm = ["a.json", "b/c.json"]\nplaces_clinic = "../list.csv"\ncensus = "{absolute}"\n'
    inputs = study(tmp_path, text).inputs
    assert inputs["osm"] == (tmp_path / "a.json", tmp_path / "b" / "c.json")
    assert inputs["places_clinic"][0].resolve() == tmp_path.parent / "list.csv"
    assert inputs["census"] == (tmp_path / "elsewhere.csv",)


def test_cutoffs_the_default_and_single_ones(tmp_path: Path) -> None:
    shipped = Catalogue.read().categories
    single = study(tmp_path, "[cutoff_min]\ngrocery = 10\n").catalogue.categories
    assert (single["grocery"].cutoff_min, single["grocery"].cutoff_source) == (10, OWN_CHOICE)
    assert {k: c for k, c in single.items() if k != "grocery"} == {k: c for k, c in shipped.items() if k != "grocery"}
    both = study(tmp_path, "[cutoff_min]\ndefault = 12\ngrocery = 7.5\n").catalogue.categories
    assert both["grocery"].cutoff_s == 450
    assert {c.cutoff_min for k, c in both.items() if k != "grocery"} == {12}
    assert {c.cutoff_source for c in both.values()} == {OWN_CHOICE}


def test_zones_population_and_source(tmp_path: Path) -> None:
    text = '[inputs]\npopulation = "socioeconomic"\n[zones]\nkind = "hexagons"\nedge_m = 100\n'
    text += '[population]\ntotal = 378000\nsource = "ISTAC"\ndate = "2023"\n'
    read = study(tmp_path, text)
    assert (read.zones.kind, read.zones.edge_m, read.population_source) == ("hexagons", 100.0, "socioeconomic")
    assert read.assumed is not None and (read.assumed.total, read.assumed.date) == (378_000.0, "2023")
    assert read.inputs == {}


@pytest.mark.parametrize("day", ['"2026-05-31"', "2026-05-31"])
def test_who_counted_ones_own_zones_and_when(tmp_path: Path, day: str) -> None:
    zones = study(tmp_path, f'[zones]\nkind = "polygons"\nsource = "village committee"\ndate = {day}\n').zones
    assert (zones.source, zones.date) == ("village committee", "2026-05-31")
    with pytest.raises(StudyError, match=r"^\[zones\] date is 'May'"):
        study(tmp_path, '[zones]\ndate = "May"\n')


@pytest.mark.parametrize("day", ['"2026-06-03"', "2026-06-03"])
def test_zonings_and_an_alert_time_of_ones_own(tmp_path: Path, day: str) -> None:
    text = f'[zonings]\nhexagon_edge_m = 200\n[alerts]\nseconds = 60\ndate = {day}\nsource = "oref.org.il"\n'
    read = study(tmp_path, text)
    assert read.zonings.hexagon_edge_m == 200.0
    assert read.alerts == AlertChoice(60.0, "2026-06-03", "oref.org.il")


def test_lists_by_the_category_of_their_role(tmp_path: Path) -> None:
    text = """
[inputs]
shelters = "lists/מקלטים.xlsx"
[lists.shelters]
columns = { id = "מספר", name = "שם", x = "X", y = "Y" }
crs = "epsg:28193"
rule = "replace"
date = 2024-05-31
source = "City of Dimona"
where = { status = ["built", "קיים"], kind = "public" }
[lists.places_school]
columns = { category = "סוג" }
categories = { "גן ילדים" = "kindergarten" }
date = "2024-05"
"""
    read = study(tmp_path, text)
    assert read.inputs == {"shelters": (tmp_path / "lists" / "מקלטים.xlsx",)}
    assert read.lists == {
        "shelter": ListChoice(
            columns={"id": "מספר", "name": "שם", "x": "X", "y": "Y"},
            where={"status": ("built", "קיים"), "kind": ("public",)},
            crs="EPSG:28193",
            rule="replace",
            date="2024-05-31",
            source="City of Dimona",
        ),
        "school": ListChoice(columns={"category": "סוג"}, categories={"גן ילדים": "kindergarten"}, date="2024-05"),
    }


def test_a_list_of_a_category_of_the_studys_own(tmp_path: Path) -> None:
    text = '[categories.spring]\nname = { he = "מעיין", en = "Spring" }\nany_of = ["natural=spring"]\n'
    assert study(tmp_path, text + '[lists.places_spring]\nrule = "veto"\n').lists["spring"].rule == "veto"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lists]\nshelters = 5\n", r"\[lists.shelters\] is 5: make it a table of its own"),
        ("[lists.shelter]\n", r"role in \[lists\] 'shelter': did you mean 'shelters'"),
        ("[lists.places_clinics]\n", r"role in \[lists\] 'places_clinics': did you mean 'places_clinic'"),
        ("[lists.shelters]\n[lists.places_shelter]\n", "a second table for the list of shelter: keep one"),
        ('[lists.shelters]\nrul = "veto"\n', r"key in \[lists.shelters\] 'rul': did you mean 'rule'"),
        ('[lists.shelters]\nwhole = "yes"\n', r"\[lists.shelters\] whole is 'yes': write true or false"),
        ('[lists.shelters]\nrule = "replaces"\n', "rule .* 'replaces': did you mean 'replace'"),
        ('[lists.shelters]\ncolumns = { nane = "a" }\n', "column .* 'nane': did you mean 'name'"),
        ("[lists.shelters]\ncolumns = { name = 5 }\n", "columns is .*: make it a table of texts"),
        ('[lists.shelters]\ncolumns = "name"\n', "columns is 'name': make it a table of texts"),
        ('[lists.shelters]\ncategories = { a = "shelter" }\n', "which column holds these words"),
        (
            '[lists.shelters]\ncolumns = { category = "a" }\ncategories = { a = "scool" }\n',
            r"category in \[lists.shelters\] 'scool': did you mean 'school'",
        ),
        ("[lists.shelters]\nwhere = { status = [] }\n", "status is .*: give the words of the rows to keep"),
        ("[lists.shelters]\nwhere = { status = [1] }\n", r"status is \[1\]: give the words"),
        ('[lists.shelters]\nwhere = "built"\n', "where is 'built': make it a table of lists"),
        ('[lists.shelters]\ncrs = "EPSG:1"\n', "crs 'EPSG:1' is not known"),
        ("[lists.shelters]\ncrs = 2039\n", r"crs is 2039: write it as text"),
        ('[lists.shelters]\ndate = "May 2024"\n', 'date is .*: write "2024", "2024-05" or "2024-05-31"'),
        ('[lists.shelters]\ndate = "2024-13"\n', "date is '2024-13'"),
        ("[lists.shelters]\ndate = 2024\n", "date is 2024"),
    ],
)
def test_a_wrong_list_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        study(tmp_path, text)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[zone]\n", "unknown table in study.toml: 'zone': did you mean 'zones'"),
        ('[inputs]\nosmm = "a"\n', r"role in \[inputs\] 'osmm': did you mean 'osm'"),
        ("[inputs]\nosm = 5\n", "5 names no file"),
        ("[inputs]\nosm = []\n", "names no file"),
        ('[inputs]\npopulation = "cencus"\n', "population source 'cencus': did you mean 'census'"),
        ("[inputs]\npopulation = 5\n", "unknown population source 5"),
        ('[zones]\nkind = "hexagon"\n', "kind of zones 'hexagon': did you mean 'hexagons'"),
        ("[zones]\nedge_m = 10\n", "edge_m is 10.0: hexagons need edges of at least 50 m"),
        ("[zones]\nedge = 250\n", "'edge': did you mean 'edge_m'"),
        ("[zonings]\nhexagon_edge_m = 10\n", "hexagon_edge_m is 10: give a number from 50 to 10000"),
        ("[zonings]\nedge_m = 250\n", r"key in \[zonings\] 'edge_m': did you mean 'hexagon_edge_m'"),
        ("[alerts]\nseconds = 60\n", r"\[alerts\] lacks date, source: add it"),
        ('[alerts]\nseconds = 900\ndate = "2026"\nsource = "a"\n', "seconds is 900: give a number from 0 to 600"),
        ('[alerts]\nseconds = 60\ndate = "May"\nsource = "a"\n', "date is 'May': write \"2026\""),
        ("[population]\ntotal = 5\n", r"\[population\] lacks source, date: add it"),
        ("[cutoff_min]\ngrocry = 10\n", r"category in \[cutoff_min\] 'grocry': did you mean 'grocery'"),
        ("[cutoff_min]\ngrocery = 0\n", "cutoff_min of grocery is 0: give minutes above 0, at most 60"),
        ("[cutoff_min]\ndefault = 61\n", "cutoff_min of default is 61"),
        ("[cutoff_min]\ngrocery = nan\n", "cutoff_min of grocery is nan"),
        ("[cutoff_min]\ngrocery = true\n", "cutoff_min of grocery is True"),
        ('[cutoff_min]\ngrocery = "ten"\n', "cutoff_min of grocery is 'ten'"),
        ("[categories.clinic]\ncutoff_min = -5\n", "cutoff_min of clinic is -5.0"),
        ("[categories]\nclinic = 5\n", "clinic is 5: make it a table of its own"),
        ("[categories.clinik]\nrequired = true\n", "'clinik': did you mean 'clinic'"),
        ("[study]\n", "not TOML .*: mend that line"),
        ("[zones\n", "not TOML .*: mend that line"),
        ("zones = \n", "not TOML .*: mend that line"),
    ],
)
def test_a_wrong_study_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        study(tmp_path, text)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("", r"\[study\] needs name"),
        ('[study]\nname = "Dimona"\ncode = "2200"\n', r"\[study\] needs name"),
        ('[study]\nname = "Dimona"\ncod = 2200\n', "'cod': did you mean 'code'"),
        ('[study]\nname = "שכונה"\n', "write it in Latin letters and add name_he"),
        (HEAD + 'fictional = "yes"\n', "fictional is 'yes': write true or false"),
        (HEAD + 'crs = "EPSG:4326"\n', "crs 'EPSG:4326' is not in metres: write a projected one such as 'EPSG:2039'"),
        (HEAD + 'crs = "EPSG:2263"\n', "is not in metres"),
        (HEAD + 'crs = "EPSG:1"\n', "crs 'EPSG:1' is not known"),
        (HEAD + "crs = [2039]\n", "is not known"),
        (HEAD + 'crs = "EPSG:3857"\n', "is Web Mercator, whose metres are not metres on the ground"),
        ('study = "Dimona"\n', r"study is 'Dimona': make it a table, \[study\]"),
        ("cutoff_min = 10\n" + HEAD, r"cutoff_min is 10: make it a table, \[cutoff_min\]"),
    ],
)
def test_a_wrong_head_is_one_line(tmp_path: Path, head: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        study(tmp_path, head=head)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ('population = "census"', "inputs"),
        ("grocery = 10", "cutoff_min"),
        ("edge_m = 250", "zones"),
        ("total = 9", "population"),
        ("hexagon_edge_m = 250", "zonings"),
        ("seconds = 60", "alerts"),
    ],
)
def test_an_option_whose_table_is_still_commented_out_names_its_table(tmp_path: Path, line: str, table: str) -> None:
    (tmp_path / "study.toml").write_text(f'[study]\nname = "Dimona"\ncode = 2200\n{line}\n', encoding="utf-8")
    with pytest.raises(StudyError, match=rf"stands under \[study\]: it belongs under \[{table}\]"):
        Study.read(tmp_path / "study.toml")


def test_no_file_and_no_text_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"absent.toml: cannot be read \(No such file or directory\): check the path"):
        Study.read(tmp_path / "absent.toml")
    (tmp_path / "study.toml").write_bytes('[study]\nname = "דימונה"\n'.encode("cp1255"))
    # The first Hebrew letter is the 17th byte.
    with pytest.raises(StudyError, match="its byte 17 is not UTF-8: save the file as UTF-8"):
        Study.read(tmp_path / "study.toml")


def test_slugs() -> None:
    names = ["Be'er Sheva", "Tel Aviv - Yafo", "  Neve Or 2 ", "Shefa-'Amr"]
    assert [slug(name) for name in names] == ["beer-sheva", "tel-aviv-yafo", "neve-or-2", "shefa-amr"]


def test_the_language_that_pages_open_in_is_one_that_they_speak(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('[study]\nname = "Aden"\nlanguage = "ar"\n', encoding="utf-8")
    assert Study.read(path).language == "ar" and Study.of("dimona").language == ""
    path.write_text('[study]\nname = "Aden"\nlanguage = "fr"\n', encoding="utf-8")
    with pytest.raises(StudyError, match="language in \\[study\\] 'fr'"):
        Study.read(path)


EVERYTHING = """crs = "EPSG:32636"
language = "ar"
fictional = true
[inputs]
osm = ["a.osm", "b.osm"]
places_clinic = "clinics.csv"
population = "dwellings"
[lists.shelters]
columns = { name = "שם", category = "סוג" }
categories = { "מקלט" = "shelter" }
where = { status = ["built"] }
rule = "replace"
date = 2024-05-31
[lists.survey]
columns = { health = "רפואה" }
[zones]
kind = "hexagons"
edge_m = 100
[zonings]
hexagon_edge_m = 250
[population]
total = 5000
source = "a"
date = "2023"
[alerts]
seconds = 60
date = "2026"
source = "a"
[programme.hub]
per = 12000
unit = "hub"
source = "a"
date = "2024"
[gaps]
need = "age"
[hubs]
add = 5
minutes = 10
budget = 7
need = ["age"]
equity = "weighted"
[communities]
most_people = 20000
[rollout]
sizes = [1, 2]
years = [2026, 2027]
[cutoff_min]
default = 12
clinic = 10
[categories.bank]
required = false
hub = true
none_of = []
[categories.spring]
name = { he = "מעיין", en = "Spring" }
any_of = ["natural=spring"]
[sectors.jewish]
words = []
[profiles.adult]
speed_m_s = 1
[standards.horizon]
value = 3000
"""


def test_a_study_that_was_read_is_the_same_when_it_is_checked_again(tmp_path: Path) -> None:
    """Every table of a study is in it, so that none is forgotten or read otherwise on its way back."""
    read = study(tmp_path, EVERYTHING)
    assert {*TABLES} - {*tomllib.loads(HEAD + EVERYTHING)} == {"domains"}
    assert read.checked() == read and read.checked().folder == tmp_path
    assert Study.of("dimona").checked() == Study.of("dimona")


PLAIN = Study.of("dimona")
CLINIC = PLAIN.catalogue.categories["clinic"]


def with_categories(**own: object) -> Study:
    catalogue = replace(PLAIN.catalogue, categories={**PLAIN.catalogue.categories, **own})  # type: ignore[dict-item]
    return replace(PLAIN, catalogue=catalogue)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (replace(PLAIN, crs="EPSG:4326"), "study of dimona: crs 'EPSG:4326' is not in metres: write a projected one"),
        (replace(PLAIN, hubs=replace(PLAIN.hubs, profile="x")), r"unknown profile in \[hubs\] 'x': known: adult"),
        (replace(PLAIN, hubs=replace(PLAIN.hubs, add=-1)), r"\[hubs\] add is -1: give a number from 0 to 1000"),
        (replace(PLAIN, gaps=replace(PLAIN.gaps, need="a")), r"part of need in \[gaps\] 'a': did you mean 'age'"),
        (replace(PLAIN, hubs={"add": 5}), r"study of dimona: hubs is a dict: give HubChoice\(...\)"),  # type: ignore[arg-type]
        (replace(PLAIN, gaps=None), r"study of dimona: gaps is None: give GapChoice\(...\)"),  # type: ignore[arg-type]
        (replace(PLAIN, city="arad"), r"city of a study is 'arad': give one of geokehila.cities\(\)"),  # type: ignore[arg-type]
        (replace(PLAIN, inputs=None), "inputs is None: give a mapping by name"),  # type: ignore[arg-type]
        (replace(PLAIN, inputs={"osmm": ("a",)}), r"role in \[inputs\] 'osmm': did you mean 'osm'"),  # type: ignore[dict-item]
        (replace(PLAIN, population_source="cencus"), "population source 'cencus': did you mean 'census'"),
        (replace(PLAIN, lists={"scool": ListChoice()}), r"'places_scool': did you mean 'places_school'"),
        (with_categories(clinic=replace(CLINIC, cutoff_min=90)), "cutoff_min of clinic is 90.0: give minutes above 0"),
        (with_categories(clinic=replace(CLINIC, domain="helth")), "domain of category 'clinic': 'helth': did you mean"),
        (with_categories(pool=CLINIC), r"categories\['pool'\] has key 'clinic': let both be one"),
        (replace(PLAIN, catalogue=replace(PLAIN.catalogue, profiles={})), "profiles lack 'adult': keep what Catalogue"),
    ],
)  # fmt: skip
def test_what_python_changed_is_held_to_the_rules_of_a_study_toml(changed: Study, message: str) -> None:
    with pytest.raises(StudyError, match=message) as fault:
        choose(changed, Path("data/raw"))
    assert "\n" not in str(fault.value)


def test_what_python_may_write_shorter_is_read_as_in_a_study_toml(tmp_path: Path) -> None:
    changed = replace(PLAIN, gaps=replace(PLAIN.gaps, need="age"), inputs={"osm": "a.osm"}, hubs=HubChoice(minutes=10))  # type: ignore[arg-type,dict-item]
    read = study(tmp_path, '[gaps]\nneed = ["age"]\n[hubs]\nminutes = 10\n')
    assert replace(choose(changed, Path("data/raw")), inputs={}) == read
    assert changed.checked().inputs == {"osm": (Path("a.osm"),)}
