"""The grounds of Neve Or as plain tables, in plan metres: land use, parks, schools, statistical areas."""

from __future__ import annotations

from geokehila.sample_town.plan import Point, path

WADI = path(
    "-2600,-330 -2000,-430 -1400,-320 -1150,-340 -800,-390 -500,-400 -250,-355 -24,-362 200,-400 450,-420 "
    "700,-400 950,-310 1300,-260 1900,-420 2600,-330"
)

# tags, Hebrew, English, outline: land use, may be built upon
LAND_USE = (
    ("landuse=residential", "העיר הוותיקה", "Old Core", "-535,-240 450,-235 455,625 330,745 -510,755"),
    ("landuse=residential", "שכונת הגבעה", "Hill Quarter",
     "480,-110 900,-125 1140,40 1200,330 1140,650 860,800 560,740 480,580"),
    ("landuse=residential", "שכונת האבן", "Stone Quarter",
     "-110,-560 -430,-440 -1000,-450 -1190,-700 -1170,-1090 -640,-1215 -180,-1150 -70,-800"),
    ("landuse=residential", "א-זייתון", "Az-Zaytun",
     "30,-490 330,-560 540,-620 800,-640 1150,-560 1200,-900 1090,-1160 560,-1290 200,-1240 50,-900"),
    ("landuse=industrial", "אזור התעשייה נווה אור", "Neve Or Industrial Zone",
     "-615,345 -900,335 -1255,360 -1260,925 -620,935"),
    ("landuse=commercial", "", "", "440,-40 520,-20 525,120 440,110"),
    ("landuse=forest", "יער נווה אור", "Neve Or Forest", "300,980 680,1050 900,1300 700,1360 360,1330"),
    ("landuse=farmland crop=vineyard", "", "", "-400,980 -120,960 -90,1320 -420,1350"),
    ("landuse=cemetery", "בית העלמין נווה אור", "Neve Or Cemetery", "-960,960 -760,965 -770,1080 -950,1090"),
)  # fmt: skip
# tags, Hebrew, English, outline: kept free of homes
GREENS = (
    ("leisure=park barrier=fence", "גן האגוז", "HaEgoz Garden",
     "92,497 188,497 284,497 284,545 284,578 92,580 92,540"),
    ("leisure=garden access=private garden:type=residential barrier=fence", "גן פרטי", "Private garden",
     "325,408 352,408 382,408 382,456 325,458"),
    ("leisure=park", "גן הדקל", "HaDekel Garden", "-355,98 -278,178"),
    ("leisure=park", "פארק הסנונית", "HaSnunit Park", "596,130 608,112 650,125 648,165 634,212 592,215 588,170"),
    ("leisure=park", "גן המצפור", "Lookout Garden", "860,300 940,295 950,360 905,385 862,362"),
    ("leisure=park", "גן הגביש", "HaGavish Garden", "-780,-840 -680,-760"),
    ("leisure=garden garden:type=community", "גינה קהילתית התאנה", "HaTe'ena Community Garden", "-138,615 -100,690"),
    ("leisure=playground", "", "", "-340,120 -318,142"),
    ("leisure=playground", "", "", "110,515 132,535"),
    ("leisure=playground", "", "", "-745,-825 -722,-803"),
    ("leisure=playground", "", "", "605,170 622,186"),
    ("leisure=playground", "", "", "450,-955 470,-935"),
    ("leisure=pitch sport=soccer surface=grass", "מגרש הכדורגל", "Football ground", "-120,300 -52,400"),
    ("leisure=pitch sport=basketball", "", "", "-120,410 -92,428"),
    ("leisure=pitch sport=soccer", "", "", "765,-1092 846,-1086 842,-1036 762,-1042"),
    ("leisure=pitch sport=basketball", "", "", "640,420 668,438"),
    ("leisure=sports_centre building=yes", "מרכז הספורט נווה אור", "Neve Or Sports Centre", "-84,420 -46,470"),
    ("amenity=parking", "", "", "443,20 500,60"),
    ("natural=water water=reservoir", "", "", "-1150,930 -1080,930 -1075,990 -1150,985"),
)  # fmt: skip
# tags, Hebrew, English, Arabic, outline of the grounds, outline of the house
SCHOOLS = (
    ("amenity=school isced:level=1", "בית ספר יסודי ממלכתי הברוש", "HaBrosh Primary School", "", "-352,396 -264,480",
     "-340,430 -285,470"),
    ("amenity=school isced:level=2;3", "תיכון נווה אור", "Neve Or High School", "", "-240,300 -132,476",
     "-228,330 -160,380"),
    ("amenity=school isced:level=1", "בית ספר יסודי ממ\"ד הגבעה", "HaGiva Primary School", "", "490,500 570,585",
     "500,515 545,560"),
    ("amenity=school isced:level=1", "בית ספר א-זייתון", "Az-Zaytun School", "مدرسة الزيتون", "245,-838 332,-738",
     "255,-825 305,-785"),
    ("amenity=kindergarten", "גן התמר", "HaTamar Kindergarten", "", "305,205 335,235", "312,212 328,228"),
    ("amenity=kindergarten", "גן הזית", "HaZayit Kindergarten", "", "200,-85 232,-55", "206,-78 226,-62"),
    ("amenity=kindergarten", "גן ממלכתי דתי הארז", "HaErez Kindergarten", "", "-350,510 -318,540", "-344,516 -324,533"),
    ("amenity=kindergarten", "גן הדרור", "HaDror Kindergarten", "", "660,590 690,620", "667,596 684,614"),
    ("amenity=kindergarten", "גן הספיר", "HaSapir Kindergarten", "", "-590,-800 -558,-768", "-584,-794 -566,-776"),
)  # fmt: skip
# tags, Hebrew, English, Arabic, outline
PUBLIC = (
    ("building=public building:levels=2 amenity=community_centre", "מתנ\"ס נווה אור", "Neve Or Community Centre", "",
     "10,54 36,54 36,79 -14,78 -14,54"),
    ("building=public amenity=library", "הספרייה העירונית נווה אור", "Neve Or Public Library", "",
     "92,24 92,50 114,50 114,18 92,18"),
    ("building=yes amenity=community_centre", "מרכז קהילתי א-זייתון", "Az-Zaytun Community Centre",
     "المركز الجماهيري الزيتون", "470,-812 440,-812 440,-838 470,-838"),
    ("building=mosque amenity=place_of_worship religion=muslim", "מסגד א-נור", "An-Nur Mosque", "مسجد النور",
     "580,-705 604,-712 609,-738 582,-742"),
    ("building=civic amenity=police", "תחנת משטרה נווה אור", "Neve Or Police Station", "",
     "-420,208 -420,232 -392,232 -392,208"),
    ("building=retail shop=mall", "מרכז מסחרי המדבר", "HaMidbar Shopping Centre", "",
     "450,72 450,110 512,118 515,70"),
    ("building=synagogue amenity=place_of_worship religion=jewish", "בית הכנסת המרכזי", "Central Synagogue", "",
     "206,110 228,110 228,134 206,134"),
    ("building=synagogue amenity=place_of_worship religion=jewish", "בית הכנסת הגביש", "HaGavish Synagogue", "",
     "-540,-640 -518,-640 -518,-616 -540,-616"),
    ("building=civic amenity=townhall", "עיריית נווה אור", "Neve Or Town Hall", "", "-100,14 -60,14 -60,40 -100,40"),
    ("building=retail amenity=pharmacy", "בית מרקחת האור", "HaOr Pharmacy", "", "96,206 130,206 130,228 96,228"),
)  # fmt: skip
PLAZA = path("-18,-16 66,-14 66,44 10,45 -18,44")
PLAZA_NAME = ("כיכר הרוחות", "Square of the Winds")

