"""The operation types of staging areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape
from .staging_resource import KeyedStage, Stage

_LOOKS = Effects("staging", reads=True)
_CLEARS = Effects("staging", writes=True)
_WAITS = Effects("staging", reads=True, writes=True, blocking=True, ordered=False)
_BOUNDS: dict[str, Any] = {
    "capacity": ("int", 0),
    "memory_limit": ("int", 0),
    "container": ("string", b""),
    "shared_name": ("string", b""),
}
_TYPED: dict[str, Any] = {**_BOUNDS, "dtypes": ("list(type)",)}


def _stage(context: KernelContext) -> Stage:
    found: Stage = context.state.resources.of_operation(
        context.op, "staging", lambda op: Stage(op.name, op.attrs["capacity"], op.attrs["memory_limit"])
    )
    return found


def _unknown(query: Any) -> list[Any]:
    return [None] * len(query.attrs["dtypes"])


def _kept(components: list[Any]) -> list[Any]:
    """Copies: what is fed, or computed in place, belongs to a step."""
    return [np.array(part) for part in components]


def _put_kernel(context: KernelContext, values: list[Any]) -> Any:
    _stage(context).put(_kept(values), context)
    return ()


def _clear_kernel(context: KernelContext) -> Any:
    _stage(context).drop_all()
    return ()


STAGE = OpDef(
    name="Stage",
    signature="values: list(dtypes) ->",
    attrs=_BOUNDS,
    kernel=_put_kernel,
    effects=_WAITS,
)
UNSTAGE = OpDef(
    name="Unstage",
    signature="-> values: list(dtypes)",
    attrs=_BOUNDS,
    shape=_unknown,
    kernel=lambda context: _stage(context).get(context),
    effects=_WAITS,
)
STAGE_PEEK = OpDef(
    name="StagePeek",
    signature="index: int32 -> values: list(dtypes)",
    attrs=_BOUNDS,
    shape=_unknown,
    kernel=lambda context, index: _stage(context).peek(int(index), context),
    effects=_WAITS,
)
STAGE_SIZE = OpDef(
    name="StageSize",
    signature="-> size: int32",
    attrs=_TYPED,
    shape=scalar_shape,
    kernel=lambda context: np.array(_stage(context).size(), np.int32),
    effects=_LOOKS,
)
STAGE_CLEAR = OpDef(name="StageClear", signature="->", attrs=_TYPED, kernel=_clear_kernel, effects=_CLEARS)


class KeyedOps:
    """The operation types of staging areas with keys.

    Args:
      prefix: of their names: "Map", or "OrderedMap".
      is_ordered: whether what is taken without a key is that of the smallest.
    """

    def __init__(self, prefix: str, is_ordered: bool) -> None:
        def area(context: KernelContext) -> KeyedStage:
            def make(op: Any) -> KeyedStage:
                a = op.attrs
                return KeyedStage(op.name, a["capacity"], a["memory_limit"], is_ordered)

            found: KeyedStage = context.state.resources.of_operation(context.op, "staging", make)
            return found

        def put(context: KernelContext, key: Any, indices: Any, values: list[Any]) -> Any:
            width = len(context.op.attrs["dtypes"])
            area(context).put(int(key), width, indices.tolist(), _kept(values), context)
            return ()

        def get_any(context: KernelContext, indices: Any) -> Any:
            key, parts = area(context).get_any(indices.tolist(), context)
            return [np.array(key, np.int64), *parts]

        def clear(context: KernelContext) -> Any:
            area(context).drop_all()
            return ()

        def define(name: str, signature: str, kernel: Callable[..., Any], effects: Effects, **more: Any) -> OpDef:
            return OpDef(name=prefix + name, signature=signature, kernel=kernel, effects=effects, **more)

        self.put = define(
            "Stage", "key: int64, indices: int32, values: list(fake_dtypes) ->", put, _WAITS, attrs=_TYPED
        )
        self.get = define(
            "Unstage", "key: int64, indices: int32 -> values: list(dtypes)",
            lambda context, key, indices: area(context).get(int(key), indices.tolist(), context), _WAITS,
            attrs=_BOUNDS, shape=_unknown,
        )  # fmt: skip
        self.get_any = define(
            "UnstageNoKey", "indices: int32 -> key: int64, values: list(dtypes)", get_any, _WAITS, attrs=_BOUNDS,
            shape=lambda query: [None, *_unknown(query)],
        )  # fmt: skip
        self.peek = define(
            "Peek", "key: int64, indices: int32 -> values: list(dtypes)",
            lambda context, key, indices: area(context).peek(int(key), indices.tolist(), context), _WAITS,
            attrs=_BOUNDS, shape=_unknown,
        )  # fmt: skip
        self.size = define(
            "Size", "-> size: int32", lambda context: np.array(area(context).size(), np.int32), _LOOKS, attrs=_TYPED,
            shape=scalar_shape,
        )  # fmt: skip
        self.incomplete_size = define(
            "IncompleteSize", "-> size: int32", lambda context: np.array(area(context).incomplete_size(), np.int32),
            _LOOKS, attrs=_TYPED, shape=scalar_shape,
        )  # fmt: skip
        self.clear = define("Clear", "->", clear, _CLEARS, attrs=_TYPED)


MAP_STAGE = KeyedOps("Map", is_ordered=False)
ORDERED_MAP_STAGE = KeyedOps("OrderedMap", is_ordered=True)
