"""`compat.v2.Variable`: makes resource variables; all variables are instances of it."""

from __future__ import annotations

from typing import Any

from ...ops.families.state.variable_base import Variable as FirstVariable
from ...ops.families.state.variable_base import VariableAggregation, VariableMetaclass, VariableSynchronization


class _Making(VariableMetaclass):
    """Makes a variable where the class itself is called; knows those of version 1 for its own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self is not Variable:
            return super().__call__(*args, **kwargs)
        arguments = self.__signature__.bind(*args, **kwargs).arguments
        return FirstVariable(**arguments, use_resource=True)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, FirstVariable) if self is Variable else super().__instancecheck__(instance)

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(subclass, FirstVariable) if self is Variable else super().__subclasscheck__(subclass)


class Variable(FirstVariable, metaclass=_Making):
    """A value that outlives a step, kept as a resource: see `sessile.Variable` for the arguments."""

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        shape: Any = None,
    ) -> None:
        raise NotImplementedError("A subclass of compat.v2.Variable; derive from sessile.Variable.")
