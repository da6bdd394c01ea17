"""What a fact of the catalogue is: a domain of life, a category or sector of places, a profile, a standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from geokehila.catalogue.tags import TagFilter

Names = Mapping[str, str]
#: How far a value is believed: published, of the founding document, read at second hand, our choice, or from memory.
CONFIDENCES = ("literature", "seed", "secondary", "design", "memory")
#: How the slope of a way changes a walker's pace.
SLOPES = ("tobler", "irmischer_clarke", "minetti", "none")
#: What a mixed quarter mixes, as the founding document has it.
USES = ("commerce", "housing", "services", "education", "sport")
#: What tells services of one category apart by whom they are for.
SECTOR_KINDS = ("fund", "religion", "stream")
#: Walker whose seconds are metres: one a second on an adult's ways, whatever their slope.
DISTANCE = "distance"


@dataclass(frozen=True)
class Domain:
    """A domain of life; one that is not scored is described only."""

    key: str
    name: Names
    scored: bool = True


@dataclass(frozen=True)
class Category:
    """A kind of place: the tags that make it, the walk that is asked [min, inclusive], and when its list is believed.

    ``credible_residents``: with more residents than this per place the list counts as not mapped. ``use``: which of
    :data:`USES` such a place is, never housing; empty: none of them. ``hosted_m2``: floor area [m2] that a hub gives it
    when it hosts it, our choice; 0: a hub cannot.
    """

    key: str
    name: Names
    cutoff_source: str
    any_of: tuple[TagFilter, ...]
    domain: str = ""
    required: bool = False
    hub: bool = False
    use: str = ""
    cutoff_min: float = 15.0
    credible_residents: float = 15000.0
    none_of: tuple[TagFilter, ...] = ()
    min_area_m2: float = 0.0
    hosted_m2: float = 0.0

    @property
    def cutoff_s(self) -> float:
        """[s] The walk asked."""
        return self.cutoff_min * 60

    def told(self) -> dict[str, Any]:
        """Return what a run says of it in ``run.json``: what it is, whether its domain requires it, the walk asked.

        ``credible_residents``: with more residents than this per place its list is not believed.
        """
        return {
            "domain": self.domain,
            "required": self.required,
            "any_of": [str(rule) for rule in self.any_of],
            "none_of": [str(rule) for rule in self.none_of],
            "min_area_m2": self.min_area_m2,
            "credible_residents": self.credible_residents,
            "cutoff_min": self.cutoff_min,
            "cutoff_source": self.cutoff_source,
        }


@dataclass(frozen=True)
class Sector:
    """For whom a service is, where the data say so: a health fund, a religion, a stream of education.

    Attributes
    ----------
    kind
        One of :data:`SECTOR_KINDS`.
    categories
        Keys of the categories whose places may be of it.
    any_of
        Tags that tell it.
    words, first_words
        Words that tell it in an operator, brand, network, name or cell of a list: anywhere, or where it begins so.
    """

    key: str
    kind: str
    name: Names
    categories: tuple[str, ...]
    any_of: tuple[TagFilter, ...] = ()
    words: tuple[str, ...] = ()
    first_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """Who walks: flat speed [m/s], its source and how far it is believed; what slopes, ways and kerbs stop them.

    Attributes
    ----------
    slope
        One of :data:`SLOPES`.
    max_slope
        Rise over run of the steepest way that they use, up or down; infinite: none is too steep.
    closed, closed_unless
        Tags of the ways that they cannot use, and tags that take a way out of these.
    kerbs
        Whether a raised kerb stops them.
    run_m_s
        [m/s] On the way to a shelter, on the flat; 0: no faster than they walk. Our choice for every profile.
    """

    key: str
    name: Names
    speed_m_s: float
    source: str
    confidence: str
    slope: str = SLOPES[0]
    max_slope: float = inf
    closed: tuple[TagFilter, ...] = ()
    closed_unless: tuple[TagFilter, ...] = ()
    kerbs: bool = False
    run_m_s: float = 0.0

    def told(self) -> dict[str, Any]:
        """Return what a run says of them in ``run.json``: how they walk, and what is closed to them."""
        return {
            "speed_m_s": self.speed_m_s,
            "slope": self.slope,
            "max_slope": self.max_slope,
            "closed": [str(tags) for tags in self.closed],
            "closed_unless": [str(tags) for tags in self.closed_unless],
            "kerbs": self.kerbs,
            "source": self.source,
            "confidence": self.confidence,
        }

    @property
    def on_wheels(self) -> bool:
        """Whether bad smoothness of a way stops them: what is unpaved may."""
        return any("smoothness" in str(tags) for tags in self.closed)

    def can_use(self, tags: Mapping[str, str]) -> bool:
        """Tell whether a way with these tags is open to them.

        Examples
        --------
        >>> steps = TagFilter.parse("highway=steps")
        >>> Profile("cart", {"en": "Cart"}, 1.0, "example", "design", closed=(steps,)).can_use({"highway": "steps"})
        False
        """
        stopped = any(f.matches(tags) for f in self.closed)
        return not stopped or any(f.matches(tags) for f in self.closed_unless)


@dataclass(frozen=True)
class Standard:
    """A quoted value with unit, source, date and confidence (seed, design, secondary, memory)."""

    key: str
    value: float
    unit: str
    source: str
    date: str
    confidence: str
