"""`HDF5Matrix`: a data set of an HDF5 file as an array that is read where it is asked for."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np


class HDF5Matrix:
    """Rows of a data set.

    Args:
      datapath: the file. dataset: the data set's name. start, end: which rows. normalizer: a function of what is read.
    Raises: ImportError without h5py.
    """

    refs: ClassVar[dict[Any, Any]] = {}

    def __init__(
        self, datapath: Any, dataset: str, start: int = 0, end: int | None = None, normalizer: Any = None
    ) -> None:
        try:
            import h5py
        except ImportError as error:
            raise ImportError("HDF5 files are read by h5py: pip install sessile[keras].") from error
        if datapath not in self.refs:
            self.refs[datapath] = h5py.File(datapath, "r")
        self.data = self.refs[datapath][dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer
        first = self.data[0:1]
        self._like = first if normalizer is None else normalizer(first)

    def __len__(self) -> int:
        return int(self.end - self.start)

    def _moved(self, place: int) -> int:
        place = int(place)
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(f"{place} is not one of the {len(self)} rows.")
        return place + self.start

    def __getitem__(self, key: Any) -> Any:
        """Return rows: one, a slice, or several by their numbers. Raises: IndexError for others."""
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            found = self.data[start + self.start : max(start, stop) + self.start : step]
        elif isinstance(key, (int, np.integer)):
            found = self.data[self._moved(int(key))]
        elif isinstance(key, (list, np.ndarray)):
            places = np.array([self._moved(place) for place in np.ravel(key)])
            kept, back = np.unique(places, return_inverse=True)  # h5py wants them to rise
            found = self.data[kept][back]
        else:
            raise IndexError(f"Rows are found by numbers, slices or lists of numbers, not by {key!r}.")
        return found if self.normalizer is None else self.normalizer(found)

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents."""
        return (len(self), *self._like.shape[1:])

    @property
    def dtype(self) -> Any:
        """The type of elements."""
        return self._like.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there are."""
        return int(np.prod(self.shape))
