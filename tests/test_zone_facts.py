"""What sources say of zones beside people: hand-made tables, a slow oracle, then the real ones."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geokehila.catalogue import City, cities
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population import census, facts, localities
from geokehila.load.roles import Inputs
from geokehila.schema import ISRAEL_TM
from geokehila.study import Study, ZoneChoice

OZ = Study(city=City(slug="oz", code=777, name={"he": "עוז", "en": "Oz"}, society="mixed"))
NO_CITY = Study(city=City(slug="oz", code=777, name={"he": "עוז", "en": "Oz"}))
HEADER = ["LocalityCode", "StatArea", "StatAreaCmb", "pop_approx"]
Table = pd.DataFrame


def zones(*tails: str, vintage: str = "2011") -> gpd.GeoDataFrame:
    ids = [f"777-{tail}" for tail in tails]
    editions = ["outline" if tail == "rest" else vintage for tail in tails]
    shapes = [box(300 * i, 0, 300 * i + 300, 300) for i in range(len(tails))]
    return gpd.GeoDataFrame({"zone_id": ids, "vintage": editions}, geometry=shapes, crs=ISRAEL_TM)


class Files:
    """The tables of a study, written one by one into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, {}

    def index(self, *rows: str, header: str = "Eshkol19,SocioIndex19") -> "Files":
        """Rows "area,cluster,index"; "" for the area is the locality's own."""
        lines = [f"777,1,{row}\n" for row in rows]
        path = self._path("socioeconomic.csv")
        path.write_text(f"town_code,Pop2019,STAT19,{header}\n{''.join(lines)}5,1,,9,2.0\n", encoding="utf-8")
        return self

    def census(self, columns: str, *rows: tuple[object, ...]) -> "Files":
        """Rows of StatArea, StatAreaCmb, and the columns named."""
        header = [*HEADER, *columns.split()]
        body = [[777, *row[:2], 100, *row[2:]] for row in rows]
        pd.DataFrame([header, *body]).to_excel(self._path("census.xlsx"), header=False, index=False)
        return self

    def _path(self, name: str) -> Path:
        self.files[name.partition(".")[0]] = (self.folder / name,)
        return self.folder / name

    def read(self, *tails: str, vintage: str = "2011", study: Study = NO_CITY) -> tuple[Table, tuple[Ledger, ...]]:
        return facts.read(study, Inputs(self.files, (), self.folder), zones(*tails, vintage=vintage))

    def told(self, *tails: str, vintage: str = "2011") -> dict[str, dict[str, tuple[object, object]]]:
        """By fact and the tail of each zone: its number or text, and the reason; None where there is none."""
        table, _ = self.read(*tails, vintage=vintage)
        found: dict[str, dict[str, tuple[object, object]]] = {}
        for row in table.itertuples():
            told = row.value if pd.notna(row.value) else row.text if pd.notna(row.text) else None
            reason = row.reason if pd.notna(row.reason) else None
            found.setdefault(row.fact, {})[row.zone_id.removeprefix("777-")] = (told, reason)
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_the_index_by_areas_of_2011(files: Files) -> None:
    files.index("11,2,-1.25", "12,7,0.5", ",5,0.1")
    told = files.told("11", "12", "13")
    assert told["ses_cluster"] == {"11": (2.0, None), "12": (7.0, None), "13": (None, "no row in the source")}
    assert told["ses_index"] == {"11": (-1.25, None), "12": (0.5, None), "13": (None, "no row in the source")}
    table, ledgers = files.read("11", "12", "13")
    assert {*table.source} == {"socioeconomic.csv"} and {*table.date} == {"2019"}
    assert [ledger.counts() for ledger in ledgers] == [
        {"row of facts": {"read": 3, "used": 2, "rejected": {"no zone that it speaks of": 1}}}
    ]


def test_areas_of_another_edition_have_the_cluster_of_the_locality(files: Files) -> None:
    """The same numbers mean other places in 2022."""
    told = files.index("11,2,-1.25", "12,7,0.5", ",5,0.1").told("11", "12", vintage="2022")
    assert told["ses_cluster"] == {"11": (5.0, "locality"), "12": (5.0, "locality")}


