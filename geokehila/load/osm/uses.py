"""What buildings and grounds are used for, as far as their tags tell: the uses that a mixed quarter mixes.

The five uses are those of the founding documents: commerce, housing, services, education, sport. Offices serve, hotels
trade.
"""

from __future__ import annotations

from collections.abc import Mapping

from geokehila.load.osm import walkable
from geokehila.load.osm.tags import Tags, first, meaning

#: Grounds and buildings in which `building=yes` is no home.
FACILITIES = {
    "amenity": "school kindergarten university college hospital clinic place_of_worship prison police fire_station "
    "community_centre library theatre fuel parking bus_station townhall",
    "landuse": "education religious cemetery",
    "leisure": "sports_centre stadium swimming_pool",
}
INDUSTRY = {
    "landuse": "industrial military quarry landfill railway port farmyard greenhouse_horticulture",
    "aeroway": "aerodrome",
}
#: What each value of the building tag tells; of the others, above all `yes`, nothing is told.
BUILDINGS: Mapping[str, str] = {
    "housing": "apartments house detached residential terrace dormitory semidetached_house bungalow farm hut "
    "cabin tent static_caravan trailer",
    "commerce": "retail commercial supermarket kiosk shop shops mall hotel restaurant",
    "services": "office hospital clinic church cathedral chapel mosque synagogue temple shrine monastery religious "
    "civic public government townhall fire_station police train_station transportation library museum theatre bank",
    "education": "school kindergarten university college",
    "sport": "sports_hall sports_centre stadium grandstand",
    "industry": "industrial warehouse factory manufacture",
}
#: What goes on in a building or on a ground: key, values, use.
ACTIVITIES = (
    ("amenity", "school kindergarten college university childcare language_school music_school", "education"),
    ("amenity", "hospital clinic doctors dentist pharmacy veterinary nursing_home social_facility place_of_worship "
     "monastery townhall courthouse police fire_station post_office bank community_centre social_centre arts_centre "
     "library theatre cinema bus_station prison public_building conference_centre events_venue", "services"),
    ("amenity", "restaurant cafe fast_food bar pub ice_cream food_court marketplace fuel", "commerce"),
    ("shop", "*", "commerce"),
    ("leisure", "sports_centre sports_hall stadium pitch track swimming_pool fitness_centre", "sport"),
    ("leisure", "schoolyard", "education"),
    ("healthcare", "*", "services"),
    ("office", "*", "services"),
    ("tourism", "hotel hostel motel guest_house apartment", "commerce"),
    ("tourism", "museum gallery", "services"),
    ("craft", "*", "commerce"),
    ("man_made", "works", "industry"),
)  # fmt: skip
#: Public green and squares.
OPEN_SPACES = {
    "leisure": "park garden playground pitch nature_reserve common recreation_ground dog_park schoolyard",
    "landuse": "forest recreation_ground village_green allotments meadow",
    "natural": "wood heath beach scrub",
    "place": "square",
}
#: What a ground is used for where nothing particular goes on there. Railways, armies and farms make no town's industry.
LAND = (
    ("leisure", "recreation_ground", "sport"),
    ("leisure", OPEN_SPACES["leisure"], "open"),
    ("place", OPEN_SPACES["place"], "open"),
    ("landuse", "residential", "residential"),
    ("landuse", "commercial retail", "commerce"),
    ("landuse", "education", "education"),
    ("landuse", "recreation_ground", "sport"),
    ("landuse", "religious civic_admin institutional", "services"),
    ("landuse", "industrial quarry landfill port", "industry"),
    ("landuse", f"{OPEN_SPACES['landuse']} grass flowerbed", "open"),
    ("landuse", "*", "other"),
    ("aeroway", "aerodrome", "other"),
    ("natural", OPEN_SPACES["natural"], "open"),
)
#: A pool with such an access belongs to a house.
HOUSEHOLD = frozenset(("private", "no"))

_PURPOSES = {value: purpose for purpose, words in BUILDINGS.items() for value in words.split()}


def purpose(tags: Tags) -> str:
    """Tell what a building is for: housing, commerce, services, education, sport or industry; "" where not told.

    The building tag decides; where it tells nothing, what goes on in it. A house with a shop is a house.

    Examples
    --------
    >>> purpose({"building": "yes"}), purpose({"building": "yes", "shop": "bakery"})
    ('', 'commerce')
    >>> purpose({"building": "apartments", "shop": "bakery"})
    'housing'
    """
    return _PURPOSES.get(tags["building"].partition(";")[0], "") or meaning(tags, ACTIVITIES)


def land_use(tags: Tags) -> str:
    """Tell what a ground is used for; "" for a building (its purpose tells) and where nothing is told.

    One of residential, commerce, services, education, sport, industry, open and other.

    Examples
    --------
    >>> land_use({"landuse": "residential"}), land_use({"landuse": "farmland"}), land_use({"amenity": "school"})
    ('residential', 'other', 'education')
    """
    is_pool = tags.get("leisure") == "swimming_pool"
    if is_indoors(tags) or (is_pool and tags.get("access") in HOUSEHOLD):
        return ""
    return meaning(tags, ACTIVITIES) or meaning(tags, LAND)


def is_indoors(tags: Tags) -> bool:
    """Tell whether an area is a building with walls."""
    return tags.get("building", "no") not in walkable.ROOFS | {"no"}


def settled(tags: Tags) -> list[str]:
    """Tell whose ground or building an area is that holds no homes: facility, industry, both or none."""
    return [use for use, table in (("facility", FACILITIES), ("industry", INDUSTRY)) if first(tags, table)]
