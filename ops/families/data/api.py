"""The public classes of `tf.data`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base import nest
from ...building.build import build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...types import dtypes
from ...types.tensor_shape import TensorShape, as_extents
from ..arrays.reshaping import reshape
from . import batching, caching, shuffling, sources, transformations, windows
from .dataset import DatasetBase, as_structure
from .extra.options import Options
from .iterators import Iterator, make_initializable, make_one_shot
from .runtime import Runtime, Spec, flat_parts, state_function

AUTOTUNE = -1


class Dataset(DatasetBase):
    """A sequence of elements, each a structure of tensors.

    >>> numbers = Dataset.from_tensor_slices([1, 2, 3]).map(lambda x: x * 10).batch(2)
    >>> batch = numbers.make_one_shot_iterator().get_next()
    >>> with tf.Session() as sess:
    ...     print(sess.run(batch), sess.run(batch))
    [10 20] [30]
    """

    # Sources.

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """Return a dataset of one element: the tensors."""
        return Dataset(*sources.from_tensors(tensors))

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """Return a dataset of the rows of tensors, which have one length."""
        return Dataset(*sources.from_tensor_slices(tensors))

    @staticmethod
    def from_sparse_tensor_slices(sparse_tensor: Any) -> Dataset:
        """Return a dataset of the rows of a SparseTensor, each a tuple of indices, values and dense shape."""
        return Dataset(*sources.from_sparse_tensor_slices(sparse_tensor))

    @staticmethod
    def from_generator(generator: Any, output_types: Any, output_shapes: Any = None, args: Any = None) -> Dataset:
        """Return a dataset of what a Python function yields.

        Args:
          generator: called anew each time the dataset is gone through, with the values of `args`.
          output_types, output_shapes: of an element, in its structure.
        """
        return Dataset(*sources.from_generator(generator, output_types, output_shapes, args))

    @staticmethod
    def range(*args: Any) -> Dataset:
        """Return a dataset of the int64 scalars of Python's `range`."""
        return Dataset(*sources.integers(*args))

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """Return a dataset of elements of several datasets side by side."""
        return Dataset(*transformations.zipped(datasets))

    @staticmethod
    def list_files(file_pattern: Any, shuffle: bool | None = None, seed: int | None = None) -> Dataset:
        """Return a dataset of the names of the files that match, in random order unless `shuffle` is False."""
        parts, count = sources.files(file_pattern)
        if shuffle not in (None, True):
            return Dataset(*parts)
        leave_out(7)  # of the size of the buffer, which is at least 1
        return Dataset(*parts).shuffle(count, seed)

    # Transformations.

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """Return a dataset of what a function makes of each element.

        Args:
          map_func: takes the components of an element as tensors, and returns a structure of tensors.
          num_parallel_calls: accepted for compatibility; a number greater than zero, or `data.experimental.AUTOTUNE`.
        """
        return Dataset(*transformations.mapped(self, map_func, "map", num_parallel_calls))

    def filter_with_legacy_function(self, predicate: Callable[..., Any]) -> Dataset:
        """The same as `filter`."""
        return self.filter(predicate)

    def map_with_legacy_function(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """The same as `map`."""
        return self.map(map_func, num_parallel_calls)

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """Return the elements of the datasets that a function makes of each element, one dataset after the other."""
        return Dataset(*transformations.flat_mapped(self, map_func))

    def interleave(
        self, map_func: Callable[..., Any], cycle_length: Any = AUTOTUNE, block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Dataset:  # fmt: skip
        """Return the elements of the datasets that a function makes, `block_length` from each of `cycle_length`."""
        cycle = 2 if isinstance(cycle_length, int) and cycle_length == AUTOTUNE else cycle_length
        return Dataset(*transformations.interleaved(self, map_func, cycle, block_length, num_parallel_calls))

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """Return the elements for which a function gives True."""
        return Dataset(*transformations.filtered(self, predicate))

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Dataset:
        """Return batches; the last one may be smaller, or is left out."""
        return Dataset(*batching.batched(self, batch_size, drop_remainder))

    def padded_batch(
        self, batch_size: Any, padded_shapes: Any, padding_values: Any = None, drop_remainder: Any = False
    ) -> Dataset:
        """Return batches of elements padded to shapes, whose open extents are the largest of the batch."""
        return Dataset(*batching.padded(self, batch_size, padded_shapes, padding_values, drop_remainder))

    def repeat(self, count: Any = None) -> Dataset:
        """Return the elements `count` times, or without end."""
        return Dataset(*transformations.repeated(self, count))

    def shuffle(
        self, buffer_size: Any, seed: int | None = None, reshuffle_each_iteration: bool | None = None
    ) -> Dataset:
        """Return the elements in random order, chosen from a buffer of that many."""
        again = reshuffle_each_iteration in (None, True)
        return Dataset(*shuffling.shuffled(self, buffer_size, seed, again))

    def take(self, count: Any) -> Dataset:
        """Return the first `count` elements; all for -1."""
        return Dataset(*transformations.part(self, count, takes=True))

    def skip(self, count: Any) -> Dataset:
        """Return all but the first `count` elements; none for -1."""
        return Dataset(*transformations.part(self, count, takes=False))

    def shard(self, num_shards: Any, index: Any) -> Dataset:
        """Return every `num_shards`-th element, from `index` on."""
        return Dataset(*transformations.sharded(self, num_shards, index))

    def prefetch(self, buffer_size: Any) -> Dataset:
        """Return the elements, `buffer_size` of them made ahead in a thread."""
        return Dataset(*transformations.prefetched(self, buffer_size))

    def cache(self, filename: str = "") -> Dataset:
        """Return the elements, kept once they were made: in memory, or in the file that is named, for later runs.

        Raises when run: AlreadyExistsError while another iterator writes that file.
        """
        return Dataset(*caching.cached(self, filename))

    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False) -> Dataset:
        """Return windows of the elements: each a dataset, or one per component.

        Args:
          size: how many elements a window has; the last ones may have fewer.
          shift: how far a window begins behind the one before; default: `size`.
          stride: how far apart its elements are.
          drop_remainder: whether smaller windows are left out.
        """
        moved = size if shift is None else shift
        return Dataset(*windows.windowed(self, size, moved, stride, drop_remainder, Dataset))

    def concatenate(self, dataset: DatasetBase) -> Dataset:
        """Return these elements, then those of another dataset."""
        return Dataset(*transformations.concatenated(self, dataset))

    def enumerate(self, start: Any = 0) -> Dataset:
        """Return pairs of a number, counting up from `start`, and an element."""
        return Dataset.zip((Dataset.range(start, np.iinfo(np.int64).max), self))

    def unbatch(self) -> Dataset:
        """Return the rows of each element."""
        return Dataset(*transformations.unbatched(self))

    def apply(self, transformation_func: Callable[[Any], Any]) -> Any:
        """Return what a function makes of this dataset. Raises: TypeError if it is no dataset."""
        dataset = transformation_func(self)
        if not isinstance(dataset, DatasetBase):
            raise TypeError("`transformation_func` must return a Dataset.")
        return dataset

    def with_options(self, options: Any) -> Dataset:
        """Return this dataset with options besides those it has. Raises: ValueError where they contradict."""
        if not isinstance(options, Options):
            raise TypeError(f"Options of a dataset are `tf.data.Options`, not {options!r}.")
        merged = self.options().merge(options)
        leave_out(-1)  # no operation of TensorFlow's
        made = Dataset(self._spec, [self], (), lambda runtime: self._open(runtime.with_options(merged)), self._size)
        made._options = merged
        return made

    def options(self) -> Options:
        """Return the options that were given to this dataset, or to those it is made of."""
        if self._options is not None:
            found: Options = self._options
            return found
        found = Options()
        for dataset in self._inputs:
            found = found.merge(dataset.options())
        return found

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """Return what a function makes of a state and all elements, one after the other, as tensors.

        Args:
          initial_state: a structure of tensors.
          reduce_func: `(state, element) -> state`.
        """
        state = as_structure(initial_state)
        made, spec = state_function(reduce_func, Spec.of_tensors(state), self._spec, "reduce", lambda result: result)
        parts = nest.flatten(state, expand_composites=True)
        inputs = [*parts, *self._dataset_inputs()]
        op: Any = build_operation(REDUCE_DATASET,
            inputs, output_types=[tensor.dtype for tensor in made.outputs], name="ReduceDataset",
            output_shapes=[as_extents(shape) for _, shape in spec.part_types()],
        )  # fmt: skip
        op.reduction = (self, made, spec, len(parts))
        return spec.pack(spec.wrapped(op.outputs))

    # Iterators.

    def make_one_shot_iterator(self) -> Iterator:
        """Return an iterator that begins by itself; the dataset must not depend on placeholders."""
        return make_one_shot(self)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        """Return an iterator with an `initializer`, to be run first."""
        return make_initializable(self, shared_name)


def _reduce_kernel(context: KernelContext, components: list[Any]) -> Any:
    dataset, function, spec, count = context.op.reduction
    state = spec.joined(components[:count])
    runtime = Runtime(context, dict(zip(dataset._dataset_inputs(), components[count:])))
    run = runtime.function(function)
    for element in dataset._begin(runtime):
        state = tuple(run(*state, *element))
    return flat_parts(state)


REDUCE_DATASET = OpDef(
    name="_ReduceDataset",
    signature="components: list(Tcomponents) -> outputs: list(output_types)",
    attrs={"output_shapes": ("list(shape)",)},
    shape=lambda q: [as_extents(shape) for shape in q.attrs["output_shapes"]],
    kernel=_reduce_kernel,
    effects=Effects("iterator", reads=True, writes=True),
)


def _of_files(filenames: Any, num_parallel_reads: Any, make: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    """What files hold: one after the other, or a record of each of `num_parallel_reads` in turn.

    Args:
      filenames: names, or a dataset of them.
      make: from names to the parts of the dataset of what the files hold.
    Raises: TypeError, ValueError unless a dataset is one of string scalars.
    """
    if isinstance(filenames, DatasetBase):
        if filenames._spec.dtypes != [dtypes.string]:
            raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
        if not TensorShape(filenames._spec.shapes[0]).is_compatible_with([]):
            raise ValueError("`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.")
        names: DatasetBase = filenames
    elif num_parallel_reads is None:
        return make(filenames)
    else:
        names = Dataset.from_tensor_slices(reshape(convert_to_tensor(filenames, dtypes.string), [-1]))
    if num_parallel_reads is None:
        return transformations.flat_mapped(names, lambda name: Dataset(*make(name)))
    leave_out(3)  # of the arguments that TensorFlow makes constants of
    return transformations.interleaved(names, lambda name: Dataset(*make(name)), num_parallel_reads, 1)


class TextLineDataset(Dataset):
    """The lines of files, without their ends.

    Args:
      filenames: names of files, or a dataset of names.
      compression_type: "", "GZIP" or "ZLIB".
      buffer_size: accepted for compatibility.
      num_parallel_reads: of how many files lines are given in turn; default: one file after the other.
    """

    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None,
                 num_parallel_reads: Any = None) -> None:  # fmt: skip
        super().__init__(*_of_files(
            filenames, num_parallel_reads, lambda names: sources.lines(names, compression_type)
        ))  # fmt: skip


class TFRecordDataset(Dataset):
    """The records of TFRecord files. See `TextLineDataset`."""

    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None,
                 num_parallel_reads: Any = None) -> None:  # fmt: skip
        super().__init__(*_of_files(
            filenames, num_parallel_reads, lambda names: sources.records(names, compression_type)
        ))  # fmt: skip


