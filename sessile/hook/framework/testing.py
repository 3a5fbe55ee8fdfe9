"""`tensorflow.python.framework.test_util`: what tests of libraries take of it besides its class and its modes."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import Any

from ... import device as _device
from ... import reshape as _reshape
from ... import test as _test
from ... import transpose as _transpose
from ...ops.building.default_graph import get_default_graph
from ...ops.graph.node import Tensor

_Method = Callable[..., Any]

assert_equal_graph_def_v2 = _test.assert_equal_graph_def


def _no() -> bool:
    """Return False: there are neither graphics processors nor other compilers here."""
    return False


is_xla_enabled = IsGoogleCudaEnabled = IsBuiltWithROCm = GpuSupportsHalfMatMulAndConv = IsMklEnabled = _no


def InstallStackTraceHandler() -> None:
    """Have Python write its stack when the process fails hard."""
    import faulthandler

    faulthandler.enable()


def use_gpu() -> Any:
    """A scope that has operations on the processor: there is no graphics processor."""
    return _device("/device:CPU:0")


force_gpu = force_cpu = use_gpu


def device(use_gpu: bool) -> Any:
    """The same; `use_gpu` is accepted."""
    return _device("/device:CPU:0")


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Any) -> dict[str, Any]:
    """Return the nodes of a graph that are expected, by name.

    Args:
      expected_ops: the operations' types by their names.
      graph: the graph.
    Raises: ValueError if one is missing, or of another type.
    """
    found = {node.name: node for node in graph.as_graph_def().node if node.name in expected_ops}
    for name, node in found.items():
        if node.op != expected_ops[name]:
            raise ValueError(f"Expected op for node {name} is different. {expected_ops[name]} vs {node.op}")
    if set(found) != set(expected_ops):
        raise ValueError(f"Not all expected ops are present. Expected {list(expected_ops)}, found {list(found)}")
    return found


def get_node_def_from_graph(node_name: str, graph_def: Any) -> Any:
    """Return the node of a GraphDef that has a name, or None."""
    return next((node for node in graph_def.node if node.name == node_name), None)


def assert_meta_graph_protos_equal(tester: Any, a: Any, b: Any) -> None:
    """Fail a test if two MetaGraphDefs differ, in the order of nodes apart.

    Args:
      tester: the test case.
      a, b: the messages.
    """
    _test.assert_equal_graph_def(a.graph_def, b.graph_def)
    tester.assertEqual(set(a.collection_def), set(b.collection_def))
    for key in a.collection_def:
        tester.assertEqual(a.collection_def[key], b.collection_def[key])
    first, second = type(a)(), type(b)()
    first.CopyFrom(a)
    second.CopyFrom(b)
    for message in (first, second):
        message.ClearField("graph_def")
        message.ClearField("collection_def")
    tester.assertEqual(first, second)


def _permuted(tensor_or_shape: Any, orders: dict[int, list[int]]) -> Any:
    is_tensor = isinstance(tensor_or_shape, Tensor)
    order = orders[tensor_or_shape.shape.ndims if is_tensor else len(tensor_or_shape)]
    return _transpose(tensor_or_shape, order) if is_tensor else [tensor_or_shape[axis] for axis in order]


def NHWCToNCHW(input_tensor: Any) -> Any:
    """Return a tensor, or a shape, of 4 or 5 dimensions with its channels in the second place."""
    return _permuted(input_tensor, {4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]})


def NCHWToNHWC(input_tensor: Any) -> Any:
    """Return a tensor, or a shape, of 4 or 5 dimensions with its channels in the last place."""
    return _permuted(input_tensor, {4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]})


def NHWCToNCHW_VECT_C(input_shape_or_tensor: Any) -> Any:
    """Return a tensor, or a shape, with groups of four channels in the last place and their number in the second.

    Raises: ValueError if the number of channels is no multiple of 4.
    """
    is_tensor = isinstance(input_shape_or_tensor, Tensor)
    shape = input_shape_or_tensor.shape.as_list() if is_tensor else list(input_shape_or_tensor)
    if shape[-1] % 4:
        raise ValueError("Last dimension of input must be evenly divisible by 4 to convert to NCHW_VECT_C.")
    grouped = [*shape[:-1], shape[-1] // 4, 4]
    orders = {5: [0, 3, 1, 2, 4], 6: [0, 4, 1, 2, 3, 5]}
    return _permuted(_reshape(input_shape_or_tensor, grouped) if is_tensor else grouped, orders)


def NCHW_VECT_CToNHWC(input_shape_or_tensor: Any) -> Any:
    """The opposite of `NHWCToNCHW_VECT_C`."""
    swapped = _permuted(input_shape_or_tensor, {5: [0, 2, 3, 1, 4], 6: [0, 2, 3, 4, 1, 5]})
    is_tensor = isinstance(swapped, Tensor)
    shape = swapped.shape.as_list() if is_tensor else swapped
    joined = [*shape[:-2], shape[-2] * shape[-1]]
    return _reshape(swapped, joined) if is_tensor else joined


def _unchanged(function: Any = None) -> Any:
    """A decorator that leaves tests as they are: what it asks for is so here, or there is nothing of it."""
    return function if function is not None else lambda tested: tested


def _unchanged_for(description: str) -> Any:
    """Return a decorator that leaves tests as they are: what it speaks of is not here."""
    return _unchanged


deprecated_graph_mode_only = use_deterministic_cudnn = enable_tf_xla_constant_folding = enable_c_shapes = _unchanged
with_c_shapes = enable_output_all_intermediates = build_as_function_and_v1_graph = _unchanged
disable_xla = no_xla_auto_jit = xla_allow_fallback = _unchanged_for


def disable_control_flow_v2(unused_msg: str) -> Any:
    """Return a decorator that keeps a test from being run with TensorFlow 2's control flow: none is."""
    return _unchanged


