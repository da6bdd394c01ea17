"""What a user should know of plans: codes and statuses that nobody knows, cells that lie over one another."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geokehila.catalogue.plan_uses import APPROVED
from geokehila.ledger import Ledger
from geokehila.load.plans.cutting import SLIVER_M2, Cut

#: Of codes and words, so many are named, the most frequent first.
MOST_NAMED = 12


def of_words(cells: gpd.GeoDataFrame, ledger: Ledger) -> None:
    """Name the codes, designations and statuses that are not known, and cells without a status or a date."""
    code = cells["code"].fillna("") + (" (" + cells["designation"] + ")").fillna("")
    unknown, untold = cells["code_unknown"], cells["use"] == ""
    no_status, is_approved = cells["status"] == "", cells["status"] == APPROVED
    said = cells["words"] != ""
    statuses = cells["words"][no_status]
    undated = is_approved & cells["date"].isna()
    texts = {
        "plan_codes_unknown": (unknown, f"have codes that the catalogue does not know, {_tally(code[unknown])}: "
                               "their words tell their use, else it is other; look the codes up"),
        "plan_uses_untold": (untold, f"say no use that is known, {_tally(code[untold])}: their use is other; "
                             "give mavat_code, or a designation in plain words"),
        "plan_status_unknown": (no_status & said, f"have a status that is not known, {_tally(statuses)}: "
                                "they count as not approved; write approved or deposited"),
        "plans_without_status": (no_status & ~said, "have no status: they count as not approved; add a column status"),
        "plans_without_date": (undated, "are approved and have no date: they go behind those that have one"),
        "plans_comprehensive": (is_approved & cells["behind"], "are of comprehensive plans, which part no plots: "
                                "they go behind all others"),
    }  # fmt: skip
    for name, (rows, text) in texts.items():
        if rows.any():
            ledger.warn(name, f"{rows.sum()} of {len(cells)} cells {text}")


def of_overlaps(approved: gpd.GeoDataFrame, found: Cut, ledger: Ledger) -> None:
    """Say how much approved cells lost to others, and where nothing tells which of two is newer."""
    under = found.lost_m2 > SLIVER_M2
    if under.any():
        slivers = f"{found.slivers_count} pieces below {SLIVER_M2:g} m2 ({found.slivers_m2:.0f} m2) are dropped"
        ledger.warn(
            "plans_overlap",
            f"{under.sum()} of {len(approved)} approved cells lie under others by {found.lost_m2[under].sum():.0f} m2 "
            f"together: the newest stands and they are cut; {slivers}",
        )
    dates = approved["date"].fillna("").to_numpy(str)
    level = approved["behind"].to_numpy()
    alike = (dates[found.first] == dates[found.other]) & (level[found.first] == level[found.other])
    if alike.any():
        text = f"{alike.sum()} pairs of overlapping cells are of one date: the larger plan number stands"
        ledger.warn("plans_of_one_date", f"{text}; check which is in force")


def _tally(texts: pd.Series) -> str:
    """Return each text with how often it stands there, the most frequent first."""
    counts = texts[texts != ""].value_counts()
    ranked = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))
    named = ", ".join(f"{text}: {count}" for text, count in ranked[:MOST_NAMED])
    return (named or "none given") + ", …" * (len(ranked) > MOST_NAMED)
