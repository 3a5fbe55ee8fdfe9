"""What `tf2`, `control_flow_util`, `gradients_impl`, `all_util`, `framework.ops`, `tpu_function` have."""

from __future__ import annotations

import re
import sys
from typing import Any

from ...ops.base.device_spec import DeviceSpec
from ...ops.building.default_graph import get_default_graph
from ...ops.library.gradients.gradients import UnconnectedGradients, gradients

DeviceSpecV1 = DeviceSpec


def enabled() -> bool:
    """Return False: this is TensorFlow 1."""
    return False


def GraphOrParentsInXlaContext(graph: Any) -> bool:
    """Return False: there is no scope of XLA's."""
    return False


def GetContainingXLAContext(ctxt: Any) -> None:
    """Return None: no context of control flow is within a scope of XLA's."""
    return None


def IsInXLAContext(op: Any) -> bool:
    """Return False: there is no scope of XLA's."""
    return False


class TpuContext:
    """What a step knows of the TPUs that share it: nothing.

    Attributes:
      number_of_shards: None.
    """

    number_of_shards = None


def get_tpu_context() -> TpuContext:
    """Return the context of TPUs, outside of all."""
    return TpuContext()


def gradients_v2(
    ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients", gate_gradients: bool = False,
    aggregation_method: int | None = None, stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> Any:  # fmt: skip
    """`tf.gradients` with TensorFlow 2's arguments."""
    return gradients(
        ys, xs, grad_ys, name, False, gate_gradients, aggregation_method, stop_gradients, unconnected_gradients
    )


def make_all(module_name: str, doc_string_modules: Any = None) -> list[str]:
    """Return the names of a module that the documentation of modules tells of by `@@name`.

    Args:
      module_name: its full name.
      doc_string_modules: modules; default: itself.
    """
    module = sys.modules[module_name]
    told = {name for source in doc_string_modules or [module] for name in re.findall(r"@@(\w+)", source.__doc__ or "")}
    return sorted(name for name in dir(module) if name in told)


def _get_graph_from_inputs(op_input_list: Any, graph: Any = None) -> Any:
    """The graph that the inputs are in: the given one, theirs, or the default graph.

    Raises: ValueError if they are in different graphs, or not in the given one.
    """
    given, first = graph is not None, None
    for item in op_input_list:
        own = getattr(item, "graph", None)
        if own is None:
            continue
        if graph is None:
            graph, first = own, item
        elif own is not graph:
            where = "is not from the passed-in graph" if given else f"must be from the same graph as {first}"
            raise ValueError(f"{item} {where}.")
    return get_default_graph() if graph is None else graph
