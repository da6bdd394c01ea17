"""The searches, compiled by numba when first used and kept on disk; nothing else of the engine imports numba.

numba compiles a function anew when its own file changes, but not when a function that it calls does: so whatever was
compiled before the engine's newest source is dropped here.
"""

from contextlib import suppress
from pathlib import Path

_here = Path(__file__).parent
_newest = max(source.stat().st_mtime for folder in (_here, _here.parent) for source in folder.glob("*.py"))
for _index in (_here / "__pycache__").glob("*.nbi"):
    # Another process that starts at the same time drops it too.
    with suppress(FileNotFoundError):
        if _index.stat().st_mtime < _newest:
            _index.unlink()
