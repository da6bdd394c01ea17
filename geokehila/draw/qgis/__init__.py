"""What QGIS is handed: layers with the columns that planners use, drawn and named by themselves."""

from geokehila.draw.qgis.layers import for_planners
from geokehila.draw.qgis.scores import to_join
from geokehila.draw.qgis.wardrobe import dress

__all__ = ["dress", "for_planners", "to_join"]
