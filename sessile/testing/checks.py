"""The checks of arrays, lists and messages in `tf.test.TestCase`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


class ArrayChecks:
    """Checks that `TestCase` has beyond unittest's; `_GetNdArray` makes arrays of tensors and lists."""

    def _GetNdArray(self, a: Any) -> Any:
        raise NotImplementedError

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Arrays, or structures of them (dictionaries, lists), are near: `|a - b| <= atol + rtol * |b|`."""
        self._all_close(a, b, rtol, atol, msg, "")

    def _all_close(self, a: Any, b: Any, rtol: float, atol: float, msg: str | None, path: str) -> None:
        if hasattr(a, "_asdict"):
            a = a._asdict()
        if hasattr(b, "_asdict"):
            b = b._asdict()
        if isinstance(a, Mapping) or isinstance(b, Mapping):
            if not (isinstance(a, Mapping) and isinstance(b, Mapping)) or set(a) != set(b):
                raise AssertionError(f"a{path} and b{path} do not have the same keys: {a} and {b}. {msg or ''}")
            for key in a:
                self._all_close(a[key], b[key], rtol, atol, msg, f"{path}[{key!r}]")
            return
        if isinstance(a, (list, tuple)) and (_is_ragged(a) or _is_ragged(b)):
            if len(a) != len(b):
                raise AssertionError(
                    f"Mismatched length: a{path} has {len(a)} items, b{path} has {len(b)}. {msg or ''}"
                )
            for index, (left, right) in enumerate(zip(a, b)):
                self._all_close(left, right, rtol, atol, msg, f"{path}[{index}]")
            return
        left, right = self._GetNdArray(a), self._GetNdArray(b)
        _same_shape(left, right, msg)
        if not np.allclose(left, right, rtol=rtol, atol=atol, equal_nan=False) and not np.allclose(
            left, right, rtol=rtol, atol=atol, equal_nan=True
        ):
            np.testing.assert_allclose(left, right, rtol=rtol, atol=atol, err_msg=f"a{path}, b{path}. {msg or ''}")

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """As `assertAllClose`, with the bounds of the narrowest type of the two."""
        left, right = self._GetNdArray(a), self._GetNdArray(b)
        bounds = {
            "float32": (float_rtol, float_atol),
            "complex64": (float_rtol, float_atol),
            "float16": (half_rtol, half_atol),
            "bfloat16": (bfloat16_rtol, bfloat16_atol),
        }
        for name, (wide, near) in bounds.items():
            if name in (left.dtype.name, right.dtype.name):
                rtol, atol = max(rtol, wide), max(atol, near)
        self.assertAllClose(left, right, rtol, atol, msg)

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """The arrays are not near."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """The arrays have one shape and the same elements; NaN equals NaN."""
        left, right = self._GetNdArray(a), self._GetNdArray(b)
        if left.dtype.kind in "OSU" or right.dtype.kind in "OSU":
            left, right = _as_text(left), _as_text(right)
        _same_shape(left, right, msg)
        same = left == right
        if left.dtype.kind in "fc" and right.dtype.kind in "fc":
            same = same | (np.isnan(left) & np.isnan(right))
        if not np.all(same):
            raise AssertionError(
                f"not equal where {np.argwhere(np.logical_not(same)).tolist()[:10]}: {left} and {right}. {msg or ''}"
            )

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Some element differs."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def _every(self, a: Any, holds: Any, words: str) -> None:
        array = self._GetNdArray(a)
        fits = holds(array)
        if not np.all(fits):
            raise AssertionError(f"Not all elements are {words}: {array[np.logical_not(fits)].tolist()[:10]}")

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Every element is greater."""
        self._every(a, lambda array: array > comparison_target, f"greater than {comparison_target}")

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Every element is less."""
        self._every(a, lambda array: array < comparison_target, f"less than {comparison_target}")

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """No element is less."""
        self._every(a, lambda array: array >= comparison_target, f"at least {comparison_target}")

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """No element is greater."""
        self._every(a, lambda array: array <= comparison_target, f"at most {comparison_target}")

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Every element is between the bounds, which belong to the range unless they are open."""

        def holds(array: Any) -> Any:
            above = array > lower_bound if open_lower_bound else array >= lower_bound
            return above & (array < upper_bound if open_upper_bound else array <= upper_bound)

        left, right = "(" if open_lower_bound else "[", ")" if open_upper_bound else "]"
        self._every(target, holds, f"in {left}{lower_bound}, {upper_bound}{right}")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Every element is one of these."""
        self._every(target, lambda array: np.isin(array, list(expected_set)), f"in {expected_set}")

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Two numbers, or arrays of one, differ by `err` at the most."""
        f1, f2 = np.asarray(f1).item(), np.asarray(f2).item()
        if not (f1 == f2 or math.fabs(f1 - f2) <= err):
            raise AssertionError(f"{f1:f} != {f2:f} +/- {err:f}{f' ({msg})' if msg is not None else ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None) -> None:
        """Two lists of numbers have one length and differ by `err` at the most, item by item."""
        if len(farray1) != len(farray2):
            raise AssertionError(f"{len(farray1)} != {len(farray2)} items. {msg or ''}")
        for left, right in zip(farray1, farray2):
            self.assertNear(float(left), float(right), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None) -> None:
        """The Euclidean distance of two arrays is less than `err`."""
        distance = float(np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2)))
        if not distance < err:
            raise AssertionError(f"the arrays are {distance} apart, which is not less than {err}. {msg or ''}")

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """An array and a tensor have the same (static) shape. Raises: TypeError for others."""
        if not isinstance(np_array, (np.ndarray, np.generic)):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if list(np_array.shape) != tf_tensor.get_shape().as_list():
            raise AssertionError(f"shapes {list(np_array.shape)} and {tf_tensor.get_shape()}. {msg or ''}")

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Two device strings name the same device, however they are spelled."""
        from ..ops.base.device_spec import canonical

        if canonical(device1) != canonical(device2):
            raise AssertionError(f"Devices {device1} and {device2} are not equal. {msg or ''}")

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        """A text begins with another one."""
        if not actual.startswith(expected_start):
            raise AssertionError(f"{actual!r} does not start with {expected_start!r}. {msg or ''}")

    def assertProtoEquals(self, expected_message_maybe_ascii: Any, message: Any, msg: str | None = None) -> None:
        """Two messages are equal; the expected one may be a text in protobuf's text format."""
        expected = expected_message_maybe_ascii
        if isinstance(expected, (str, bytes)):
            from google.protobuf import text_format

            text = expected
            expected = type(message)()
            text_format.Merge(text, expected)
        if expected != message:
            raise AssertionError(f"messages differ:\n{expected}\nand\n{message}\n{msg or ''}")


