"""What quarters of a generated town look like, as plain tables: streets, houses, services."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]

#: What a block of the lattice is used for.
HOMES, PARK, SCHOOL, COMMERCE, SPORT, RIVER, INDUSTRY = range(7)
#: The blocks of a quarter that are not for homes, the first by lot; all others are.
SHARED_BLOCKS = (SCHOOL, PARK, PARK, COMMERCE, SPORT)


@dataclass(frozen=True)
class Style:
    """One kind of quarter.

    ``streets``, ``paths``, ``closes``: the shares of the streets that no one needs for a way round, which are there all
    the same, are walked only, or end half way. ``houses`` stand along half a block side, with `width`, `depth`,
    `setback` from the middle of the street [m], `turn` [degrees]; a resident has `floor_m2`. ``mapped``: the share of
    its services that are on the map.
    """

    frequency: float
    streets: float
    paths: float
    closes: float
    houses: int
    width: Range
    depth: Range
    setback: Range
    turn: float
    levels: tuple[int, ...]
    floor_m2: float
    kinds: tuple[str, ...]
    ages: str
    mapped: float = 1.0

    @property
    def residents(self) -> float:
        """Residents of a full block, on average."""
        footprint = sum(self.width) / 2 * sum(self.depth) / 2
        return 4 * self.houses * footprint * sum(self.levels) / len(self.levels) / self.floor_m2


#: The old core, slabs, villas with closes, terraces, families who build for themselves (thinly mapped).
STYLES = (
    Style(0.25, 0.75, 0.10, 0.05, 2, (11.5, 14.5), (10.5, 13), (10.5, 13), 2, (2, 2, 3, 3, 4), 30,
          ("yes", "yes", "yes", "residential", "apartments"), "mixed"),
    Style(0.25, 0.50, 0.25, 0.05, 1, (22, 31), (12, 15), (14, 18), 1, (4, 4, 6, 8), 32,
          ("yes", "yes", "apartments"), "old"),
    Style(0.20, 0.15, 0.20, 0.50, 2, (11, 13.5), (10, 12.5), (11, 14), 4, (2, 2, 2), 28,
          ("yes", "yes", "house", "detached"), "family"),
    Style(0.15, 0.40, 0.25, 0.15, 1, (24, 32), (10, 11.5), (10.5, 13), 1, (2, 2, 3), 30,
          ("yes", "yes", "terrace"), "mixed"),
    Style(0.15, 0.35, 0.05, 0.30, 2, (11, 14.5), (10.5, 14), (10.5, 15), 8, (1, 2, 2, 3), 34,
          ("yes", "yes", "yes", "yes", "house"), "young", mapped=0.3),
)  # fmt: skip
#: Halls of the industrial quarters; nobody lives there.
WORKS = Style(
    0, 0.45, 0.0, 0.05, 1, (24, 32), (18, 24), (13, 16), 0, (1,), 1, ("yes", "industrial", "warehouse"), "mixed"
)  # fmt: skip

# tags, Hebrew, English, residents per place; as mapped in Israel
SERVICES = (
    ("shop=convenience", "מכולת", "Grocery", 1_500),
    ("shop=greengrocer", "ירקן", "Greengrocer", 8_000),
    ("shop=bakery", "מאפייה", "Bakery", 6_000),
    ("shop=clothes", "חנות בגדים", "Clothes shop", 4_000),
    ("shop=hairdresser", "מספרה", "Hairdresser", 4_000),
    ("amenity=pharmacy", "בית מרקחת", "Pharmacy", 8_000),
    ("amenity=post_office", "סניף דואר", "Post office", 20_000),
    ("amenity=bank", "בנק", "Bank", 12_000),
    ("amenity=cafe", "בית קפה", "Cafe", 3_000),
    ("amenity=restaurant", "מסעדה", "Restaurant", 4_000),
    ("amenity=fast_food", "מזנון", "Snack bar", 4_000),
    ("office=company", "משרד", "Office", 3_000),
    ("craft=carpenter", "נגרייה", "Carpentry", 12_000),
    ("amenity=kindergarten", "גן ילדים", "Kindergarten", 900),
    ("amenity=library", "ספרייה", "Library", 25_000),
    ("amenity=clinic healthcare=clinic", "מרפאה", "Clinic", 7_000),
    ("amenity=doctors", "רופא משפחה", "Family doctor", 9_000),
    ("amenity=dentist", "רופא שיניים", "Dentist", 8_000),
    ("highway=bus_stop public_transport=platform bus=yes", "תחנה", "Bus stop", 450),
    ("railway=station", "תחנת רכבת", "Railway station", 250_000),
    ("leisure=garden garden:type=community", "גינה קהילתית", "Community garden", 30_000),
    ("amenity=theatre", "תיאטרון", "Theatre", 80_000),
    ("amenity=arts_centre", "מרכז אמנויות", "Arts centre", 40_000),
    ("tourism=museum", "מוזיאון", "Museum", 120_000),
    ("leisure=fitness_station", "מתקני כושר", "Fitness station", 5_000),
    ("amenity=police", "תחנת משטרה", "Police station", 100_000),
    ("amenity=fire_station", "תחנת כבאות", "Fire station", 120_000),
    ("emergency=ambulance_station", "תחנת אמבולנסים", "Ambulance station", 120_000),
    ("amenity=shelter shelter_type=bomb_shelter", "מקלט", "Shelter", 3_000),
    ("amenity=shelter shelter_type=public_transport", "", "", 3_000),
    ("amenity=shelter", "", "", 10_000),
    ("amenity=community_centre", "מרכז קהילתי", "Community centre", 18_000),
    ("amenity=place_of_worship religion=jewish", "בית כנסת", "Synagogue", 3_000),
    ("amenity=place_of_worship religion=muslim", "מסגד", "Mosque", 20_000),
)  # fmt: skip
