"""Operations that call functions of the graph's library: calls, branches and loops whose bodies are functions.

They have no kernels: a plan has the bodies in their places (`compiler/plan/calls.py`).
"""

from __future__ import annotations

from typing import Any, Final

from ...base.late import late
from ...definition.opdef import Effects, OpDef
from ...definition.shape_query import ShapeQuery

_USES: Final = Effects("function", reads=True, writes=True)
_CALL: Final[dict[str, tuple[Any, ...]]] = {
    "f": ("func",),
    "config": ("string", b""),
    "config_proto": ("string", b""),
    "executor_type": ("string", b""),
}
_SHAPES: Final[tuple[Any, ...]] = ("list(shape)", ())


def _gradient(g: Any, op: Any, *dys: Any) -> Any:
    """By a function of inputs and gradients that computes the outputs again."""
    return late("function_gradients").called(op, dys)


def _told(query: ShapeQuery) -> Any:
    """The shapes that the attribute says; a list that is too short says nothing."""
    told = list(query.attrs["output_shapes"])
    count = len(query.attrs["Tout"] if "Tout" in query.attrs else query.attrs["T"])
    return told if len(told) == count else [None] * count


PARTITIONED_CALL = OpDef(
    name="PartitionedCall",
    signature="args: list(Tin) -> output: list(Tout)",
    attrs=_CALL,
    gradient=_gradient,
    flow="call",
)
STATEFUL_PARTITIONED_CALL = OpDef(
    name="StatefulPartitionedCall",
    signature="args: list(Tin) -> output: list(Tout)",
    attrs=_CALL,
    effects=_USES,
    gradient=_gradient,
    flow="call",
)
SYMBOLIC_GRADIENT = OpDef(
    name="SymbolicGradient",
    signature="input: list(Tin) -> output: list(Tout)",
    attrs={"f": ("func",)},
    flow="gradient call",
)


def _branches(name: str, effects: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="cond: Tcond, input: list(Tin) -> output: list(Tout)",
        attrs={"then_branch": ("func",), "else_branch": ("func",), "output_shapes": _SHAPES},
        shape=_told,
        gradient=_gradient,
        flow="if",
        **effects,
    )


def _case(name: str, effects: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="branch_index: int32, input: list(Tin) -> output: list(Tout)",
        attrs={"branches": ("list(func)",), "output_shapes": _SHAPES},
        shape=_told,
        flow="case",
        **effects,
    )


def _loop(name: str, effects: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="input: list(T) -> output: list(T)",
        attrs={"cond": ("func",), "body": ("func",), "output_shapes": _SHAPES, "parallel_iterations": ("int", 10)},
        shape=_told,
        gradient=_gradient,
        flow="while",
        **effects,
    )


IF, STATELESS_IF = _branches("If", {"effects": _USES}), _branches("StatelessIf", {})
CASE, STATELESS_CASE = _case("Case", {"effects": _USES}), _case("StatelessCase", {})
WHILE, STATELESS_WHILE = _loop("While", {"effects": _USES}), _loop("StatelessWhile", {})
