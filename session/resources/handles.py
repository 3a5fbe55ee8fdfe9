"""Handles: names of arrays that stay in a session between steps."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...ops.base.errors import InternalError, InvalidArgumentError
from ...ops.base.ownership import is_owned
from ...ops.types.dtypes import DType
from ..devices.devices import LOCAL_CPU

_numbers = itertools.count()  # of the process, so that a handle is never mistaken for one of another session
_stores: weakref.WeakSet[HandleStore] = weakref.WeakSet()


class HandleStore:
    """The arrays of one session that handles name. All methods may be called from any thread.

    Args:
      device: where they are, which their handles say.

    Attributes:
      arrays: per handle's string the array and its type. Native steps look there: it is this dictionary for good.
    """

    def __init__(self, device: str = LOCAL_CPU) -> None:
        self._device = device
        self.arrays: dict[str, tuple[Any, DType]] = {}
        self._local = threading.local()
        _stores.add(self)

    def __len__(self) -> int:
        return len(self.arrays)

    def put(self, value: Any, dtype: DType, op_name: str) -> str:
        """Keep `value` and return its new handle's string.

        Nothing is copied, but for a view: the array that a user fed comes here as one, and stays the user's.
        """
        if isinstance(value, np.ndarray):
            if not is_owned(value):
                value = np.array(value, order="C")
            value.flags.writeable = False  # so it is copied before a user gets it
        name = f"{op_name};{next(_numbers)};{self._device}"
        self.arrays[name] = (value, dtype)
        made: list[str] | None = getattr(self._local, "made", None)
        if made is not None:
            made.append(name)
        return name

    @property
    def handle_type(self) -> type:
        """The type of what `keeper`'s functions return; a native step reads the slot `_handle` of these."""
        return TensorHandle

    def keeper(self, op_name: str, dtype: DType, state: Any) -> Callable[[Any], TensorHandle]:
        """Return a function that keeps an array, which nobody changes any more, and returns its new TensorHandle.

        Native steps call it. Cost: 0.4 us, and 0.3 us when the handle goes; see `handle_400B` in `bench/`.

        Args:
          state: the session's state.
        """
        arrays, suffix, new, number = self.arrays, f";{self._device}", object.__new__, _numbers.__next__
        prefix, origin = f"{op_name};", _Origin(dtype, state, self)

        def keep(array: Any) -> TensorHandle:
            handle = new(TensorHandle)
            handle._origin = origin
            handle._handle = name = f"{prefix}{number()}{suffix}"
            handle._owns = True  # so if Ctrl-C comes here, nothing stays
            arrays[name] = array, dtype
            return handle

        return keep

    @contextmanager
    def step(self) -> Iterator[None]:
        """What this thread keeps inside is forgotten if an error leaves it: nobody gets those handles."""
        before = getattr(self._local, "made", None)
        made: list[str] = []
        self._local.made = made
        try:
            yield
        except BaseException:
            for name in made:
                self.discard(name)
            raise
        finally:
            self._local.made = before

    def named(self, text: Any) -> Any:
        """The array that a handle names, given as a fed array or as what `get` takes; None if there is none."""
        name = text.item() if isinstance(text, np.ndarray) and text.ndim == 0 else text
        found = self.arrays.get(name.decode(errors="replace") if isinstance(name, bytes) else name)
        return None if found is None else found[0]

    def get(self, name: str, dtype: DType | None = None) -> Any:
        """Return the array (not a copy) that a handle names.

        Raises: InvalidArgumentError if there is none, InternalError if it is not of type `dtype`.
        """
        found = self.arrays.get(name)
        if found is None:
            raise InvalidArgumentError(
                None, None, f"The tensor with handle '{name}' is not in the session store.{self._reason(name)}"
            )
        if dtype is not None and found[1] is not dtype.base_dtype:
            raise InternalError(
                None, None,
                f"The tensor with handle '{name}' is of type {found[1].name}, which does not match the declared output "
                f"type {dtype.name}.",
            )  # fmt: skip
        return found[0]

    def delete(self, name: str) -> None:
        """Forget an array. Raises: InvalidArgumentError if there is none of that name."""
        if self.arrays.pop(name, None) is None:
            raise InvalidArgumentError(
                None, None, f"Failed to delete a tensor with handle '{name}' in the session store.{self._reason(name)}"
            )

    def discard(self, name: str) -> None:
        """Forget an array if it is still there."""
        self.arrays.pop(name, None)

    def clear(self) -> None:
        """Forget all arrays."""
        self.arrays.clear()

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def _reason(self, name: str) -> str:
        if any(name in store for store in list(_stores) if store is not self):
            return " It belongs to another session: a handle can be used in the session that made it only."
        if name.count(";") < 2:
            return " It is no handle: those look like 'GetSessionHandle;0;/job:localhost/.../device:CPU:0'."
        return " It was deleted, its TensorHandle is gone, or its session was closed."


class _Origin:
    """What handles of one type and session share."""

    __slots__ = ("dtype", "state", "store")

    def __init__(self, dtype: DType, state: Any, store: HandleStore) -> None:
        self.dtype = dtype
        self.state = state
        self.store = store


class TensorHandle:
    """A name for an array that stays in a session; the array is freed when the last reference to this object goes.

    Attributes:
      handle: the string to feed to the placeholder of `get_session_tensor`.
    """

    __slots__ = ("__weakref__", "_handle", "_origin", "_owns")

    _handle: str
    _origin: _Origin
    _owns: bool

    def __init__(self, handle: Any, dtype: DType, state: Any) -> None:
        self._handle = handle.decode() if isinstance(handle, bytes) else str(handle)
        self._origin = _Origin(dtype, state, state.handles)
        self._owns = True

    @property
    def handle(self) -> str:
        """The string form of the handle. Keep this object alive as long as the string is used."""
        return self._handle

    @property
    def dtype(self) -> DType:
        """The type of the array."""
        return self._origin.dtype

    def eval(self) -> Any:
        """Return the value as a NumPy array (a copy that is yours).

        Raises: TypeError if it was deleted, RuntimeError if the session is closed.
        """
        self._check_alive()
        value = np.array(self._origin.store.get(self._handle))
        return value if value.ndim else value[()]

    def delete(self) -> None:
        """Free the value now. Raises: TypeError if it was deleted already, RuntimeError if the session is closed."""
        self._check_alive()
        self._owns = False
        self._origin.store.delete(self._handle)

    def get_raw_handle(self) -> str:
        """Return the string form and leave the lifetime of the value to you: this object no longer frees it."""
        self._owns = False
        return self._handle

    def __del__(self) -> None:
        if getattr(self, "_owns", False):
            self._origin.store.arrays.pop(self._handle, None)

    def to_numpy_array(self) -> Any:
        """The same as `eval`."""
        return self.eval()

    def _check_alive(self) -> None:
        self._origin.state.check_open()
        if self._handle not in self._origin.store:
            raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")

    def __str__(self) -> str:
        return self._handle

    def __repr__(self) -> str:
        return f"<tf.TensorHandle '{self._handle}' dtype={self.dtype.name}>"