def _is_ragged(value: Any) -> bool:
    """Whether a list holds what no one array holds: dictionaries, or items of different lengths."""
    if not isinstance(value, (list, tuple)):
        return False
    if any(isinstance(item, Mapping) or hasattr(item, "_asdict") for item in value):
        return True
    shapes = {np.shape(item) for item in value if not isinstance(item, (list, tuple)) and hasattr(item, "shape")}
    # Scalars beside lists or arrays are ragged, too: NumPy makes no array of them.
    lengths = {len(item) if isinstance(item, (list, tuple)) or _is_array(item) else -1 for item in value}
    return len(shapes) > 1 or len(lengths) > 1 or any(map(_is_ragged, value))


def _is_array(item: Any) -> bool:
    return isinstance(item, np.ndarray) and item.ndim > 0


def _same_shape(left: Any, right: Any, msg: str | None) -> None:
    if left.shape != right.shape:
        raise AssertionError(f"Shape mismatch: expected {left.shape}, got {right.shape}. {msg or ''}")


def _as_text(array: Any) -> Any:
    """Strings and bytes alike, as bytes."""
    items = [item.encode() if isinstance(item, str) else item for item in array.reshape(-1).tolist()]
    result = np.empty(len(items), object)
    result[:] = items
    return result.reshape(array.shape)
