"""Files of the whole country read once for many cities: each takes the rows of its own locality along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geokehila.load.population import census, outlines, socioeconomic, statistical_areas
from geokehila.load.population.opened import Opened, Shelf
from geokehila.load.roles import Inputs
from geokehila.study import EDITIONS, Study

#: How each role is opened, whether in a CRS, and which locality each of its rows is of.
READERS: Mapping[str, tuple[Callable[..., Opened], bool, Callable[[Opened], pd.Series]]] = {
    **dict.fromkeys(
        ("statistical_areas", *EDITIONS.values()), (statistical_areas.opened, True, statistical_areas.localities)
    ),
    "localities": (outlines.opened, True, outlines.localities),
    "census": (census.opened, False, census.localities),
    "socioeconomic": (socioeconomic.opened, False, socioeconomic.localities),
}


@dataclass(frozen=True)
class Library:
    """The national files, each opened when the first city asks for it.

    Examples
    --------
    >>> library = Library()
    >>> library.lend(study, inputs).shelf  # doctest: +SKIP
    """

    _shelf: Shelf = field(default_factory=Shelf)

    def lend(self, study: Study, inputs: Inputs) -> Inputs:
        """Return the inputs of a city with the rows of its locality read already.

        A city without a code, and roles that it has no file of, or several, are left to their readers.
        """
        lent = Shelf()
        for role, (opened, has_crs, localities) in READERS.items():
            files = inputs.files.get(role, ())
            if len(files) != 1 or not study.city.code:
                continue
            arguments: tuple[Any, ...] = (files[0], study.crs) if has_crs else (files[0],)
            whole = self._shelf.take(opened, *arguments)
            own = replace(whole, frame=whole.frame[localities(whole) == study.city.code])
            lent.put(own, opened, *arguments)
        return replace(inputs, shelf=lent)
