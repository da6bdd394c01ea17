"""What each missing link would give: the homes that would newly reach a place within its cutoff, exactly."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from geokehila import reach
from geokehila.links.ends import Ends
from geokehila.links.needs import Needs
from geokehila.links.thinning import apart, needed
from geokehila.reach.arrays import Ints

#: [m] Of links that begin and end this near to each other the best is shown; no more than these, the best first.
SIMILAR_M, MOST = 50.0, 500
#: [m] What a link takes besides its length, where people are set against it.
BESIDES_M = 30.0
GAINED = ("link_id", "origin_id", "category", "walk_s")


def gains(needs: Needs, found: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find who would newly reach what, were one link built and no other.

    The walk of a home would be the shorter of that of today and that over the link, in whichever direction: to its one
    end, over it, and from its other end to the nearest place. That is the walk on the network with the link in it, for
    no shortest walk passes a link twice.

    Parameters
    ----------
    found
        Links, as :func:`geokehila.links.candidates` returns them for the same `needs`.

    Returns
    -------
    DataFrame
        A row for each link, home and category: the home is beyond the cutoff now and would be within it. `walk_s` [s]
        is the new walk. By link_id, origin_id and category.
    """
    parts = [
        part
        for one, other, over in (("from", "to", "forward_s"), ("to", "from", "backward_s"))
        for part in _one_way(needs, found, (one, other, over))
    ]
    every = pd.concat([pd.DataFrame(columns=[*GAINED]), *parts], ignore_index=True).astype({"walk_s": float})
    return every.sort_values([*GAINED], ignore_index=True).drop_duplicates([*GAINED[:3]], ignore_index=True)


def layer(found: gpd.GeoDataFrame, gained: pd.DataFrame, origins: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the links that are worth showing, most people first, as layer ``links``.

    Left out are links by which nobody gains; those whose people would all gain the same by another that is no longer;
    and of links that begin and end within 50 m of each other all but the one by which most people gain for its length,
    30 m being added for what a link takes besides.

    Parameters
    ----------
    gained
        As :func:`gains` returns it.
    origins
        Table ``origins``.

    Returns
    -------
    GeoDataFrame
        link_id, kind, crosses, `length_m`, `walk_now_s`, `people_gained` (who would newly reach anything), `categories`
        (what, joined by ";", most people first), `people_by_category` (their numbers, in the same order), advice; 500
        at most.
    """
    people = gained.assign(people=gained["origin_id"].map(origins.set_index("origin_id")["people"]).astype(float))
    of_category = people.groupby(["link_id", "category"])["people"].sum().reset_index()
    of_category = of_category.sort_values(["link_id", "people", "category"], ascending=[True, False, True])
    of_link = of_category.groupby("link_id")
    homes = people.drop_duplicates(["link_id", "origin_id"]).groupby("link_id")["people"].sum()
    shown = found[["link_id", "kind", "crosses", "length_m", "walk_now_s", "advice", "geometry"]]
    shown = shown.assign(
        people_gained=shown["link_id"].map(homes).fillna(0.0).astype(float),
        categories=shown["link_id"].map(of_link["category"].agg(";".join)),
        people_by_category=shown["link_id"].map(of_link["people"].agg(lambda some: ";".join(f"{n:.0f}" for n in some))),
    )
    some = shown.iloc[_worthwhile(shown, gained)]
    return some.sort_values(["people_gained", "link_id"], ascending=[False, True], ignore_index=True)


def _worthwhile(shown: gpd.GeoDataFrame, gained: pd.DataFrame) -> Ints:
    """Return the rows of the links that no other makes needless, of similar ones the best."""
    link = pd.Index(shown["link_id"]).get_indexer(pd.Index(gained["link_id"]))
    given = gained.groupby(["origin_id", "category"]).ngroup().to_numpy()
    length_m, people = shown["length_m"].to_numpy(), shown["people_gained"].to_numpy()
    walked_s = np.bincount(link, gained["walk_s"], minlength=len(shown)).astype(float)
    kept = np.flatnonzero(needed(link, given, length_m, walked_s) & (people > 0))
    worth = people[kept] / (length_m[kept] + BESIDES_M)
    order = np.lexsort((kept, length_m[kept], -worth.round(6)))
    return kept[apart(shown.geometry.to_numpy()[kept], order, SIMILAR_M, MOST)]


def _one_way(needs: Needs, found: gpd.GeoDataFrame, columns: tuple[str, str, str]) -> Iterator[pd.DataFrame]:
    """Yield who gains by walking the links in one direction: homes to the one end, places from the other."""
    one, other, over = columns
    walker, lacking = needs.led.walker, needs.lacking
    ids, homes = needs.led.origins["point_id"].to_numpy()[lacking], needs.led.homes.take(lacking)
    whence = Ends.at(walker, found[f"{one}_edge"].to_numpy(), found[f"{one}_share"].to_numpy())
    whither = Ends.at(walker, found[f"{other}_edge"].to_numpy(), found[f"{other}_share"].to_numpy())
    onward_s = found[over].to_numpy()[:, None] + needs.to_place_s(whither.points)
    every, limit_s = np.arange(len(lacking)), needs.longest_s
    for link, home, walk_s in reach.od(needs.led.network, whence.points, homes, every, limit_s, direction="from"):
        for c, category in enumerate(needs.categories):
            new_s = walk_s.astype(float) + onward_s[link, c]
            gain = needs.beyond[lacking[home], c] & (new_s <= category.cutoff_s)
            rows = found["link_id"].to_numpy()[link[gain]], ids[home[gain]], category.key, new_s[gain]
            yield pd.DataFrame(dict(zip(GAINED, rows, strict=True)))
