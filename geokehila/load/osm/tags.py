"""Words over OpenStreetMap tags: which of a table's values an object has, and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Tags = Mapping[str, str]

#: Of a key with any value (``*``) these say that there is none.
NONE = frozenset(("no", "vacant"))
GONE = ("disused", "abandoned", "demolished", "razed", "ruins", "removed")


def first(tags: Tags, table: Mapping[str, str]) -> str | None:
    """Return the first key of the table under which the tags hold one of its words (``*``: any), or None.

    Examples
    --------
    >>> first({"leisure": "park"}, {"amenity": "school", "leisure": "park garden"})
    'leisure'
    """
    return next(
        (key for key, words in table.items() if key in tags and (words == "*" or tags[key] in words.split())), None
    )


def meaning(tags: Tags, rules: Iterable[tuple[str, str, str]]) -> str:
    """Return what the first rule that applies says, or an empty string; of values ``a;b`` the first counts.

    Parameters
    ----------
    rules
        (key, words, what they say); ``*`` stands for any value but no and vacant.

    Examples
    --------
    >>> meaning({"shop": "bakery;deli"}, [("amenity", "school", "education"), ("shop", "*", "commerce")])
    'commerce'
    """
    for key, words, says in rules:
        if key in tags:
            value = tags[key].partition(";")[0].strip()
            if value not in NONE if words == "*" else value in words.split():
                return says
    return ""


def gone(tags: Tags) -> str | None:
    """Tell why an object no longer stands, or does not yet; None where it stands."""
    if tags.get("building") in ("construction", "ruins", "proposed", "demolished", "collapsed"):
        return f"building={tags['building']}"
    return next((f"{key}={tags[key]}" for key in GONE if tags.get(key, "no") != "no"), None)
