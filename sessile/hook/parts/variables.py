"""`tensorflow.python.ops.variables`, `variable_scope`, `resource_variable_ops`: the classes of variables."""

from __future__ import annotations

from typing import Any

from ...ops.families.state.partitioned import PartitionedVariable
from ...ops.families.state.ref_variable import RefVariable
from ...ops.families.state.resource_variable import ResourceVariable
from ...ops.families.state.variables import Variable, default_variable_creator

VariableV1 = variable = Variable
__all__ = [
    "PartitionedVariable",
    "RefVariable",
    "ResourceVariable",
    "VariableV1",
    "default_variable_creator",
    "is_resource_variable",
    "variable",
]


def is_resource_variable(var: Any) -> bool:
    """Whether this is a variable whose reads are ordered by control edges alone."""
    return isinstance(var, ResourceVariable)
