"""`tensorflow.python.ops.resources`: resources other than variables, which are made and asked for beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...ops.building.basic_ops import group
from ...ops.building.constant import constant
from ...ops.building.default_graph import add_to_collection, device, get_collection, name_scope
from ...ops.families.arrays.stacking import stack
from ...ops.families.elementwise.compare import logical_not
from ...ops.families.indexing.masking import boolean_mask
from ...ops.graph.graph_keys import GraphKeys
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ...ops.types import dtypes


class _Resource(NamedTuple):
    handle: Any
    create: Any
    is_initialized: Any


def register_resource(handle: Any, create_op: Any, is_initialized_op: Any, is_shared: bool = True) -> None:
    """Note a resource in the collection of shared resources, or of local ones.

    Args:
      handle: its handle.
      create_op: the operation that makes it.
      is_initialized_op: a bool tensor: whether it is there.
      is_shared: whether workers share it.
    """
    name = GraphKeys.RESOURCES if is_shared else GraphKeys.LOCAL_RESOURCES
    add_to_collection(name, _Resource(handle, create_op, is_initialized_op))


def shared_resources() -> list[Any]:
    """Return the resources that workers share, in the order they were noted."""
    return list(get_collection(GraphKeys.RESOURCES))


def local_resources() -> list[Any]:
    """Return the resources of this worker."""
    return list(get_collection(GraphKeys.LOCAL_RESOURCES))


def report_uninitialized_resources(
    resource_list: Sequence[Any] | None = None, name: str = "report_uninitialized_resources"
) -> Tensor:
    """Return a vector of the names of handles whose resources are not there.

    Args:
      resource_list: the resources. Default: shared and local ones.
    """
    found = [*shared_resources(), *local_resources()] if resource_list is None else list(resource_list)
    with name_scope(name), device("/cpu:0"):
        if not found:
            return constant([], dtype=dtypes.string)
        absent = logical_not(stack([each.is_initialized for each in found]))
        names = constant([each.handle.name for each in found])
        result: Tensor = boolean_mask(names, absent)
        return result


def initialize_resources(resource_list: Sequence[Any], name: str = "init") -> Operation:
    """Return an operation that makes resources; it does nothing for none."""
    made: Operation = group(*[each.create for each in resource_list], name=name)
    return made
