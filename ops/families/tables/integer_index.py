"""Looking up many integers at once: keys in order, or as places where they lie close together.

keys 7 3 5, values a b c       places from 3 on: 1 - 2 - 0, where - has no key; 5 is at place 2: values[2] is c
keys 7 3 5000000               in order: 3 7 5000000; 7 is found by halving
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
_SPREAD: Final = 8  # how many places a key may take


class IntegerIndex:
    """From integers to values.

    Args:
      keys: distinct integers, at least one; values: one for each.
    """

    def __init__(self, keys: Array, values: Array) -> None:
        least, most = int(keys.min()), int(keys.max())
        self._values = values
        self._least = least
        self._places: Array | None = None
        if most - least < _SPREAD * len(keys):
            self._places = np.full(most - least + 2, -1, np.int64)  # the last one is that of all that lies outside
            self._places[keys.astype(np.int64) - least] = np.arange(len(keys))
        else:
            order = np.argsort(keys)
            self._keys, self._values = keys[order], values[order]

    def find(self, keys: Array, default: Any) -> Array:
        """The values of integers, in an array of their shape; `default` for those that are no keys."""
        if self._places is None:
            places = np.searchsorted(self._keys, keys)
            np.minimum(places, len(self._keys) - 1, out=places)
            is_absent = self._keys[places] != keys
        else:
            # Modulo 2**64, where what lies below the least key is far above all.
            offsets = np.subtract(keys, self._least, dtype=np.int64).view(np.uint64)
            places = self._places[np.minimum(offsets, len(self._places) - 1).view(np.int64)]
            is_absent = places < 0
        found: Array = self._values[places]
        found[is_absent] = default
        return found
