"""Which rule a gradient follows: the type's own, one the user registered, or one put in its place in a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from typing import Any, Final

from ...definition.families import load_all, load_family_of
from ...definition.opdef import NOT_DIFFERENTIABLE, REGISTRY
from ...definition.registry import lookup
from .builder import BUILDER

Rule = Callable[..., Any]

# Rules by the name they were registered under; None: no gradient flows.
_REGISTERED: Final[dict[str, Rule | None]] = {}
# Types whose own rule was taken away, as programs may by TensorFlow's registry.
_REMOVED: Final[set[str]] = set()


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
    if has_rule(name):
        raise KeyError(f"Registering two gradient with name '{name}'!")
    _REGISTERED[name] = rule


def has_rule(name: str) -> bool:
    """Whether gradients of a type (or under a registered name) are known, or known not to flow."""
    if name in _REGISTERED:
        return True
    return name in REGISTRY and REGISTRY[name].gradient is not None and name not in _REMOVED


def rule_of(op: Any) -> Rule | None:
    """The function from (op, *output gradients) to input gradients, or None where no gradient flows.

    Raises: LookupError if none is known.
    """
    override = op.attrs.get("_gradient_op_type")
    if override is not None:
        return named_rule(override.decode() if isinstance(override, bytes) else override)
    return _type_rule(op)


def _type_rule(op: Any) -> Rule | None:
    own = op.op_def.gradient
    if own is None or op.type in _REGISTERED or op.type in _REMOVED:
        return named_rule(op.type)
    return None if own is NOT_DIFFERENTIABLE else _with_builder(own)


def rule_on_tape(op: Any) -> Rule | None:
    """As `rule_of`, for a tape: it goes by types, whatever a block put in their place, but for `custom_gradient`."""
    if op.type == "IdentityN" and "_gradient_op_type" in op.attrs:
        return rule_of(op)
    return _type_rule(op)


def named_rule(name: str) -> Rule | None:
    """The function from (op, *output gradients) to input gradients under a type's or a registered name, or None.

    Raises: LookupError if none is known.
    """
    if name in _REGISTERED:
        return _REGISTERED[name]
    try:
        own = None if name in _REMOVED else lookup(name).gradient
    except Exception:
        own = None
    if own is None:
        raise LookupError(f"gradient registry has no entry for: {name}")
    return None if own is NOT_DIFFERENTIABLE else _with_builder(own)


@cache
def _with_builder(rule: Any) -> Rule:
    def called(op: Any, *gradients: Any) -> Any:
        return rule(BUILDER, op, *gradients)

    return called


def get_gradient_function(op: Any) -> Rule | None:
    """Return the function that computes the gradients of `op` (None: no gradient flows).

    Raises: LookupError if none is known.
    """
    return rule_of(op) if op._inputs else None


class Rules(MutableMapping[str, dict[str, Any]]):
    """All rules by the names of types and those they were registered under, as TensorFlow's registry holds them.

    An entry is a dictionary whose `type` is the rule, None where no gradient flows, and whose `location` tells the file
    and line of a function of the program's. Entries may be set, also for types that have a rule, and be deleted.
    """

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Raises: KeyError if there is no rule."""
        if name in _REGISTERED:
            rule = _REGISTERED[name]
            code = getattr(rule, "__code__", None)
            return {"type": rule, "location": code and (code.co_filename, code.co_firstlineno, code.co_name, None)}
        if not _has_own(name):
            raise KeyError(name)
        return {"type": named_rule(name), "location": None}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in _REGISTERED or _has_own(name))

    def __setitem__(self, name: str, entry: dict[str, Any]) -> None:
        """Put a rule in the place of the one there is."""
        rule = entry["type"]
        _REMOVED.discard(name)
        if _has_own(name) and rule is _own(name):
            _REGISTERED.pop(name, None)
        else:
            _REGISTERED[name] = rule

    def __delitem__(self, name: str) -> None:
        """Forget a rule. Raises: KeyError if there is none."""
        if name not in self:
            raise KeyError(name)
        if _REGISTERED.pop(name, self) is self or _has_own(name):
            _REMOVED.add(name)

    def __iter__(self) -> Iterator[str]:
        load_all()
        own = [name for name in REGISTRY if name not in _REGISTERED and _has_own(name)]
        return iter([*own, *_REGISTERED])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __copy__(self) -> dict[str, dict[str, Any]]:
        """What there is now: programs copy the rules, change them, and set the copy back."""
        return dict(self)


def _has_own(name: str) -> bool:
    """Whether a type has a rule of its own that was not taken away."""
    if name in _REMOVED:
        return False
    found = REGISTRY.get(name) or load_family_of(name)
    return found is not None and found.gradient is not None


def _own(name: str) -> Rule | None:
    own = REGISTRY[name].gradient
    return None if own is NOT_DIFFERENTIABLE else _with_builder(own)


class GradientRegistry:
    """The rules of gradients by name: `tensorflow.python.framework.ops._gradient_registry`."""

    _name = "gradient"

    def __init__(self) -> None:
        self._rules = Rules()

    @property
    def _registry(self) -> Rules:
        return self._rules

    @_registry.setter
    def _registry(self, entries: MutableMapping[str, dict[str, Any]]) -> None:
        for name in [name for name in self._rules if name not in entries]:
            del self._rules[name]
        for name, entry in entries.items():
            self._rules[name] = entry

    def register(self, candidate: Rule | None, name: str | None = None) -> None:
        """Register a rule, or with None that no gradient flows.

        Args:
          candidate: the function from an operation and its outputs' gradients to its inputs' gradients.
          name: the name; default: the function's.
        Raises: KeyError if there is a rule of that name.
        """
        own: str = getattr(candidate, "__name__", "")
        _register(name or own, candidate)

    def list(self) -> Any:
        """Return the names."""
        return self._rules.keys()

    def lookup(self, name: str) -> Rule | None:
        """Return a rule, or None if no gradient flows. Raises: LookupError if there is none."""
        return named_rule(name)


GRADIENTS: Final = GradientRegistry()
