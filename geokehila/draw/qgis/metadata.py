"""What a GeoPackage says of itself to catalogues of geodata: ISO 19115, as XML of ISO 19139."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from geokehila.catalogue import LANGUAGES
from geokehila.catalogue.phrases import OWN_DIRECTION, POP, Phrases
from geokehila.draw.town import Town
from geokehila.names import clean

GMD, GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
#: Codes are those of ISO 19139's own list.
CODES = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml"
#: Languages as ISO 639-2 has them.
THREE = {"he": "heb", "ar": "ara", "en": "eng"}


def metadata(town: Town, date: str) -> str:
    """Return title, date, abstract, lineage and licence of a run, in the three languages, dated by its inputs.

    Examples
    --------
    >>> metadata(town, "2025-01-01")  # doctest: +SKIP
    """
    for prefix, name in (("gmd", GMD), ("gco", GCO)):
        Xml.register_namespace(prefix, name)
    root = Xml.Element(f"{{{GMD}}}MD_Metadata")
    _say(root, "fileIdentifier", f"geokehila-{town.record['city']['slug']}-{town.record['run_id']}")
    _code(root, "language", "LanguageCode", THREE[town.language])
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", "dataset")
    contact = _in(root, "contact", "CI_ResponsibleParty")
    _say(contact, "organisationName", f"GeoKehila {town.record['version']}")
    _code(contact, "role", "CI_RoleCode", "processor")
    _date(root, "dateStamp", date)
    _identify(root, town, date)
    _trace(root, town)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _identify(root: Xml.Element, town: Town, date: str) -> None:
    inside = _in(root, "identificationInfo", "MD_DataIdentification")
    citation = _in(inside, "citation", "CI_Citation")
    _say(citation, "title", _each("title", city={one: town.city[one] for one in LANGUAGES}))
    dated = _in(citation, "date", "CI_Date")
    _date(dated, "date", date)
    _code(dated, "dateType", "CI_DateTypeCode", "revision")
    weights = {one: Phrases(one).say(f"weights.{town.weights}") for one in LANGUAGES}
    _say(inside, "abstract", _each("abstract", weights=weights, date=dict.fromkeys(LANGUAGES, date)))
    limits = _in(inside, "resourceConstraints", "MD_LegalConstraints")
    _code(limits, "useConstraints", "MD_RestrictionCode", "license")
    _say(limits, "otherConstraints", "\n".join(licence(town, Phrases(one)) for one in LANGUAGES))
    _code(inside, "language", "LanguageCode", THREE[town.language])
    topic = Xml.SubElement(inside, f"{{{GMD}}}topicCategory")
    Xml.SubElement(topic, f"{{{GMD}}}MD_TopicCategoryCode").text = "planningCadastre"


def _trace(root: Xml.Element, town: Town) -> None:
    """Say what it was made from: files, who made them and their dates."""
    quality = _in(root, "dataQualityInfo", "DQ_DataQuality")
    scope = _in(quality, "scope", "DQ_Scope")
    _code(scope, "level", "MD_ScopeCode", "dataset")
    lineage = _in(quality, "lineage", "LI_Lineage")
    _say(lineage, "statement", _each("lineage", sources=dict.fromkeys(LANGUAGES, ", ".join(sources(town)))))


def licence(town: Town, said: Phrases) -> str:
    """Return whose the data are."""
    return said.say("qgis.fictional") if town.is_fictional else said.say("qgis.licence", osm=said.say("footer.osm"))


def sources(town: Town) -> list[str]:
    """Return the files that a run read, with what is known of each: who made it, its date and its licence."""
    found = []
    for row in town.record["sources"]:
        # A name in Arabic would turn the date that follows it, so it stands by itself.
        told = [f"{OWN_DIRECTION}{clean(row['told_by'])}{POP}"] if row.get("told_by") else []
        told += [clean(str(row[key])) for key in ("date", "licence") if row[key]]
        found.append(f"{clean(str(row['file']))} ({', '.join(told)})" if told else clean(str(row["file"])))
    return sorted({*found})


def _each(key: str, **words: dict[str, str]) -> str:
    """Return a text in every language, one a line."""
    return "\n".join(Phrases(one).say(f"qgis.{key}", **{k: v[one] for k, v in words.items()}) for one in LANGUAGES)


def _in(parent: Xml.Element, role: str, kind: str) -> Xml.Element:
    return Xml.SubElement(Xml.SubElement(parent, f"{{{GMD}}}{role}"), f"{{{GMD}}}{kind}")


def _say(parent: Xml.Element, role: str, text: str) -> None:
    Xml.SubElement(Xml.SubElement(parent, f"{{{GMD}}}{role}"), f"{{{GCO}}}CharacterString").text = text


def _date(parent: Xml.Element, role: str, date: str) -> None:
    Xml.SubElement(Xml.SubElement(parent, f"{{{GMD}}}{role}"), f"{{{GCO}}}Date").text = date


def _code(parent: Xml.Element, role: str, kind: str, code: str) -> None:
    made = _in(parent, role, kind)
    made.set("codeList", f"{CODES}#{kind}")
    made.set("codeListValue", code)
    made.text = code
