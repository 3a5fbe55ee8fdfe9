"""Every registered operation keeps what its definition says: shapes, types, inputs untouched, scalar expressions."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from sessile.ops.building.build import build_operation
from sessile.ops.definition import families
from sessile.ops.definition.opdef import REGISTRY, OpDef
from sessile.ops.types import dtypes

import sessile as tf
from tests.ops.makers import arguments
from tests.ops.makers.arguments import Call
from tests.reference import compare

families.load_all()

PURE: Final = sorted(name for name, op_def in REGISTRY.items() if op_def.is_pure and not name.startswith("_"))
_IN_LOOPS: Final = "means something within a loop or a branch only: tests/control_flow"
UNTESTED: Final = {
    "Const": "has no inputs: tests/graph/test_convert.py",
    **dict.fromkeys(
        ("ControlTrigger", "Enter", "LoopCond", "Merge", "RefEnter", "RefExit", "RefMerge", "RefNextIteration",
         "RefSelect", "RefSwitch", "Switch"),
        _IN_LOOPS,
    ),
    **dict.fromkeys(
        ("PartitionedCall", "StatelessCase", "StatelessIf", "StatelessWhile", "SymbolicGradient"),
        "calls functions of its graph: tests/control_flow/test_functions.py",
    ),
    **{name: "of lists: tests/control_flow/test_lists.py" for name in PURE if "TensorList" in name},
    **dict.fromkeys(
        ("Dequantize", "QuantizeDownAndShrinkRange", "QuantizeV2", "QuantizedAvgPool", "QuantizedBiasAdd",
         "QuantizedConcat",
         "QuantizedConv2D", "QuantizedMatMul", "QuantizedMaxPool", "QuantizedRelu", "QuantizedRelu6", "QuantizedReluX",
         "QuantizedReshape", "RequantizationRange", "Requantize"),
        "takes or gives quantized integers: tests/nn/test_quantized.py",
    ),
    "NoOp": "has neither inputs nor outputs",
    "Placeholder": "has no kernel",
    "PlaceholderV2": "has no kernel",
    "RefIdentity": "passes variables on: tests/ops/test_older.py",
}  # fmt: skip
# Shapes that depend on data, or are said to be less than what is known.
# Of these TensorFlow tells no shape while a graph is built (tests/reference/test_building.py).
AS_TENSORFLOW = ("AccumulateNV2", "BroadcastGradientArgs")
LESS_KNOWN: Final = (
    "CTCBeamSearchDecoder", "CTCGreedyDecoder", "ComputeAccidentalHits", "DecodeBmp", "DecodeGif", "DecodeImage",
    "DecodeJpeg", "DecodePng", "DecodeRaw", "DecodeWav", "DenseToDenseSetOperation", "DenseToSparseSetOperation",
    "DynamicPartition", "EditDistance", "FusedBatchNormV3", "ListDiff", "NonMaxSuppression", "NonMaxSuppressionV2",
    "NonMaxSuppressionV3",
    "DecodeAndCropJpeg", "DeserializeManySparse", "DeserializeSparse", "NonMaxSuppressionV4", "NonMaxSuppressionV5",
    "NonMaxSuppressionWithOverlaps", "SerializeManySparse",
    "ParseExample", "ParseSequenceExample", "ParseSingleExample", "ParseSingleSequenceExample", "ParseTensor",
    "ParseExampleV2", "PlaceholderWithDefault", "RaggedGather", "RaggedRange", "RaggedTensorToTensor",
    "SegmentMax", "SegmentMean",
    "SegmentMin", "SegmentProd", "SegmentSum", "SetSize", "SparseAdd", "SparseCross", "SparseFillEmptyRows",
    "SparseReduceMaxSparse",
    "SparseReduceSumSparse", "SparseSegmentMean", "SparseSegmentSqrtN", "SparseSegmentSum", "SparseSlice",
    "SparseSparseMaximum", "SparseSparseMinimum", "SparseSplit", "SparseToSparseSetOperation", "StringNGrams",
    "StringSplit", "StringSplitV2", "UnicodeDecode", "UnicodeDecodeWithOffsets",
    "Unique", "UniqueV2", "UniqueWithCounts", "UniqueWithCountsV2", "Where",
)  # fmt: skip
# Sums whose order depends on the layout.
ADDING: Final = ("Einsum", "L2Loss", "LogSoftmax", "Softmax", "SoftmaxCrossEntropyWithLogits")
FUNCTIONS: Final = {
    "exp", "expm1", "log", "log1p", "log2", "pow", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh",
    "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "erf", "erfc", "rsqrt", "cbrt", "sqrt", "floor", "ceil",
    "trunc", "rint", "fabs", "abs", "copysign", "maximum", "minimum", "isnan", "isinf", "isfinite", "floordiv",
    "floormod", "truncdiv", "truncmod", "popcount", "T", "rounded",
}  # fmt: skip


def constants(call: Call) -> list[Any]:
    """Return the inputs of a call as constants of the default graph."""
    return [_each(value, _constant) for value in call.inputs]


def _each(value: Any, function: Any) -> Any:
    return [function(item) for item in value] if isinstance(value, list) else function(value)


def _constant(array: Any) -> Any:
    return tf.constant(array)


def built(op_def: OpDef, inputs: list[Any], call: Call) -> Any:
    """Build the operation of a call from tensors."""
    return build_operation(op_def, *inputs, **dict(call.attrs))


def kernel_results(operation: Any, inputs: tuple[Any, ...]) -> list[Any]:
    """Call the kernel as the interpreter does, on inputs that must not be written to."""
    op_def = operation.op_def
    frozen = [_each(value, _frozen) for value in inputs]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        results = op_def.kernel(*frozen, **{key: operation.attrs[key] for key in op_def.kernel_attrs})
    return list(results) if isinstance(results, (tuple, list)) else [results]


def _frozen(array: Any) -> Any:
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def all_calls(name: str) -> Iterator[tuple[str, Call]]:
    """Yield the argument sets of an operation with a text that names each."""
    for dtype, call in arguments.calls(REGISTRY[name]):
        yield f"{name} of {dtype.name}, {call.note}", call


@pytest.mark.parametrize("name", PURE)
def test_every_operation_has_arguments(name: str) -> None:
    """Each pure operation is tested here, or says where else."""
    has = next(arguments.calls(REGISTRY[name]), None) is not None
    assert has != (name in UNTESTED), f"add a maker for {name} to tests/ops/makers/"


@pytest.mark.parametrize("name", [name for name in PURE if name not in UNTESTED])
def test_kernel_answers_as_declared(name: str) -> None:
    """Types and shapes of the kernel's results are those that building the operation inferred."""
    for text, call in all_calls(name):
        with tf.Graph().as_default():
            operation = built(REGISTRY[name], constants(call), call)
        results = kernel_results(operation, call.inputs)
        assert len(results) == len(operation.outputs), text
        for result, output in zip(results, operation.outputs):
            array = np.asarray(result, object) if output.dtype.kind == "s" else np.asarray(result)
            assert array.dtype == output.dtype.np_dtype, f"{text}: {array.dtype} instead of {output.dtype.name}"
            assert output.shape.is_compatible_with(array.shape), f"{text}: {array.shape}, inferred {output.shape}"
            if name not in LESS_KNOWN and name not in AS_TENSORFLOW:
                assert output.shape.is_fully_defined(), f"{text}: inferred {output.shape} of constants"


