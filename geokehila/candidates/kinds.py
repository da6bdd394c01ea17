"""What makes a place a site for a hub, and what becomes of it, in a word each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geokehila.catalogue import Category

COMMUNITY_CENTRE, SCHOOL, LIBRARY, PUBLIC_BUILDING = "community_centre", "school", "library", "public_building"
CULTURE, SHELTER, WORSHIP = "culture", "shelter", "worship"
PLAN_PUBLIC, PLAN_OPEN, SQUARE, CENTRE, OWN = "plan_public", "plan_open", "square", "centre", "own"
#: Of a site that is several the first of these is its `kind`.
KINDS = (COMMUNITY_CENTRE, SCHOOL, LIBRARY, PUBLIC_BUILDING, CULTURE, SHELTER, WORSHIP, PLAN_PUBLIC, PLAN_OPEN, SQUARE,
         CENTRE, OWN)  # fmt: skip
#: Kinds of places, by category; of what the catalogue calls a hub see :func:`of_categories`.
OF_CATEGORIES: Mapping[str, str] = {
    "school": SCHOOL,
    "library": LIBRARY,
    "culture_venue": CULTURE,
    "shelter": SHELTER,
    "worship": WORSHIP,
}
#: Kinds of buildings, by the building tag: as it says what they were built as, no hub is there for that alone.
OF_BUILDINGS: Mapping[str, str] = {
    "school": SCHOOL,
    "library": LIBRARY,
    **dict.fromkeys(("theatre", "arts_centre"), CULTURE),
    **dict.fromkeys("public civic community community_centre townhall town_hall government".split(), PUBLIC_BUILDING),
}
#: Kinds of cells of plans, by their use.
OF_PLANS: Mapping[str, str] = {"public_building": PLAN_PUBLIC, "open_space": PLAN_OPEN}

#: Status of a site.
EXISTING, CANDIDATE, EXCLUDED = "existing", "candidate", "excluded"
#: What the municipality says of a site.
MUST, MAY, NEVER = "must", "may", "never"


def in_order(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return kinds, each once, in the order of :data:`KINDS`.

    Examples
    --------
    >>> in_order(["own", "school", "own"])
    ('school', 'own')
    """
    return tuple(sorted({*kinds}, key=KINDS.index))


def of_categories(keys: Iterable[str], categories: Mapping[str, Category]) -> tuple[str, ...]:
    """Return the kinds of a place by its categories; none where it is no site.

    Examples
    --------
    >>> from geokehila.catalogue import Catalogue
    >>> of_categories(("library", "community_centre", "eating"), Catalogue.read().categories)
    ('community_centre', 'library')
    """
    found = [(OF_CATEGORIES.get(key), COMMUNITY_CENTRE if categories[key].hub else None) for key in keys]
    return in_order(kind for both in found for kind in both if kind)
