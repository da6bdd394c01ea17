"""What stands along the streets of Neve Or as plain tables, in plan metres: crossings, trees, lamps, verges."""

from __future__ import annotations

# tags, x, y: crossings that are but a point of a street, its node nearest to here; of the last two nobody told more
CROSSINGS = (
    ("crossing=traffic_signals", -90, 188), ("crossing=marked", 132, 190), ("crossing=zebra", -484, 135),
    ("crossing=uncontrolled crossing:markings=zebra", -479, 335), ("crossing=unmarked", 411, 240), ("", 560, 250),
    ("", -300, 846),
)  # fmt: skip
# points: rows of trees between the avenue and its pavements, block by block
TREE_ROWS = (
    "-41,-92 -40,-16", "-40,100 -39,178", "-39,200 -38,275", "-38,296 -37,372",
    "-26,-92 -25,-24", "-25,100 -24,178", "-24,200 -23,275", "-23,296 -22,372",
)  # fmt: skip
# x, y: single trees, on the promenade, in the plaza and beside the school of the hill
TREES = (
    (-130, -2), (-110, -2), (-90, -2), (-70, -2), (-50, -2), (100, 4), (120, 4), (140, 5), (160, 5), (0, 0), (20, 0),
    (0, 20), (20, 20), (50, 30), (580, 500), (580, 520), (580, 560),
)  # fmt: skip
# radius, from, to [degrees] around the hill top: lamps beside the terraces, one every 10 degrees
LAMPS = ((155, 33, 333), (225, 47, 307), (295, 64, 284))
# tags, outline: green between carriageways and walls, and the middle of the roundabout
VERGES = (
    ("landuse=grass", "-410,856 -210,862"), ("landuse=grass", "-640,385 -625,600"),
    ("landuse=flowerbed", "-28,-90 -28,-40 -27,-40 -27,-90"),
    ("area:highway=traffic_island", "-31,840 -28,834 -22,834 -19,840 -22,846 -28,846"),
)  # fmt: skip
