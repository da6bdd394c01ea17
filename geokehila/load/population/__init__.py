"""Zones and the people counted in them: areas, outlines, tables of counts, and which of them serves a locality."""
