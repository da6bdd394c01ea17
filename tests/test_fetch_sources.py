"""The table of sources: what is shipped holds together, and what a user lays over it is checked."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from replay_server import quick_wire

from geokehila.catalogue import Catalogue
from geokehila.errors import FetchError, StudyError
from geokehila.fetch.addresses import fault_of
from geokehila.fetch.clients import CLIENTS
from geokehila.fetch.errand import Errand
from geokehila.fetch.sniffing import KINDS, suffix_of
from geokehila.fetch.sources import CITY, Source, chosen, read
from geokehila.study import ROLES, Study

CATEGORIES = Catalogue.read().categories


def sources(data: Path, text: str = "") -> dict[str, Source]:
    (data / "sources.toml").write_text(text, encoding="utf-8")
    return read(data, CLIENTS, CATEGORIES)


def fault(data: Path, text: str) -> str:
    with pytest.raises(StudyError) as raised:
        sources(data, text)
    assert "\n" not in str(raised.value)
    return str(raised.value)


SHIPPED = read(Path("nowhere"), CLIENTS, CATEGORIES)


@pytest.mark.parametrize("source", SHIPPED.values(), ids=lambda source: source.key)
def test_every_shipped_source_says_what_it_is(source: Source) -> None:
    assert source.holds and source.licence and source.credit
    assert not any(fault_of(url) for url in source.urls)
    assert all(url.startswith("https://") for url in source.urls), "asked without encryption"
    assert source.confidence != "unverified" or not source.urls or source.note, "an unverified address says why"
    assert suffix_of(Path(source.file)) in KINDS


@pytest.mark.parametrize("source", [s for s in SHIPPED.values() if s.urls], ids=lambda source: source.key)
def test_every_shipped_source_has_options_that_its_client_takes(source: Source, tmp_path: Path) -> None:
    """A client that is led nowhere fails on the way, not on what its table says."""
    data = tmp_path / "raw"
    nowhere = replace(source, urls=("http://127.0.0.1:9/",))
    errand = Errand(nowhere, Study.of("dimona"), quick_wire(attempts=1), tmp_path, data, needed=tmp_path / "absent")
    with pytest.raises(FetchError):
        CLIENTS[source.client](errand)


def test_what_is_required_comes_first_and_every_city_has_its_areas() -> None:
    assert next(iter(SHIPPED)) == "cbs_areas_2022"
    required = {source.role for source in SHIPPED.values() if source.required}
    assert {"statistical_areas", "census"} <= required <= {*ROLES}


def test_a_file_that_two_roles_share_would_be_no_file_of_either() -> None:
    stems: dict[tuple[str, str], str] = {}
    for source in SHIPPED.values():
        stem = source.scope, source.file.partition(".")[0]
        assert stems.setdefault(stem, source.role) == source.role


def test_a_key_of_the_users_table_changes_that_key_alone(tmp_path: Path) -> None:
    found = sources(tmp_path, '[cbs_areas_2022]\nurls = ["https://mirror.example/areas"]\n')
    assert found["cbs_areas_2022"].urls == ("https://mirror.example/areas",)
    assert found["cbs_areas_2022"].licence == SHIPPED["cbs_areas_2022"].licence
    assert found["cbs_census_2022"] == SHIPPED["cbs_census_2022"]


def test_a_source_of_ones_own(tmp_path: Path) -> None:
    told = 'role = "places_park"\nclient = "file"\nfile = "places_park.csv"\nholds = "parks"\nscope = "city"\n'
    own = sources(tmp_path, f"[our_parks]\n{told}")["our_parks"]
    assert (own.role, own.scope, own.confidence, own.required) == ("places_park", CITY, "unverified", False)


OWN = '[own]\nrole = "osm"\nclient = "file"\nfile = "osm.osm.pbf"\nholds = "a map"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[cbs_area_2022]\nlicence = "x"\n', "did you mean 'cbs_areas_2022'"),
        ('[cbs_areas_2022]\nlicense = "x"\n', "did you mean 'licence'"),
        ('[cbs_areas_2022]\nurls = 7\n', "give a list of texts"),
        ('[cbs_areas_2022]\nmax_mb = "60"\n', "give a float"),
        ('[cbs_areas_2022]\nmax_mb = 0\n', "more than 0"),
        ('[cbs_areas_2022]\ndate = "last year"\n', "date is 'last year'"),
        ('[cbs_areas_2022]\noptions = 3\n', "make it a table"),
        ('[cbs_areas_2022]\nurls = ["file:///etc/passwd"]\n', "its scheme is 'file'"),
        ('[cbs_areas_2022]\nurls = ["https://me:hush@host/"]\n', "user name or password"),
        ('[cbs_areas_2022]\nurls = ["https://host/?token=hush"]\n', "looks like a secret"),
        (OWN.replace('"osm"', '"ozm"', 1), "did you mean 'osm'"),
        (OWN.replace('"file"', '"fyle"', 1), "did you mean 'file'"),
        (OWN.replace("osm.osm.pbf", "../osm.osm.pbf"), "write a plain name"),
        (OWN.replace("osm.osm.pbf", "/tmp/osm.pbf"), "write a plain name"),
        (OWN.replace("osm.osm.pbf", ".osm.pbf"), "write a plain name"),
        (OWN + 'needs = "cbs_areas"\n', "did you mean 'cbs_areas_2022'"),
        (OWN + 'scope = "town"\n', "scope"),
        ("own = 3\n", "make it a table"),
        ("[own\n", "not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_with_the_nearest_right_word(tmp_path: Path, text: str, said: str) -> None:
    told = fault(tmp_path, text)
    assert said in told and "hush" not in told


def test_a_table_in_another_code_page_is_told(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes('[own]\nholds = "מפה"\n'.encode("cp1255"))
    with pytest.raises(StudyError, match="is not UTF-8"):
        read(tmp_path, CLIENTS, CATEGORIES)


def test_words_choose_sources_by_role_and_by_key() -> None:
    keys = [source.key for source in chosen(SHIPPED, ["census", "statistical_areas"])]
    assert keys == ["cbs_areas_2022", "cbs_census_2022"]
    assert [source.key for source in chosen(SHIPPED, ["cbs_areas_2011"])] == ["cbs_areas_2011"]
    assert not any(source.named_only for source in chosen(SHIPPED, []))
    with pytest.raises(StudyError, match="did you mean 'census'"):
        chosen(SHIPPED, ["cencus"])


def test_every_key_of_a_source_is_told_in_the_docs() -> None:
    told = (Path(__file__).parents[1] / "docs" / "fetch.md").read_text(encoding="utf-8")
    assert all(f"`{field.name}`" in told for field in fields(Source) if field.name != "key")
