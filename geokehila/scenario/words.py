"""States as numbers: words of twenty thousand homes, five profiles and thirty measures are slow to hold as words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geokehila.schema import BEYOND, DESCRIBED, REACHED, UNKNOWN

#: States by number: from :data:`OPEN` on they are not known, the last is never compared.
WORDS = (BEYOND, REACHED, *UNKNOWN, DESCRIBED)
IS_BEYOND, IS_REACHED, OPEN = range(3)
Codes = npt.NDArray[np.int8]
_BY_WORD = pd.Index(WORDS, dtype=object)
_TYPE: Any = pd.CategoricalDtype([*WORDS])


def numbered(states: np.ndarray | pd.Series) -> Any:
    """Return words as a categorical of :data:`WORDS`.

    Examples
    --------
    >>> numbered(np.array(["reached", "beyond", "edge"], object)).codes.tolist()
    [1, 0, 5]
    """
    if isinstance(states, pd.Series):
        lookup = np.append(_BY_WORD.get_indexer(states.cat.categories.astype(object)), -1)
        return pd.Categorical.from_codes(lookup[states.cat.codes.to_numpy()], dtype=_TYPE)
    return pd.Categorical.from_codes(_BY_WORD.get_indexer(pd.Index(states, dtype=object)), dtype=_TYPE)


def codes(states: pd.DataFrame) -> Codes:
    """Return columns of such categoricals as numbers, shape (O, M); -1 where there is none."""
    return np.column_stack([states[column].cat.codes.to_numpy() for column in states]).astype(np.int8)
