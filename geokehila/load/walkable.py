"""Which mapped ways can be walked: GeoKehila's own rules over OpenStreetMap tags, each with a name."""

from __future__ import annotations

from collections.abc import Mapping

#: Ways made for people on foot or shared with them.
ON_FOOT = frozenset(
    "footway path pedestrian steps living_street residential service track unclassified road corridor bridleway "
    "platform tertiary tertiary_link secondary secondary_link primary primary_link crossing".split()
)
#: Ways that are walked only where their tags say so: a foot tag, or a pavement beside a trunk road.
BY_PERMISSION = frozenset(("cycleway", "trunk", "trunk_link", "busway"))
#: Roads for motors alone: no tag makes them walkable.
MOTOR_ONLY = frozenset(("motorway", "motorway_link"))
NOT_YET_OR_NO_MORE = frozenset("construction proposed planned abandoned disused razed demolished".split())

ALLOWED = frozenset(("yes", "designated", "permissive", "official"))
FORBIDDEN = frozenset(("no", "private"))
PAVED_BESIDE = frozenset(("yes", "both", "left", "right", "separate"))


def why_not(tags: Mapping[str, str]) -> str | None:
    """Tell why a way cannot be walked, or None where it can.

    A ``foot`` tag decides before ``access``; a pavement or a foot tag opens trunk roads and cycleways.

    Parameters
    ----------
    tags
        The way's OpenStreetMap tags; it has a ``highway`` tag.

    Examples
    --------
    >>> why_not({"highway": "footway"})
    >>> why_not({"highway": "service", "access": "private"})
    'access=private'
    >>> why_not({"highway": "cycleway", "foot": "designated"})
    """
    way, foot = tags["highway"], tags.get("foot", "")
    if way in NOT_YET_OR_NO_MORE or tags.get("disused") == "yes" or tags.get("abandoned") == "yes":
        return "not in use"
    if way in MOTOR_ONLY or tags.get("motorroad") == "yes":
        return "motor road"
    if foot in FORBIDDEN:
        return f"foot={foot}"
    if foot not in ALLOWED and tags.get("access") in FORBIDDEN:
        return f"access={tags['access']}"
    if way in BY_PERMISSION and foot not in ALLOWED and not _has_pavement(tags):
        return f"highway={way} without foot or sidewalk tag"
    if way not in ON_FOOT and way not in BY_PERMISSION:
        return "highway of another kind"
    return None


def _has_pavement(tags: Mapping[str, str]) -> bool:
    return any(
        tags.get(key) in PAVED_BESIDE for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    )
