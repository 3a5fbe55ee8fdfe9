"""`slim.tfexample_decoder`: from the features of an Example to items such as an image and its boxes.

A handler names the features it takes (`keys`) and makes one item of their tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....building.basic_ops import identity
from ....building.static_value import get_static_value
from ....families.arrays.reshaping import expand_dims, reshape
from ....families.arrays.shape_ops import size
from ....families.arrays.stacking import concat, stack
from ....families.arrays.transposing import transpose
from ....families.control_flow.cond import cond
from ....families.control_flow.functional import map_fn
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import equal, logical_or
from ....families.images.codecs import decode_image, decode_png
from ....families.io.decoding import decode_raw
from ....families.io.parsing import FixedLenFeature, parse_single_example
from ....families.sparse.sparse_tensor import SparseTensor as Sparse
from ....families.sparse.structure import sparse_reshape
from ....families.sparse.to_dense import sparse_tensor_to_dense
from ....types import dtypes


class ItemHandler:
    """Makes an item of features.

    Args:
      keys: the features' names, or one.
    """

    def __init__(self, keys: Any) -> None:
        self._keys = [keys] if isinstance(keys, str) else list(keys)

    @property
    def keys(self) -> list[str]:
        """The names of the features it takes."""
        return self._keys

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the item of tensors by features' names. A subclass has it."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it makes an item (tensors_to_item).")


class ItemHandlerCallback(ItemHandler):
    """Makes an item by a function of tensors by name.

    Args:
      keys: the features' names. func: the function.
    """

    def __init__(self, keys: Any, func: Callable[[dict[str, Any]], Any]) -> None:
        super().__init__(keys)
        self._func = func

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return what the function gives."""
        return self._func(dict(keys_to_tensors))


class BoundingBox(ItemHandler):
    """Makes boxes, a row each, of four features that have their sides.

    Args:
      keys: the four names, in the order of the columns; default: ymin, xmin, ymax, xmax.
      prefix: what stands before each.
    Raises: ValueError for other than four keys.
    """

    def __init__(self, keys: Any = None, prefix: str = "") -> None:
        keys = ["ymin", "xmin", "ymax", "xmax"] if keys is None else keys
        if len(keys) != 4:
            raise ValueError(f"BoundingBox expects 4 keys but got {len(keys)}")
        super().__init__([prefix + key for key in keys])

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the boxes, [count, 4]."""
        sides = (keys_to_tensors[key] for key in self._keys)
        rows = [expand_dims(side.values if isinstance(side, Sparse) else side, 0) for side in sides]
        return transpose(concat(rows, 0))


class Tensor(ItemHandler):
    """Makes a dense tensor of a feature.

    Args:
      tensor_key: its name.
      shape_keys: the features that have its shape: one that has all, or one for each axis.
      shape: its shape, otherwise.
      default_value: for what a sparse feature does not have.
    Raises: ValueError for both shapes.
    """

    def __init__(self, tensor_key: str, shape_keys: Any = None, shape: Any = None, default_value: Any = 0) -> None:
        if shape_keys and shape is not None:
            raise ValueError("Cannot specify both shape_keys and shape parameters.")
        self._shape_keys = [shape_keys] if isinstance(shape_keys, str) else list(shape_keys or ())
        self._tensor_key, self._shape, self._default_value = tensor_key, shape, default_value
        super().__init__([tensor_key, *self._shape_keys])

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the tensor."""
        value, shape = keys_to_tensors[self._tensor_key], self._shape
        if self._shape_keys:
            shape = reshape(stack([_dense(keys_to_tensors[key]) for key in self._shape_keys]), [-1])
        if isinstance(value, Sparse):
            return _dense(value if shape is None else sparse_reshape(value, shape), self._default_value)
        return value if shape is None else reshape(value, shape)


class LookupTensor(Tensor):
    """Makes a tensor of what a table says to a feature.

    Args:
      tensor_key, shape_keys, shape, default_value: as of `Tensor`.
      table: such as of `tf.contrib.lookup`.
    """

    def __init__(
        self, tensor_key: str, table: Any, shape_keys: Any = None, shape: Any = None, default_value: Any = ""
    ) -> None:
        self._table = table
        super().__init__(tensor_key, shape_keys, shape, default_value)

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the tensor of values."""
        return self._table.lookup(super().tensors_to_item(keys_to_tensors))


class BackupHandler(ItemHandler):
    """Makes the item of one handler, or where that has no elements, of another.

    Args:
      handler, backup: the two.
    Raises: ValueError for what is no handler.
    """

    def __init__(self, handler: ItemHandler, backup: ItemHandler) -> None:
        for name, each in (("Primary", handler), ("Backup", backup)):
            if not isinstance(each, ItemHandler):
                raise ValueError(f"{name} handler is of type {type(each)} instead of ItemHandler")
        self._handler, self._backup = handler, backup
        super().__init__(sorted({*handler.keys, *backup.keys}))

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the one item or the other."""
        item = self._handler.tensors_to_item(keys_to_tensors)
        return cond(equal(size(item), 0), lambda: self._backup.tensors_to_item(keys_to_tensors), lambda: identity(item))


