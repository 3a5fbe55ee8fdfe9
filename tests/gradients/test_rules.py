"""Every operation type has a gradient rule or says that none flows; rules agree with central differences."""

from __future__ import annotations

from typing import Any, Final

import pytest
from sessile.ops.definition import families
from sessile.ops.definition.opdef import NOT_DIFFERENTIABLE, REGISTRY, Arg, OpDef
from sessile.ops.types import dtypes

import sessile as tf
from tests.gradients.differences import Checked, calls

families.load_all()

_TRAINABLE: Final = frozenset({*dtypes.FLOATS, *dtypes.COMPLEX})


def carries(op_def: OpDef, arg: Arg) -> bool:
    """Whether an input or output may be floating-point or complex."""
    if arg.is_ref:
        return False
    if arg.dtype is not None:
        return arg.dtype in _TRAINABLE
    allowed = op_def.where.get(arg.type_attr or arg.list_attr or "")
    return allowed is None or any(dtype in _TRAINABLE for dtype in allowed)


def may_flow(op_def: OpDef) -> bool:
    """Whether a gradient could flow through operations of a type."""
    return any(carries(op_def, arg) for arg in op_def.inputs) and any(carries(op_def, arg) for arg in op_def.outputs)


OUR_OWN: Final = ("_InitializedResourceValue", "_InitializedValue")  # other `_` types the compiler makes, too late
# Rules of loops and branches come with them.
CONTROL_FLOW: Final = ("Enter", "Exit", "Merge", "NextIteration", "Switch")
_ARRAY_PARTS: Final = ("Concat", "Gather", "Read", "Scatter", "Split", "Write")
# TensorFlow has no rule for these; asking for one is a LookupError there too.
UNKNOWN: Final = (
    "AdjustHue", "AdjustSaturation", "EagerPyFunc", "FusedPadConv2D", "FusedResizeAndPadConv2D",
    "LRNGrad", "RandomGammaGrad", "ResizeArea", "ResizeBicubicGrad",
    "ResizeNearestNeighborGrad", "SparseAddGrad", "SparseConcat", "SparseReduceMaxSparse", "SparseReduceSumSparse",
    "SparseSliceGrad", "SparseSplit", "Case", "StatelessCase", "SymbolicGradient",
    "ScaleAndTranslateGrad", "TensorStridedSliceUpdate", "TileGrad",
    "BlockLSTMGrad", "BlockLSTMGradV2", "GRUBlockCellGrad", "LSTMBlockCellGrad",
    "AdjustContrast", "BatchCholeskyGrad", "BatchNormWithGlobalNormalizationGrad", "BatchSelfAdjointEig",
    "CholeskyGrad", "Conv3DBackpropFilter", "Conv3DBackpropInput", "SelfAdjointEig",
    *(f"TensorArray{what}{form}" for what in _ARRAY_PARTS for form in ("", "V2")), "TensorArrayPack",
    "TensorArrayUnpack",
    "Bitcast", "CropAndResizeGradBoxes", "CropAndResizeGradImage", "Dilation2DBackpropFilter",
    "Dilation2DBackpropInput", "DrawBoundingBoxesV2", "FakeQuantWithMinMaxArgsGradient",
    "FakeQuantWithMinMaxVarsGradient", "FakeQuantWithMinMaxVarsPerChannelGradient", "FractionalAvgPoolGrad",
    "FractionalMaxPoolGrad", "InplaceAdd", "InplaceSub", "InplaceUpdate", "ListDiff", "RandomPoisson",
    "RandomPoissonV2", "Unique", "UniqueV2", "UniqueWithCounts", "UniqueWithCountsV2",
)  # fmt: skip
CARRYING: Final = sorted(
    name
    for name, op_def in REGISTRY.items()
    if may_flow(op_def) and name not in CONTROL_FLOW and (not name.startswith("_") or name in OUR_OWN)
)
WITH_RULE: Final = [name for name in CARRYING if callable(REGISTRY[name].gradient) and name not in UNKNOWN]
GIVEN: Final = ("UserFunction", "UserRows", "CompiledUserRows")  # by whoever wrote the function
STRAIGHT: Final = ("QuantizeAndDequantize", "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3")  # as if it were x
CHECKED: Final = [
    name
    for name in WITH_RULE
    if REGISTRY[name].is_pure and name not in (*GIVEN, *STRAIGHT) and any(True for _ in calls(name))
]

