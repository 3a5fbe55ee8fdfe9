"""Beams: tensors of `[batch * width, ...]` as `[batch, width, ...]` and back, and values that follow their beams."""

from __future__ import annotations

from typing import Any

from ....base import nest
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies, name_scope
from ....building.static_value import get_static_value
from ....families.arrays.filling import range as range_op
from ....families.arrays.rearranging import tile
from ....families.arrays.reshaping import expand_dims, reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat, stack
from ....families.arrays.transposing import transpose
from ....families.debugging.printing import Assert
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import equal, logical_and, logical_or
from ....families.indexing.batch_gathering import gather_nd
from ....families.indexing.gather_tree import gather_tree
from ....families.indexing.gathering import gather
from ....families.indexing.masking import sequence_mask
from ....families.indexing.positions import where
from ....families.reductions.reductions import reduce_max
from ....graph.node import Tensor
from ....types import dtypes
from ....types.tensor_shape import TensorShape


def _extents(shape: Any) -> list[Any]:
    """A shape as a list of ints and None."""
    return list(TensorShape(shape).as_list())


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Return each row of tensors several times, one behind the other: `[batch * multiplier, ...]`.

    Args:
      t: a tensor, or a structure of them.
      multiplier: how many times.
      name: of the scope.
    Raises: ValueError if a rank is not known, or 0.
    """
    with name_scope(name, "tile_batch", [*nest.flatten(t), multiplier]):
        return nest.map_structure(lambda item: tiled(item, multiplier), t)


def tiled(t: Any, multiplier: int) -> Any:
    """Return a tensor with each row `multiplier` times, one behind the other. Raises: ValueError without a rank."""
    t = convert_to_tensor(t, name="t")
    extents = shape_op(t)
    rank = t.shape.ndims
    if rank is None or rank < 1:
        raise ValueError("t must have statically known rank")
    times = [1] * (rank + 1)
    times[1] = multiplier
    known = t.shape[0].value
    tiled = tile(expand_dims(t, 1), times)
    tiled = reshape(tiled, concat(([extents[0] * multiplier], extents[1:]), 0))
    tiled.set_shape(TensorShape([None if known is None else known * multiplier]).concatenate(t.shape[1:]))
    return tiled


def _known_shape(size: Any) -> TensorShape:
    """What is known of a state's size: a number, a shape, or a scalar tensor as the size of alignments is."""
    if isinstance(size, Tensor):
        value = get_static_value(size)
        return TensorShape([None if value is None else int(value)]) if size.shape.ndims == 0 else TensorShape(value)
    return TensorShape([size]) if isinstance(size, int) else TensorShape(size)


