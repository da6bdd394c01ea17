"""Domains whose share two lists of places make likely: those that one category decides."""

from __future__ import annotations

import re

from geokehila.catalogue import Catalogue


def measure_of(catalogue: Catalogue, domain: str) -> str:
    """Return the measure that tells from where to where a domain's share likely is; "" where several categories decide.

    It is missing from table ``zone_scores`` where no two lists of the category tell.

    Examples
    --------
    >>> measure_of(Catalogue.read(), "health"), measure_of(Catalogue.read(), "education")
    ('category_clinic_likely_share', '')
    """
    deciding = catalogue.deciding(domain)
    return f"category_{deciding[0].key}_likely_share" if len(deciding) == 1 else ""


def beside(catalogue: Catalogue, measure: str) -> str:
    """Return the same beside a share of a domain or the people beyond it, as maps show them; "" beside any other.

    Examples
    --------
    >>> beside(Catalogue.read(), "domain_health_beyond_people"), beside(Catalogue.read(), "pedshed_share")
    ('category_clinic_likely_share', '')
    """
    domain = re.fullmatch(r"domain_(\w+)_(share|beyond_people)", measure)
    return measure_of(catalogue, domain[1]) if domain and domain[1] in catalogue.domains else ""
