"""`tf.layers.conv2d` and its like: a convolution layer made and applied at once."""

from __future__ import annotations

import inspect
from typing import Any

from . import convolution as layers
from .layer import Layer

_FORMS = """

    Args:
      inputs: what the layer is applied to.
      reuse: whether to use the variables of the scope `name`.
      The other arguments are those of the layer, in its order.
    """


def _function(kind: type[Layer], name: str, form: type[Layer]) -> Any:
    parameters = list(inspect.signature(form.__init__).parameters.values())
    known = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in ("self", "rank")]

    def apply(inputs: Any, *args: Any, reuse: Any = None, **kwargs: Any) -> Any:
        if len(args) > len(known):  # `reuse` comes last
            reuse = args[len(known)]
            args = args[: len(known)]
        given = dict(zip(known, args))
        twice = given.keys() & kwargs.keys()
        if twice:
            raise TypeError(f"{name}() got multiple values for argument {sorted(twice)[0]!r}")
        given.update(kwargs)
        return kind(**given, _scope=given.get("name"), _reuse=reuse)(inputs)

    head = [inspect.Parameter("inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    shown = [p for p in parameters if p.name in known]
    tail = [inspect.Parameter("reuse", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)]
    apply.__signature__ = inspect.Signature([*head, *shown, *tail])  # type: ignore[attr-defined]
    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"Apply a new `{kind.__name__}` layer.{_FORMS}"
    return apply


conv1d = _function(layers.Conv1D, "conv1d", layers.Convolution)
conv2d = _function(layers.Conv2D, "conv2d", layers.Convolution)
conv3d = _function(layers.Conv3D, "conv3d", layers.Convolution)
separable_conv1d = _function(layers.SeparableConv1D, "separable_conv1d", layers._Separable)
separable_conv2d = _function(layers.SeparableConv2D, "separable_conv2d", layers._Separable)


def _transposed(kind: type[Layer], name: str) -> Any:
    """Transposed layers take the arguments of the plain ones but for the dilation."""
    order = [p for p in inspect.signature(layers.Convolution.__init__).parameters if p not in ("self", "rank")]
    known = [p for p in order if p not in ("dilation_rate", "kwargs")]

    def apply(inputs: Any, *args: Any, reuse: Any = None, **kwargs: Any) -> Any:
        if len(args) > len(known):
            reuse, args = args[len(known)], args[: len(known)]
        given = {**dict(zip(known, args)), **kwargs}
        return kind(**given, _scope=given.get("name"), _reuse=reuse)(inputs)

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"Apply a new `{kind.__name__}` layer.{_FORMS}"
    return apply


conv2d_transpose = _transposed(layers.Conv2DTranspose, "conv2d_transpose")
conv3d_transpose = _transposed(layers.Conv3DTranspose, "conv3d_transpose")
