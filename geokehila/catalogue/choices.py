"""What a study chooses of gaps, hubs, communities and waves: frozen records, read from its tables of these names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from geokehila.catalogue.facts import Category
from geokehila.catalogue.reading import build, known
from geokehila.errors import StudyError
from geokehila.schema import REFERENCE

#: What people can be weighted by where a study asks for need weights: the socio-economic cluster of their area, the
#: share of children and of people of 65 and over, and how far beyond the cutoff they live.
NEEDS = ("cluster", "age", "deficit")
#: Models of location-allocation by the field's names.
OBJECTIVES = ("mclp", "p_median", "p_center", "lscp")
#: Every person counts the same; people weigh by need; those farthest from a hub are served first.
EQUITIES = ("none", "weighted", "lexicographic")


@dataclass(frozen=True)
class GapChoice:
    """Table ``[gaps]``: which parts of need weigh people, none unless asked; smaller units are not ranked."""

    need: tuple[str, ...] = ()
    least_people: float = 100.0


@dataclass(frozen=True)
class HubChoice:
    """Table ``[hubs]``: how many hubs are looked for, where, for whom.

    Attributes
    ----------
    add
        New hubs at most.
    objective
        One of :data:`OBJECTIVES`.
    minutes
        [min] The walk that counts as served; 0: the cutoff of the hubs' own category.
    profile
        Who walks.
    budget
        Prices of the new hubs together, in the unit of the candidates' file; a site without a price is left out.
    price
        What a site takes where its file does not tell, in the same unit; infinite: not known.
    apart_m
        [m] No new hub is nearer to another, on the map.
    capacity
        People that a hub serves where its file does not tell.
    need
        Which parts of need weigh people, of :data:`NEEDS`; asked for by equity ``weighted``.
    equity
        One of :data:`EQUITIES`.
    services
        Categories that a new hub may host beside itself; empty: those that the catalogue gives a floor area.
    room_m2
        [m2] Floor area for services in a hub where its file does not tell.
    resamples
        How often weights, cutoffs and data are varied to see whether a site stays chosen.
    seconds
        [s] The solver stops then with the best found; its answer then is not the same on every machine.
    """

    add: int = 3
    objective: str = OBJECTIVES[0]
    minutes: float = 0.0
    profile: str = REFERENCE
    budget: float = inf
    price: float = inf
    apart_m: float = 0.0
    capacity: float = inf
    need: tuple[str, ...] = ()
    equity: str = EQUITIES[0]
    services: tuple[str, ...] = ()
    room_m2: float = 400.0
    resamples: int = 100
    seconds: float = inf


@dataclass(frozen=True)
class CommunityChoice:
    """Table ``[communities]``: whether a city without outlines of neighbourhoods is parted, and how finely."""

    make: bool = True
    least_people: float = 3000.0
    most_people: float = 10000.0


@dataclass(frozen=True)
class RolloutChoice:
    """Table ``[rollout]``: neighbourhoods reached by the end of each wave, and its year."""

    sizes: tuple[int, ...] = (30, 100, 300, 3000)
    years: tuple[int, ...] = (2025, 2026, 2028, 2030)


def read_gaps(table: Mapping[str, Any]) -> GapChoice:
    """Read table ``[gaps]``; raise `StudyError` for a key or a part of need that there is not."""
    choice = build(GapChoice, "gaps", table)
    _must_be_needs(choice.need, "gaps")
    return choice


def read_hubs(table: Mapping[str, Any], profiles: Collection[str], categories: Mapping[str, Category]) -> HubChoice:
    """Read table ``[hubs]``.

    Raises
    ------
    StudyError
        An unknown key, objective, profile, category or part of need (the nearest right one is named), or a number
        beyond its range.

    Examples
    --------
    >>> read_hubs({"add": 5, "objective": "p_median"}, ["adult"], {}).add
    5
    """
    choice = build(HubChoice, "hubs", table)
    known(choice.objective, OBJECTIVES, "objective in [hubs]")
    known(choice.equity, EQUITIES, "equity in [hubs]")
    known(choice.profile, profiles, "profile in [hubs]")
    for key in choice.services:
        known(key, categories, "category in [hubs] services")
        if not categories[key].hosted_m2:
            raise StudyError(f"[hubs] services has {key!r}, which no hub hosts: set [categories.{key}] hosted_m2")
    _must_be_needs(choice.need, "hubs")
    if choice.need and choice.equity != "weighted":
        raise StudyError(
            f'[hubs] need is {list(choice.need)} where equity is "{choice.equity}": set equity = "weighted"'
        )
    if choice.equity == "weighted" and not choice.need:
        raise StudyError(f'[hubs] equity is "weighted" without need: name some of {", ".join(NEEDS)}')
    return choice


def read_communities(table: Mapping[str, Any]) -> CommunityChoice:
    """Read table ``[communities]``; raise `StudyError` where no number of people can be in the band."""
    choice = build(CommunityChoice, "communities", table)
    if choice.most_people < 2 * choice.least_people:
        raise StudyError(
            f"[communities] people are {choice.least_people:g} to {choice.most_people:g}: "
            "let most_people be twice least_people or more, so that what is too large can be parted"
        )
    return choice


def read_rollout(table: Mapping[str, Any]) -> RolloutChoice:
    """Read table ``[rollout]``; raise `StudyError` where sizes do not rise, years fall, or a wave has no year."""
    choice = build(RolloutChoice, "rollout", table)
    if not choice.sizes or [*choice.sizes] != sorted({*choice.sizes}) or choice.sizes[0] < 1:
        raise StudyError(f"[rollout] sizes are {[*choice.sizes]}: give rising whole numbers, neighbourhoods by wave")
    if len(choice.years) != len(choice.sizes):
        raise StudyError(f"[rollout] {len(choice.years)} years for {len(choice.sizes)} sizes: give one a wave")
    if [*choice.years] != sorted(choice.years):
        raise StudyError(f"[rollout] years are {[*choice.years]}: give them in the order of the waves")
    return choice


def _must_be_needs(need: Collection[str], where: str) -> None:
    for part in need:
        known(part, NEEDS, f"part of need in [{where}]")