class SparseTensor(ItemHandler):
    """Makes a sparse tensor of features that have its indices and values.

    Args:
      indices_key, values_key: their names; default: `indices` and `values`.
      shape_key: the feature that has its shape; shape: its shape, otherwise.
      densify: whether it becomes dense, with `default_value` where it has none.
    Raises: ValueError for both shapes.
    """

    def __init__(
        self, indices_key: str | None = None, values_key: str | None = None, shape_key: str | None = None,
        shape: Any = None, densify: bool = False, default_value: Any = 0,
    ) -> None:  # fmt: skip
        if shape_key and shape is not None:
            raise ValueError("Cannot specify both shape and shape_key parameters.")
        self._indices_key, self._values_key = indices_key or "indices", values_key or "values"
        self._shape_key, self._shape = shape_key, shape
        self._densify, self._default_value = densify, default_value
        super().__init__([self._indices_key, self._values_key, *([shape_key] if shape_key else [])])

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the tensor, sparse or dense."""
        places, values = keys_to_tensors[self._indices_key], keys_to_tensors[self._values_key]
        shape = places.dense_shape if self._shape is None else self._shape
        if self._shape_key:
            shape = _dense(keys_to_tensors[self._shape_key])
        last = expand_dims(cast(places.values, dtypes.int64), 1)
        indices = concat([places.indices[:, :-1], last], 1)  # of a batch, the places before the last stay
        found = Sparse(indices, values.values, cast(shape, dtypes.int64))
        return _dense(found, self._default_value) if self._densify else found


class Image(ItemHandler):
    """Makes an image of its bytes.

    Args:
      image_key, format_key: the features of bytes and format; default: `image/encoded` and `image/format`. The formats
        `raw` and `RAW` are pixels as they are, others tell themselves.
      shape: the image's, needed for raw ones.
      channels: how many the decoded image has.
      dtype: the pixels' type.
      repeated: whether the feature has several images, which then become one tensor.
      dct_method: accepted.
    """

    def __init__(
        self, image_key: str | None = None, format_key: str | None = None, shape: Any = None, channels: int = 3,
        dtype: Any = dtypes.uint8, repeated: bool = False, dct_method: str = "",
    ) -> None:  # fmt: skip
        self._image_key, self._format_key = image_key or "image/encoded", format_key or "image/format"
        self._shape, self._channels, self._repeated = shape, channels, repeated
        self._dtype = dtypes.as_dtype(dtype)
        super().__init__([self._image_key, self._format_key])

    def tensors_to_item(self, keys_to_tensors: Mapping[str, Any]) -> Any:
        """Return the image."""
        data, kind = keys_to_tensors[self._image_key], keys_to_tensors[self._format_key]
        if self._repeated:
            return map_fn(lambda each: self._decoded(each, kind), _dense(data, ""), dtype=self._dtype)
        return self._decoded(data, kind)

    def _decoded(self, data: Any, kind: Any) -> Any:
        known = get_static_value(kind)
        if known is not None:
            image = self._raw(data) if known in (b"raw", b"RAW") else self._encoded(data)
        else:
            is_raw = logical_or(equal(kind, "raw"), equal(kind, "RAW"))
            image = cond(is_raw, lambda: self._raw(data), lambda: self._encoded(data))
        image.set_shape([None, None, self._channels])
        return image if self._shape is None else reshape(image, self._shape)

    def _raw(self, data: Any) -> Any:
        pixels = decode_raw(data, self._dtype)
        return reshape(pixels, [-1, 1, self._channels] if self._shape is None else self._shape)

    def _encoded(self, data: Any) -> Any:
        if self._dtype is dtypes.uint16:
            return decode_png(data, channels=self._channels, dtype=self._dtype)
        return cast(decode_image(data, channels=self._channels), self._dtype)


class TFExampleDecoder:
    """Decodes Examples.

    Args:
      keys_to_features: from the names of features to `tf.FixedLenFeature` and its like.
      items_to_handlers: from the names of items to their handlers.
    """

    def __init__(self, keys_to_features: Mapping[str, Any], items_to_handlers: Mapping[str, ItemHandler]) -> None:
        self._keys_to_features, self._items_to_handlers = keys_to_features, items_to_handlers

    def list_items(self) -> list[str]:
        """The names of the items."""
        return list(self._items_to_handlers)

    def decode(self, serialized_example: Any, items: Any = None) -> list[Any]:
        """Return items of an Example.

        Args:
          serialized_example: a string scalar.
          items: the names of those that are wanted; default: all.
        """
        example = parse_single_example(serialized_example, self._keys_to_features)
        for key in sorted(self._keys_to_features):
            feature = self._keys_to_features[key]
            if isinstance(feature, FixedLenFeature):
                example[key] = reshape(example[key], feature.shape)
        handlers = [self._items_to_handlers[item] for item in items or self._items_to_handlers]
        return [handler.tensors_to_item({key: example[key] for key in handler.keys}) for handler in handlers]


def _dense(value: Any, default: Any = 0) -> Any:
    return sparse_tensor_to_dense(value, default_value=default) if isinstance(value, Sparse) else value
