"""Which mapped ways, gates and entrances let people through: named rules over OpenStreetMap tags, each with its reason.

What only geometry can tell (plazas, gates on ways, pavements beside roads) is in :mod:`geokehila.load.osm.ways`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]

#: Ways made for people on foot or shared with them.
ON_FOOT = frozenset(
    "footway path pedestrian steps living_street residential service track unclassified road corridor bridleway "
    "platform tertiary tertiary_link secondary secondary_link primary primary_link crossing elevator".split()
)
#: Roads that are walked only where their tags say so: a foot tag, or a pavement.
TRUNK = frozenset(("trunk", "trunk_link", "busway"))
#: Roads for motors alone: no tag makes them walkable.
MOTOR_ONLY = frozenset(("motorway", "motorway_link"))
#: Roads that carry the traffic of others: where a pavement is mapped beside them, nobody walks on the carriageway.
ARTERIAL = TRUNK | frozenset("primary primary_link secondary secondary_link".split())
#: Ways that can be the pavement of a road, mapped by itself.
PAVEMENTS = frozenset("footway path pedestrian cycleway".split())
#: Ways that, drawn as areas, are crossed in every direction.
PLAZAS = frozenset("pedestrian footway path platform".split())
NOT_YET_OR_NO_MORE = frozenset("construction proposed planned abandoned disused razed demolished".split())

ALLOWED = frozenset("yes designated permissive official destination customers public".split())
FORBIDDEN = frozenset("no private permit residents delivery military employees staff".split())
#: Open to who has an errand there; on foot nobody asks. Of field and forest tracks only motors are kept out.
LIMITED = frozenset("destination customers agricultural forestry".split())
PAVED = frozenset(("yes", "both", "left", "right"))
SIDEWALK = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")

GATES = frozenset(
    "gate lift_gate swing_gate sliding_gate kissing_gate hampshire_gate wicket_gate turnstile full-height_turnstile "
    "sally_port door entrance stile".split()
)
WALLS = frozenset("wall fence hedge city_wall retaining_wall".split())
#: Drawn as lines, these are walked round on a square.
FENCES = WALLS | {"guard_rail"}
#: One walks under these.
ROOFS = frozenset("roof carport canopy".split())
#: Entrances that nobody enters by.
NO_WAY_IN = frozenset("no exit emergency garage service".split())


@dataclass(frozen=True)
class Rule:
    """A rule over the tags of a way.

    Attributes
    ----------
    says
        The tags, in words, by which the rule applies to a way; empty where it does not.
    walked
        True opens the way, False closes it, None only counts it.
    why
        One sentence: what the rule does, and why.
    """

    name: str
    walked: bool | None
    says: Callable[[Tags], str]
    why: str


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one way: `reason` it cannot be walked (None: it can), names of the `rules` that applied."""

    reason: str | None
    rules: tuple[str, ...]


def judge(tags: Tags) -> Verdict:
    """Tell whether a way can be walked: the first of :data:`RULES` that opens or closes it decides.

    Parameters
    ----------
    tags
        The way's OpenStreetMap tags; it has a ``highway`` tag.

    Examples
    --------
    >>> judge({"highway": "footway"})
    Verdict(reason=None, rules=())
    >>> judge({"highway": "service", "access": "private"})
    Verdict(reason='access=private', rules=('private_way',))
    >>> judge({"highway": "cycleway", "foot": "designated"})
    Verdict(reason=None, rules=('foot_over_cycleway',))
    """
    decisive = next((rule for rule in RULES if rule.walked is not None and rule.says(tags)), None)
    if decisive and not decisive.walked:
        return Verdict(decisive.says(tags), (decisive.name,))
    noted = tuple(rule.name for rule in RULES if rule.walked is None and rule.says(tags))
    return Verdict(None, ((decisive.name,) if decisive else ()) + noted)


def shut(tags: Tags) -> str:
    """Tell why a barrier on a way lets nobody through on foot, or an empty string.

    Examples
    --------
    >>> shut({"barrier": "gate", "access": "private"}), shut({"barrier": "gate"}), shut({"barrier": "bollard"})
    ('access=private', '', '')
    """
    foot, barrier = tags.get("foot"), tags.get("barrier")
    if foot in ALLOWED:
        return ""
    if foot in FORBIDDEN:
        return f"foot={foot}"
    if barrier in GATES and tags.get("access") in FORBIDDEN:
        return f"access={tags['access']}"
    if barrier in GATES and tags.get("locked") == "yes":
        return "locked=yes"
    return f"barrier={barrier}" if barrier in WALLS else ""


def no_way_in(tags: Tags) -> str:
    """Tell why the public does not come in by an entrance or a gate, or an empty string.

    Examples
    --------
    >>> no_way_in({"entrance": "main"}), no_way_in({"entrance": "exit"})
    ('', 'entrance=exit')
    """
    if tags.get("entrance") in NO_WAY_IN:
        return f"entrance={tags['entrance']}"
    if "entrance" in tags and tags.get("foot") not in ALLOWED and tags.get("access") in FORBIDDEN:
        return f"access={tags['access']}"
    return shut(tags)


def role(tags: Tags) -> str:
    """Tell what a walked way is: ``pavement``; ``separate``, a big road whose pavement is mapped apart; or neither."""
    if tags["highway"] in ARTERIAL and _pavement(tags) == "separate":
        return "separate"
    return "pavement" if tags["highway"] in PAVEMENTS and tags.get("footway") != "crossing" else ""


