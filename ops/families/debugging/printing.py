"""Operations that look and tell: assertions, printing, Python functions, time."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...base import text
from ...base.errors import (  # fmt: skip
    InvalidArgumentError,
    OpError,
    OutOfRangeError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)
from ...base.messages.logger import logger
from ...building.build import build, build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, leave_out, name_scope
from ...definition.context import KernelContext
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import same_shape, scalar_shape
from ...formats.file_system import translated
from ...graph.node import Tensor, TensorLike
from ...graph.operation import Operation
from ...types import dtypes
from ...types.array_values import to_array

_CONSOLE = Effects("console", writes=True)


def _no_output_of_scalar(query: Any) -> list[Any]:
    require_rank(query.shapes[0], 0)
    return []


def _assert_kernel(context: KernelContext, condition: Any, data: Any, *, summarize: int) -> tuple[()]:
    if condition.ndim:
        raise ValueError(f"The condition of Assert must be a scalar, got one of rank {condition.ndim}")
    if not condition:
        shown = " ".join(text.summary(item, summarize) for item in data)
        raise InvalidArgumentError(None, context.op, f"assertion failed: {shown}")
    return ()


ASSERT = OpDef(
    name="Assert",
    signature="condition: bool, data: list(T) ->",
    shape=_no_output_of_scalar,
    attrs={"summarize": ("int", 3)},
    kernel=_assert_kernel,
    effects=Effects("assert", reads=True),
)


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Operation:
    """Return an operation that fails when `condition` is false, showing `data`.

    Make what depends on the condition depend on the operation: `with control_dependencies([Assert(...)]):`.

    Args:
      condition: a bool scalar.
      data: the values to show, a list of tensors.
      summarize: how many elements of each; default 3.
      name: a name for the operation.
    Raises when run: InvalidArgumentError with the data.
    """
    with name_scope(name, "Assert", [condition, *[item for item in data if isinstance(item, Tensor)]]):
        values = [convert_to_tensor(item) for item in data]
        condition = convert_to_tensor(condition, dtypes.bool_, name="Condition")
        if all(value.dtype.base_dtype in (dtypes.string, dtypes.int32) for value in values):
            # TensorFlow makes tensors of these once more: seeds depend on how many operations there are.
            values = [convert_to_tensor(item, name=f"Assert/data_{index}") for index, item in enumerate(data)]
        else:  # there it stands in the branch of a `cond`, with constants of its own
            tensors = {id(item) for item in data if isinstance(item, Tensor) or hasattr(item, "_as_graph_element")}
            others = [item for item in data if not (isinstance(item, Tensor) or hasattr(item, "_as_graph_element"))]
            leave_out(9 + len(others) + len(tensors))
        result: Operation = build(
            ASSERT, condition, values, name="Assert", summarize=3 if summarize is None else summarize
        )
        return result


def _print_kernel(
    context: KernelContext, input: Any, data: Any, *, message: bytes, first_n: int, summarize: int
) -> Any:  # fmt: skip
    counts = context.state.random  # type: ignore[attr-defined]  # per operation what a session remembers of it
    done = counts[context.op] = counts.get(context.op, 0) + 1
    if first_n < 0 or done <= first_n:
        line = message.decode(errors="replace") + "".join(text.summary(item, summarize) for item in data)
        sys.stderr.write(line + "\n")
    return input


PRINT = OpDef(
    name="Print",
    signature="input: T, data: list(U) -> output: T",
    attrs={"message": ("string", b""), "first_n": ("int", -1), "summarize": ("int", 3)},
    shape=same_shape,
    kernel=_print_kernel,
    effects=_CONSOLE,
    gradient=lambda g, op, dy: [dy, *[None] * (len(op.inputs) - 1)],
)


def Print(
    input_: TensorLike, data: Any, message: str | None = None, first_n: int | None = None,
    summarize: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return `input_`, and write `data` to the standard error stream when it is computed.

    Args:
      input_: the tensor to pass on.
      data: the values to write, a list.
      message: what to write before them.
      first_n: write only so many times; default: always.
      summarize: how many elements of each value; default 3, -1 for all.
      name: a name for the operation.
    """
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"Expected list for 'data' argument to 'Print' Op, not {data!r}.")
    options = {"message": message or "", "first_n": -1 if first_n is None else first_n}
    result: Tensor = build(
        PRINT, input_, list(data), name=name, summarize=3 if summarize is None else summarize, **options
    )
    return result


