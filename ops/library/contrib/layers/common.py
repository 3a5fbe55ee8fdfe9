"""What the layers share: their names of variables, and the collections of variables and outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ....building.default_graph import add_to_collection, add_to_collections, device
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ..framework.arg_scope import arg_scope_func_key, current_arg_scope
from ..framework.variables import model_variable, variable

Function = Callable[..., Any]
NAMES: Final = {"kernel": "weights", "bias": "biases"}


def layer_scope(scope: Any, default: str, inputs: Any, reuse: Any, names: dict[str, str] | None = None) -> Any:
    """Open the variable scope of a layer, in which the layer's variables have the names of `tf.contrib`."""
    values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    getter = _renaming(NAMES if names is None else names)
    return variable_scope(scope, default, values, reuse=reuse, custom_getter=getter)


def _renaming(names: dict[str, str]) -> Function:
    """A getter of variables of models, whose last part of a name is changed."""

    def renamed_getter(getter: Function, name: str, *args: Any, **kwargs: Any) -> Any:
        scope, _, last = name.rpartition("/")
        renamed = "/".join(part for part in (scope, names.get(last, last)) if part)
        keys = [*(kwargs.pop("collections", None) or ()), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
        with _device():
            return getter(renamed, *args, collections=list(dict.fromkeys(keys)), **kwargs)

    return renamed_getter


def _device() -> Any:
    """The device that an `arg_scope` gives variables."""
    for function in (model_variable, variable):
        place = current_arg_scope().get(arg_scope_func_key(function), {}).get("device")
        if place is not None:
            return device(place)
    return device("")


def collections_of(variables_collections: Any, name: str) -> Any:
    """The collections for the variables of this name: of a dictionary those under it, else all."""
    return variables_collections.get(name) if isinstance(variables_collections, dict) else variables_collections


def collect_variable(made: Any, variables_collections: Any, name: str) -> None:
    """Put a variable into its collections."""
    for key in collections_of(variables_collections, name) or ():
        add_to_collection(key, made)


def collect_outputs(outputs_collections: Any, scope: Any, outputs: Any) -> Any:
    """Put outputs into their collections under the name of their layer; returns them."""
    if outputs_collections:
        named(outputs, scope)
        keys = [outputs_collections] if isinstance(outputs_collections, str) else outputs_collections
        add_to_collections(keys, outputs)
    return outputs


def named(outputs: Any, scope: Any) -> Any:
    """Let outputs have the name of their layer as an alias, by which `slim.utils` finds them."""
    text = scope if isinstance(scope, str) else (scope.original_name_scope or scope.name)
    alias = text.rstrip("/")
    outputs.aliases = [*getattr(outputs, "aliases", ()), alias]
    return outputs


def options(
    opened: Any, inputs: Any, reuse: Any, trainable: bool, normalizer_fn: Any, initializer: Any, regularizer: Any
) -> dict[str, Any]:
    """What all layers with a kernel are made with: their scope, and a bias where no normalizer stands in its place.

    Args:
      initializer, regularizer: of the bias; without an initializer there is none.
    """
    return {
        "use_bias": normalizer_fn is None and initializer is not None,
        "bias_initializer": initializer,
        "bias_regularizer": regularizer,
        "trainable": trainable,
        "name": opened.name,
        "dtype": inputs.dtype.base_dtype,
        "_scope": opened,
        "_reuse": reuse,
    }


def applied(layer: Any, inputs: Any, variables_collections: Any, kernels: Sequence[str] = ("kernel",)) -> Any:
    """The outputs of a layer; its kernels and its bias join their collections."""
    outputs = layer.apply(inputs)
    for kernel in kernels:
        collect_variable(getattr(layer, kernel), variables_collections, "weights")
    if layer.bias is not None:
        collect_variable(layer.bias, variables_collections, "biases")
    return outputs


def finished(outputs: Any, normalizer_fn: Any, normalizer_params: Any, activation_fn: Any) -> Any:
    """Normalize, then activate."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    return outputs if activation_fn is None else activation_fn(outputs)
