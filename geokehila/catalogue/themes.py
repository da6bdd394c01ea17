"""What maps of areas show, by theme, and the classes that are the same in every city."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from geokehila.catalogue import Catalogue
from geokehila.schema import REFERENCE


@dataclass(frozen=True)
class Shown:
    """A measure of areas as maps show it.

    Attributes
    ----------
    key
        A measure of table ``zone_scores``, or a fact of table ``zone_facts``.
    breaks
        Where the classes above the first begin, ascending, in the measure's unit.
    more
        Whether more of it is ``better``, ``worse`` or ``neither``.
    profile
        Whose it is; ``distance``: in metres.
    within
        The measure between whose ends it stays as more becomes known; empty: between its own.
    """

    key: str
    breaks: tuple[float, ...]
    more: str
    profile: str = REFERENCE
    within: str = ""

    def class_of(self, value: float) -> int:
        """Return the class of a value, 0 to as many as there are breaks.

        Examples
        --------
        >>> share = Shown("domain_health_share", (0.2, 0.4, 0.6, 0.8), "better")
        >>> [share.class_of(value) for value in (0.0, 0.2, 0.399, 1.0)]
        [0, 1, 1, 4]
        """
        return sum(value >= start for start in self.breaks)


def themes(catalogue: Catalogue) -> Mapping[str, tuple[Shown, ...]]:
    """Return what maps show by theme, in the order in which it is offered.

    Examples
    --------
    >>> [shown.key for shown in themes(Catalogue.read())["domains"]][:2]
    ['domain_employment_share', 'domain_education_share']
    """
    scored = [key for key, domain in catalogue.domains.items() if domain.scored and catalogue.deciding(key)]
    text, found = files("geokehila.catalogue").joinpath("themes.toml").read_text(encoding="utf-8"), {}
    for theme, measures in tomllib.loads(text).items():
        expanded = {
            key.replace("*", domain): table
            for key, table in measures.items()
            for domain in (scored if "*" in key else [""])
        }
        found[theme] = tuple(
            Shown(key, **table | {"breaks": tuple(table["breaks"])}) for key, table in expanded.items()
        )
    return found