def _format_parts(template: bytes, placeholder: bytes, count: int) -> list[str]:
    """What stands around the placeholders of a template. Raises: ValueError if there are not `count` of these."""
    mark = placeholder.decode(errors="replace")
    whole = template.decode(errors="replace")
    parts = whole.split(mark) if mark else [whole]
    if len(parts) != count + 1:
        raise ValueError(f"num placeholders in template and num inputs must match: {len(parts) - 1} vs. {count}")
    return parts


def _format_shape(query: Any) -> Any:
    _format_parts(query.attrs["template"], query.attrs["placeholder"], len(query.shapes))
    return ()


def _format_kernel(inputs: Any, *, template: bytes, placeholder: bytes, summarize: int) -> Any:
    parts = _format_parts(template, placeholder, len(inputs))
    shown = "".join(part + text.full(item, summarize) for part, item in zip(parts, inputs)) + parts[-1]
    return _string(shown.encode())


def _string(value: bytes) -> Any:
    result = np.empty((), object)
    result[()] = value
    return result


STRING_FORMAT = OpDef(
    name="StringFormat",
    signature="inputs: list(T) -> output: string",
    attrs={"template": ("string", b"%s"), "placeholder": ("string", b"%s"), "summarize": ("int", 3)},
    shape=_format_shape,
    kernel=_format_kernel,
)


def string_format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """Return a template with tensors written in the places of its placeholders, a string scalar.

    Args:
      template: the text.
      inputs: the tensors, as many as there are placeholders; one by itself needs no list.
      placeholder: what stands for a tensor.
      summarize: how many elements at both ends of every axis are shown; -1 for all.
    Raises: ValueError if there are not as many placeholders.
    """
    values = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    if template.count(placeholder) != len(values):
        raise ValueError(
            f"{template.count(placeholder)} placeholder(s) in template does not match {len(values)} tensor(s) "
            "provided as input"
        )
    result: Tensor = build(STRING_FORMAT,
        [convert_to_tensor(value) for value in values], template=template, placeholder=placeholder,
        summarize=summarize, name=name,
    )  # fmt: skip
    return result


_LOG_LEVELS = {"log(info)": 20, "log(warning)": 30, "log(error)": 40}


def _print_v2_kernel(context: KernelContext, input: Any, *, output_stream: bytes, end: bytes) -> tuple[()]:
    if input.ndim:
        raise ValueError(f"Shape must be rank 0 but is rank {input.ndim}")
    line = input[()].decode(errors="replace") + end.decode(errors="replace")
    stream = output_stream.decode()
    if stream.startswith("file://"):
        path = stream[len("file://") :]
        with translated(path), open(path, "a", encoding="utf-8") as file:
            file.write(line)
    elif stream in _LOG_LEVELS:
        logger().log(_LOG_LEVELS[stream], "%s", line.rstrip("\n"))
    else:
        (sys.stdout if stream == "stdout" else sys.stderr).write(line)
    return ()


PRINT_V2 = OpDef(
    name="PrintV2",
    signature="input: string ->",
    shape=_no_output_of_scalar,
    attrs={"output_stream": ("string", b"stderr"), "end": ("string", b"\n")},
    kernel=_print_v2_kernel,
    effects=_CONSOLE,
)


