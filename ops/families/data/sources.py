"""Where elements come from: tensors, ranges, Python generators, files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...base import nest
from ...base.errors import DataLossError, InvalidArgumentError, OpError
from ...building.default_graph import leave_out
from ...formats.file_system import as_op_error
from ...formats.record_file import check_compression, read_records
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..arrays.shape_ops import size as array_size
from ..debugging.printing import class_of_error
from ..io.files import matching_files
from .attempts import each
from .composites import as_composite
from .dataset import as_structure, flat, flat_shapes, scalar_of, tensor_of, within
from .places import Rows
from .runtime import Element, Runtime, Spec


def text(value: bytes) -> Any:
    """A string scalar."""
    array = np.empty((), object)
    array[()] = value
    return array


def row(array: Any, index: int) -> Any:
    """A row of an array as an array, strings too."""
    item = array[index]
    if array.dtype != object or isinstance(item, np.ndarray):
        return np.asarray(item)
    return text(item)


def from_tensors(tensors: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of one element."""
    structure = as_structure(tensors)
    spec, parts = Spec.of_tensors(structure), nest.flatten(structure, expand_composites=True)

    def open(runtime: Runtime) -> Iterator[Element]:
        yield spec.joined([runtime.value(tensor) for tensor in parts])

    return spec, (), parts, open, lambda runtime: 1


def from_tensor_slices(tensors: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of the rows of tensors. Raises: ValueError for scalars or different lengths."""
    structure = as_structure(tensors)
    components = flat(structure)
    length = None
    for tensor in components:
        if not isinstance(tensor, Tensor):
            continue
        if tensor.shape.ndims == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1: from_tensor_slices got a scalar.")
        first = tensor.shape.with_rank_at_least(1)[0].value
        if None not in (first, length) and first != length:
            raise ValueError(f"Dimensions {length} and {first} are not compatible: components have different lengths.")
        length = length if first is None else first
    whole, parts = Spec.of_tensors(structure), nest.flatten(structure, expand_composites=True)
    slices = {number: kind.sliced() for number, kind in whole.composites.items()}

    def open(runtime: Runtime) -> Iterator[Element]:
        yield from element_rows(whole, whole.joined([runtime.value(tensor) for tensor in parts]))

    def size(runtime: Runtime) -> int:
        return next(element_count(whole, whole.joined([runtime.value(tensor) for tensor in parts])), 0)

    def arrays(runtime: Runtime) -> Element:
        found = tuple(runtime.value(tensor) for tensor in parts)
        _one_length({len(array) for array in found})
        return found

    opener: Any = open if slices or not parts else Rows(open, arrays)
    return whole.with_shapes([shape[1:] for shape in whole.shapes], slices), (), parts, opener, size


def element_count(spec: Spec, element: Element) -> Iterator[int]:
    """How many rows the components of an element have."""
    for number, part in enumerate(element):
        kind = spec.composites.get(number)
        yield len(part) if kind is None else sum(1 for _ in kind.rows(part))


def element_rows(spec: Spec, element: Element) -> Iterator[Element]:
    """The rows of an element. Raises: InvalidArgumentError if its components have several lengths."""
    columns = [
        list(spec.composites[number].rows(part)) if number in spec.composites else part
        for number, part in enumerate(element)
    ]
    counts = {len(column) for column in columns}
    _one_length(counts)
    for index in range(counts.pop() if counts else 0):
        yield tuple(column[index] if type(column) is list else row(column, index) for column in columns)


def _one_length(counts: set[int]) -> None:
    if len(counts) > 1:
        raise InvalidArgumentError(None, None, f"Components to be taken apart have lengths {sorted(counts)}.")


def from_sparse_tensor_slices(sparse_tensor: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of the rows of a SparseTensor, their three parts as components."""
    whole = Spec.of_tensors(as_composite(sparse_tensor))
    parts = nest.flatten(as_composite(sparse_tensor), expand_composites=True)
    rank = None if whole.shapes[0].ndims is None else whole.shapes[0].ndims - 1
    kinds = [dtypes.int64, whole.dtypes[0], dtypes.int64]
    rows = Spec((0, 1, 2), kinds, [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])])

    def open(runtime: Runtime) -> Iterator[Element]:
        element = whole.joined([runtime.value(tensor) for tensor in parts])
        for row in element_rows(whole, element):
            yield row[0]

    return rows, (), parts, open, lambda runtime: int(runtime.value(parts[2])[0])