enable_control_flow_v2 = with_control_flow_v2 = _unchanged


def also_run_as_tf_function(f: _Method) -> _Method:
    """A decorator of tests of both modes: the test runs once, as graphs are all there is."""

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> None:
        f(*args, **kwargs)

    return decorated


def py_func_if_in_function(f: _Method) -> _Method:
    """A decorator of what a test asserts: it is called where it stands."""
    return f


def for_all_test_methods(decorator: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a decorator of classes that decorates each of their tests with `decorator(*args, **kwargs)`."""

    def decorate(cls: Any) -> Any:
        for name in [name for name in dir(cls) if name.startswith("test") and name != "test_session"]:
            if callable(getattr(cls, name)):
                setattr(cls, name, decorator(*args, **kwargs)(getattr(cls, name)))
        return cls

    return decorate


def assert_no_new_tensors(f: _Method) -> _Method:
    """A decorator of a test after which no tensor may be left that it made outside of the default graph."""

    @functools.wraps(f)
    def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = {id(thing) for thing in gc.get_objects() if isinstance(thing, Tensor)}
        result = f(self, *args, **kwargs)
        gc.collect()
        graph = get_default_graph()
        left = [
            thing
            for thing in gc.get_objects()
            if isinstance(thing, Tensor) and id(thing) not in before and thing.graph is not graph
        ]
        if left:
            raise AssertionError(f"{len(left)} Tensors not deallocated after test: {[t.name for t in left]}")
        return result

    return decorated


class CapturedWrites:
    """What was written to a file that a test captured.

    Args:
      capture_location: the file's path.
    """

    def __init__(self, capture_location: str) -> None:
        self.capture_location = capture_location

    def contents(self) -> str:
        """Return the text of the file. Raises: OSError."""
        with open(self.capture_location, encoding="utf-8", errors="replace") as file:
            return file.read()


class FakeEagerSession:
    """A session for tests that feed placeholders or none: it evaluates tensors by the test's `evaluate`.

    Args:
      test_case: the test case.
    """

    def __init__(self, test_case: Any) -> None:
        self._test_case = test_case

    def run(self, fetches: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the values of fetches. Raises: RuntimeError if something is fed."""
        feed_dict = kwargs.pop("feed_dict", {})
        if feed_dict:
            raise RuntimeError("feed_dict is not supported without placeholders")
        return self._test_case.evaluate(fetches)
