"""The searches, compiled by numba when first used and kept on disk; nothing else of the engine imports numba."""