class FixedLengthRecordDataset(Dataset):
    """Records of one size. See `TextLineDataset`.

    Args:
      record_bytes, header_bytes, footer_bytes: sizes of a record, and of what is left out at both ends of a file.
    """

    def __init__(self, filenames: Any, record_bytes: Any, header_bytes: Any = None, footer_bytes: Any = None,
                 buffer_size: Any = None, compression_type: Any = None,
                 num_parallel_reads: Any = None) -> None:  # fmt: skip
        super().__init__(*_of_files(
            filenames, num_parallel_reads,
            lambda names: sources.fixed_records(names, record_bytes, header_bytes, footer_bytes, compression_type),
        ))  # fmt: skip


def _structured(given: Any) -> Any:
    if not isinstance(given, (DatasetBase, Iterator)):
        raise TypeError(f"Elements are those of a tf.data.Dataset or Iterator, not of {given!r}.")
    return given


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The types of an element's components. Raises: TypeError for what has none."""
    return _structured(dataset_or_iterator).output_types


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The static shapes of an element's components. Raises: TypeError for what has none."""
    return _structured(dataset_or_iterator).output_shapes


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The classes of an element's components. Raises: TypeError for what has none."""
    return _structured(dataset_or_iterator).output_classes


def make_one_shot_iterator(dataset: DatasetBase) -> Iterator:
    """Return an iterator that begins by itself; see `Dataset.make_one_shot_iterator`."""
    return make_one_shot(dataset)


def make_initializable_iterator(dataset: DatasetBase, shared_name: str | None = None) -> Iterator:
    """Return an iterator with an `initializer`; see `Dataset.make_initializable_iterator`."""
    return make_initializable(dataset, shared_name)