def integers(*arguments: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of `range(...)`, int64 scalars. Raises: ValueError for other than 1 to 3 numbers."""
    if not 1 <= len(arguments) <= 3:
        raise ValueError(f"Dataset.range takes (stop), (start, stop) or (start, stop, step), not {arguments}.")
    start, stop, step = (0, *arguments, 1) if len(arguments) == 1 else (*arguments, 1)[:3]
    parts = [scalar_of(value, name) for value, name in ((start, "start"), (stop, "stop"), (step, "step"))]

    def open(runtime: Runtime) -> Iterator[Element]:
        for number in range(*(int(runtime.value(part)) for part in parts)):
            yield (np.array(number, np.int64),)

    def size(runtime: Runtime) -> int:
        return len(range(*(int(runtime.value(part)) for part in parts)))

    def check(runtime: Runtime) -> None:
        if int(runtime.value(parts[2])) == 0:
            raise InvalidArgumentError(None, None, "step must be a non-zero integer.")

    return Spec(parts[0], [dtypes.int64], [TensorShape([])]), (), parts, open, size, check


def from_generator(generator: Any, output_types: Any, output_shapes: Any, args: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of what a Python function yields. Raises: TypeError if it cannot be called."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if any(isinstance(part, list) for part in (output_types, *within(output_types))):
        raise TypeError(f"The structure of `output_types` has tuples, no lists: {output_types!r}")
    kinds = [dtypes.as_dtype(item) for item in flat(output_types)]
    shapes = [TensorShape(None)] * len(kinds) if output_shapes is None else flat_shapes(output_types, output_shapes)
    arguments = [tensor_of(value, None, "args") for value in args or ()]
    leave_out(2)

    def element(value: Any) -> Element:
        parts = _leaves_of(output_types, value)
        return tuple(_converted(part, kind, shape) for part, kind, shape in zip(parts, kinds, shapes))

    def open(runtime: Runtime) -> Iterator[Element]:
        return each(_yielded(generator, [runtime.value(argument) for argument in arguments]), element)

    return Spec(output_types, kinds, shapes), (), arguments, open


def _yielded(generator: Any, arguments: list[Any]) -> Iterator[Any]:
    """What a Python function yields; its errors are those of a step."""
    try:
        yield from generator(*arguments)
    except OpError:
        raise
    except Exception as error:
        raise class_of_error(error)(None, None, f"{type(error).__name__}: {error} (in the generator)") from error


def _leaves_of(structure: Any, value: Any) -> list[Any]:
    """The parts of what a generator yields, where the structure of types has leaves: lists there are arrays."""
    if not isinstance(structure, (tuple, dict)):
        return [value]
    if isinstance(structure, dict):
        return [item for key in sorted(structure) for item in _leaves_of(structure[key], value[key])]
    if not isinstance(value, (tuple, list)) or len(value) != len(structure):
        raise InvalidArgumentError(
            None, None, f"`generator` yielded an element that does not match {structure!r}: {value!r}"
        )
    return [item for part, one in zip(structure, value) for item in _leaves_of(part, one)]


def _converted(value: Any, kind: Any, shape: TensorShape) -> Any:
    from ...types.array_values import to_array

    try:
        array = to_array(value, kind) if kind == dtypes.string else np.asarray(value, kind.np_dtype)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            None, None, f"`generator` yielded an element that could not be converted to {kind.name}: {value!r}"
        ) from error
    if not shape.is_compatible_with(array.shape):
        raise InvalidArgumentError(
            None,
            None,
            f"`generator` yielded an element of shape {array.shape} where one of shape {shape} was expected.",
        )
    return array


# Files.


def _names(runtime: Runtime, filenames: Tensor) -> list[str]:
    return [name.decode() for name in np.ravel(runtime.value(filenames)).tolist()]


def lines(filenames: Any, compression_type: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of the lines of files."""
    names = tensor_of(filenames, dtypes.string, "filenames")
    kind = tensor_of(compression_type or "", dtypes.string, "compression_type")
    leave_out(2)

    def open_lines(runtime: Runtime) -> Iterator[Element]:
        compression = runtime.value(kind).item().decode()
        for name in _names(runtime, names):
            with _opened(name, compression) as file:
                for line in file:
                    yield (text(line.removesuffix(b"\n").removesuffix(b"\r")),)

    return Spec(names, [dtypes.string], [TensorShape([])]), (), [names, kind], open_lines


@contextmanager
def _opened(name: str, compression: str) -> Iterator[Any]:
    """A file to read. Raises: NotFoundError, InvalidArgumentError for another compression, DataLossError."""
    import gzip
    import io
    import zlib

    check_compression(compression)
    try:
        file = gzip.open(name, "rb") if compression == "GZIP" else open(name, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise as_op_error(error, name) from error
    with file:
        try:
            yield io.BytesIO(zlib.decompress(file.read())) if compression == "ZLIB" else file
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise DataLossError(
                None, None, f"{name} is not compressed by {compression}, or cut off: {error}"
            ) from error


def records(filenames: Any, compression_type: Any) -> tuple[Any, ...]:
    """Spec, tensors and opener of the records of TFRecord files."""
    names = tensor_of(filenames, dtypes.string, "filenames")
    kind = tensor_of(compression_type or "", dtypes.string, "compression_type")
    leave_out(2)

    def open_records(runtime: Runtime) -> Iterator[Element]:
        compression = runtime.value(kind).item().decode()
        for name in _names(runtime, names):
            for record in read_records(name, compression):
                yield (text(record),)

    return Spec(names, [dtypes.string], [TensorShape([])]), (), [names, kind], open_records


def fixed_records(
    filenames: Any, record_bytes: Any, header_bytes: Any, footer_bytes: Any, compression_type: Any
) -> tuple[Any, ...]:
    """Spec, tensors and opener of records of one size."""
    names = tensor_of(filenames, dtypes.string, "filenames")
    sizes = [scalar_of(value or 0, "bytes") for value in (record_bytes, header_bytes, footer_bytes)]
    kind = tensor_of(compression_type or "", dtypes.string, "compression_type")
    leave_out(-1)  # TensorFlow makes them for each file

    def open_records(runtime: Runtime) -> Iterator[Element]:
        size, header, footer = (int(runtime.value(part)) for part in sizes)
        if size <= 0 or min(header, footer) < 0:
            raise InvalidArgumentError(
                None, None, f"`record_bytes` is greater than 0, `header_bytes` and `footer_bytes` are not negative: "
                f"{size}, {header}, {footer}.",
            )  # fmt: skip
        compression = runtime.value(kind).item().decode()
        for name in _names(runtime, names):
            with _opened(name, compression) as file:
                data = file.read()
            body = data[header : len(data) - footer]
            if len(body) % size:
                raise InvalidArgumentError(
                    None, None, f"Excess bytes in {name}: {len(body)} bytes are no whole number of records of {size}."
                )
            for start in range(0, len(body), size):
                yield (text(body[start : start + size]),)

    return Spec(names, [dtypes.string], [TensorShape([])]), (), [names, *sizes, kind], open_records


def files(pattern: Any) -> tuple[tuple[Any, ...], Tensor]:
    """Spec, tensors and opener of the names of the files that match, and how many there are."""
    names = matching_files(pattern)
    count = array_size(names, out_type=dtypes.int64)
    leave_out(12)  # of the assertion that there are some
    spec, inputs, parts, open, size = from_tensor_slices(names)

    def check(runtime: Runtime) -> None:
        if not len(runtime.value(names)):
            raise InvalidArgumentError(None, None, f"No files matched pattern: {pattern}")

    return (spec, inputs, parts, open, size, check), count
