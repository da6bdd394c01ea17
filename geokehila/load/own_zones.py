"""Areas of one's own that lie among a study's files: what its study.toml is to say, so that they are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geokehila.catalogue.areas import ZoneChoice
from geokehila.errors import InputError
from geokehila.ledger import Ledger
from geokehila.load import area_names, cells
from geokehila.load.municipal import columns
from geokehila.load.outside import WORDS
from geokehila.load.roles import Inputs
from geokehila.load.tabular import TEXTS, read_table
from geokehila.load.vector import read_layer

ROLE = "zones"
#: Stands for a column that only who drew the areas can name.
OPEN = "..."


@dataclass(frozen=True)
class Proposal:
    """A file of areas of one's own, and the choice that takes it; ``...`` for a column that no word tells."""

    file: str
    choice: ZoneChoice

    def as_toml(self) -> str:
        """Return the table ``[zones]`` for a study.toml.

        Examples
        --------
        >>> Proposal("zones.geojson", ZoneChoice("polygons", "שם", "תושבים")).as_toml().splitlines()
        ['[zones]', 'kind = "polygons"', 'id = "שם"', 'population = "תושבים"']
        """
        return "\n".join(["[zones]", *self._lines()])

    def remedy(self) -> str:
        """Return what to do so that these areas are taken, in one line."""
        return (
            f"to take the areas of {self.file}, write below [zones] in study.toml the lines {', '.join(self._lines())}"
        )

    def _lines(self) -> Iterator[str]:
        for key in ("kind", "id", "population"):
            yield f"{key} = {json.dumps(getattr(self.choice, key), ensure_ascii=False)}"


def propose(inputs: Inputs) -> Proposal | None:
    """Tell how areas of one's own would be taken: which column is their id, and which their residents.

    An id is filled and no two are equal: a name before a number, for it is what pages show; of a CSV, which holds H3
    cells, its first such column. None: there is no file of this role, or it cannot be read.

    Examples
    --------
    >>> propose(Inputs({}, ())) is None
    True
    """
    if ROLE not in inputs.files:
        return None
    path = inputs.files[ROLE][0]
    try:
        table = _table(path)
    except InputError:  # told when it is read
        return None
    residents = cells.find(table, WORDS).get("residents", OPEN)
    names = () if path.suffix.lower() in TEXTS else area_names.columns_of(table).values()
    told = (str(name) for name in (*names, *table.columns) if name != residents and _tells_apart(table[name]))
    return Proposal(path.name, ZoneChoice("polygons", next(told, OPEN), residents))


def _table(path: Path) -> pd.DataFrame:
    unsaid = Ledger(path.name)  # what it says is told when the zones are read
    return read_table(path, unsaid) if path.suffix.lower() in TEXTS else read_layer(path, None, unsaid)


def _tells_apart(column: pd.Series) -> bool:
    texts = column.map(columns.as_text)
    return len(texts) > 0 and bool((texts != "").all()) and texts.is_unique