def test_what_the_areas_leave_of_an_outline_has_the_cluster_of_the_locality(files: Files) -> None:
    told = files.index("11,2,-1.25", ",5,0.1").told("11", "rest")
    assert told["ses_cluster"] == {"11": (2.0, None), "rest": (5.0, "locality")}


def test_a_locality_without_areas(files: Files) -> None:
    files.index(",3,-0.7")
    assert files.told("1", "2")["ses_cluster"] == {"1": (3.0, "locality"), "2": (3.0, "locality")}
    assert files.told("all", vintage="outline")["ses_cluster"] == {"all": (3.0, None)}


def test_areas_counted_as_one_keep_what_they_share(files: Files) -> None:
    told = files.index("645,7,0.69", "646,7,0.86", "11,2,-1.5", "12,3,-1", "2,4,-0.4").told("645+646", "11+12", "1+2")
    assert told["ses_cluster"] == {
        "645+646": (7.0, "areas 645, 646"),
        "11+12": (None, "its areas differ"),
        "1+2": (4.0, "areas 2"),
    }
    assert told["ses_index"]["645+646"] == (None, "its areas differ")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "no count in the source"),
        ("..", 'no count in the source, marked ".."'),
        ("-", 'no count in the source, marked "-"'),
        ("0", 'unknown code "0"'),
        ("11", 'unknown code "11"'),
        ("2.5", 'unknown code "2.5"'),
    ],
)
def test_no_cluster_is_missing_with_its_reason(files: Files, cell: str, reason: str) -> None:
    assert files.index(f"11,{cell},0").told("11")["ses_cluster"] == {"11": (None, reason)}


def test_an_index_without_clusters_tells_of_people_only(files: Files) -> None:
    table, ledgers = files.index("11,1,0", header="a,b").read("11")
    assert table.empty and [ledger.counts()["row of facts"]["read"] for ledger in ledgers] == [0]


CENSUS = "hh_total_approx Vehicle1up_pcnt own_pcnt rent_pcnt Acadm1Cert_pcnt Acadm2Cert_pcnt age_median religion"


def test_shares_of_the_census_by_hand(files: Files) -> None:
    """75 % have a car: 0.25 have none; 10 % a first and 2.5 % a further degree: 0.125."""
    files.census(CENSUS, (11, 11, 1200, 75, 60, 30, 10, 2.5, 31, 2), (12, 12, 80, 100, 0, "", 8, "", 40, 6))
    told = files.told("11", "12", vintage="2022")
    assert {fact: by_zone["11"][0] for fact, by_zone in told.items()} == {
        "households_count": 1200.0,
        "households_without_car_share": 0.25,
        "own_share": 0.6,
        "rent_share": 0.3,
        "academic_share": 0.125,
        "age_median": 31.0,
        "religion": "muslim",
    }
    assert told["own_share"]["12"] == (0.0, None), "counted none is 0"
    assert told["rent_share"]["12"] == (None, "no count in the source"), "blank is not"
    assert told["academic_share"]["12"] == (None, "no count in the source")
    assert (told["households_without_car_share"]["12"], told["religion"]["12"]) == ((0.0, None), ("other", None))


def test_the_columns_of_other_editions(files: Files) -> None:
    files.census("Vehicle0_pcnt Vehicle1up_pcnt AcadmCert_pcnt Religion_Stat_Code", (11, 11, "..", 75, 20, 7))
    told = files.told("11", vintage="2022")
    assert told["households_without_car_share"]["11"] == (None, 'no count in the source, marked ".."')
    assert told["academic_share"]["11"] == (0.2, None)
    assert told["religion"]["11"] == (None, 'unknown code "7"')


def test_areas_merged_by_the_census_have_one_value(files: Files) -> None:
    files.census("hh_total_approx own_pcnt", (14, "14+13", 500, 40), (15, 15, 300, 50))
    told = files.told("14+13", "15", vintage="2022")
    assert told["households_count"] == {"14+13": (500.0, None), "15": (300.0, None)}
    parts = files.told("13", "14", "15", vintage="2022")
    assert parts["own_share"] == {"13": (0.4, "areas 14+13"), "14": (0.4, "areas 14+13"), "15": (0.5, None)}
    assert parts["households_count"] == {
        "13": (None, "counted in areas 14+13"),
        "14": (None, "counted in areas 14+13"),
        "15": (300.0, None),
    }


