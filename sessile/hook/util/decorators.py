"""`tensorflow.python.util.tf_decorator` and its like: decorators that say what they decorate."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

_Function = Callable[..., Any]


class TFDecorator:
    """What a decorator of `make_decorator` leaves at a function, as `_tf_decorator`.

    Args:
      decorator_name: the decorator's name.
      target: the function that is decorated.
      decorator_doc: what the decorator does.
      decorator_argspec: the arguments of what it makes, or None.
    """

    def __init__(
        self, decorator_name: str, target: Any, decorator_doc: str = "", decorator_argspec: Any = None
    ) -> None:
        self._decorated_target = target
        self._decorator_name = decorator_name
        self._decorator_doc = decorator_doc
        self._decorator_argspec = decorator_argspec
        if hasattr(target, "__name__"):
            self.__name__ = target.__name__
        self.__doc__ = decorator_doc or getattr(target, "__doc__", None) or ""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self._decorated_target.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the decorated function."""
        return self._decorated_target(*args, **kwargs)

    @property
    def decorated_target(self) -> Any:
        """The function that is decorated."""
        return self._decorated_target

    @decorated_target.setter
    def decorated_target(self, decorated_target: Any) -> None:
        """Put another function in its place."""
        self._decorated_target = decorated_target

    @property
    def decorator_name(self) -> str:
        """The decorator's name."""
        return self._decorator_name

    @property
    def decorator_doc(self) -> str:
        """What the decorator does."""
        return self._decorator_doc

    @property
    def decorator_argspec(self) -> Any:
        """The arguments of what it makes, or None."""
        return self._decorator_argspec


def make_decorator(
    target: _Function, decorator_func: _Function, decorator_name: str | None = None, decorator_doc: str = "",
    decorator_argspec: Any = None,
) -> Any:  # fmt: skip
    """Return a wrapper with name, documentation and attributes of what it wraps, which `unwrap` finds.

    Args:
      target: the function that is wrapped.
      decorator_func: the wrapper.
      decorator_name: default: the name of the function that calls this.
      decorator_doc, decorator_argspec: see `TFDecorator`.
    """
    if decorator_name is None:
        caller = inspect.currentframe()
        decorator_name = caller.f_back.f_code.co_name if caller is not None and caller.f_back is not None else ""
    decorator = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    if hasattr(target, "__name__"):
        functools.update_wrapper(decorator_func, target)
    decorator_func.__doc__ = decorator.__doc__
    decorator_func.__wrapped__ = target  # type: ignore[attr-defined]
    decorator_func._tf_decorator = decorator  # type: ignore[attr-defined]
    return decorator_func


def unwrap(maybe_tf_decorator: Any) -> tuple[list[Any], Any]:
    """Return the decorators around a function, the outermost first, and the function within all of them."""
    decorators: list[Any] = []
    current = maybe_tf_decorator
    while True:
        decorator = current if isinstance(current, TFDecorator) else getattr(current, "_tf_decorator", None)
        if decorator is None or (decorators and decorator is decorators[-1]):
            return decorators, current
        decorators.append(decorator)
        current = decorator.decorated_target


def rewrap(decorator_func: Any, previous_target: Any, new_target: Any) -> Any:
    """Replace the function within decorators.

    Args:
      decorator_func: the decorated function.
      previous_target: what is within it; where the decorators lead to something else, the last of them is changed.
      new_target: what takes its place.
    """
    current, innermost = decorator_func, None
    while hasattr(current, "_tf_decorator"):
        innermost = current
        current = current._tf_decorator.decorated_target
        if current is previous_target:
            break
    if innermost is None:
        return new_target
    innermost._tf_decorator.decorated_target = new_target
    innermost.__wrapped__ = new_target
    return decorator_func


def get_qualified_name(function: Any) -> str:
    """Return a function's name with the classes it is in."""
    return str(getattr(function, "__qualname__", function.__name__))


def validate_callable(func: Any, decorator_name: str) -> None:
    """Raises: ValueError if this is nothing that is called; say which decorator was given it."""
    if not callable(func):
        raise ValueError(
            f"{func!r} is not a function. If this is a property, make sure @property appears before "
            f"@{decorator_name} in your source code."
        )


class classproperty:  # noqa: N801  TensorFlow's name
    """A property of a class, read without an object of it.

    Args:
      func: the function of the class that gives the value.
    """

    def __init__(self, func: _Function) -> None:
        self._func = func

    def __get__(self, owner_self: Any, owner_cls: Any) -> Any:
        return self._func(owner_cls)


def keyword_args_only(func: _Function) -> _Function:
    """A decorator of functions that take their arguments by name only; a call with others raises ValueError."""
    validate_callable(func, "keyword_args_only")

    @functools.wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise ValueError(f"Must use keyword args to call {func.__name__}.")
        return func(**kwargs)

    return called


def kwarg_only(f: _Function) -> _Function:
    """A decorator of functions that take their arguments by name only; a call with others raises TypeError."""

    @functools.wraps(f)
    def called(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"{f.__name__} only takes keyword args; pass all of its arguments by name.")
        return f(**kwargs)

    return called


def rewrite_argument_docstring(old_doc: str, old_argument: str, new_argument: str) -> str:
    """Return a documentation in which an argument has another name."""
    return old_doc.replace(f"`{old_argument}`", f"`{new_argument}`").replace(f"{old_argument}:", f"{new_argument}:")


class HiddenTfApiAttribute(property):
    """An attribute that a class hides of those it inherits.

    Args:
      deprecation_message: what asking for it says.
    """

    def __init__(self, deprecation_message: str) -> None:
        def raise_error(unused_self: Any) -> Any:
            raise AttributeError(deprecation_message)

        super().__init__(raise_error)


hide_attribute_from_api = HiddenTfApiAttribute
HIDDEN_ATTRIBUTE = HiddenTfApiAttribute("This attribute has been deprecated.")