class Beams:
    """How many sequences and beams there are.

    Args:
      batch_size: an int or an int32 scalar.
      width: an int.
    """

    def __init__(self, batch_size: Any, width: int) -> None:
        self.batch_size, self.width = batch_size, width

    @property
    def known_batch(self) -> int | None:
        """How many sequences there are, if it is known while building."""
        value = get_static_value(convert_to_tensor(self.batch_size))
        return None if value is None else int(value)

    def split(self, t: Any, shape: Any) -> Any:
        """`[batch * width, *shape]` as `[batch, width, *shape]`. Raises: ValueError if `t` has not that shape."""
        shape = _known_shape(shape)
        extents = shape_op(t)
        known = self.known_batch
        whole = TensorShape([None if known is None else known * self.width]).concatenate(shape)
        result = reshape(t, concat(([self.batch_size, self.width], extents[1:]), 0))
        if not result.shape.is_compatible_with(TensorShape([known, self.width]).concatenate(shape)):
            raise ValueError(
                "Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor has shape: "
                f"{result.shape}.  We expected it to have shape (batch_size, beam_width, depth) == {whole}.  Perhaps "
                "you forgot to create a zero_state with batch_size=encoder_batch_size * beam_width?"
            )
        result.set_shape(TensorShape([known, self.width]).concatenate(shape))
        return result

    def merge(self, t: Any, shape: Any) -> Any:
        """`[batch, width, *shape]` as `[batch * width, *shape]`."""
        shape = _known_shape(shape)
        extents = shape_op(t)
        known = self.known_batch
        result = reshape(t, concat(([self.batch_size * self.width], extents[2:]), 0))
        result.set_shape(TensorShape([None if known is None else known * self.width]).concatenate(shape))
        return result

    def maybe_split(self, t: Any, shape: Any) -> Any:
        """`split`, of what has a batch."""
        if hasattr(t, "_is_tensor_array"):
            return t
        check_rank(t)
        return self.split(t, shape) if t.shape.ndims >= 1 else t

    def maybe_merge(self, t: Any, shape: Any) -> Any:
        """`merge`, of what has beams."""
        if hasattr(t, "_is_tensor_array"):
            return t
        check_rank(t)
        return self.merge(t, shape) if t.shape.ndims >= 2 else t

    def gather(self, indices: Any, t: Any, range_size: Any, gather_shape: list[Any], name: str | None = None) -> Any:
        """Elements of `[batch, range, ...]` by indices `[batch, width]` into each sequence's own.

        Args:
          range_size: how many elements a sequence has.
          gather_shape: the shape in which all sequences are one behind the other.
        """
        with name_scope(name, "tensor_gather_helper"):
            offsets = expand_dims(range_op(self.batch_size) * range_size, 1)
            flat = reshape(indices + offsets, [-1])
            output = gather(reshape(t, gather_shape), flat)
            final = shape_op(t)[: 1 + len(gather_shape)]
            known = TensorShape([self.known_batch]).concatenate(t.shape[1 : 1 + len(gather_shape)])
            output = reshape(output, final, name="output")
            output.set_shape(known)
            return output

    def maybe_gather(self, indices: Any, t: Any, range_size: Any, gather_shape: list[Any]) -> Any:
        """`gather`, of what has beams."""
        if hasattr(t, "_is_tensor_array"):
            return t
        check_rank(t)
        return self.gather(indices, t, range_size, gather_shape) if t.shape.ndims >= len(gather_shape) else t

    def sort_array(self, t: Any, parent_ids: Any, sequence_length: Any) -> Any:
        """What a TensorArray of `[batch * width, ...]` holds along the paths of a search; other things as they are."""
        if not hasattr(t, "_is_tensor_array"):
            return t
        shape = t.element_shape
        if shape is None or shape.ndims is None or shape.ndims < 1 or not self._may_be_beams(shape):
            return t
        stacked = t.stack()
        with control_dependencies([self._check(stacked)]):
            return gather_tree_from_array(stacked, parent_ids, sequence_length)

    def _may_be_beams(self, shape: Any) -> bool:
        known, first = self.known_batch, shape[0].value
        if known is None or first is None:
            return True
        second = shape[1].value if shape.ndims >= 2 else None
        separate = second is None or (first == known and second == self.width)
        return first == known * self.width and separate

    def _check(self, t: Any) -> Any:
        extents = shape_op(t)
        message = (
            "TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, -1], but this might "
            f"not be the case in {t}"
        )
        if t.shape.ndims is not None and t.shape.ndims < 3:
            condition = equal(extents[1], self.batch_size * self.width)
        else:
            separate = logical_and(equal(extents[1], self.batch_size), equal(extents[2], self.width))
            condition = logical_or(equal(extents[1], self.batch_size * self.width), separate)
        return Assert(condition, [message])


def check_rank(t: Any) -> None:
    """Raises: ValueError if the rank of a tensor is not known."""
    if t.shape.ndims is None:
        raise ValueError(f"Expected tensor ({t}) to have known rank, but ndims == None.")


def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Any:
    """Return what each moment of an array holds along the paths of a search.

    Args:
      t: `[time, batch, width, ...]`, or `[time, batch * width, ...]`.
      parent_ids: int32 `[time, batch, width]`.
      sequence_length: how long the paths are, `[batch, width]`.
    """
    moments, batch, width = (
        known if known is not None else shape_op(parent_ids)[axis]
        for axis, known in enumerate(_extents(parent_ids.shape))
    )
    beams = tile(reshape(range_op(width), [1, 1, -1]), [moments, batch, 1])
    lengths = cast(reduce_max(sequence_length, axis=1), dtypes.int32)
    paths = gather_tree(step_ids=beams, parent_ids=parent_ids, max_sequence_lengths=lengths, end_token=width + 1)
    within = transpose(sequence_mask(sequence_length, maxlen=moments), perm=[2, 0, 1])
    paths = where(within, paths, beams)
    times = tile(reshape(range_op(moments), [-1, 1, 1]), [1, batch, width])
    sequences = tile(reshape(range_op(batch), [-1, 1, 1]), [1, moments, width])
    sequences = transpose(sequences, perm=[1, 0, 2])
    indices = stack([times, sequences, paths], -1)
    extents = shape_op(t)
    held = reshape(t, [moments, batch, width, -1])
    return reshape(gather_nd(held, indices), extents)
