"""What a run says of itself, on results made by hand."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from geokehila import Study, summary
from geokehila.ledger import Ledger
from geokehila.load.roles import Inputs
from geokehila.study import ZoneChoice


def booked(source: str, used: int, rejected: int) -> Ledger:
    ledger = Ledger(source)
    ledger.read("row", used + rejected)
    ledger.use("row", used)
    for row in range(rejected):
        ledger.reject("row", str(row), "no zone that it speaks of")
    return ledger.balance()


def test_who_counted_ones_own_zones_stands_beside_the_file(tmp_path: Path) -> None:
    choice = ZoneChoice("polygons", source="village committee", date="2026-05")
    (path := tmp_path / "zones.geojson").touch()
    results = SimpleNamespace(
        study=replace(Study.of("dimona"), zones=choice),
        inputs=Inputs({"zones": (path,)}, ()),
        ledgers=[booked("zones.geojson", 1, 1)],
        zones=pd.DataFrame({"vintage": ["user"]}),
    )
    (row,) = summary.sources(results)
    assert (row["told_by"], row["date"]) == ("village committee", "2026-05")


def test_an_input_of_which_nothing_was_used_is_no_source(tmp_path: Path) -> None:
    """One that is held against no ledger stays: what it gives is not counted in rows."""
    roles = {role: tmp_path / f"{role}.csv" for role in ("census", "shelters", "reference")}
    for path in roles.values():
        path.touch()
    results = SimpleNamespace(
        study=Study.of("dimona"),
        inputs=Inputs({role: (path,) for role, path in roles.items()}, ()),
        ledgers=[booked("census.csv", 0, 2), booked("census.csv", 0, 0), booked("shelters.csv", 1, 2)],
        zones=pd.DataFrame({"vintage": ["2011"]}),
    )
    rows = {row["role"]: row["counts"] for row in summary.sources(results)}
    assert rows == {"shelters": "row: 3 = 1 + 2", "reference": ""}