# Inputs by which no formula is known.
NO_FORMULA: Final = {
    "Betainc": (0, 1), "IgammaGradA": (0,), "MatrixDiagPartV3": (1,), "MatrixDiagV3": (1,),
    "MatrixDiagPartV2": (1,), "MatrixDiagV2": (1,), "Polygamma": (0,),
    "Zeta": (0,), "NextAfter": (1,), "SparseAdd": (2,),
    "SparseSparseMaximum": (0, 1), "SparseSparseMinimum": (0, 1),
}  # fmt: skip
# Types through which no gradient flows although they have a rule.
FLAT: Final = ("Ceil", "Floor", "FloorDiv", "Rint", "Round", "Sign", "TruncateDiv")
NO_SECOND: Final = {
    "Igamma": "no formula by the first argument",
    "Igammac": "no formula by the first argument",
    "Zeta": "no formula by the first argument",
    "SparseSoftmaxCrossEntropyWithLogits": "refused, as in TensorFlow",
    "PreventGradient": "refuses the first",
    "CTCLoss": "refused, as in TensorFlow",
    "Dilation2D": "refused, as in TensorFlow",
    "FractionalMaxPool": "refused, as in TensorFlow",
    "MaxPool3DGradGrad": "of short floats only",
}


@pytest.mark.parametrize("name", CARRYING)
def test_every_type_has_a_rule_or_says_that_there_is_none(name: str) -> None:
    """What numbers flow through says what their gradients do."""
    gradient = REGISTRY[name].gradient
    if name in UNKNOWN:
        return
    assert gradient is not None, f"{name} needs gradient=rule, or gradient=NOT_DIFFERENTIABLE"
    assert callable(gradient) or gradient == NOT_DIFFERENTIABLE


def _checked(name: str, call: Any) -> Any:
    graph = tf.Graph()
    with graph.as_default():
        return graph, Checked(name, call)


@pytest.mark.parametrize("name", [name for name in CHECKED if name not in ("PreventGradient", "MaxPool3DGradGrad")])
def test_rules_agree_with_central_differences(name: str) -> None:
    """First derivatives of every rule, along random directions."""
    for call in calls(name):
        graph, checked = _checked(name, call)
        if not checked.is_precise:
            continue
        with graph.as_default():
            missing = [i for i, gradient in enumerate(checked.gradients) if gradient is None]
            if name not in FLAT:
                assert set(missing) <= set(NO_FORMULA.get(name, ())), f"{name}, {call.note}: no gradient by {missing}"
            error = checked.error(checked.value, checked.gradients)
            assert error < 1e-6, f"{name}, {call.note}: {error}"


@pytest.mark.parametrize("name", [name for name in CHECKED if name not in NO_SECOND])
def test_second_derivatives_agree_with_central_differences(name: str) -> None:
    """Gradients of gradients, of the first set of arguments."""
    call = next(calls(name))
    graph, checked = _checked(name, call)
    if not checked.is_precise:
        return
    with graph.as_default():
        first = [tf.convert_to_tensor(gradient) for gradient in checked.gradients if gradient is not None]
        if not first:
            return
        total = tf.add_n([tf.reduce_sum(tf.sin(gradient)) for gradient in first])
        second = tf.gradients(total, checked.sources)
        error = checked.error(total, second)
        assert error < 1e-5, f"{name}, {call.note}: {error}"
