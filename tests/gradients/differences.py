"""Gradients beside central differences: along random directions, in float64, on the interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.building.build import build_operation
from sessile.ops.definition.opdef import REGISTRY, OpDef
from sessile.ops.types import dtypes

import sessile as tf
from tests.ops.makers import arguments
from tests.ops.makers.arguments import Call, data

Array = np.ndarray[Any, Any]

STEP: Final = 1e-5
# Where functions are smooth: the interval of their arguments, one for all or one per input.
DOMAINS: Final[dict[str, Any]] = {
    "Acosh": (1.2, 3.0),
    "Asin": (-0.8, 0.8),
    "Acos": (-0.8, 0.8),
    "Atanh": (-0.8, 0.8),
    "ClipByValue": [(-1.7, 1.7), (-1.0, -0.5), (0.5, 1.0)],
    "Betainc": [(0.5, 2.0), (0.5, 2.0), (0.2, 0.8)],
    "Erfinv": (-0.8, 0.8),
    "Igamma": (0.5, 3.0),
    "Igammac": (0.5, 3.0),
    "IgammaGradA": (0.5, 3.0),
    "Ndtri": (0.1, 0.9),
    "Polygamma": [(1.0, 1.0), (0.5, 3.0)],
    "Zeta": [(1.5, 4.0), (0.5, 3.0)],
    **dict.fromkeys(
        ("Log", "Log1p", "Sqrt", "Rsqrt", "Pow", "Lgamma", "Digamma", "Xlogy", "Xlog1py", "Xdivy", "Expint", "Spence",
         "BesselK0", "BesselK0e", "BesselK1", "BesselK1e", "BesselY0", "BesselY1", "Reciprocal", "Inv", "RealDiv",
         "Div", "DivNoNan", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad", "Tan", "FloorMod", "TruncateMod",
         "Mod"),
        (0.4, 1.4),
    ),
}  # fmt: skip


_WIDE: Final = (dtypes.float64, dtypes.complex128)
# Kernels that read one half of a matrix: derivatives are taken among symmetric ones.
SYMMETRIC: Final = ("Cholesky", "SelfAdjointEigV2", "BatchCholesky", "BatchSelfAdjointEigV2")


def _distributions(*shape: int) -> Array:
    weights = np.random.RandomState(3).uniform(0.1, 1.0, shape)
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def _square(seed: int = 0) -> Array:
    return np.random.RandomState(seed).uniform(-0.5, 0.5, (3, 3)) + np.diag([2.0, 3.0, 4.5])


_F64: Final = dtypes.float64
# Arguments of types whose general ones are of no use here.
OWN: Final[dict[str, list[Call]]] = {
    "BiasAdd": [
        Call("rows", (data(_F64, (2, 3)), data(_F64, (3,))), {"data_format": b"NHWC"}),
        Call("second", (data(_F64, (2, 3, 4)), data(_F64, (3,))), {"data_format": b"NCHW"}),
    ],
    "BiasAddV1": [Call("rows", (data(_F64, (2, 3)), data(_F64, (3,))), {})],
    "SoftmaxCrossEntropyWithLogits": [Call("rows", (data(_F64, (3, 4)), _distributions(3, 4)), {})],
    "Svd": [
        Call("square", (_square(),), {"full_matrices": False}),
        Call("tall", (data(_F64, (4, 3)),), {"full_matrices": False}),
        Call("wide", (data(_F64, (3, 4)),), {"full_matrices": False}),
        Call("values", (data(_F64, (3, 4)),), {"compute_uv": False}),
    ],
    "Qr": [Call("tall", (data(_F64, (4, 3)),), {}), Call("square", (_square(),), {"full_matrices": True})],
    "SelfAdjointEigV2": [
        Call("vectors", (_square() + _square().T,), {}),
        Call("values", (_square() + _square().T,), {"compute_v": False}),
    ],
    "ScatterNd": [
        Call("twice", (np.array([[1], [0], [1]], np.int32), data(_F64, (3, 2)), np.array([3, 2], np.int32)), {})
    ],
    "SparseToDense": [
        Call("rows", (np.array([[0, 1], [1, 0]]), np.array([2, 3]), data(_F64, (2,)), np.array(0.5)), {}),
    ],
    "SparseTensorDenseMatMul": [
        Call("plain", (np.array([[0, 1], [1, 0]]), data(_F64, (2,)), np.array([2, 3]), data(_F64, (3, 2))), {}),
        Call(
            "adjoint",
            (np.array([[0, 1], [1, 0]]), data(_F64, (2,)), np.array([2, 3]), data(_F64, (4, 2))),
            {"adjoint_a": True, "adjoint_b": True},
        ),
    ],
    "SparseTensorDenseAdd": [
        Call("plain", (np.array([[0, 1], [1, 0]]), data(_F64, (2,)), np.array([2, 3]), data(_F64, (2, 3))), {})
    ],
    "Tile": [Call("both", (data(_F64, (2, 3)), np.array([2, 3], np.int32)), {})],
    **{
        name: [Call("complex", (np.array([1.5, -2.0]), np.array([0.5, 1.0])), {"Tout": _F64})]
        for name in ("Real", "Imag", "ComplexAbs", "Angle")
    },
    "Conj": [Call("complex", (np.array([1.5, -2.0]), np.array([0.5, 1.0])), {})],
    "Complex": [Call("row", (data(_F64, (2, 3)), data(_F64, (3,))), {"Tout": dtypes.complex128})],
    "CumulativeLogsumexp": [Call("reverse", (data(_F64, (2, 3)), np.array(1, np.int32)), {"reverse": True})],
    **{
        f"UnsortedSegment{name}": [
            Call("rows", (data(_F64, (4, 2)), np.array([0, 1, 0, 1], np.int32), np.array(2, np.int32)), {})
        ]
        for name in ("Max", "Min")
    },
}  # fmt: skip
COMPLEX: Final = ("Real", "Imag", "Conj", "ComplexAbs", "Angle")


def calls(name: str) -> Iterator[Call]:
    """Yield a few sets of float64 arguments at which an operation is smooth."""
    own = OWN.get(name) or OWN.get(name.removeprefix("Batch"))
    if own:
        yield from own
        return
    op_def = REGISTRY[name]
    maker = arguments.makers().get(name)
    if maker is None:
        if arguments.is_elementwise(op_def) and dtypes.float64 in arguments.main_types(op_def):
            yield from _elementwise(op_def)
        return
    found = [call for _, call in arguments.calls(op_def)]
    if not any(_is_float64(call) for call in found):  # the first type attribute is one of indices
        found = list(maker(dtypes.float64))
    for call in found:
        if _is_float64(call) and all(_is_plain(value) for value in flat(call.inputs)) and _fits(op_def, call):
            yield call


def _fits(op_def: OpDef, call: Call) -> bool:
    """Whether an operation takes float64, and gives numbers that have derivatives."""
    with tf.Graph().as_default():
        inputs = [list(map(tf.constant, v)) if isinstance(v, list) else tf.constant(v) for v in call.inputs]
        try:
            operation = build_operation(op_def, *inputs, **dict(call.attrs))
        except TypeError:
            return False
    return any(output.dtype.is_floating or output.dtype.is_complex for output in operation.outputs)


def _is_float64(call: Call) -> bool:
    floats = [array for array in flat(call.inputs) if array.dtype.kind in "fc"]
    return bool(floats) and all(array.dtype == np.float64 for array in floats)


def _is_plain(array: Array) -> bool:
    return array.size > 0 and (
        array.dtype.kind not in "fc" or bool(np.isfinite(array).all() and (np.abs(array) < 1e3).all())
    )


def flat(inputs: tuple[Any, ...]) -> list[Array]:
    """The arrays of a call, those in lists too."""
    return [array for value in inputs for array in (value if isinstance(value, list) else [value])]


def _elementwise(op_def: OpDef) -> Iterator[Call]:
    bounds = DOMAINS.get(op_def.name, (-1.7, 1.7))
    shapes = [[(2, 3)] * 3]
    if arguments.broadcasts(op_def):
        shapes += [[(2, 3), (3,), (1, 1)], [(1, 3), (2, 1), (2, 3)], [(), (2, 3), ()]]
    attrs = {key: attr.allowed[0] for key, attr in op_def.attrs.items() if attr.kind == "type" and attr.allowed}
    attrs = {key: value for key, value in attrs.items() if key not in {a.type_attr for a in op_def.inputs}}
    if op_def.name == "Cast":
        attrs = {"DstT": dtypes.float64}
    for number, row in enumerate(shapes):
        arrays = [_within(arg, row[i], bounds, i, number) for i, arg in enumerate(op_def.inputs)]
        if op_def.inputs[0].number_attr is not None:
            extra = {"shape": None} if "shape" in op_def.attrs else {}
            yield Call("list", ([arrays[0]] * 3,), extra)
        else:
            yield Call(f"shapes {row[: len(arrays)]}", tuple(arrays), dict(attrs))


def _within(arg: Any, shape: Any, bounds: Any, position: int, seed: int) -> Array:
    dtype = arg.dtype or dtypes.float64
    if dtype.kind != "f":
        return data(dtype, shape, seed)
    low, high = bounds[position] if isinstance(bounds, list) else bounds
    random = np.random.RandomState(31 * seed + position)
    return np.asarray(random.uniform(low, high, shape), dtype.np_dtype)


class Checked:
    """One call as a graph: the inner product of its outputs with fixed weights, and gradients of that.

    Attributes:
      sources: the tensors that gradients are taken by; None where the input has another type.
      gradients: one per source, or None.
      is_precise: whether nothing is rounded to fewer digits than differences need.
    """

    def __init__(self, name: str, call: Call) -> None:
        self.feeds: dict[Any, Array] = {}
        inputs = [self._placed(value) for value in call.inputs]
        if name in COMPLEX:  # of a complex number made of two, so that parts can be moved
            inputs = [tf.complex(*inputs)]
        operation = build_operation(REGISTRY[name], *inputs, **dict(call.attrs))
        outputs = [tf.real(y) + 2.0 * tf.imag(y) if y.dtype.is_complex else y for y in operation.outputs]
        outputs = [output for output in outputs if output.dtype.is_floating]
        outputs = outputs[:1] if name == "CTCLoss" else outputs  # the second is the gradient of the first
        self.symmetric = name in SYMMETRIC
        self.is_precise = all(y.dtype.kind not in "fc" or y.dtype in _WIDE for y in operation.outputs)
        self.sources = [x for x in self.feeds if x.dtype == tf.float64]
        random = np.random.RandomState(5)
        weights = [tf.constant(random.uniform(0.5, 1.5, self._shape(output)), output.dtype) for output in outputs]
        self.value = tf.add_n(
            [tf.reduce_sum(tf.cast(y, tf.float64) * tf.cast(w, tf.float64)) for y, w in zip(outputs, weights)]
        )
        self.gradients = tf.gradients(outputs, self.sources, weights)

    def _placed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._placed(item) for item in value]
        if value.dtype.kind != "f":
            return tf.constant(value)
        x = tf.placeholder(tf.as_dtype(value.dtype), value.shape)
        self.feeds[x] = np.array(value, order="C")
        return x

    def _shape(self, output: Any) -> Any:
        if output.shape.is_fully_defined():
            return output.shape.as_list()
        with session() as sess:
            return sess.run(tf.shape(output), self.feeds)

    def error(self, value: Any, gradients: list[Any], seed: int = 0) -> float:
        """The largest relative difference of directional derivatives of `value` from central differences."""
        worst = 0.0
        with session() as sess:
            for x, gradient in zip(self.sources, gradients):
                if gradient is None:
                    continue
                direction = np.random.RandomState(seed).uniform(-1, 1, self.feeds[x].shape)
                if self.symmetric:
                    direction = direction + np.swapaxes(direction, -1, -2)
                found = float(np.sum(sess.run(tf.convert_to_tensor(gradient), self.feeds) * direction))
                ends = [sess.run(value, {**self.feeds, x: self.feeds[x] + sign * STEP * direction}) for sign in (1, -1)]
                wanted = float((ends[0] - ends[1]) / (2 * STEP))
                worst = max(worst, abs(found - wanted) / max(1.0, abs(wanted)))
        return worst


def session() -> Any:
    """A session that interprets: kernels are the meaning."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = -1
    return tf.Session(config=config)
