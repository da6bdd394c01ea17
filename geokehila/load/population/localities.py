"""The zones and people of one locality from the files at hand: areas or an outline, and the best count of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import pandas as pd

from geokehila.load.population.at_hand import AtHand, gather
from geokehila.load.population.counts import Counted, choose
from geokehila.load.population.flags import census_total, flags
from geokehila.load.population.opened import Shelf
from geokehila.load.roles import Inputs
from geokehila.schema import Ledger
from geokehila.study import Study

#: [m] Half the width of a strip that is a seam between two drawings and no ground of its own.
SEAM_M = 25.0


@dataclass(frozen=True, eq=False)
class ZonePeople:
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
        Who counts: areas (the layer itself), census, socioeconomic, registry, voters, zones (the user's) or dwellings;
        and the year it speaks of, "" where it does not say.
    flags
        Words for what is not plain about the count, sorted: see docs/methods/population.md.
    totals
        People of the whole locality: ``source`` as the chosen source counts them, ``undrawn`` of these in areas that
        the layer lacks, and ``census`` and ``registry`` to compare with; absent where not known.
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


def resolve(study: Study, inputs: Inputs, shelf: Shelf) -> ZonePeople:
    """Bring together the zones of a study's locality and the people that the best source at hand counts in them.

    Parameters
    ----------
    study
        Its city's code says which locality; `population_source` overrides the order of the sources.
    inputs
        Files of the roles statistical_areas, localities, census and socioeconomic.
    shelf
        What was read already: give the same one for many localities, and each file is read once.

    Raises
    ------
    StudyError
        The city has no code.
    InputError
        A file is broken, none draws the locality, or the source that the study states does not count it.

    Examples
    --------
    >>> inputs = find(study, Path("data/raw/dimona"), Path("data/raw/national"))  # doctest: +SKIP
    >>> resolve(study, inputs, Shelf()).source  # doctest: +SKIP
    'areas'
    """
    hand = gather(study, inputs, shelf)
    counted = with_rest(hand, choose(hand))
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


def with_rest(hand: AtHand, counted: Counted) -> Counted:
    """Give the people of areas that the layer lacks a zone of their own: what its areas leave of the outline.

    The zone is called ``"<code>-rest"``. Strips narrower than 50 m, where the outline and the areas are drawn
    differently, are no part of it. Without an outline, or with nothing left of it, these people stand nowhere.
    """
    people = counted.undrawn["people"].sum()
    if hand.outline is None or hand.areas is None or not people:
        return counted
    left = _without_seams(hand.outline[0].difference(counted.zones.union_all()))
    if left.is_empty.all():
        return counted
    rest = hand.outline[0].set_geometry(left).assign(zone_id=f"{hand.code}-rest", land_m2=left.area)
    row = {"zone_id": f"{hand.code}-rest", "group": "total", "people": float(people), "reason": None}
    return replace(
        counted,
        zones=pd.concat([counted.zones, rest], ignore_index=True).sort_values("zone_id", ignore_index=True),
        people=pd.concat([counted.people, pd.DataFrame([row])], ignore_index=True),
        ledgers=(*counted.ledgers, hand.outline[1]),
        on_rest=True,
    )


def _without_seams(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Take off strips narrower than twice the seam; what is left keeps its corners."""
    cores = shapes.buffer(-SEAM_M, join_style="mitre")
    return cores.buffer(SEAM_M, join_style="mitre").intersection(shapes)


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
