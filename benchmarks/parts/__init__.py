"""The parts of the benchmark: each returns its section of the page, and can be run alone."""
