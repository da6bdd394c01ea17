"""A fictional town of nine square areas as a run would leave it, for tests of what is drawn; all is made up."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point, box

from geokehila.catalogue import Catalogue, Category, City, Domain
from geokehila.draw.town import Town
from geokehila.study import Study

EVIL = "</script><script>window.bad = 1</script><img src=x onerror='window.bad=1'>\"'&\u202e"
DOMAINS = {
    "employment": ("תעסוקה ומסחר", "Employment and commerce"),
    "housing": ("דיור", "Housing"),
    "education": ("חינוך", "Education"),
    "health": ("בריאות", "Health"),
    "transport": ("תחבורה", "Transport"),
    "environment": ("סביבה", "Environment"),
    "culture": ("תרבות ופנאי", "Culture and leisure"),
    "security": ("ביטחון אישי", "Personal security"),
    "community": ("מרחב קהילתי", "Community space"),
}
DESCRIBED = ("housing", "security")
SCORED = [key for key in DOMAINS if key not in DESCRIBED]
CATEGORIES = {
    "grocery": ("employment", "מכולת או סופרמרקט", "Grocery", 15.0),
    "school": ("education", "בית ספר", "School", 15.0),
    "clinic": ("health", "מרפאה", "Clinic", 15.0),
    "bus_stop": ("transport", "תחנת אוטובוס", "Bus stop", 10.0),
    "park": ("environment", "פארק או גן", "Park or garden", 10.0),
    "sport": ("culture", "ספורט ופנאי", "Sport and leisure", 15.0),
    "community_centre": ("community", "מרכז קהילתי", "Community hub", 15.0),
    "worship": ("", "בית תפילה", "Place of worship", 15.0),
}
#: Where the cutoffs come from.
OURS = "design choice of GeoKehila"
PROFILES = ("adult", "older_adult", "child", "wheelchair", "stroller")
MINUTES = (5, 10, 15, 20)
HEBREW = ["העיר העתיקה", "שכונה ב'", "רמת הגבעה", "נווה נוף", "אזור התעשייה", None, "גני אור", "פארק העיר", EVIL]
ENGLISH = ["Old Town", "Quarter B", None, "Neve Nof", "Industrial zone", "The Wadi", "Ganei Or", "City park", EVIL]
ARABIC = [None, None, None, None, None, "الوادي الأخضر", None, None, None]
IDS = [*(f"9999-{i}" for i in range(1, 9)), "איזור+9"]
PEOPLE = [3400, 2900, 2100, 1800, 0, 1500, 2600, 0, 1200]
#: Share of people within a walk, [at least, at most], by area (west to east, south to north).
EDUCATION = [(0.05, 0.1), (0.3, 0.45), (0.5, 0.9), (0.7, 0.72), None, (0, 1), (0.996, 1), None, (0.2, 0.2)]
CORNER = (180_000, 570_000)


def town(record: dict[str, Any] | None = None, city: dict[str, str] | None = None, **tables: pd.DataFrame) -> Town:
    """The town, with what is given in the place of its own tables and facts."""
    study = Study(City("neve-or", 9999, city or {"he": "נווה אור", "en": "Neve Or"}), fictional=True, catalogue=facts())
    return Town(study, everything() | tables, RECORD | (record or {}))


def facts() -> Catalogue:
    shipped = Catalogue.read()
    categories = {
        key: Category(
            key,
            {"he": he, "en": en},
            "design choice of GeoKehila",
            (),
            domain=domain,
            required=True,
            cutoff_min=minutes,
        )
        for key, (domain, he, en, minutes) in CATEGORIES.items()
    }
    hub = CATEGORIES["community_centre"]
    categories["community_centre"] = Category(
        "community_centre",
        {"he": hub[1], "en": hub[2]},
        "design choice of GeoKehila",
        (),
        domain=hub[0],
        required=True,
        hub=True,
    )
    domains = {key: Domain(key, {"he": he, "en": en}, key not in DESCRIBED) for key, (he, en) in DOMAINS.items()}
    return Catalogue(domains, categories, {}, shipped.profiles, shipped.standards)


def run_row(date: str, run_id: str, differs: bool, people: float, **shares: tuple[float, float]) -> dict[str, Any]:
    """What a run tells of the city, as a line has it."""
    ends = {
        f"domain_{key}_share_{end}": both[i] for key, both in shares.items() for i, end in enumerate(("low", "high"))
    }
    named = {"date": date, "other_date": "", "run_id": run_id, "version": "1", "fictional": True, "method": "m"}
    return named | {"method_differs": differs, "people": people} | ends


#: Four runs: the second of another method, the third without a share of education, the last without a date.
LINE = [
    run_row("2022-03-01", "aaaaaaaaaa", False, 14000.0, education=(0.2, 0.5), health=(0.3, 0.4)),
    run_row("2024-03-01", "bbbbbbbbbb", True, 15000.0, education=(0.3, 0.5), health=(0.3, 0.3), culture=(0.0, 1.0)),
    run_row("2025-03-01", "cccccccccc", False, 15200.0, health=(0.35, 0.4)),
    run_row("", EVIL, False, 15500.0, education=(0.4, 0.6), health=(0.996, 1.0)),
]
RECORD: dict[str, Any] = {
    "fictional": True,
    "weights": "residents",
    "previous": None,
    "line": LINE,
    "banners": ["fictional", "partial_zones", "on_grid"],
    "sources": [
        {
            "role": "osm",
            "file": "map.osm.pbf",
            "date": "2026-03-01",
            "licence": "ODbL 1.0",
            "counts": "ways: 812 = 800 + 12",
        }
    ],
    "facts": {
        "people_source": 15500.0,
        "people_on_buildings": 14800.0,
        "people_counted_in_homes": 0.0,
        "people_on_grid": 700.0,
        "homes_not_counted": 0.0,
        "share_unconnected": 0.012,
    },
    # In the first area places are mapped too thinly, of the second nobody tells a count.
    "believed_share": {"mapping": 1 - PEOPLE[0] / 15500, "population": 1 - PEOPLE[1] / 15500, "network": 1.0},
    "not_computed": [{"measure": "shelter_share", "reason": "no_alert"}],
    "network": {
        "slopes": {"slope_of_ground_m": 0.0, "slope_tagged_m": 0.0},
        "rules": {"kerb_told": 1, "kerb_not_told": 7},
        "rolling": {"near_homes_m": 90_000.0, "rough_near_homes_m": 1_000.0},
    },
    "hubs": {
        **dict.fromkeys(("budget", "spent", "price", "capacity")),
        "minutes": 15.0,
        "candidates": 12,
        "excluded": {"too small": 2},
        "gap": 0.0,
        "tries": 100,
        "sentence": "",
        "objective": "mclp",
        "profile": "adult",
        "equity": "none",
        "need": [],
        "without_price": 0,
        "priced": 0,
        "not_counted": {},
        "people_gain": [1150.4, 1450.4],
        "chosen_count": 2,
        "assumed": 0.0,
        "assumed_count": 0,
        "must_count": 0,
        "must_price": 0.0,
        "must_unpriced": 0,
    },
}


def everything() -> dict[str, pd.DataFrame]:
    return {
        "zones": zones(),
        "zonings": zones()[["zone_id", *NAMES, "geometry"]].assign(zoning="zone"),
        "zone_scores": scores(),
        "zone_facts": pd.DataFrame(
            {"zone_id": IDS[:2], "fact": "ses_cluster", "value": [3.0, 8.0], "text": None, "reason": None}
        ),
        "confidence": confidence(),
        "equity": equity(),
        "completeness": completeness(),
        "places": places(),
        "place_categories": pd.DataFrame(
            {
                "place_id": ["n1", "n2", "n2", "n3", "n4", "w5"],
                "category": ["community_centre", "community_centre", "sport", "school", "school", "worship"],
            }
        ),
        "streets": streets(),
        "origins": homes(),
        **{f"scores_{profile}": home_scores(profile) for profile in PROFILES},
        **hubs(),
        "additions": additions(),
        "links": links(),
        "rollout": rollout(),
    }


NAMES = ["name_he", "name_ar", "name_en", "name_ru"]


def at(x: float, y: float) -> tuple[float, float]:
    return CORNER[0] + x, CORNER[1] + y


def zones() -> gpd.GeoDataFrame:
    """Nine squares of 600 m; two of them without people, one cut by the edge of the data."""
    squares = [box(*at(x, y), *at(x + 600, y + 600)) for y in (0, 600, 1200) for x in (0, 600, 1200)]
    columns = {
        "zone_id": IDS,
        "name_he": HEBREW,
        "name_en": ENGLISH,
        "name_ar": ARABIC,
        "name_ru": None,
        "function": ["residential"] * 4 + ["industry", "residential", "residential", "open", None],
        "coverage_share": [1.0] * 8 + [0.6],
    }
    return gpd.GeoDataFrame(columns, geometry=squares, crs=2039)


def scores() -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for profile in PROFILES:
        for group, part in (("total", 1.0), ("65+", 0.1)):
            for area, residents in enumerate(PEOPLE):
                rows += zone_rows("zone", IDS[area], profile, group, residents * part, area)
            rows += zone_rows("city", "", profile, group, sum(PEOPLE) * part, None)
    columns = ["zoning", "zone_id", "profile", "group", "measure", "value", "low", "high", "reason"]
    return pd.DataFrame(rows, columns=columns)


def likely(area: int, **shares: tuple[float, float]) -> pd.DataFrame:
    """The scores, and from where to where the share likely is that reaches a category, in the city and one zone."""
    of = {"profile": "adult", "group": "total", "value": np.nan, "reason": ""}
    rows = [
        {"zoning": zoning, "zone_id": zone_id, "measure": f"category_{key}_likely_share", "low": low, "high": high} | of
        for key, (low, high) in shares.items()
        for zoning, zone_id in (("city", ""), ("zone", IDS[area]))
    ]
    return pd.concat([scores(), pd.DataFrame(rows)], ignore_index=True)


def zone_rows(zoning: str, zone_id: str, profile: str, group: str, people: float, area: int | None) -> list[Any]:
    nan, key = np.nan, (zoning, zone_id, profile, group)
    rows: list[Any] = [(*key, "people", people, nan, nan, "")] if profile == "adult" else []
    if not people:
        return rows
    for position, domain in enumerate(DOMAINS):
        for minutes in (None, *MINUTES) if group == "total" else (None,):
            stem = f"domain_{domain}" if minutes is None else f"domain_{domain}_{minutes}min"
            if minutes and domain in DESCRIBED:
                continue
            low, high, reason = interval(domain, position, area, profile, minutes)
            rows.append((*key, f"{stem}_share", nan, low, high, reason))
            rows.append((*key, f"{stem}_beyond_people", nan, people * (1 - high), people * (1 - low), reason))
    weakest = "" if area == 6 else "education"
    rows += [
        (*key, "connected_share", 0.988, nan, nan, ""),
        (*key, "domains_reached_count", 3.4, nan, nan, ""),
        (*key, "domains_unknown_count", 1.0, nan, nan, ""),
        (*key, "weakest_domain", 0.5, nan, nan, weakest),
    ]
    if profile == "adult" and group == "total":
        rows += [(*key, f"category_{c}_median_s", 300.0 + 60 * i, nan, nan, "") for i, c in enumerate(CATEGORIES)]
        rows[-1] = (*key, "category_worship_median_s", nan, nan, nan, "> 60 min")
        rows += [(*key, f"category_{c}_share", nan, 0.4, 0.6, "") for c in CATEGORIES]
        rows.append((*key, "intersections_per_km2", 20.0 + 15 * (area or 0), nan, nan, ""))
    return rows


def interval(domain: str, position: int, area: int | None, profile: str, minutes: int | None) -> tuple[Any, Any, str]:
    """Share within a walk: less for whoever is not an adult, and by 5 minutes; not the numbers of any real town."""
    if domain in DESCRIBED:
        return np.nan, np.nan, "described"
    if domain == "culture":
        return 0.0, 1.0, "not mapped"
    part = (0.5 if profile == "wheelchair" else 1.0) * {None: 1.0, 5: 0.25, 10: 0.5, 15: 1.0, 20: 1.0}[minutes]
    found = (0.41, 0.58) if area is None else EDUCATION[area]
    if domain == "education" and found:
        return found[0] * part, found[1] * part, "not mapped" if found[0] < found[1] else ""
    # In the whole city most people surely lack education.
    low = 0.5 + position / 100 if area is None else (area * 7 + position * 13) % 80 / 100
    return low * part, (low + 0.1) * part, "edge"


def confidence() -> pd.DataFrame:
    rows = [(zone_id, subject, "measured", "") for zone_id in IDS for subject in ("mapping", "population", "network")]
    told = pd.DataFrame(rows, columns=["zone_id", "subject", "state", "reason"]).set_index(["zone_id", "subject"])
    told.loc[("9999-1", "mapping")] = ("thin", "few_places")
    told.loc[("9999-2", "population")] = ("unknown", "no_count")
    return told.reset_index()


def equity() -> pd.DataFrame:
    rows = [
        ("worst_share", "80+", 0.2, 0.3),
        ("best_share", "0-19", 0.6, 0.7),
        ("gap_pp", "", 30.0, 50.0),
    ]
    return pd.DataFrame(rows, columns=["statistic", "group", "low", "high"]).assign(
        zoning="city", zone_id="", measure="domain_education", group_by="age"
    )


def completeness() -> pd.DataFrame:
    """Of clinics two lists tell, of schools they do not."""
    columns = ["map_only_count", "list_only_count", "both_count", "places_estimate", "seen_share"]
    columns += ["reached_share", "likely_low_share", "likely_high_share"]
    columns += [f"reached_if_{rate}_seen_share" for rate in (90, 70, 50)]
    rows = [[8, 8, 16, 35.76, 0.895, 0.64, 0.66, 0.78, 0.711, 0.914, 1.0], [20, 0, 6, *[None] * 8]]
    return pd.DataFrame(rows, columns=columns).assign(category=["clinic", "school"])


def places() -> gpd.GeoDataFrame:
    points = [Point(at(*xy)) for xy in ((300, 300), (1500, 900), (700, 1300), (900, 200), (400, 1500))]
    columns = {
        "place_id": ["n1", "n2", "n3", "n4", "w5"],
        "name_he": ["מרכז קהילתי אור", None, "בית ספר הרצל", EVIL, "א" * 10_000],
        "name_ar": [None, "مركز جماهيري", None, None, None],
        "name_ru": ["Центр Ор", None, None, None, None],
        "name_en": ["Or community centre", None, None, None, None],
    }
    return gpd.GeoDataFrame(columns, geometry=[*points[:4], points[4].buffer(20)], crs=2039)


def streets() -> gpd.GeoDataFrame:
    across = [LineString([at(0, y), at(1800, y)]) for y in range(0, 1801, 100)]
    along = [LineString([at(x, 0), at(x, 1800)]) for x in range(0, 1801, 100)]
    return gpd.GeoDataFrame({"street_id": [f"w{i}" for i in range(38)]}, geometry=across + along, crs=2039)


def homes() -> gpd.GeoDataFrame:
    """One home in the middle of each area, and the two of the farthest corners."""
    points = [Point(at(x, y)) for y in (300, 900, 1500) for x in (300, 900, 1500)]
    columns = {"origin_id": [f"w{i}" for i in range(9)], "zone_id": IDS, "people": 1.0, "connected": True}
    columns |= {"on_grid": True, "at_edge": True}
    return gpd.GeoDataFrame(columns, geometry=points, crs=2039)


def home_scores(profile: str) -> pd.DataFrame:
    """Education: the first home has it, the second from 10 minutes on, the third never, of the fourth nobody knows."""
    settled = {"education": ["reached", "reached", "beyond", "not mapped", *["reached"] * 5]}
    columns: dict[str, Any] = {"origin_id": homes()["origin_id"]}
    for domain in DOMAINS:
        own = settled.get(domain, ["reached"] * 9)
        columns[f"domain_{domain}_state"] = ["described"] * 9 if domain in DESCRIBED else own
        for minutes in MINUTES if domain in SCORED else ():
            late = "beyond" if minutes < 10 else "reached"
            columns[f"domain_{domain}_{minutes}min_state"] = [own[0], late, *own[2:]]
    return pd.DataFrame(columns)


def hubs() -> dict[str, pd.DataFrame]:
    nothing = {"name_he": None, "name_ar": None, "name_en": None, "name_ru": None}
    plan = {"plan_number": "999-1", "designation": "מבני ציבור", "gush": "9", "helka": "3"}
    rows = [
        {"site_id": "s1", "rank": 1.0, "kind": "plan_public", **nothing, **plan, "people_low": 900.0},
        {"site_id": "s2", "rank": 2.0, "kind": "school", **nothing, "name_he": EVIL, "people_low": 250.4},
        {"site_id": "n1", "rank": np.nan, "kind": "community_centre", **nothing, "people_low": np.nan},
    ]
    table = pd.DataFrame(rows).assign(
        status="recommended",
        choice="may",
        people_only_low=100.0,
        people_only_high=100.0,
        chosen_share=0.9,
        near_share=1.0,
        services="school;clinic",
        people_added_low=[900.0, 250.4, np.nan],
        people_added_high=[1000.0, 350.4, np.nan],
        homes_not_counted=[0.0, 0.0, np.nan],
        designation_change=["", "", ""],
    )
    table = table.assign(people_high=table["people_low"] + 100, room_m2=500.0, price=np.nan, capacity=np.nan)
    where = [Point(at(300, 1500)), Point(at(1500, 300)), Point(at(300, 300))]
    drawn = gpd.GeoDataFrame(table, geometry=where, crs=2039)
    gains = [
        ("s1", "city", "", "", "total", 900.0, 1000.0, 240.0),
        ("s1", "city", "", "age", "65+", 90.0, 100.0, 240.0),
        ("s1", "zone", IDS[6], "", "total", 800.0, 900.0, 240.0),
        ("s2", "city", "", "", "total", 250.4, 350.4, 120.0),
        ("s1", "city", "", "profile", "wheelchair", 0.0, 150.0, np.nan),
    ]
    keys = ["site_id", "zoning", "zone_id", "group_by", "group", "people_low", "people_high", "saved_s"]
    square = {"site_id": "s9", "kind": "square", **nothing, "name_he": "כיכר הדקל", "designation_change": "needed"}
    told = {"listed": "", "fate": "", **dict.fromkeys(("people_added_low", "people_added_high", "homes_not_counted"))}
    plot = {**square, "site_id": "own:9", "kind": "own", "name_he": "מגרש הנחל", "designation_change": ""}
    stands = {"choice": ["may", "must"], "status": ["candidate", "excluded"], "reason": ["", "in water"]}
    spots = [Point(at(400, 1400)), Point(at(1700, 1700))]
    other = gpd.GeoDataFrame([square, plot], geometry=spots, crs=2039).assign(**stands, **told)
    # The best choice of one is not the first of the two that are listed; a third is in no list.
    steps = {"hubs_count": [1, 2, 3], "people_gained_low": [250.4, 900.0, 40.0], "people_served": [5e3, 6e3, 6040.0]}
    steps["people_gained_high"] = [350.4, 1000.0, 45.0]
    left = [("city", "", 4000.0, 4400.0, 2849.6, 2949.6), ("zone", IDS[0], 100.0, 120.0, 50.0, 60.0)]
    areas = [where[0].buffer(300), where[1].buffer(300)]
    return {
        "hubs": drawn,
        "hub_gains": pd.DataFrame(gains, columns=keys),
        "hub_steps": pd.DataFrame(steps),
        "hub_alternatives": pd.DataFrame(
            {"site_id": ["s1"], "alternative_id": ["s9"], "rank": [1], "people_lost": 40.0}
        ),
        "hub_left": pd.DataFrame(left, columns=["zoning", "zone_id", "now_low", "now_high", "then_low", "then_high"]),
        "hub_catchments": gpd.GeoDataFrame({"site_id": ["s1", "s2"], "minutes": 15.0}, geometry=areas, crs=2039),
        "candidates": other,
        "rejected": pd.DataFrame(columns=["source", "kind", "source_id", "reason"], dtype="str"),
    }


def additions() -> pd.DataFrame:
    columns = [
        "zoning",
        "zone_id",
        "step",
        "kind",
        "categories",
        "share_before",
        "share_after",
        "people_gained",
        "verdict",
        "reason",
        "not_asked",
    ]
    rows = [
        ("zone", IDS[0], 1, "service", "school;clinic", 0.2, 0.7, 1700.0, "found", "", ""),
        ("zone", IDS[0], 2, "link", "park", 0.7, 0.96, 884.0, "found", "", ""),
        ("zone", IDS[1], 0, "", "", 0.97, 0.97, np.nan, "reached already", "", "clinic"),
        ("zone", IDS[3], 0, "", "", 0.02, 0.06, np.nan, "not by a building", "park;not mapped", ""),
        ("community", "c1", 1, "service", "park", 0.1, 0.96, 99.0, "found", "", ""),
    ]
    return pd.DataFrame(rows, columns=columns)


def links() -> gpd.GeoDataFrame:
    columns = {
        "link_id": ["l1", "l2"],
        "kind": ["passage", "crossing"],
        "crosses": ["", "road"],
        "length_m": [60.4, 20.0],
        "people_gained": [80.2, 12.0],
        "categories": ["school;park", "clinic"],
    }
    ways = [LineString([at(100, 100), at(160, 100)]), LineString([at(595, 100), at(615, 100)])]
    return gpd.GeoDataFrame(columns, geometry=ways, crs=2039)


def rollout() -> pd.DataFrame:
    columns = ["city", "zoning", "zone_id", "wave", "year", "readiness", "readiness_known"]
    rows = [
        ("neve-or", "zone", IDS[0], 1.0, 2026.0, 0.6, 5.0),
        ("neve-or", "zone", IDS[1], 2.0, 2027.0, np.nan, 0.0),
        ("elsewhere", "zone", IDS[2], 1.0, 2026.0, 1.0, 5.0),
    ]
    return pd.DataFrame(rows, columns=columns)