def test_zones_of_2011_have_of_the_census_what_is_true_of_the_whole(files: Files) -> None:
    files.census("own_pcnt hh_total_approx religion", (11, 11, 40, 70, 2), (12, 12, 50, 80, 2))
    told = files.told("11", "12")
    assert told["religion"] == {"11": ("muslim", "locality"), "12": ("muslim", "locality")}
    assert told["own_share"]["11"] == told["households_count"]["11"] == (None, "counted by areas of 2022")


def test_the_count_of_the_whole_is_given_to_no_part(files: Files) -> None:
    files.census("own_pcnt hh_total_approx", ("", "", 40, 700))
    told = files.told("1", "2")
    assert told["own_share"] == {"1": (0.4, "locality"), "2": (0.4, "locality")}
    assert told["households_count"]["1"] == (None, "counted in locality")
    assert files.told("all", vintage="2022")["households_count"] == {"all": (700.0, None)}


def test_a_share_beyond_all_stops_the_run(files: Files) -> None:
    with pytest.raises(InputError, match=r"census.xlsx: row 2: own_pcnt is '140': write a number from 0 to 100"):
        files.census("own_pcnt", (11, 11, 140)).read("11", vintage="2022")


def test_a_city_of_the_catalogue_has_its_society(files: Files) -> None:
    table, ledgers = files.read("11", "all", study=OZ)
    assert table[["zone_id", "fact", "text", "source"]].to_numpy().tolist() == [
        ["777-11", "society", "mixed", "catalogue"],
        ["777-all", "society", "mixed", "catalogue"],
    ]
    assert table.value.isna().all() and table.date.isna().all() and ledgers == ()
    assert table.reason.iloc[0] == "locality" and pd.isna(table.reason.iloc[1])


def test_nothing_at_hand_is_an_empty_table(files: Files) -> None:
    assert files.read("11")[0].empty
    files.index("11,2,0")
    elsewhere = replace(NO_CITY, city=replace(NO_CITY.city, code=778))
    assert files.read("11", study=elsewhere)[0].empty
    assert files.read("11", study=replace(OZ, city=replace(OZ.city, code=0)))[0].fact.tolist() == ["society"]


def test_hexagons_reach_beyond_the_locality(files: Files) -> None:
    table, ledgers = files.index("11,2,0").read("11", study=replace(OZ, zones=ZoneChoice(kind="hexagons")))
    assert table.empty and ledgers == ()


def test_a_workbook_is_opened_once(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.census("own_pcnt", (11, 11, 40))
    opened: list[Path] = []
    really: Callable[[Path], object] = census.opened

    def counted(path: Path) -> object:
        opened.append(path)
        return really(path)

    monkeypatch.setattr(census, "opened", counted)
    inputs = Inputs(files.files, (), files.folder)
    for _ in range(2):
        facts.read(NO_CITY, inputs, zones("11", vintage="2022"))
    assert len(opened) == 1


AREAS = list(range(1, 7))


@st.composite
def partitions(draw: st.DrawFn) -> list[list[int]]:
    """Some of six areas in groups of one or more."""
    groups: dict[int, list[int]] = {}
    for area in AREAS:
        groups.setdefault(draw(st.integers(0, 6)), []).append(area)
    groups.pop(0, None)
    return [*groups.values()]


def joined(group: list[int]) -> str:
    return "+".join(map(str, group))


@given(partitions(), partitions(), st.data())
def test_against_a_slow_oracle(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[int]], counted: list[list[int]], data: st.DataObject
) -> None:
    """A zone's share is the one that all rows on its areas give; its households only where it is just one row."""
    if not drawn or not counted:
        return
    shares = [data.draw(st.sampled_from([20, 40])) for _ in counted]
    files = Files(tmp_path_factory.mktemp("facts"))
    rows = [
        (group[0], joined(group), share, 10 * i) for i, (group, share) in enumerate(zip(counted, shares, strict=True))
    ]
    told = files.census("own_pcnt hh_total_approx", *rows).told(*map(joined, drawn), vintage="2022")
    for zone in drawn:
        met = [i for i, group in enumerate(counted) if {*group} & {*zone}]
        alike = {shares[i] for i in met}
        share = told["own_share"][joined(zone)][0]
        assert share == (next(iter(alike)) / 100 if len(alike) == 1 else None)
        just = [i for i in met if {*counted[i]} == {*zone}]
        assert told["households_count"][joined(zone)][0] == (10.0 * just[0] if just else None)