def plaza(tags: Tags) -> str:
    """Tell the kind of way that an area is where it can be crossed in every direction, or an empty string."""
    kind = tags.get("highway") or tags.get("area:highway", "")
    is_area = (
        tags.get("area") == "yes"
        or tags.get("type") == "multipolygon"
        or tags.get("place") == "square"
        or "highway" not in tags
    )
    return kind if is_area and kind in PLAZAS else ""


def _pavement(tags: Tags) -> str:
    """``paved``: people walk on the road's own pavement; ``separate``: theirs is another way; or an empty string."""
    values = {tags.get(key) for key in SIDEWALK}
    if values & PAVED:
        return "paved"
    return "separate" if "separate" in values or tags.get("foot") == "use_sidepath" else ""


def _out_of_use(tags: Tags) -> str:
    gone = tags["highway"] in NOT_YET_OR_NO_MORE or "yes" in (tags.get("disused"), tags.get("abandoned"))
    return "not in use" if gone else ""


def _motor_road(tags: Tags) -> str:
    return "motor road" if tags["highway"] in MOTOR_ONLY or tags.get("motorroad") == "yes" else ""


def _not_a_way(tags: Tags) -> str:
    known = tags["highway"] in ON_FOOT | TRUNK | {"cycleway"} and tags.get("route") != "ferry"
    return "" if known else "highway of another kind"


def _foot_forbidden(tags: Tags) -> str:
    return f"foot={tags['foot']}" if tags.get("foot") in FORBIDDEN else ""


def _foot_over_access(tags: Tags) -> str:
    return "foot" if tags.get("foot") in ALLOWED and tags.get("access") in FORBIDDEN else ""


def _private_way(tags: Tags) -> str:
    return f"access={tags['access']}" if tags.get("access") in FORBIDDEN else ""


def _indoor(tags: Tags) -> str:
    inside = tags["highway"] == "corridor" or tags.get("indoor", "no") != "no"
    public = tags.get("foot") in ALLOWED or tags.get("access") in ALLOWED or tags.get("tunnel") == "building_passage"
    return "indoors without foot or access tag" if inside and not public else ""


def _foot_over_cycleway(tags: Tags) -> str:
    shared = tags.get("foot") in ALLOWED or "segregated" in tags or _pavement(tags)
    return "shared" if tags["highway"] == "cycleway" and shared else ""


def _cycleway(tags: Tags) -> str:
    return "highway=cycleway without foot or sidewalk tag" if tags["highway"] == "cycleway" else ""


def _trunk_pavement(tags: Tags) -> str:
    return "pavement" if tags["highway"] in TRUNK and (tags.get("foot") in ALLOWED or _pavement(tags)) else ""


def _trunk(tags: Tags) -> str:
    return f"highway={tags['highway']} without foot or sidewalk tag" if tags["highway"] in TRUNK else ""


def _limited_access(tags: Tags) -> str:
    return "limited" if tags.get("foot", tags.get("access")) in LIMITED else ""


def _building_passage(tags: Tags) -> str:
    return "passage" if tags.get("tunnel") == "building_passage" else ""


def _part_time(tags: Tags) -> str:
    return "hours" if {"opening_hours", "foot:conditional", "access:conditional"} & tags.keys() else ""


def _oneway_foot(tags: Tags) -> str:
    forbidden = "no" in (tags.get("foot:forward"), tags.get("foot:backward"))
    moving = tags.get("conveying") in ("forward", "backward", "yes")
    return "one way" if tags.get("oneway:foot", "no") != "no" or forbidden or moving else ""


#: In the order in which they decide.
RULES = (
    Rule("out_of_use", False, _out_of_use, "A way that is planned, being built or given up is not there to walk."),
    Rule("motor_road", False, _motor_road, "On motorways and motor roads nobody walks, whatever else is tagged."),
    Rule("not_a_way", False, _not_a_way, "Stops, race tracks, rest areas and ferries are tagged so but not walked."),
    Rule("foot_forbidden", False, _foot_forbidden, "A foot tag speaks of walkers themselves: it decides first."),
    Rule("foot_over_access", True, _foot_over_access, "A way closed in general is walked where a foot tag opens it."),
    Rule("private_way", False, _private_way,
         "Strangers do not pass; who lives there starts at the nearest public way, the walk to it counted straight."),
    Rule("indoor", False, _indoor, "Corridors are locked at night: walked are those that a tag opens to the public."),
    Rule("foot_over_cycleway", True, _foot_over_cycleway, "A cycleway is walked where its tags share it with walkers."),
    Rule("cycleway", False, _cycleway, "A cycleway that names no walker is for cycles alone."),
    Rule("trunk_pavement", True, _trunk_pavement, "A trunk road is walked where its tags name a pavement or walkers."),
    Rule("trunk", False, _trunk, "A trunk road or busway that names neither is too dangerous to count as a walk."),
    Rule("limited_access", None, _limited_access,
         "Ways for visitors, customers, fields and forests are walked: on foot nobody is stopped."),
    Rule("building_passage", None, _building_passage, "A passage through a building is a street with a roof: walked."),
    Rule("part_time", None, _part_time, "Ways with opening hours are walked at any hour: hours are not honoured yet."),
    Rule("oneway_foot", None, _oneway_foot,
         "Escalators and one-way paths are walked both ways: directions are not honoured yet."),
)  # fmt: skip