def print_v2(*inputs: Any, **kwargs: Any) -> Operation:
    """Return an operation that writes the inputs, tensors by their values: `tf.print`.

    Args:
      inputs: tensors, Python values, and nested lists, tuples and dictionaries of them.
      output_stream: `sys.stderr` (default), `sys.stdout`, a logging function, or `"file:///path"`.
      summarize: how many elements at both ends of every axis are shown; default 3, -1 for all.
      sep: what is written between the inputs; default a space.
      end: what is written at the end; default a newline.
      name: a name for the operation.
    Raises: ValueError for other keyword arguments or another stream.
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    name = kwargs.pop("name", None)
    summarize = kwargs.pop("summarize", 3)
    separator = kwargs.pop("sep", " ")
    end = kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    formatted = _formatted(inputs, separator, summarize, f"{name}_format" if name else None)
    result: Operation = build(PRINT_V2, formatted, name=name, output_stream=_stream_name(stream), end=end)
    return result


def _formatted(inputs: Any, separator: str, summarize: int, name: str | None) -> Tensor:
    """The line to print as a string tensor; a single string is that line itself."""
    single = inputs[0] if len(inputs) == 1 else None
    if isinstance(single, Tensor) and single.dtype is dtypes.string and single.shape.ndims == 0:
        return single
    tensors: list[Tensor] = []
    mark = "{}"
    template = separator.join(_template(item, tensors, top=True) for item in inputs)
    while template.count(mark) != len(tensors):  # an input has the placeholder in its text: take a longer one
        mark = f"{{{mark}}}"
        tensors.clear()
        template = separator.join(_template(item, tensors, top=True, mark=mark) for item in inputs)
    result: Tensor = build(STRING_FORMAT, tensors, name=name, template=template, placeholder=mark, summarize=summarize)
    return result


def _template(item: Any, tensors: list[Tensor], top: bool, mark: str = "{}") -> str:
    """The text of one input with a placeholder per tensor, which is added to `tensors`."""
    if isinstance(item, Tensor) or hasattr(item, "_as_graph_element"):
        tensors.append(convert_to_tensor(item))
        return mark
    if isinstance(item, dict):
        keys = sorted(item) if all(isinstance(key, str) for key in item) else list(item)
        pairs = [f"{key!r}: {_template(item[key], tensors, False, mark)}" for key in keys]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(item, (list, tuple)):
        parts = ", ".join(_template(part, tensors, False, mark) for part in item)
        if isinstance(item, list):
            return f"[{parts}]"
        return f"({parts},)" if len(item) == 1 else f"({parts})"
    return str(item) if top else repr(item)


def _stream_name(stream: Any) -> str:
    if isinstance(stream, str):
        if stream in ("stdout", "stderr", *_LOG_LEVELS) or stream.startswith("file://"):
            return stream
    elif stream is sys.stderr or stream is sys.__stderr__:
        return "stderr"
    elif stream is sys.stdout or stream is sys.__stdout__:
        return "stdout"
    elif callable(stream) and f"log({getattr(stream, '__name__', '')})" in _LOG_LEVELS:
        return f"log({stream.__name__})"
    raise ValueError(
        f"Unknown output stream, logging level, or file {stream!r}. Use sys.stdout, sys.stderr, a logging function "
        "(info, warning, error), or 'file:///path'."
    )


# Python functions.

_token_numbers = itertools.count()


def register_function(function: Callable[..., Any]) -> bytes:
    """Give a function a token; it lives as long as the graph."""
    token = f"pyfunc_{next(_token_numbers)}".encode()
    get_default_graph().__dict__.setdefault("_python_functions", {})[token] = function
    return token


_ERRORS: tuple[tuple[type[Exception], type[OpError]], ...] = (
    (TypeError, InvalidArgumentError),
    (ValueError, InvalidArgumentError),
    (StopIteration, OutOfRangeError),
    (MemoryError, ResourceExhaustedError),
    (NotImplementedError, UnimplementedError),
)


def class_of_error(error: Exception) -> type[OpError]:
    """The class of the error of a step that a Python function failed in."""
    return next((kind for base, kind in _ERRORS if isinstance(error, base)), UnknownError)


def _call_python(op: Any, token: bytes, arguments: Any, wanted: Any) -> tuple[Any, ...]:
    function = op.graph.__dict__.get("_python_functions", {}).get(token)
    name = token.decode()
    if function is None:
        raise InvalidArgumentError(None, op, f"callback {name} is not found: the graph was made in another process.")
    try:
        result = function(*[value[()] if value.ndim == 0 else value for value in arguments])
    except OpError:
        raise
    except Exception as error:
        raise class_of_error(error)(
            None, op, f"{type(error).__name__}: {error} (in the Python function {name} of '{op.name}')"
        ) from error
    results = () if result is None else tuple(result) if isinstance(result, (list, tuple)) else (result,)
    if len(results) != len(wanted):
        raise InvalidArgumentError(
            None, op, f"{name} returns {len(results)} values, but expects to see {len(wanted)} values."
        )
    return tuple(_returned(op, name, index, value, dtype) for index, (value, dtype) in enumerate(zip(results, wanted)))


def _returned(op: Any, name: str, index: int, value: Any, dtype: dtypes.DType) -> Any:
    """A returned value as an array that is not the function's own, of the type declared."""
    array = np.array(value)
    if array.dtype.kind == "S" and not isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value, object)  # NumPy's own bytes end before the last zeros
    if array.dtype.kind in "SUO":
        array = to_array(array, dtypes.string)
    if array.dtype != dtype.np_dtype:
        found = dtypes.as_dtype(array.dtype).name
        raise InvalidArgumentError(
            None, op, f"{index}-th value returned by {name} is {found}, but expects {dtype.name}"
        )
    return array