INDEX = "national/socioeconomic_2019/Socio-Economical 2019.csv"
WORKBOOK = "national/census_2022_by_statistical_area.xlsx"


def real(shared: Path, slug: str, areas: str) -> tuple[gpd.GeoDataFrame, Table]:
    study = Study(city=cities()[slug])
    names = {"statistical_areas": areas, "socioeconomic": INDEX, "census": WORKBOOK}
    inputs = Inputs({role: (shared / name,) for role, name in names.items()}, ())
    found = localities.resolve(study, inputs).zones
    return found, facts.read(study, inputs, found)[0]


def of(table: Table, fact: str) -> pd.Series:
    return table[table.fact == fact].set_index("zone_id").value


@pytest.mark.shared
def test_eilat_by_areas_of_2022(shared: Path) -> None:
    """Seventeen rows of the workbook, as they stand in it."""
    found, table = real(shared, "eilat", "eilat/statistical_areas_2022/statistical_areas_2022.shp")
    raw = pd.read_excel(shared / WORKBOOK, header=None, dtype=object, engine="calamine").iloc[1:]
    raw = raw.iloc[1:].set_axis(raw.iloc[0], axis=1)
    raw = raw[raw.LocalityCode == 2600].set_index("StatAreaCmb")
    assert len(found) == 18 and table.groupby("fact").size().eq(18).all()
    assert of(table, "households_count").sum() == raw.hh_total_approx.sum()
    assert of(table, "households_without_car_share")["2600-14+13+18"] == pytest.approx(0.401)
    cars = of(table, "households_without_car_share").dropna()
    assert len(cars) == 17 and cars.between(0, 1).all()
    assert pd.isna(of(table, "own_share")["2600-19"]), "area 19 is in no row"
    clusters = table[table.fact == "ses_cluster"]
    assert {*clusters.value} == {6.0} and {*clusters.reason} == {"locality"}


@pytest.mark.shared
def test_beer_sheva_by_areas_of_2011(shared: Path) -> None:
    found, table = real(shared, "beer-sheva", "negev/statistical_areas_2011_demography.geojson")
    raw = pd.read_csv(shared / INDEX)
    raw = raw[(raw.town_code == 9000) & raw.STAT19.notna()]
    by_area = dict(zip("9000-" + raw.STAT19.astype(int).astype(str), raw.Eshkol19, strict=True))
    cluster, value = of(table, "ses_cluster"), of(table, "ses_index")
    single = [zone_id for zone_id in found.zone_id if zone_id in by_area]
    assert len(single) == 57 and cluster[single].to_dict() == {zone_id: by_area[zone_id] for zone_id in single}
    assert cluster["9000-645+646+647+648"] == 7 and pd.isna(value["9000-645+646+647+648"])
    assert pd.isna(cluster["9000-621"]), "the index has no such area"
    assert cluster[value.dropna().sort_values().index].is_monotonic_increasing, "cluster 1 is low"


def test_a_census_of_other_areas_gives_nothing_and_says_so(files: Files) -> None:
    """Its two areas differ and are none of the zones: no row of it counts as used."""
    table, (ledger,) = files.census("age_median", (1, 1, 30), (2, 2, 40)).read("5", "6")
    assert table["value"].isna().all()
    assert ledger.counts() == {"row of facts": {"read": 2, "used": 0, "rejected": {"no zone that it speaks of": 2}}}
    (notice,) = ledger.notices
    assert notice.name == "not_joined" and "the layer of 2022 as statistical_areas_2022.*" in notice.text


def test_a_census_whose_areas_agree_tells_of_the_town(files: Files) -> None:
    table, (ledger,) = files.census("age_median", (1, 1, 30), (2, 2, 30)).read("5", "6")
    assert table["value"].tolist() == [30, 30] and not ledger.notices
    assert ledger.counts()["row of facts"]["used"] == 2
