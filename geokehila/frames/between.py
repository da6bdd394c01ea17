"""Walks between homes and places, as columns of the frames that were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from warnings import warn

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geokehila import locate
from geokehila.access import Access, Ask, Walks
from geokehila.access.answers import minutes as named
from geokehila.arguments import as_count, as_list, as_number
from geokehila.brief import Brief
from geokehila.catalogue import Catalogue
from geokehila.errors import InputError, StudyError
from geokehila.frames.given import column_of, kinds_of, moved, streets_of, walker_of, ways_of
from geokehila.places import gates_of
from geokehila.schema import REFERENCE, UNCONNECTED

#: [min] The longest walk that the engine looks for.
LONGEST_MIN = 68
#: What places are called where no column tells their category.
ANY = "any"
#: What is said of homes and places that touch no street, and why that may be.
OFF = "lie on no street: none is within 150 m, or it hangs together with less than 300 m of others"
ASTRAY = "see that x is the longitude and y the latitude, and that the streets are of the same city"


@dataclass(frozen=True, eq=False, repr=False)
class OwnWalks(Brief):
    """Homes and places on a network of streets; what one asks of them is a method.

    Attributes
    ----------
    homes, places
        As they were given.
    network
        Both on the ways of every profile.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
    >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
    >>> clinic = gpd.GeoDataFrame(geometry=[Point(1300, 0)], crs="EPSG:2039")
    >>> walks(homes, clinic, street).nearest()["any_s"].tolist()
    [1000.0, 500.0]
    """

    homes: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    network: Walks

    def nearest(self, profile: str = REFERENCE, longest_min: float = 60.0) -> gpd.GeoDataFrame:
        """Return the homes with the walk to the nearest place of each category.

        Parameters
        ----------
        profile
            Who walks: adult, older_adult, child, wheelchair or stroller; walks are in seconds, metres are none of them.
        longest_min
            [min] Longer walks are not looked for; 0 to 68.

        Returns
        -------
        GeoDataFrame
            The homes, and by category ``<category>_s`` [s] and ``<category>_place``, its label in `places`. 0 is a
            place at the door; missing: none within the longest walk, or no street within 150 m of the home.

        Raises
        ------
        StudyError
            No such profile, or no such walk.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely import LineString, Point
        >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
        >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
        >>> clinic = gpd.GeoDataFrame(geometry=[Point(1300, 0)], crs="EPSG:2039")
        >>> walks(homes, clinic, street).nearest("child", longest_min=11)["any_s"].round().tolist()
        [nan, 619.0]
        """
        asked = [Ask("nearest", profile, self._categories)]
        found = self._answer(asked, profile, _seconds(longest_min, "longest_min"))
        labels = pd.Series(self.places.index, index=_ids(self.places))
        columns: dict[str, Any] = {}
        for key in self._categories:
            columns[f"{key}_s"] = found.nearest_s[key].to_numpy()
            columns[f"{key}_place"] = found.nearest_place[key].astype(object).map(labels).to_numpy()
        return self.homes.assign(**columns)

    def within(self, minutes: Sequence[float] | float = (5, 10, 15), profile: str = REFERENCE) -> gpd.GeoDataFrame:
        """Return the homes with how many places of each category are within walks.

        Parameters
        ----------
        minutes
            [min] One walk or several, each 0 to 68; inclusive.
        profile
            As for :meth:`nearest`.

        Returns
        -------
        GeoDataFrame
            The homes, and ``<category>_<minutes>min_count``. 0 is measured none; missing: no street within 150 m of
            the home.

        Raises
        ------
        StudyError
            No such profile, or no such walk.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely import LineString, Point
        >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
        >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
        >>> clinic = gpd.GeoDataFrame(geometry=[Point(1300, 0)], crs="EPSG:2039")
        >>> walks(homes, clinic, street).within([10, 20])[["any_10min_count", "any_20min_count"]].to_numpy().tolist()
        [[0.0, 1.0], [1.0, 1.0]]
        """
        cutoffs, keys = tuple(_seconds(one, "minutes") for one in as_list(minutes)), self._categories
        if not cutoffs:
            raise StudyError("minutes: names no walk: give one or several, within([5, 10])")
        found = self._answer([Ask("counts", profile, keys, cutoffs)], profile)
        counts = {f"{key}_{named(s)}_count": found.counts[s][key].to_numpy() for s in cutoffs for key in keys}
        return self.homes.assign(**counts)

    def pairs(self, longest_min: float = 15.0, profile: str = REFERENCE) -> pd.DataFrame:
        """Return every home and place within a walk of each other, by home and then place.

        Parameters
        ----------
        longest_min, profile
            As for :meth:`nearest`; inclusive.

        Returns
        -------
        DataFrame
            `home` and `place`, their labels, and `walk_s` [s].

        Raises
        ------
        StudyError
            No such profile, or no such walk.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely import LineString, Point
        >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
        >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
        >>> clinic = gpd.GeoDataFrame(geometry=[Point(1300, 0)], crs="EPSG:2039")
        >>> walks(homes, clinic, street).pairs(longest_min=10).to_numpy().tolist()
        [[1.0, 0.0, 500.0]]
        """
        home, place, walk_s = self._pairs(_seconds(longest_min, "longest_min"), profile)
        return pd.DataFrame({"home": self.homes.index[home], "place": self.places.index[place], "walk_s": walk_s})

    def best(
        self,
        add: int = 3,
        minutes: float = 15.0,
        people: str | None = None,
        existing: str | None = None,
        profile: str = REFERENCE,
    ) -> gpd.GeoDataFrame:
        """Choose the places from which most people are within a walk (maximal covering): sites for the next hubs.

        Parameters
        ----------
        add
            New ones at most.
        minutes
            [min] The walk that counts as served, inclusive.
        people
            Column of `homes` with how many live there; None: each home counts once.
        existing
            Column of `places`, true where one stands already: it is chosen anyway, beside the new ones.
        profile
            As for :meth:`nearest`.

        Returns
        -------
        GeoDataFrame
            The chosen places with `people_count`, whom each serves (everybody counts once), and `gap_share`: no other
            choice serves more by a larger share than this; up to 0.000001, the solver's tolerance: none is better.

        Raises
        ------
        StudyError
            No such profile, walk, number or column; people below 0, or missing.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely import LineString, Point
        >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
        >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
        >>> clinic = gpd.GeoDataFrame(geometry=[Point(1300, 0)], crs="EPSG:2039")
        >>> walks(homes, clinic, street).best(add=1, minutes=10, people="people")["people_count"].tolist()
        [5.0]
        """
        walk_limit_s, new = _seconds(minutes, "minutes"), as_count(add, "add")
        shape = (len(self.homes), len(self.places))
        weight = np.ones(shape[0]) if people is None else column_of(self.homes, people, "homes")
        if lost := int((~(weight >= 0)).sum()):
            raise StudyError(
                f"homes: column {people!r} is below 0 or missing in {lost} rows: write 0 where nobody lives"
            )
        there = np.zeros(shape[1]) if existing is None else column_of(self.places, existing, "places")
        sites = replace(locate.Sites.plain(shape[1]), locked=there > 0)
        home, place, walk_s = self._pairs(walk_limit_s, profile)
        problem = locate.Problem.of(csr_array((walk_s, (home, place)), shape=shape), weight, sites)
        found = locate.mclp(problem, walk_limit_s, locate.Terms(add=new))
        is_served = found.site >= 0
        served = np.bincount(found.site[is_served], found.served[is_served], minlength=shape[1])
        chosen = self.places.iloc[found.chosen]
        return chosen.assign(people_count=served[found.chosen], gap_share=found.gap)

    @property
    def _categories(self) -> tuple[str, ...]:
        return (*self.network.member,)

    def _pairs(self, longest_s: float, profile: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of homes and places within a walk, each pair once, and the walk [s]."""
        asked = [Ask("pairs", profile, self._categories, (longest_s,))]
        every = pd.concat(self._answer(asked, profile).pairs.values(), ignore_index=True)
        once = every.drop_duplicates(["origin_id", "place_id"]).sort_values(["origin_id", "place_id"])
        rows = self.network.member.index.astype(int).to_numpy()
        return once["origin_id"].cat.codes.to_numpy(), rows[once["place_id"].cat.codes], once["walk_s"].to_numpy(float)

    def _answer(self, asks: list[Ask], profile: str, horizon_s: float = 3600.0) -> Access:
        return self.network.run(asks, {profile: walker_of(profile)}, horizon_s).of(profile)


