"""What makes a place a site for a hub, and what becomes of it, in a word each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geokehila.catalogue import Category
from geokehila.catalogue.plan_uses import SILENT, plan_uses

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

#: Whether a hub asks the plan for another designation of the ground; "": not of a building or a plot for public ones.
NEEDED, MAYBE = "needed", "maybe"
#: Ground that plans and people know as open; sites of which no more than their place may be known.
OPEN, UNTOLD = (PLAN_OPEN, SQUARE), (CENTRE, OWN)

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


def designation_change(kind: str, designation: str | None) -> str:
    """Return whether a hub on a site needs a change of its designation: ``needed``, ``maybe`` or "" where none.

    Examples
    --------
    >>> designation_change("plan_open", None), designation_change("own", None), designation_change("school", None)
    ('needed', 'maybe', '')
    >>> designation_change("own", "מבנים ומוסדות ציבור"), designation_change("own", 'שצ"פ')
    ('', 'needed')
    """
    use = plan_uses().of_words(designation or "")
    if kind not in (*OPEN, *UNTOLD) or use == "public_building":
        return ""
    return NEEDED if kind in OPEN or use not in ("", SILENT) else MAYBE