@pytest.mark.parametrize("name", [name for name in PURE if name not in UNTESTED])
def test_shapes_inferred_from_less(name: str) -> None:
    """From placeholders of known shape, of known rank, and of nothing known, what is inferred holds."""
    for text, call in all_calls(name):
        for knowledge in ("shape", "rank", "nothing"):
            with tf.Graph().as_default():
                inputs = [_each(value, lambda array, k=knowledge: _placeholder(array, k)) for value in call.inputs]
                operation = built(REGISTRY[name], inputs, call)
            for result, output in zip(kernel_results(operation, call.inputs), operation.outputs):
                shape = np.shape(result)
                assert output.shape.is_compatible_with(shape), f"{text}, {knowledge} known: {shape}, not {output.shape}"


def _placeholder(array: Any, knowledge: str) -> Any:
    shape = {"shape": array.shape, "rank": [None] * array.ndim, "nothing": None}[knowledge]
    return tf.placeholder(dtypes.as_dtype(array.dtype), shape)


@pytest.mark.parametrize("name", [name for name in PURE if name not in UNTESTED])
def test_layout_does_not_matter(name: str) -> None:
    """Strided, reversed and Fortran-ordered inputs give what contiguous ones give."""
    for text, call in all_calls(name):
        plain = tuple(_each(value, lambda array: np.array(array, order="C")) for value in call.inputs)
        with tf.Graph().as_default():
            operation = built(REGISTRY[name], constants(call), call)
        for one, other in zip(kernel_results(operation, call.inputs), kernel_results(operation, plain)):
            assert _equal(np.asarray(one), np.asarray(other), operation.op_def), text


def _equal(one: Any, other: Any, op_def: OpDef) -> bool:
    """Equal up to the order in which a library adds products up."""
    adds_up = "MatMul" in op_def.name or op_def.name in ADDING or op_def.reduction is not None
    if adds_up and one.dtype.kind in "fc":
        return compare.difference(one, other, 64) is None
    return compare.difference(one, other, 4 if one.dtype.kind in "fcV" and op_def.scalar is not None else 0) is None


def _expressions(name: str) -> Iterator[tuple[str, str]]:
    """Yield the scalar expressions of an operation, each with the call that it is for."""
    op_def = REGISTRY[name]
    for text, call in all_calls(name):
        with tf.Graph().as_default():
            operation = built(op_def, constants(call), call)
        types = [tensor.dtype for tensor in operation.inputs]
        found = op_def.scalar(operation.attrs, types) if callable(op_def.scalar) else op_def.scalar
        if found is not None:
            yield text, found


@pytest.mark.parametrize("name", [name for name in PURE if REGISTRY[name].scalar is not None])
def test_scalar_expressions_are_sound(name: str) -> None:
    """They are expressions over the inputs and the known functions; every literal is wrapped in `T(...)`.

    A float32 function may compute in `f64(...)` within it.
    """
    names = [f"{arg.name}_{i}" if arg.number_attr else arg.name for arg in REGISTRY[name].inputs for i in range(3)]
    inputs = {name: f"v_{name}" for name in names}
    for expression in dict(_expressions(name)).values():
        source = expression.format(**inputs)
        tree = ast.parse(source, mode="eval")
        wrapped = {
            id(leaf)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "T"
            for leaf in ast.walk(node)
        }
        for node in ast.walk(tree):
            assert not isinstance(node, (ast.NamedExpr, ast.Lambda, ast.Attribute)), source
            if isinstance(node, ast.Name):
                known = node.id in {*FUNCTIONS, "f64", "inf", "nan"} or node.id.removesuffix("_f64") in FUNCTIONS
                assert known or node.id.startswith("v_"), f"{node.id} in {source}"
            if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
                assert id(node) in wrapped, f"{node.value} is not wrapped in {source}"
