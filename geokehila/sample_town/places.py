"""The places of Neve Or as plain tables, in plan metres: gates, shops, services, stops, shelters."""

from __future__ import annotations

# x, y on an outline, tags: where one enters
GATES = (
    (92, 540, "barrier=gate"), (284, 545, "barrier=gate"), (352, 408, "barrier=gate access=private"),
    (-352, 440, "barrier=gate entrance=main"), (-240, 400, "barrier=gate entrance=main"), (-180, 476, "barrier=gate"),
    (570, 540, "barrier=gate entrance=main"), (245, -800, "barrier=gate entrance=main"),
    (320, 205, "barrier=gate"), (660, 605, "barrier=gate"),
    (10, 54, "entrance=main"), (92, 35, "entrance=main"), (470, -825, "entrance=main"), (590, -708, "entrance=yes"),
    (-392, 220, "entrance=main"), (450, 90, "entrance=main"), (217, 110, "entrance=yes"), (-540, -640, "entrance=yes"),
    (-46, 440, "entrance=main"), (-60, 27, "entrance=main"),
)  # fmt: skip
# tags, Hebrew, English, x, y
SPOTS = (
    ("shop=convenience", "מכולת הדקל", "HaDekel Grocery", -120, 8),
    ("shop=greengrocer", "ירקות השוק", "Market Greengrocer", 110, -16),
    ("shop=bakery", "מאפיית השיטה", "HaShita Bakery", 140, 12),
    ("shop=butcher", "אטליז המדרחוב", "Promenade Butcher", 160, -18),
    ("shop=convenience", "מכולת הארז", "HaErez Grocery", -372, 590),
    ("shop=convenience", "מכולת התמר", "HaTamar Grocery", 310, 470),
    ("shop=supermarket", "סופר המדבר", "Super HaMidbar", 480, 95),
    ("shop=convenience", "מכולת הגבעה", "HaGiva Grocery", 560, 350),
    ("shop=convenience", "מכולת הגביש", "HaGavish Grocery", -160, -640),
    ("shop=clothes", "אופנת הרוח", "HaRuah Fashion", -95, -20),
    ("shop=hairdresser", "מספרת הדקל", "HaDekel Hairdresser", -70, -22),
    ("shop=electronics", "חשמל האור", "HaOr Electronics", 120, 10),
    ("shop=kiosk", "קיוסק השדרה", "Avenue Kiosk", -44, 170),
    ("shop=books", "ספרי המדבר", "HaMidbar Books", 90, 8),
    ("shop=hardware", "חומרי בניין הפלדה", "HaPlada Hardware", -705, 640),
    ("disused:shop=supermarket", "סופר השכונה (סגור)", "Closed supermarket", 200, 400),
    ("amenity=clinic healthcare=clinic operator=כללית", "מרפאת נווה אור", "Neve Or Clinic", -60, 196),
    ("amenity=clinic healthcare=clinic operator=מכבי", "מרפאת הגבעה", "HaGiva Clinic", 520, 232),
    ("amenity=doctors", "מרפאת ילדים", "Paediatric Clinic", 100, 200),
    ("amenity=dentist", "מרפאת שיניים", "Dental Clinic", 150, 178),
    ("amenity=pharmacy", "בית מרקחת האור", "HaOr Pharmacy", 112, 216),
    ("amenity=pharmacy", "בית מרקחת המדבר", "HaMidbar Pharmacy", 470, 88),
    ("amenity=post_office", "דואר נווה אור", "Neve Or Post Office", -110, 172),
    ("amenity=bank", "בנק המדבר", "HaMidbar Bank", 40, 204),
    ("amenity=cafe", "קפה הכיכר", "Cafe HaKikar", 70, 50),
    ("amenity=restaurant", "מסעדת השדרה", "Avenue Restaurant", -46, 120),
    ("amenity=fast_food", "פלאפל המדרחוב", "Promenade Falafel", 60, -24),
    ("amenity=theatre", "היכל התרבות נווה אור", "Neve Or Hall of Culture", -75, 62),
    ("amenity=place_of_worship religion=jewish", "בית הכנסת הארז", "HaErez Synagogue", -385, 330),
    ("amenity=place_of_worship religion=jewish", "בית הכנסת הדרור", "HaDror Synagogue", 575, 300),
    ("amenity=kindergarten", "גן השיטה", "HaShita Kindergarten", -300, 70),
    ("amenity=kindergarten", "גן הסנונית", "HaSnunit Kindergarten", 720, 60),
    ("office=government", "לשכת התעסוקה", "Employment Office", -52, 300),
    ("office=company", "מהנדסי המדבר", "Desert Engineers", -925, 500),
    ("craft=carpenter", "נגריית הברזל", "HaBarzel Carpentry", -955, 540),
    ("man_made=works", "מפעל האור", "HaOr Works", -1060, 720),
    ("amenity=fire_station", "תחנת כבאות נווה אור", "Neve Or Fire Station", -660, 450),
    ("emergency=ambulance_station", "מגן דוד אדום נווה אור", "Neve Or Ambulance Station", -430, 262),
    ("amenity=fuel", "תחנת דלק נווה אור", "Neve Or Fuel", 10, 1000),
    ("leisure=fitness_station", "", "", -700, -140),
    ("leisure=playground", "", "", -860, -40),
    ("military=bunker bunker_type=bomb_shelter", "מקלט 14", "Shelter 14", 350, 531),
    ("man_made=water_tower", "מגדל המים", "Water Tower", 905, 345),
    ("tourism=viewpoint", "מצפור נווה אור", "Neve Or Lookout", 940, 340),
    ("amenity=shelter shelter_type=bomb_shelter capacity=80", "מקלט ציבורי 3", "Public Shelter 3", -300, 250),
    ("amenity=shelter shelter_type=bomb_shelter", "מיגונית הגביש", "HaGavish Portable Shelter", -700, -640),
    ("amenity=shelter shelter_type=picnic_shelter", "", "", -820, 60),
    ("amenity=shelter shelter_type=public_transport", "", "", -44, 262),
    ("amenity=shelter shelter_type=public_transport", "", "", 552, 306),
    ("amenity=shelter", "", "", -41, 560),
    ("amenity=recycling", "", "", 200, 268),
    ("amenity=atm", "", "", 36, 208),
)
# tags, Hebrew, English, x, y: names on the map
QUARTERS = (
    ("place=town", "נווה אור", "Neve Or", 24, 20),
    ("place=neighbourhood", "העיר הוותיקה", "Old Core", -200, 440),
    ("place=neighbourhood", "שכונת הגבעה", "Hill Quarter", 800, 420),
    ("place=neighbourhood", "שכונת האבן", "Stone Quarter", -500, -720),
    ("place=neighbourhood", "א-זייתון", "Az-Zaytun", 480, -860),
)
# tags, Hebrew, English, Arabic, x, y: what little is mapped in the Arabic-speaking quarter
THIN = (
    ("shop=convenience", "מכולת א-זייתון", "Az-Zaytun Grocery", "بقالة الزيتون", 390, -622),
    ("amenity=cafe", "קפה אל-יאסמין", "Al-Yasmin Cafe", "مقهى الياسمين", 500, -770),
)
# Hebrew, English, x, y
BUS_STOPS = (
    ("שדרות נווה אור/האלה", "Neve Or Avenue/HaEla", -22, 380),
    ("שדרות נווה אור/האלה", "Neve Or Avenue/HaEla", -42, 360),
    ("שדרות נווה אור/דרך המדבר", "Neve Or Avenue/HaMidbar Road", -23, 160),
    ("שדרות נווה אור/דרך המדבר", "Neve Or Avenue/HaMidbar Road", -42, 240),
    ("שדרות נווה אור/הערבה", "Neve Or Avenue/HaArava", -21, 575),
    ("שדרות נווה אור/החרוב", "Neve Or Avenue/HaHaruv", -44, -120),
    ("גשר נווה אור", "Neve Or Bridge", 6, -430),
    ("דרך המדבר/הברוש", "HaMidbar Road/HaBrosh", -270, 180),
    ("דרך המדבר/התמר", "HaMidbar Road/HaTamar", 310, 199),
    ("דרך המדבר/השקד", "HaMidbar Road/HaShaked", 450, 192),
    ("הדרור/דרך המדבר", "HaDror/HaMidbar Road", 556, 300),
    ("הדרור/מעלה החסידה", "HaDror/Ma'ale HaHasida", 700, 680),
    ("הדרור/מעלה העגור", "HaDror/Ma'ale HaAgur", 640, 20),
    ("הגביש/החלמיש", "HaGavish/HaHalamish", -600, -524),
    ("הגביש/השדרה", "HaGavish/Avenue", -40, -575),
    ("הגביש דרום", "HaGavish South", -650, -1100),
    ("אזור התעשייה", "Industrial Zone", -682, 700),
    ("דרך הפלדה", "HaPlada Road", -420, 858),
)
# Hebrew, English, Arabic, x, y
BUS_STOPS_THIN = (
    ("א-זייתון/א-רומאן", "Az-Zaytun/Ar-Rumman", "شارع الزيتون/الرمان", 372, -614),
    ("א-זייתון/א-סנדיאן", "Az-Zaytun/As-Sindyan", "شارع الزيتون/السنديان", 780, -698),
)
# The same, for stops that the Ministry of Transport lists and nobody has mapped
STOPS_UNMAPPED = (
    ("א-ריחאן/אל-יאסמין", "Ar-Rayhan/Al-Yasmin", "شارع الريحان/الياسمين", 972, -768),
    ("א-נח'יל/אל-פג'ר", "An-Nakhil/Al-Fajr", "شارع النخيل/الفجر", 230, -998),
    ("א-רומאן/א-סבאר", "Ar-Rumman/As-Sabbar", "شارع الرمان/الصبار", 412, -1126),
    ("א-סנדיאן/אל-פג'ר", "As-Sindyan/Al-Fajr", "شارع السنديان/الفجر", 712, -1038),
    ("א-נח'יל/אל-יאסמין", "An-Nakhil/Al-Yasmin", "شارع النخيل/الياسمين", 229, -722),
)
# The municipality's own list: number or name, x, y
SHELTERS = (
    ("מקלט 1", -430, 650), ("מקלט 2", -310, 650), ("מקלט 3", -300, 251), ("מקלט 4", -200, 240), ("מקלט 5", -430, 60),
    ("מקלט 6", -210, -60), ("מקלט 7", -90, -150), ("מקלט 8", 130, 50), ("מקלט 9", 240, -50), ("מקלט 10", 360, 40),
    ("מקלט 11", 240, 330), ("מקלט 12", 130, 430), ("מקלט 13", 20, 640), ("מקלט 14", 350, 530), ("מקלט 15", 50, 330),
    ("מקלט הגבעה 1", 600, 160), ("מקלט הגבעה 2", 640, 560), ("מקלט הגבעה 3", 800, 240), ("מקלט הגבעה 4", 1020, 470),
    ("מקלט הגביש 1", -300, -640), ("מקלט הגביש 2", -720, -800), ("מקלט הגביש 3", -930, -900),
    ("מקלט א-זייתון 1", 300, -700), ("מקלט א-זייתון 2", 620, -900), ("מקלט אזור התעשייה", -900, 620),
)  # fmt: skip
