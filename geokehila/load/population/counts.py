"""The people of one locality by each source that may count them, in the order in which the sources are believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load.population import census, socioeconomic, statistical_areas
from geokehila.load.population.at_hand import AtHand

#: What the counts are, where no source counts people: homes themselves.
DWELLINGS = "dwellings"


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"zone_id": pd.Series(dtype="str"), "people": pd.Series(dtype="float64")})


@dataclass(frozen=True, eq=False)
class Counted:
    """One source's people on the zones it counts them by.

    Attributes
    ----------
    source, year
        What counts, and the year it speaks of; "" where the source does not say.
    undrawn
        ``zone_id`` and ``people`` of the counts whose areas the layer lacks.
    left_m2
        [m2] What the areas leave of the outline; 0 where that is nothing, or there is no outline.
    on_rest
        Whether the people of these stand there; else they stand nowhere.
    """

    source: str
    year: str
    zones: gpd.GeoDataFrame
    people: pd.DataFrame
    ledgers: tuple[Ledger, ...]
    weights: str = "residents"
    undrawn: pd.DataFrame = field(default_factory=_nobody)
    left_m2: float = 0.0
    on_rest: bool = False

    @property
    def total(self) -> float:
        """People whom the source counts in the locality, those in areas that the layer lacks among them."""
        if self.people.empty:
            return 0.0
        placed = self.people.loc[self.people["group"] == "total", "people"].sum()
        return float(placed) + self.in_no_area

    @property
    def in_no_area(self) -> float:
        """People who stand nowhere."""
        return 0.0 if self.on_rest else float(self.undrawn["people"].sum())


def choose(hand: AtHand) -> Counted:
    """Count by the source that the study states, else by the first that serves; else dwellings, counted later.

    Raises
    ------
    InputError
        The source that the study states does not serve this locality.
    """
    stated = hand.study.population_source
    sources = ORDER if not stated else STATED.get(stated, ())
    counted = next((found for serve in sources if (found := serve(hand))), None)
    if counted:
        return counted
    if stated and stated != DWELLINGS:
        raise InputError(f'population = "{stated}": {_remedy(stated, hand)}')
    zones, ledger = hand.divided()
    return Counted(DWELLINGS, "", zones, pd.DataFrame(), (ledger,), DWELLINGS)


def census_by_area(hand: AtHand) -> Counted | None:
    """The census counts the areas of 2022, and the layer has some of them."""
    if not hand.areas or not hand.census_areas or hand.vintage != "2022":
        return None
    table, rows = hand.census_areas
    zones, people = census.attach(hand.areas[0], table)
    lost = pd.DataFrame(people.attrs["unplaced"], columns=["zone_id", "people"])
    if len(lost) == table["area"].nunique():
        return None
    lost = lost.assign(zone_id=f"{hand.code}-" + lost["zone_id"])
    return Counted("census", "2022", zones, people, (hand.areas[1], rows), undrawn=lost)


def own_residents(hand: AtHand) -> Counted | None:
    """The layer of areas carries residents of its own; it does not say of which year."""
    return _of_layer(hand, "residents", "areas", "")


def voters(hand: AtHand) -> Counted | None:
    """The layer carries eligible voters: neither children nor whoever is no citizen."""
    return _of_layer(hand, "voters", "voters", "2022")


def census_row(hand: AtHand) -> Counted | None:
    """The census has one row for the locality, and no areas of it."""
    return _census_of_the_whole(hand) if hand.census_areas and not hand.census_areas[0].area.any() else None


def census_sum(hand: AtHand) -> Counted | None:
    """The census counts areas that no layer at hand draws: their sum is the whole."""
    return _census_of_the_whole(hand) if hand.is_one_zone else None


def index_by_area(hand: AtHand) -> Counted | None:
    """The socio-economic index counts the areas of 2011."""
    if not hand.areas or not hand.index or hand.vintage != "2011":
        return None
    people, rows = socioeconomic.areas(hand.index, hand.code)
    zones = hand.areas[0]
    is_drawn = people["zone_id"].isin(zones["zone_id"])
    if not is_drawn.any():
        return None
    lost = people.loc[~is_drawn, ["zone_id", "people"]].reset_index(drop=True)
    return Counted("socioeconomic", "2019", zones, _for_every(zones, people), (hand.areas[1], rows), undrawn=lost)


def registry(hand: AtHand) -> Counted | None:
    """The population registry counts the locality as a whole; nothing at hand divides it."""
    # A total that the user states for want of counts is the user's choice over this one.
    return registry_stated(hand) if hand.is_one_zone and hand.study.assumed is None else None


def registry_stated(hand: AtHand) -> Counted | None:
    """The population registry, asked for: also where areas are drawn, which it unites."""
    if not hand.registry:
        return None
    zones, ledgers = hand.whole()
    row = Ledger("registry")
    row.read("locality")
    row.use("locality")
    people = _one_row(zones, float(hand.registry))
    return Counted("registry", str(hand.study.city.population_year), zones, people, (*ledgers, row.balance()))


def index_of_the_whole(hand: AtHand) -> Counted | None:
    """The index counts the locality, its areas summed where it has any."""
    if not hand.index or not hand.is_one_zone:
        return None
    people, rows = socioeconomic.areas(hand.index, hand.code)
    total = float(people["people"].sum(skipna=False))
    if pd.isna(total):
        return None
    zones, ledgers = hand.whole()
    return Counted("socioeconomic", "2019", zones, _one_row(zones, total), (*ledgers, rows))


#: Counts by area and with ages first; of the whole only where nothing drawn is lost by it; residents before voters.
ORDER: tuple[Callable[[AtHand], Counted | None], ...] = (
    census_by_area,
    own_residents,
    census_row,
    index_by_area,
    census_sum,
    registry,
    index_of_the_whole,
    voters,
)
STATED: Mapping[str, tuple[Callable[[AtHand], Counted | None], ...]] = {
    "areas": (own_residents, voters),
    "census": (census_by_area, census_row, census_sum),
    "socioeconomic": (index_by_area, index_of_the_whole),
    "registry": (registry_stated,),
}


def by_area(hand: AtHand) -> Counted | None:
    """Count residents by the areas at hand, by the first source that does; None where none divides them so."""
    return next((found for serve in (census_by_area, own_residents, index_by_area) if (found := serve(hand))), None)


def census_wanted(hand: AtHand) -> str:
    """Return what makes the census count a locality: the workbook, or what keeps the one that is there from it."""
    if not hand.census:
        is_other = not hand.is_one_zone and hand.vintage != "2022"
        return f"give residents as census.xlsx{', and the areas of 2022 that it counts by' if is_other else ''}"
    if any(serve(hand) for serve in STATED["census"]):
        return f'take population = "{hand.study.population_source}" out of study.toml to count by {hand.census.name}'
    if hand.is_one_zone:
        return f"{hand.census.name} leaves areas of it without a count: give one that counts all of them"
    layer = hand.layer.name if hand.layer else "the areas"
    if hand.vintage == "2022":
        return f"{layer} has none of the areas that {hand.census.name} counts: give the whole layer"
    of_others = f"{layer.partition('.')[0]} are of {hand.vintage}"
    return f"{hand.census.name} counts by areas of 2022 and {of_others}: give the layer of 2022"


def _remedy(stated: str, hand: AtHand) -> str:
    if stated == "census" and hand.census:
        return census_wanted(hand)
    if stated == "socioeconomic" and hand.index:
        return f"the index of 2019 counts other areas than those at hand ({hand.vintage}): give the areas of 2011"
    return {
        "areas": 'the layer of statistical areas counts no people: give census.xlsx or set population = "dwellings"',
        "census": f"no census counts locality {hand.code}: give the workbook that does as census.xlsx",
        "socioeconomic": f"no index counts locality {hand.code}: give the table that does as socioeconomic.csv",
        "registry": f"the catalogue has no population of {hand.study.city.name['en']} ({hand.code}): give census.xlsx",
    }.get(stated, 'it counts polygons of your own: set [zones] kind = "polygons"')


def _of_layer(hand: AtHand, weights: str, source: str, year: str) -> Counted | None:
    if not hand.areas or not hand.layer or statistical_areas.weights(hand.layer) != weights:
        return None
    people, rows = statistical_areas.counted(hand.layer, hand.code)
    if people["people"].isna().all():
        return None
    zones = census.unite(hand.areas[0], people.attrs["united"])
    counted = _counted_together(people, hand.code, hand.layer.name)
    is_drawn = counted["zone_id"].isin(zones["zone_id"])
    lost = counted.loc[~is_drawn & (counted["group"] == "total") & (counted["people"] > 0), ["zone_id", "people"]]
    placed = counted[is_drawn].reset_index(drop=True)
    return Counted(source, year, zones, placed, (hand.areas[1], rows), weights, lost.reset_index(drop=True))


def _counted_together(people: pd.DataFrame, code: int, name: str) -> pd.DataFrame:
    """Give the count of areas that the layer counts as one to all of them.

    It stands at one of them; the others are blank, 0 or repeat it. Different counts stop the run.
    """
    unit_of = {f"{code}-{area}": f"{code}-{unit}" for unit in people.attrs["united"] for area in unit.split("+")}
    named = people.assign(member=people["zone_id"], zone_id=people["zone_id"].replace(unit_of))
    _must_agree(named[named["people"] > 0], name)
    total = named[named["group"] == "total"].sort_values("people", ascending=False, kind="stable")
    carriers = total.drop_duplicates("zone_id")["member"]
    counted = named[named["member"].isin(carriers)].drop(columns="member")
    return counted.sort_values(["zone_id", "group"], ignore_index=True)


def _must_agree(named: pd.DataFrame, name: str) -> None:
    """Refuse a unit of which two members carry different counts."""
    for (unit, group), counts in named.drop_duplicates(["zone_id", "group", "people"]).groupby(["zone_id", "group"]):
        if len(counts) > 1:
            each = " and ".join(
                f"{people:,.0f} at {area}" for area, people in zip(counts.member, counts.people, strict=True)
            )
            what = f"{name}: {unit} is counted as one zone, but group {group} has {each}"
            raise InputError(f"{what}: keep the count of the whole at one of them")


def _census_of_the_whole(hand: AtHand) -> Counted | None:
    if not hand.census_whole:
        return None
    table, rows = hand.census_whole
    ground, ledgers = hand.whole()
    zones, people = census.attach(ground, table)
    return Counted("census", "2022", zones, people, (*ledgers, rows))


def _for_every(zones: gpd.GeoDataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts of these zones; a zone the source has no row for is missing, with the reason."""
    found = people[people["zone_id"].isin(zones["zone_id"])]
    absent = zones["zone_id"][~zones["zone_id"].isin(found["zone_id"])]
    rest = pd.DataFrame({"zone_id": absent, "group": "total", "people": float("nan"), "reason": "no row in the source"})
    return pd.concat([found, rest], ignore_index=True)


def _one_row(zones: gpd.GeoDataFrame, people: float) -> pd.DataFrame:
    return pd.DataFrame({"zone_id": zones["zone_id"], "group": "total", "people": people, "reason": None})
