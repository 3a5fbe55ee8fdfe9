"""`tensorflow.python.ops.while_v2` and `cond_v2`: loops and branches as functions, by the names of their modules."""

from __future__ import annotations

from typing import Any

from ...ops.base import nest
from ...ops.families.control_flow.cond import cond
from ...ops.families.control_flow.while_loop import while_loop as _while_loop


def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    maximum_iterations: Any = None,
    name: str | None = None,
    return_same_structure: bool = True,
    back_prop: bool = True,
) -> Any:
    """`tf.while_loop` with other defaults: results are in the structure of the variables.

    Args:
      cond, body, loop_vars, shape_invariants, parallel_iterations, maximum_iterations, name, back_prop: as there.
      return_same_structure: False returns a single tensor, however deep it is, without what is around it; what has
        several tensors keeps its structure, as nowhere in `tf.while_loop`.
    Raises: as `tf.while_loop`.
    """
    result = _while_loop(
        cond, body, loop_vars, shape_invariants, parallel_iterations, back_prop, False, name, maximum_iterations, True
    )
    flat = nest.flatten(result)
    return flat[0] if len(flat) == 1 and not return_same_structure else result


def cond_v2(pred: Any, true_fn: Any, false_fn: Any, name: str = "cond") -> Any:
    """`tf.cond` whose results keep the structure of the branches, lists of one too.

    Args:
      pred: a boolean scalar.
      true_fn, false_fn: functions of nothing.
      name: of the scope.
    Raises: as `tf.cond`.
    """
    return cond(pred, true_fn, false_fn, strict=True, name=name)