def py_func_kernel(context: KernelContext, input: Any, *, token: bytes, Tout: Any) -> Any:
    """Call the Python function of a token with arrays that it may change."""
    return _call_python(context.op, token, [_guarded(value) for value in input], Tout)


def _guarded(value: Any) -> Any:
    """A copy of what the function must not change."""
    return value if value.flags.writeable and value.base is None else np.array(value)


PYTHON_ATTRS: dict[str, tuple[Any, ...]] = {"token": ("string",), "Tin": ("list(type)",), "Tout": ("list(type)",)}

PY_FUNC = OpDef(
    name="PyFunc",
    signature="input: list(Tin) -> output: list(Tout)",
    attrs=PYTHON_ATTRS,
    shape=lambda q: [None] * len(q.attrs["Tout"]),
    kernel=py_func_kernel,
    effects=Effects("python", reads=True, writes=True, blocking=True),
    gradient=NOT_DIFFERENTIABLE,
)

PY_FUNC_STATELESS = OpDef(
    name="PyFuncStateless",
    signature="input: list(Tin) -> output: list(Tout)",
    attrs=PYTHON_ATTRS,
    shape=lambda q: [None] * len(q.attrs["Tout"]),
    kernel=py_func_kernel,
    effects=Effects("python"),
    gradient=NOT_DIFFERENTIABLE,
)


def py_func(func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None) -> Any:
    """Return the results of a Python function of arrays as tensors.

    Args:
      func: takes one array (or NumPy scalar, or bytes) per input, returns one value per output.
      inp: a list of tensors.
      Tout: the type of the result, or a list of types if the function returns several.
      stateful: whether it may return something else when called with the same values.
      name: a name for the operation.
    Returns: a tensor; a list of them if `Tout` is a list; the Operation if it is empty.
    Raises: ValueError if `func` cannot be called. When run: InvalidArgumentError for another number of results or
      another type; exceptions of `func` as the error class that fits best.
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    several = isinstance(Tout, (list, tuple))
    types = [dtypes.as_dtype(dtype) for dtype in (Tout if several else [Tout])]
    op_def = PY_FUNC if stateful else PY_FUNC_STATELESS
    op = build_operation(op_def, list(inp), name=name, token=register_function(func), Tout=types)
    if not types:
        return op
    return list(op.outputs) if several else op.outputs[0]


def numpy_function(
    func: Any = None, inp: Any = None, Tout: Any = None, name: str | None = None, stateful: bool = True
) -> Any:
    """The same as `py_func`, with `name` in its fourth place."""
    return py_func(func, inp, Tout, stateful, name)


def _timestamp_kernel(context: KernelContext) -> Any:
    return np.array(time.time())


TIMESTAMP = OpDef(
    name="Timestamp",
    signature="-> ts: float64",
    shape=scalar_shape,
    kernel=_timestamp_kernel,
    effects=Effects("clock", reads=True),
)


def timestamp(name: str | None = None) -> Tensor:
    """Return the time in seconds since 1970 when it is computed, as a float64 scalar."""
    result: Tensor = build(TIMESTAMP, name=name)
    return result