def walks(
    homes: gpd.GeoDataFrame, places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, category: str | None = None
) -> OwnWalks:
    """Put homes and places on a network of streets, to ask for the walks between them.

    Parameters
    ----------
    homes
        Points; of other shapes a point within. Any CRS.
    places
        Points, or areas, which are entered where streets lead into them, else from anywhere round them. Any CRS.
    streets
        Lines in a projected CRS, metres. They meet where they share a vertex: bridges and tunnels share none. Columns
        that are understood where they are there: `bridge`, `tunnel`, `incline` (rise over run), `way` and `closed_to`
        (keys of profiles), as of :func:`read_map` or of a run; edges of OSMnx will do.
    category
        Column of `places` with the category of each, or several in a list; None: all are one, called ``any``.

    Returns
    -------
    OwnWalks
        Asked by its methods `nearest`, `within`, `pairs` and `best`.

    Raises
    ------
    InputError
        What is no GeoDataFrame, states no CRS, has a row without a shape; streets that are not in metres or no lines;
        homes or places of which none touches a street: longitude and latitude are swapped, or the city is another.
    StudyError
        No such column of `places`.

    Warns
    -----
    UserWarning
        Some homes or places touch no street, so their walks are missing: how many.

    Notes
    -----
    Walks start at the street nearest to a home, at most 150 m away, and the way to it is walked too. Streets that are
    joined to less than 300 m of others are an island, where none starts. The ground is level but for what `incline`
    tells.

    Examples
    --------
    A street of 1,300 m; a home at its beginning, another in its middle, a clinic at its end. An adult walks 1.3 m/s.

    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1300, 0)])], crs="EPSG:2039")
    >>> homes = gpd.GeoDataFrame({"people": [2, 5]}, geometry=[Point(0, 0), Point(650, 0)], crs="EPSG:2039")
    >>> clinic = gpd.GeoDataFrame({"kind": ["clinic"]}, geometry=[Point(1300, 0)], crs="EPSG:2039")
    >>> found = walks(homes, clinic, street, category="kind")
    >>> found.nearest()["clinic_s"].tolist(), found.within([10])["clinic_10min_count"].tolist()
    ([1000.0, 500.0], [0.0, 1.0])
    >>> found.best(add=1, minutes=10, people="people")["people_count"].tolist()
    [5.0]
    """
    lines = streets_of(streets)
    at, to = moved(homes, "homes", lines), moved(places, "places", lines)
    origins = gpd.GeoDataFrame({"origin_id": _ids(homes)}, geometry=at.representative_point().array, crs=lines.crs)
    doors = gpd.GeoDataFrame({"place_id": _ids(places)}, geometry=to.array, crs=lines.crs)
    kinds = kinds_of(places, category, ANY)
    of_each = pd.DataFrame({"place_id": doors["place_id"].array, "category": kinds.array}).explode("category").dropna()
    if of_each.empty:
        raise InputError(f"places: column {category!r} names no category: fill it")
    gates = gates_of(doors, lines, gpd.GeoDataFrame(geometry=[], crs=lines.crs))
    cap_m = Catalogue.read().standards["snap_cap"].value
    made = OwnWalks(homes, places, Walks.between(origins, gates, of_each, ways_of(lines), cap_m, None))
    _must_touch(made.network)
    return made


def _seconds(minutes: object, name: str) -> float:
    """[s] Return a walk that is asked for in minutes, as long as the engine looks for one."""
    return 60 * as_number(minutes, name, 0, LONGEST_MIN)


def _must_touch(network: Walks) -> None:
    """Warn of homes and places from which no street can be walked; raise `InputError` where none can at all."""
    led, of_place = network.led(walker_of(REFERENCE)), network.gate_place
    is_on = (led.gates["status"] != UNCONNECTED).to_numpy(bool)
    led_to = of_place[led.gates["point_id"][is_on]].unique()
    for name, on_street in (
        ("homes", (led.origins["status"] != UNCONNECTED).to_numpy(bool)),
        ("places", network.member.index.isin(led_to)),
    ):
        off = f"{name}: {(~on_street).sum():,} of {len(on_street):,} {OFF}"
        if not on_street.any():
            raise InputError(f"{off}: {ASTRAY}")
        if not on_street.all():
            warn(f"{off}, so their walks are missing: {ASTRAY}", stacklevel=3)


def _ids(frame: gpd.GeoDataFrame) -> list[str]:
    """Return a key for each row, in the order of the rows whatever their labels."""
    return [f"{row:09d}" for row in range(len(frame))]
