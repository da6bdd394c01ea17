"""Spoiled inputs for every loader: each is read, with a named warning or without, or refused in one line.

``make fuzz`` or ``python -m fuzz --inputs 20000 --seed 1 "census xlsx" dem``; not part of the package.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: The small valid files are those of the tests.
sys.path.append(str(ROOT / "tests"))
