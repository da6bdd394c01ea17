"""The streets of Neve Or as plain tables, in plan metres. Trees, birds, stones and winds; no person's name."""

from __future__ import annotations

# The hill top; the terraces run around it.
HILL = (905.0, 330.0)

# name, tags, x at y = -200, x at y = 700, the stretches [y, y], homes
CORE_NORTHWARD = (
    ("רחוב האלון", "HaAlon Street", "highway=tertiary lit=yes sidewalk=both", -490, -468, "-200,700", "core"),
    ("רחוב הארז", "HaErez Street", "highway=residential", -375, -362, "-105,285 385,700", "core"),
    ("רחוב הברוש", "HaBrosh Street", "highway=residential lit=yes sidewalk=both", -266, -252, "-200,600", "core"),
    ("רחוב התאנה", "HaTe'ena Street", "highway=residential", -150, -142, "-200,285 490,700", "core"),
    ("שדרות נווה אור", "Neve Or Avenue", "highway=secondary lanes=2 lit=yes surface=asphalt", -34, -28,
     "-200,700", "slab"),
    ("רחוב הרימון", "HaRimon Street", "highway=residential oneway=yes sidewalk:left=no sidewalk:right=yes",
     78, 82, "-105,700", "core"),
    ("רחוב הזית", "HaZayit Street", "highway=residential", 186, 184, "-200,490 600,700", "core"),
    ("רחוב התמר", "HaTamar Street", "highway=residential", 302, 290, "-200,700", "core"),
    ("רחוב השקד", "HaShaked Street", "highway=tertiary lit=yes sidewalk=both", 421, 402, "-105,600", "core"),
)  # fmt: skip
# name, tags, y at x = -490, y at x = 421, the stretches [x, x], homes
CORE_EASTWARD = (
    ("רחוב האשל", "HaEshel Street", "highway=residential", -202, -188, "-490,-34 186,302", "core"),
    ("רחוב החרוב", "HaHaruv Street", "highway=residential", -106, -96, "-490,421", "core"),
    ("רחוב הדקל", "HaDekel Street", "highway=residential", -12, 2, "-490,-150 186,421", "core"),
    ("מדרחוב הדקל", "HaDekel Promenade", "highway=pedestrian lit=yes surface=paving_stones", -12, 2,
     "-150,186", None),
    ("רחוב השיטה", "HaShita Street", "highway=residential", 84, 95, "-490,421", "core"),
    ("דרך המדבר", "HaMidbar Road", "highway=tertiary lit=yes sidewalk=separate", 186, 192, "-490,421", "slab"),
    ("רחוב האורן", "HaOren Street", "highway=residential", 285, 286, "-490,421", "core"),
    ("רחוב האלה", "HaEla Street", "highway=residential oneway=yes", 386, 379, "-490,-258 82,421", "core"),
    ("רחוב הצאלון", "HaTze'elon Street", "highway=residential", 492, 477, "-490,421", "core"),
    ("רחוב הערבה", "HaArava Street", "highway=residential", 602, 584, "-490,421", "core"),
    ("רחוב הצפצפה", "HaTzaftzefa Street", "highway=residential", 712, 697, "-490,302", "core"),
)  # fmt: skip
# name, tags, points, homes
ROADS = (
    ("שדרות נווה אור", "Neve Or Avenue", "highway=secondary", "-34,-200 -36,-262 -30,-318", None),
    ("גשר נווה אור", "Neve Or Bridge", "highway=secondary bridge=yes layer=1 sidewalk=both",
     "-30,-318 -16,-405", None),
    ("שדרות נווה אור", "Neve Or Avenue", "highway=secondary", "-16,-405 0,-460 12,-520", None),
    ("שדרות נווה אור", "Neve Or Avenue", "highway=secondary", "-28,700 -26,770 -25,822", None),
    ("דרך המדבר", "HaMidbar Road", "highway=tertiary", "421,192 470,205 520,250 545,330", None),
    ("דרך המדבר", "HaMidbar Road", "highway=tertiary", "-490,186 -560,205 -640,290 -690,400", None),
    ("רחוב הגביש", "HaGavish Street", "highway=tertiary", "12,-520 -60,-575 -150,-600", None),
    ("דרך הפלדה", "HaPlada Road", "highway=tertiary", "-45,838 -180,842 -420,850 -690,858", None),
    ("רחוב המצפה", "HaMitzpe Street", "highway=residential", "421,400 480,420 565,470", "core"),
    ("דרך היער", "HaYa'ar Road", "highway=unclassified lit=no sidewalk=no",
     "-5,838 160,850 420,905 700,940 840,850 874,742", None),
    ("רחוב המזרח", "HaMizrah Street", "highway=residential", "414,-96 500,-70 600,-65 740,-105 874,-82", "core"),
)  # fmt: skip
# name, tags, points: outside the town
COUNTRY = (
    ("כביש נווה אור", "Neve Or Road", "highway=secondary lit=no ref=9996 sidewalk=no",
     "-25,858 -10,1100 60,1500 180,1900 225,2185"),
    ("", "", "highway=trunk ref=99 oneway=no foot=no motorroad=yes",
     "-2350,2150 -1200,2120 225,2185 1400,2260 2350,2220"),
    ("", "", "highway=track tracktype=grade2", "700,940 900,1150 1350,1300 1700,1750"),
    ("", "", "highway=track tracktype=grade3", "900,1150 760,1400 420,1620 60,1500"),
    ("", "", "highway=track tracktype=grade3", "-1180,858 -1500,980 -1900,900 -2500,1080"),
    ("", "", "highway=track tracktype=grade2", "-1500,980 -1420,1500 -1000,1800 180,1900"),
    ("", "", "highway=track tracktype=grade3", "-640,-1090 -700,-1400 -1000,-1800 -1050,-2450"),
    ("", "", "highway=track tracktype=grade4", "-700,-1400 -100,-1650 420,-1560 560,-1270"),
    ("", "", "highway=track tracktype=grade3", "1150,-880 1500,-1000 2000,-900 2520,-1050"),
    ("", "", "highway=path", "-1065,-800 -1400,-720 -1900,-760 -2500,-640"),
    ("", "", "highway=path", "1275,330 1600,250 2100,320 2500,180"),
)  # fmt: skip
# name, tags, radius [m], from, to [degrees] around the hill top
TERRACES = (
    ("רחוב הדרור", "HaDror Street", "highway=tertiary lit=yes sidewalk=both", 360, 95, 265, "terrace"),
    ("רחוב הסנונית", "HaSnunit Street", "highway=residential", 290, 62, 292, "terrace"),
    ("רחוב הדוכיפת", "HaDukhifat Street", "highway=residential", 220, 40, 318, "terrace"),
    ("רחוב הסלעית", "HaSal'it Street", "highway=residential", 150, 15, 345, "terrace"),
    ("רחוב הנשר", "HaNesher Street", "highway=residential lit=limited sidewalk=none", 82, 0, 360, None),
)  # fmt: skip
# name, tags, (radius, angle) at each bend
CLIMBS = (
    ("מעלה הנשר", "Ma'ale HaNesher", "highway=residential",
     "360,200 325,186 290,168 255,150 220,132 185,112 150,95 115,78 82,60"),
    ("מעלה העגור", "Ma'ale HaAgur", "highway=residential", "360,235 325,246 290,258 255,270 220,282 185,292 150,300"),
    ("מעלה החסידה", "Ma'ale HaHasida", "highway=residential", "360,118 325,110 290,98 255,84 220,70"),
    ("שביל המצפור", "Lookout Path", "highway=path incline=-19%", "82,0 180,-3 290,2 371,0"),
)  # fmt: skip
# angle [degrees], from radius, to radius: flights of stairs between the terraces; those at RAMPS have one for strollers
STAIRS = (
    (182, 360, 290), (183, 290, 220), (181, 220, 150), (184, 150, 82), (218, 360, 290), (222, 290, 220),
    (148, 360, 290), (118, 290, 220), (262, 290, 220), (250, 220, 150), (330, 150, 82),
)  # fmt: skip
RAMPS = (182, 183)

