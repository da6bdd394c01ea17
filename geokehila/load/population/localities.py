"""The zones and people of one locality from the files at hand: areas or an outline, and the best count of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import pandas as pd
import shapely

from geokehila.brief import Brief
from geokehila.errors import RunError
from geokehila.ledger import Ledger
from geokehila.load.geometry import EVERYWHERE
from geokehila.load.population.at_hand import gather
from geokehila.load.population.counts import Counted, choose
from geokehila.load.population.flags import census_total, flags
from geokehila.load.population.headcount import NO_COUNT
from geokehila.load.population.rest import with_rest
from geokehila.load.roles import Inputs
from geokehila.study import Study

#: [people] What sums of fractions may differ by.
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class ZonePeople(Brief):
    """Zones, their people, what is counted and by whom, and the ledgers of the sources.

    Attributes
    ----------
    zones, people
        Tables ``zones`` (without ``coverage_share``) and ``zone_people``. With dwellings as weights `people` is empty:
        they are counted on the buildings later.
    weights
        What the counts are: residents, voters or dwellings.
    ledgers
        Of every file that gave rows; the last one carries a notice for each of the flags.
    in_no_area
        People whom the source counts in areas that the layer lacks, and who stand nowhere.
    source, year
        Who counts: areas (the layer itself), census, socioeconomic, registry, voters, zones (the user's), buildings
        (house by house) or dwellings; and the year it speaks of, "" where it does not say.
    flags
        Words for what is not plain about the count, sorted: see docs/methods/population.md.
    totals
        People of the whole locality: ``source`` as the chosen source counts them, ``undrawn`` of these in areas that
        the layer lacks, and ``census`` and ``registry`` to compare with; absent where not known.
    in_no_number
        People counted in houses of areas without a count, and in houses that lie in no area.
    """

    zones: gpd.GeoDataFrame
    people: pd.DataFrame
    weights: str
    ledgers: tuple[Ledger, ...]
    in_no_area: float = 0.0
    source: str = ""
    year: str = ""
    flags: tuple[str, ...] = ()
    totals: Mapping[str, float] = field(default_factory=dict)
    in_no_number: float = 0.0

    def with_people(self, people: pd.DataFrame) -> ZonePeople:
        """Return it with other counts in its zones: of those that buildings tell where the source does not."""
        if people.equals(self.people):
            return self
        more = float(people["people"].sum() - self.people["people"].sum())
        return replace(self, people=people, totals={**self.totals, "source": self.totals.get("source", 0.0) + more})

    def by_houses(self, residents: pd.Series) -> ZonePeople:
        """Return it counted house by house: `residents` by zone_id, missing where a zone has no home."""
        table = pd.DataFrame({"zone_id": residents.index, "group": "total", "people": residents.to_numpy(float)})
        reason = table["people"].isna().map({True: NO_COUNT, False: None})
        people, totals = table.assign(reason=reason), {"source": float(residents.sum()), "undrawn": 0.0}
        return replace(self, people=people, weights="residents", source="buildings", totals=totals)


def resolve(study: Study, inputs: Inputs, extent: shapely.Geometry = EVERYWHERE) -> ZonePeople:
    """Bring together the zones of a study's locality and the people that the best source at hand counts in them.

    Parameters
    ----------
    study
        Its city's code says which locality; `population_source` overrides the order of the sources.
    inputs
        Files of the roles statistical_areas, localities, census and socioeconomic.
    extent
        What the map covers [m]: of a study without a code the localities in it are named.

    Raises
    ------
    StudyError
        The city has no code.
    InputError
        A file is broken, none draws the locality, or the source that the study states does not count it.
    RunError
        The people of the source are not those of the zones and those who stand nowhere.

    Examples
    --------
    >>> inputs = find(study, Path("data/raw/dimona"), Path("data/raw/national"))  # doctest: +SKIP
    >>> resolve(study, inputs).source  # doctest: +SKIP
    'areas'
    """
    hand = gather(study, inputs, extent)
    chosen = choose(hand)
    counted = with_rest(hand, chosen)
    _must_balance(chosen.total, counted)
    found = flags(hand, counted)
    totals = {
        "source": counted.total,
        "undrawn": float(counted.undrawn["people"].sum()),
        "census": census_total(hand),
        "registry": hand.registry or None,
    }
    return ZonePeople(
        counted.zones,
        counted.people,
        counted.weights,
        (*counted.ledgers, *_joined(counted), _notices(found)),
        counted.in_no_area,
        counted.source,
        counted.year,
        tuple(found),
        {name: float(people) for name, people in totals.items() if people is not None},
    )


def _must_balance(people: float, counted: Counted) -> None:
    """Hold the zones to the people of the source: who stands in none of them is counted apart."""
    if counted.people.empty:
        return
    is_placed = (counted.people["group"] == "total") & counted.people["zone_id"].isin(counted.zones["zone_id"])
    placed = float(counted.people.loc[is_placed, "people"].sum())
    if abs(people - placed - counted.in_no_area) > ROUNDING:
        raise RunError(
            f"{counted.source}: counts {people:,.1f} people, of whom {placed:,.1f} are in zones and "
            f"{counted.in_no_area:,.1f} stand nowhere: this is a fault of GeoKehila, please report it"
        )


def _joined(counted: Counted) -> Iterator[Ledger]:
    """Account for the counts of areas that the layer lacks, where there are any."""
    if counted.undrawn.empty:
        return
    ledger, kind = Ledger("areas of the layer"), "count without an area"
    ledger.read(kind, len(counted.undrawn))
    if counted.on_rest:
        ledger.use(kind, len(counted.undrawn))
    else:
        for zone_id in counted.undrawn["zone_id"]:
            ledger.reject(kind, str(zone_id), "no such area in the layer")
    yield ledger.balance()


def _notices(found: Mapping[str, str]) -> Ledger:
    ledger = Ledger("population")
    for name, text in found.items():
        ledger.warn(name, text)
    return ledger
