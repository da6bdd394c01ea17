"""GeoKehila's engine measured beside other libraries on the same work: ``python -m benchmarks``."""
