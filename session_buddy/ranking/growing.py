"""A NumPy array that rows are appended to."""

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
FIRST = 64


class Growing:
    """Doubles its memory when it is full; `values` is the part in use, a view."""

    def __init__(self, kind: Any, *width: int) -> None:
        self._all = np.zeros((FIRST, *width), kind)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> Numbers:
        return self._all[: self._size]

    def append(self, value: Any) -> int:
        """Append a row and return its number."""
        if self._size == len(self._all):
            bigger = np.zeros((2 * len(self._all), *self._all.shape[1:]), self._all.dtype)
            bigger[: self._size] = self._all
            self._all = bigger
        self._all[self._size] = value
        self._size += 1
        return self._size - 1