WADI_NAME = ("נחל הצבי", "Nahal HaTzvi")

# The large park is a relation: two half outlines and the pond as a hole.
PARK_NAME = ("פארק הנחל", "HaNahal Park")
PARK_NORTH = path("-1210,-180 -1160,40 -980,140 -760,150 -560,130 -510,0")
PARK_SOUTH = path("-510,0 -520,-230 -640,-290 -900,-250 -1130,-260 -1210,-180")
POND = path("-1030,-60 -980,0 -900,-10 -885,-80 -940,-120 -1010,-110")
# A relation whose outer ring does not close, as real extracts hold them.
BROKEN = path("1300,500 1420,520 1450,640 1330,680")

BROKEN_NAME = ("גן הרוח", "HaRuah Garden")

# Borders of the statistical areas: the town's limit and the lines that part it (the wadi parts north from south).
LIMIT = path(
    "-1290,-345 -1270,940 -500,950 120,905 520,890 1000,850 1320,560 1340,-265 1290,-700 1230,-1180 "
    "560,-1330 100,-1290 -640,-1260 -1230,-1160 -1290,-345"
)
BORDERS = (
    "-540,970 -545,170 -500,-30 -560,-430",
    "-560,88 -34,90 490,96",
    "-34,60 -28,700 -30,940",
    "475,915 470,96 500,-60 520,-450",
    "450,328 1370,331",
    "20,-330 40,-500 30,-560 -40,-760 -20,-1310",
    "555,-380 640,-560 655,-820 622,-1000 640,-1350",
)
# statistical area, a point inside it, main function (CBS: 1 housing, 2 industry)
AREAS = (
    (1, (-300, 500), 1), (2, (250, 500), 1), (3, (100, -100), 1), (4, (-600, -900), 1), (5, (800, 600), 1),
    (6, (800, 0), 1), (7, (300, -1000), 1), (8, (900, -900), 1), (9, (-900, 500), 2),
)  # fmt: skip


def borders() -> tuple[tuple[Point, ...], ...]:
    """The lines that bound the statistical areas, but for the wadi."""
    return (LIMIT, *(path(border) for border in BORDERS))
