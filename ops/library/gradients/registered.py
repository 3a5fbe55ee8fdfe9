"""Which rule a gradient follows: the type's own, one the user registered, or one put in its place in a block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...definition.opdef import NOT_DIFFERENTIABLE, REGISTRY
from ...definition.registry import lookup
from .builder import BUILDER

Rule = Callable[..., Any]

# Rules by the name they were registered under; None: no gradient flows.
_REGISTERED: Final[dict[str, Rule | None]] = {}


class RegisterGradient:
    """A decorator that registers a gradient function, for an operation type or for `Graph.gradient_override_map`.

    The function takes the Operation and one gradient per output, and returns one gradient per input (None where none
    flows).

    Args:
      op_type: the name to register under.
    Raises: TypeError if it is no string; KeyError if it has a gradient already, when the decorator is applied.

    >>> @RegisterGradient("Halved")
    ... def _halved(op, grad):
    ...     return grad * 0.5
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Rule) -> Rule:
        """Register `f`, and return it."""
        _register(self._op_type, f)
        return f


def not_differentiable(op_type: str) -> None:
    """Say that no gradient flows through operations of a type.

    Args:
      op_type: the operation type.
    Raises: TypeError if it is no string, KeyError if it has a gradient already.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


def _register(name: str, rule: Rule | None) -> None:
    if name in _REGISTERED or (name in REGISTRY and REGISTRY[name].gradient is not None):
        raise KeyError(f"Registering two gradient with name '{name}'!")
    _REGISTERED[name] = rule


def has_rule(name: str) -> bool:
    """Whether gradients of a type (or under a registered name) are known, or known not to flow."""
    return name in _REGISTERED or (name in REGISTRY and REGISTRY[name].gradient is not None)


def rule_of(op: Any) -> Rule | None:
    """The function from (op, *output gradients) to input gradients, or None where no gradient flows.

    Raises: LookupError if none is known.
    """
    override = op.attrs.get("_gradient_op_type")
    if override is not None:
        return named_rule(override.decode() if isinstance(override, bytes) else override)
    own = op.op_def.gradient
    if own is None:
        return named_rule(op.type)
    return None if own is NOT_DIFFERENTIABLE else _with_builder(own)


def named_rule(name: str) -> Rule | None:
    """The function from (op, *output gradients) to input gradients under a type's or a registered name, or None.

    Raises: LookupError if none is known.
    """
    if name in _REGISTERED:
        return _REGISTERED[name]
    try:
        own = lookup(name).gradient
    except Exception:
        own = None
    if own is None:
        raise LookupError(f"gradient registry has no entry for: {name}")
    return None if own is NOT_DIFFERENTIABLE else _with_builder(own)


def _with_builder(rule: Any) -> Rule:
    def called(op: Any, *gradients: Any) -> Any:
        return rule(BUILDER, op, *gradients)

    return called


def get_gradient_function(op: Any) -> Rule | None:
    """Return the function that computes the gradients of `op` (None: no gradient flows).

    Raises: LookupError if none is known.
    """
    return rule_of(op) if op._inputs else None
