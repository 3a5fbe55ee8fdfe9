"""What `tf2`, `control_flow_util`, `gradients_impl`, `gradient_checker`, `all_util`, `framework.ops`, `tpu_function`
have."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

import numpy as np

from ...ops.base.device_spec import DeviceSpec
from ...ops.graph.defaults import get_default_session
from ...ops.library.contrib.framework.small import get_graph_from_inputs as _get_graph_from_inputs
from ...ops.library.gradients import checking as _checking
from ...ops.library.gradients.gradients import UnconnectedGradients, gradients
from ...ops.library.gradients.registered import GRADIENTS as _GRADIENTS

DeviceSpecV1 = DeviceSpec
_gradient_registry = _GRADIENTS
__all__ = ["_get_graph_from_inputs"]


def get_gradient_function(op: Any) -> Any:
    """Return the function of an operation and its outputs' gradients that gives the gradients of its inputs.

    None for operations without inputs, and where no gradient flows.

    Raises: LookupError if none is known.
    """
    from ...ops.library.gradients.registered import get_gradient_function as found

    return found(op)


def _compute_dx_and_dy(x: Any, y: Any, y_shape: Any) -> tuple[Any, Any]:
    """Return the gradient of `y` by `x`, and the constant that is the gradient of `y` in it."""
    return _checking.gradient_and_seed(x, y, y_shape)


def _compute_theoretical_jacobian(
    x: Any, x_shape: Any, x_data: Any, dy: Any, dy_shape: Any, dx: Any, extra_feed_dict: Any
) -> Any:
    """Return the matrix of derivatives at `x_data`, by the default session; `dx`, `dy` as `_compute_dx_and_dy`."""
    del x_shape  # the data's
    size, point = _size(dy_shape), _point(x, x_data)
    return _checking.theoretical(get_default_session(), x, point, dy, size, dy, dx, extra_feed_dict or {})


def _compute_numeric_jacobian(
    x: Any, x_shape: Any, x_data: Any, y: Any, y_shape: Any, delta: float, extra_feed_dict: Any
) -> Any:
    """Return the matrix of derivatives at `x_data` as central differences, by the default session."""
    del x_shape
    size, point = _size(y_shape), _point(x, x_data)
    return _checking.numeric(get_default_session(), x, point, y, size, delta, extra_feed_dict or {})


def _size(shape: Any) -> int:
    return math.prod(int(extent) for extent in shape)


def _point(x: Any, data: Any) -> Any:
    return np.asarray(data, x.dtype.base_dtype.as_numpy_dtype)


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


def _as_graph_element(obj: Any) -> Any:
    """The tensor or operation that a value, such as a variable, stands for; None if it stands for none."""
    convert = getattr(obj, "_as_graph_element", None)
    return convert() if callable(convert) else None
