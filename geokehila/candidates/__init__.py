"""Sites for hubs, from data: where one stands, where one could, and where none can and why."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geokehila import places
from geokehila.candidates import from_map, own, plots
from geokehila.candidates.centres import Centres
from geokehila.candidates.grounds import Grounds
from geokehila.candidates.judging import Judge
from geokehila.candidates.kinds import EXCLUDED, EXISTING, KINDS, MUST, designation_change
from geokehila.candidates.material import Found, Material
from geokehila.candidates.reasons import NO_INTERSECTION, NO_WAY, REASONS, counted
from geokehila.ledger import Ledger
from geokehila.names import NAME_COLUMNS
from geokehila.schema import TABLES, check
from geokehila.study import Study

__all__ = ["KINDS", "NO_WAY", "REASONS", "Found", "Material", "gather", "musts_left_out", "why_none"]

#: What is told beside the promised columns.
BESIDE = ("kinds", "levels_imputed", "designation_change", "listed")


def gather(study: Study, material: Material) -> Found:
    """Find the sites where a hub could stand, and those where one stands.

    Places, public buildings, squares and plots of plans become sites, each once, whatever shows it; the municipality's
    own rows go before them. Who cannot be a site is excluded, with the reason, and stays in the table. In units where
    no candidate stands the centre of the streets is where to search for one.

    Parameters
    ----------
    study
        Its standards ``hub_…`` say how large sites must be, and how near homes and zones.
    material
        What sites are found in.

    Returns
    -------
    Found
        Tenure and planning status are not checked.
    """
    limits = {key: standard.value for key, standard in study.catalogue.standards.items()}
    ledger, grounds = Ledger("candidates"), Grounds(material, limits)
    judge = Judge(grounds, limits)
    mapped = own.joined(from_map.sites(study, material, ledger), material.own, ledger)
    cells = plots.cells(material.plans, material.buildings, limits)
    sites = plots.built_on(judge.judged(mapped), judge.judged(cells), ledger)
    centres = judge.judged(Centres(study, material, grounds).of_bare(sites, ledger))
    every = pd.concat([sites, centres], ignore_index=True)
    table = _table(plots.with_facts(every, material.plans))
    return Found(table, _gates(table, material), ledger.balance())


def musts_left_out(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of table ``candidates`` that the municipality asks for and at which no hub can stand."""
    return sites[(sites["choice"] == MUST) & (sites["status"] == EXCLUDED)]


def why_none(sites: pd.DataFrame, ledger: Ledger) -> dict[str, int]:
    """Count what speaks against sites, units in which none was found among them.

    Parameters
    ----------
    sites
        Table ``candidates``.
    ledger
        Of :class:`Found`.
    """
    of_units = ledger.rejected()["reason"]
    return counted([*sites["reason"][sites["status"] == EXCLUDED], *of_units[of_units == NO_INTERSECTION]])


def _table(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return table ``candidates``; a text that is not known is None."""
    texts = sites[[*NAME_COLUMNS, *plots.FACTS]].astype("object")
    named = sites.assign(
        **texts.where(texts.notna(), None),
        kind=pd.Series([some[0] for some in sites["kinds"]], sites.index, dtype="str"),
        kinds=pd.Series([" ".join(some) for some in sites["kinds"]], sites.index, dtype="str"),
    )
    named["designation_change"] = pd.Series(
        [
            "" if status == EXISTING else designation_change(kind, designation)
            for status, kind, designation in zip(named["status"], named["kind"], named["designation"], strict=True)
        ],
        named.index,
        dtype="str",
    )
    return check("candidates", named[[*TABLES["candidates"].columns, *BESIDE]])


def _gates(sites: gpd.GeoDataFrame, material: Material) -> gpd.GeoDataFrame:
    """Return table ``gates`` of sites; hubs that there are keep the gates by which people walk to them now."""
    kept = sites[sites["status"] != EXCLUDED].rename(columns={"site_id": "place_id"})
    there = kept["place_id"][kept["status"] == EXISTING]
    known = material.places.gates
    known = known[known["place_id"].isin(there)]
    others = kept[~kept["place_id"].isin(known["place_id"])][["place_id", "geometry"]]
    new = places.gates_of(others, material.mapped.streets, material.mapped.entrances)
    return check("gates", pd.concat([known, new], ignore_index=True))
