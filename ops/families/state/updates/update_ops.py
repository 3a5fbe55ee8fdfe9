"""The types of operations that train variables: `ApplyAdam`, `SparseApplyAdam`, `ResourceApplyAdam` and their like.

A row of the table gives the four types of one update: dense and sparse, of references and of resources. They share
one formula (`update_formulas.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ....definition.opdef import Effects, OpDef
from ....definition.shapes import merge, with_rank
from ....definition.update import Update
from ....types.dtypes import INDEX, NUMERIC, QUANTIZED
from ....types.tensor_shape import brackets
from . import update_formulas as formulas
from .repeated_rows import sparse_update
from .update_kernels import dense_kernel, sparse_kernel

_WRITES: Final = Effects("variable", reads=True, writes=True)
_NUMBERS: Final = NUMERIC + QUANTIZED
_LOCKING: Final = {"use_locking": ("bool", False)}
_UPDATE_SLOTS: Final = {"use_locking": ("bool", False), "update_slots": ("bool", True)}
_LINEAR: Final = {"use_locking": ("bool", False), "multiply_linear_by_lr": ("bool", False)}
_NESTEROV: Final = {"use_locking": ("bool", False), "use_nesterov": ("bool", False)}

Formula = Callable[..., Any]
DENSE, SPARSE, RESOURCE, RESOURCE_SPARSE = "Apply{}", "SparseApply{}", "ResourceApply{}", "ResourceSparseApply{}"
_ALL: Final = (DENSE, SPARSE, RESOURCE, RESOURCE_SPARSE)


def _shape_rule(variables: int, names: list[str], gradient: str, sparse: bool) -> Callable[[Any], Any]:
    """Variables have one shape, which a dense gradient has too; everything else is a scalar."""

    def rule(query: Any) -> Any:
        shape = query.shapes[0]
        for other in query.shapes[1:variables]:
            shape = _same(shape, other)
        for name, given in zip(names[variables:], query.shapes[variables:]):
            if name == gradient:
                if not sparse:
                    shape = _same(shape, given)
            elif name != "indices":
                with_rank(given, 0)
        if sparse:
            _sparse_shapes(shape, query.shapes[names.index(gradient)], query.shapes[names.index("indices")])
        return shape

    return rule


def _same(shape: Any, other: Any) -> Any:
    """What is known from two shapes that are one. Raises: ValueError that names both."""
    try:
        return merge(shape, other)
    except ValueError as error:
        raise ValueError(f"{error}. Shapes are {brackets(shape)} and {brackets(other)}.") from None


def _sparse_shapes(shape: Any, gradient: Any, indices: Any) -> None:
    (count,) = with_rank(indices, 1)
    if gradient is not None:
        merge(gradient[:1], (count,))
        if shape is not None:
            merge(gradient[1:], shape[1:])


def _scalars_only(variables: int, names: list[str], gradient: str) -> Callable[[Any], Any]:
    """Of resources no shape is known; there is no output."""

    def rule(query: Any) -> Any:
        for name, given in zip(names[variables:], query.shapes[variables:]):
            if name not in (gradient, "indices"):
                with_rank(given, 0)
        return []

    return rule


def _define(
    update: str,
    formula: Formula,
    variables: str,
    dense: str,
    sparse: str = "",
    attrs: Any = _LOCKING,
    forms: tuple[str, ...] = _ALL,
) -> None:
    """Define the types of one update.

    Args:
      variables, dense, sparse: the names of the inputs: those that are variables, and what follows them.
      forms: which of the four types TensorFlow has.
    """
    for form in forms:
        is_sparse = "Sparse" in form
        names = [*variables.split(), *(sparse if is_sparse else dense).split()]
        _define_one(form.format(update), formula, len(variables.split()), names, dense.split(), attrs, is_sparse)


def _define_one(
    name: str, formula: Formula, variables: int, names: list[str], dense: list[str], attrs: Any, is_sparse: bool
) -> None:
    is_resource = name.startswith("Resource")
    gradient = "delta" if "delta" in names else "grad"
    places = {"indices": "Tindices", "global_step": "int64"}
    arguments = ", ".join(
        f"{argument}: {'resource' if is_resource else 'Ref(T)'}"
        if position < variables
        else f"{argument}: {places.get(argument, 'T')}"
        for position, argument in enumerate(names)
    )
    if is_sparse:
        rest = ["grad" if name == "delta" else name for name in dense]
        kernel = sparse_kernel(formula, variables, names, rest)
        new = sparse_update(formula, variables, names, rest)
    else:
        kernel, new = dense_kernel(formula, variables, names), formula
    OpDef(
        name=name,
        signature=f"{arguments} ->" + ("" if is_resource else " out: Ref(T)"),
        where={"T": _NUMBERS, **({"Tindices": INDEX} if is_sparse else {})},
        attrs=attrs,
        shape=_scalars_only(variables, names, gradient)
        if is_resource
        else _shape_rule(variables, names, gradient, is_sparse),
        kernel=kernel,
        effects=_WRITES,
        update=Update(variables, new),
    )


_define("GradientDescent", formulas.gradient_descent, "var", "alpha delta", forms=(DENSE, RESOURCE))
_define(
    "ProximalGradientDescent", formulas.proximal_gradient_descent, "var", "alpha l1 l2 delta",
    "alpha l1 l2 grad indices",
)  # fmt: skip
_define("Momentum", formulas.momentum, "var accum", "lr grad momentum", "lr grad indices momentum", _NESTEROV)
_define(
    "KerasMomentum", formulas.keras_momentum, "var accum", "lr grad momentum", "lr grad indices momentum", _NESTEROV,
    (RESOURCE, RESOURCE_SPARSE),
)  # fmt: skip
_define("Adagrad", formulas.adagrad, "var accum", "lr grad", "lr grad indices", _UPDATE_SLOTS)
_define("AdagradV2", formulas.adagrad_v2, "var accum", "lr epsilon grad", "lr epsilon grad indices", _UPDATE_SLOTS)
_define(
    "AdagradDA", formulas.adagrad_da, "var gradient_accumulator gradient_squared_accumulator",
    "grad lr l1 l2 global_step", "grad indices lr l1 l2 global_step",
)  # fmt: skip
_define(
    "Adadelta", formulas.adadelta, "var accum accum_update", "lr rho epsilon grad", "lr rho epsilon grad indices"
)  # fmt: skip
_define(
    "RMSProp", formulas.rms_prop, "var ms mom", "lr rho momentum epsilon grad",
    "lr rho momentum epsilon grad indices",
)  # fmt: skip
_define(
    "CenteredRMSProp", formulas.centered_rms_prop, "var mg ms mom", "lr rho momentum epsilon grad",
    "lr rho momentum epsilon grad indices",
)  # fmt: skip
_define(
    "Adam", formulas.adam, "var m v", "beta1_power beta2_power lr beta1 beta2 epsilon grad", attrs=_NESTEROV,
    forms=(DENSE, RESOURCE),
)  # fmt: skip
_define(
    "AdamWithAmsgrad", formulas.adam_with_amsgrad, "var m v vhat",
    "beta1_power beta2_power lr beta1 beta2 epsilon grad", forms=(RESOURCE,),
)  # fmt: skip
_define(
    "AdaMax", formulas.ada_max, "var m v", "beta1_power lr beta1 beta2 epsilon grad", forms=(DENSE, RESOURCE)
)  # fmt: skip
_define("AddSign", formulas.add_sign, "var m", "lr alpha sign_decay beta grad", forms=(DENSE, RESOURCE))
_define("PowerSign", formulas.power_sign, "var m", "lr logbase sign_decay beta grad", forms=(DENSE, RESOURCE))
_define("ProximalAdagrad", formulas.proximal_adagrad, "var accum", "lr l1 l2 grad", "lr l1 l2 grad indices")
_define(
    "Ftrl", formulas.ftrl, "var accum linear", "grad lr l1 l2 lr_power", "grad indices lr l1 l2 lr_power", _LINEAR
)  # fmt: skip
_define(
    "FtrlV2", formulas.ftrl_v2, "var accum linear", "grad lr l1 l2 l2_shrinkage lr_power",
    "grad indices lr l1 l2 l2_shrinkage lr_power", _LINEAR,
)  # fmt: skip