# The quarter of closes: four branches, each (name, tags, points), and the short streets off them.
BRANCHES = {
    "ring": ("רחוב הגביש", "HaGavish Street",
     "-150,-600 -230,-545 -420,-520 -640,-535 -860,-560 -1010,-630 -1065,-800 -1030,-960 -900,-1060 "
     "-640,-1090 -400,-1075 -230,-1000 -150,-860 -125,-720 -150,-600"),
    "east": ("רחוב החלוק", "HaHaluk Street", "-133,-790 -290,-775 -450,-815 -619,-830"),
    "west": ("רחוב המכתש", "HaMakhtesh Street", "-1056,-865 -900,-905 -770,-880 -618,-892"),
    "mid": ("רחוב החלמיש", "HaHalamish Street", "-640,-535 -655,-680 -615,-860 -640,-1090"),
}  # fmt: skip
# branch, name, where on the branch [m from its start], length [m], bend [m]; positive lengths turn left
CLOSES = (
    ("ring", "סמטת הספיר", "HaSapir Close", 140, 110, 12), ("ring", "סמטת הלשם", "HaLeshem Close", 205, -60, 6),
    ("ring", "סמטת האודם", "HaOdem Close", 235, 125, -8), ("ring", "סמטת הברקת", "HaBareket Close", 300, -65, -8),
    ("ring", "סמטת הבזלת", "HaBazelet Close", 415, -70, 10), ("ring", "סמטת הגיר", "HaGir Close", 330, 130, 8),
    ("ring", "סמטת הצור", "HaTzur Close", 620, -80, -8), ("ring", "סמטת השיש", "HaShayish Close", 640, 130, -10),
    ("ring", "סמטת השחם", "HaShaham Close", 720, -85, 10), ("ring", "סמטת הטופז", "HaTopaz Close", 745, 150, 10),
    ("ring", "סמטת הענבר", "HaInbar Close", 930, -85, 8), ("ring", "סמטת האגת", "HaAgat Close", 880, 150, -8),
    ("ring", "סמטת הקוורץ", "HaQuartz Close", 1120, -90, -8), ("ring", "סמטת הפנינה", "HaPnina Close", 1210, -90, 8),
    ("ring", "סמטת הצדף", "HaTzedef Close", 1330, -90, 8), ("ring", "סמטת החול", "HaHol Close", 1420, 105, 10),
    ("ring", "סמטת החצץ", "HaHatzatz Close", 1440, -90, -10), ("ring", "סמטת הכורכר", "HaKurkar Close", 1495, 110, 8),
    ("ring", "סמטת הסלע", "HaSela Close", 1690, -90, 8), ("ring", "סמטת הבדולח", "HaBdolah Close", 2130, 130, 8),
    ("ring", "סמטת הטוף", "HaTuf Close", 1660, 130, -10), ("ring", "סמטת האלמוג", "HaAlmog Close", 2240, 70, 8),
    ("ring", "סמטת הגרניט", "HaGranit Close", 1780, -90, 8), ("ring", "סמטת המלח", "HaMelah Close", 1745, 130, 8),
    ("ring", "סמטת הנופך", "HaNofekh Close", 1900, -85, 8), ("ring", "סמטת היהלום", "HaYahalom Close", 1850, 130, 10),
    ("east", "סמטת הזרקון", "HaZarkon Close", 95, 110, 8), ("east", "סמטת הפחם", "HaPaham Close", 200, 90, 6),
    ("east", "סמטת הצפחה", "HaTzifha Close", 170, -130, 6), ("east", "סמטת החרסית", "HaHarsit Close", 300, 95, -6),
    ("east", "סמטת הדולומיט", "HaDolomit Close", 265, -130, 6), ("east", "סמטת הנתר", "HaNeter Close", 400, 80, 6),
    ("west", "סמטת הגבס", "HaGeves Close", 80, 95, 6), ("west", "סמטת הקירטון", "HaKirton Close", 175, 95, -6),
    ("west", "סמטת האבנית", "HaAvnit Close", 150, -80, 6), ("west", "סמטת החוואר", "HaHavar Close", 255, -90, 6),
    ("mid", "סמטת הפצלת", "HaPatzelet Close", 95, 80, 6), ("mid", "סמטת הצורן", "HaTzoran Close", 105, -55, 6),
    ("mid", "סמטת הבהט", "HaBahat Close", 470, -90, 6),
)  # fmt: skip
# Hebrew, English, Arabic, tags, points: streets that grew along old paths
OLD_PATHS = (
    ("רחוב א-זייתון", "Az-Zaytun Street", "شارع الزيتون", "highway=tertiary",
     "12,-520 90,-548 205,-590 360,-605 545,-672 770,-690 985,-640 1110,-610"),
    ("רחוב א-נח'יל", "An-Nakhil Street", "شارع النخيل", "highway=residential",
     "205,-590 222,-715 186,-850 238,-1005 300,-1150"),
    ("רחוב א-רומאן", "Ar-Rumman Street", "شارع الرمان", "highway=residential",
     "360,-605 372,-720 345,-860 392,-985 405,-1120 430,-1225"),
    ("רחוב א-תין", "At-Tin Street", "شارع التين", "highway=residential",
     "545,-672 520,-790 548,-910 525,-1040 570,-1150 560,-1270"),
    ("רחוב א-סנדיאן", "As-Sindyan Street", "شارع السنديان", "highway=residential",
     "770,-690 742,-800 768,-905 705,-1030 720,-1140 690,-1225"),
    ("רחוב א-ריחאן", "Ar-Rayhan Street", "شارع الريحان", "highway=residential",
     "985,-640 965,-760 990,-880 930,-1000 950,-1120"),
    ("רחוב אל-יאסמין", "Al-Yasmin Street", "شارع الياسمين", "highway=residential",
     "60,-740 222,-715 372,-720 520,-790 742,-800 965,-760 1150,-880"),
    ("רחוב א-זעתר", "Az-Za'tar Street", "شارع الزعتر", "highway=residential", "80,-865 186,-850 345,-860 548,-910"),
    ("רחוב אל-מרמיה", "Al-Maramiyya Street", "شارع المرمية", "highway=residential",
     "548,-910 660,-880 768,-905 990,-880"),
    ("רחוב אל-פג'ר", "Al-Fajr Street", "شارع الفجر", "highway=residential",
     "110,-1030 238,-1005 392,-985 525,-1040 705,-1030 930,-1000 1060,-1010"),
    ("רחוב א-סבאר", "As-Sabbar Street", "شارع الصبار", "highway=residential",
     "300,-1150 405,-1120 570,-1150 720,-1140 950,-1120"),
    ("", "", "", "highway=residential", "440,-892 455,-960 448,-1010"),
    ("", "", "", "highway=residential", "640,-885 625,-970"),
    ("", "", "", "highway=residential", "850,-894 838,-960"),
    ("", "", "", "highway=residential", "1060,-820 1085,-740"),
    ("", "", "", "highway=service", "300,-598 296,-660"),
    ("", "", "", "highway=residential", "640,-1148 636,-1215"),
    ("", "", "", "highway=residential", "850,-1130 838,-1205"),
    ("", "", "", "highway=residential", "660,-682 650,-748"),
    ("", "", "", "highway=residential", "870,-668 858,-738"),
)  # fmt: skip
# name, tags, points: the industrial zone
WORKS = (
    ("רחוב הנחושת", "HaNehoshet Street", "highway=unclassified", "-690,400 -690,620 -690,858"),
    ("רחוב הברזל", "HaBarzel Street", "highway=unclassified", "-940,410 -945,640 -940,866"),
    ("רחוב העופרת", "HaOferet Street", "highway=unclassified", "-1180,430 -1190,640 -1180,858"),
    ("דרך הפלדה", "HaPlada Road", "highway=unclassified", "-690,858 -940,866 -1180,858"),
    ("רחוב הבדיל", "HaBdil Street", "highway=unclassified", "-690,630 -945,640 -1190,640"),
    ("רחוב האבץ", "HaAvatz Street", "highway=unclassified", "-690,400 -940,410 -1180,430"),
)  # fmt: skip
# tags of the point where each crossing meets the road and of its kerbs, in their order; of the last nobody told
CROSSED = (
    ("crossing=traffic_signals", "barrier=kerb kerb=raised"),
    ("crossing=marked", "barrier=kerb kerb=lowered"),
    ("", ""),
)  # fmt: skip
# tags, points: mostly ways for walking only
WALKS = (
    ("highway=footway", "-320,-103 -318,-10"), ("highway=footway", "-208,88 -206,188"),
    ("highway=footway", "20,286 22,383 23,484"), ("highway=footway", "134,-99 134,-3"),
    ("highway=footway", "243,92 242,190"), ("highway=footway", "355,190 354,286"),
    ("highway=footway", "-425,388 -420,490"), ("highway=footway", "-90,595 -88,706"),
    ("highway=footway lit=yes", "-200,489 -198,597"), ("highway=footway", "240,590 238,698"),
    ("highway=footway", "81,540 92,540 150,532 215,548 284,545 294,545"),
    ("highway=footway", "-363,140 -310,150 -262,138"),
    ("highway=footway footway=sidewalk surface=paving_stones", "-45,-104 -39,596"),
    ("highway=footway footway=sidewalk surface=paving_stones", "-22,-104 -17,596"),
    ("highway=footway footway=sidewalk", "-265,177 -44,179"),
    ("highway=footway footway=crossing crossing=traffic_signals", "-44,140 -20,140"),
    ("highway=footway footway=crossing crossing=marked", "-42,335 -18,335"),
    ("highway=footway footway=crossing crossing=marked", "-40,540 -17,540"),
    ("highway=cycleway foot=designated bicycle=designated",
     "-482,-8 -560,-60 -700,-130 -880,-160 -1080,-150"),
    ("highway=footway", "-880,-160 -840,-40 -720,60 -600,100 -490,84"),
    ("highway=footway", "-840,-40 -860,30 -960,50 -1060,-10 -1080,-150"),
    ("highway=path surface=dirt smoothness=bad", "-1080,-150 -1160,-210 -900,-275 -560,-310 -250,-300 -36,-262"),
    ("highway=path", "-36,-262 180,-310 420,-320 500,-70"),
    ("highway=path", "0,-460 150,-470 420,-480 700,-560 770,-690"),
    ("highway=footway", "-760,-660 -700,-690 -654,-675"),
    ("highway=footway", "-765,-882 -728,-838 -735,-758 -705,-690"),
    ("highway=service service=parking_aisle", "421,40 470,42 495,44"),
    ("highway=service access=private", "-1185,740 -1060,745"),
    ("highway=service", "-940,520 -830,524"), ("highway=service", "-690,740 -800,745"),
)  # fmt: skip
