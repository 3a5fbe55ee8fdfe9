"""`tf.Module`: objects that hold variables and other modules, found by walking over their attributes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from ..base.nest_shallow import flatten_with_tuple_paths
from ..building.default_graph import name_scope
from ..families.state.variables import Variable

Method = TypeVar("Method", bound=Callable[..., Any])
Path = tuple[Any, ...]

_IDENTIFIER: Final = re.compile(r"[a-zA-Z_]([a-zA-Z0-9_])*")
_WORD_BEGINS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])")


class Module:
    """A named container of variables, other modules and the functions that use them.

    Args:
      name: a Python identifier; default: the class's name, in small letters with underscores.
    Raises: ValueError for a name that is no identifier.

    >>> class Dense(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w = tf.Variable([[1.0]], name="w")
    >>> Dense().name, [variable.name for variable in Dense().variables]
    ('dense', ['w_1:0'])
    """

    # Attributes that a walk does not enter; subclasses add theirs.
    _TF_MODULE_IGNORED_PROPERTIES: frozenset[str] = frozenset()

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = _WORD_BEGINS.sub("_", type(self).__name__).lower()
        elif not _IDENTIFIER.fullmatch(name):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers (e.g. a valid "
                "class name)."
            )
        self._name = name
        with name_scope(name) as scope_name:
            self._scope_name = scope_name

    def _no_dependency(self, value: Any) -> Any:
        """Return a value as it is: libraries mark so what is not to be saved with the module."""
        return value

    @property
    def name(self) -> str:
        """The name given, or that of the class."""
        return self._name

    @property
    def name_scope(self) -> Any:
        """A name scope to enter: the one that was new where the module was made."""
        return name_scope(self._scope_name)

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables of this module and of those within: its own first, by the names of attributes."""
        return tuple(self._flatten(predicate=_is_variable))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of `variables` that are trained."""
        return tuple(self._flatten(predicate=lambda found: _is_variable(found) and bool(found.trainable)))

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules within, and those within them."""
        return tuple(self._flatten(predicate=lambda found: isinstance(found, Module)))

    def _flatten(
        self,
        recursive: bool = True,
        predicate: Callable[[Any], bool] | None = None,
        attribute_traversal_key: Callable[[str], Any] | None = None,
        with_path: bool = False,
    ) -> Iterator[Any]:
        """Walk over the values of attributes: each object once, but by every path to it if those are asked for.

        Args:
          recursive: whether to walk over the modules within too.
          predicate: which values to give; default: all.
          attribute_traversal_key: the order of attributes; default: by name.
          with_path: give pairs, the path of attributes and keys first.
        """
        wanted = predicate or (lambda found: True)
        seen = None if with_path else {id(self)}
        for path, value in _walk(self, (), recursive, wanted, attribute_traversal_key, seen):
            yield (path, value) if with_path else value

    @classmethod
    def with_name_scope(cls, method: Method) -> Method:
        """A decorator of methods: what they build is in the module's name scope."""

        @functools.wraps(method)
        def scoped(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped  # type: ignore[return-value]


def _is_variable(value: Any) -> bool:
    return isinstance(value, Variable)


def _walk(
    module: Module,
    path: Path,
    recursive: bool,
    wanted: Callable[[Any], bool],
    order: Callable[[str], Any] | None,
    seen: set[int] | None,
) -> Iterator[tuple[Path, Any]]:
    """Paths and values of a module: first its own, then those of the modules that its own are."""
    inner: list[tuple[Path, Module]] = []
    attributes = vars(module)
    for key in sorted(attributes, key=order):
        if key in module._TF_MODULE_IGNORED_PROPERTIES:
            continue
        for below, leaf in flatten_with_tuple_paths(attributes[key]):
            if seen is not None:
                if id(leaf) in seen:
                    continue
                seen.add(id(leaf))
            if wanted(leaf):
                yield (*path, key, *below), leaf
            if recursive and isinstance(leaf, Module):
                inner.append(((*path, key, *below), leaf))
    for below, leaf in inner:
        yield from _walk(leaf, below, recursive, wanted, order, seen)
