"""`TensorFlowOpLayer`: one operation that stands between layers, as a layer of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....ops.base import nest
from ....ops.building.constant import constant
from ....ops.definition.registry import lookup
from ....ops.encoding.op_def_message import op_def_message
from ....ops.types import dtypes
from ..layer import Layer

PREFIX = "tf_op_layer_"


class TensorFlowOpLayer(Layer):
    """An operation, made anew for the inputs of each call.

    Args:
      node_def: the operation: a NodeDef, its bytes, or a dictionary of its fields as JSON has them.
      name: of the operation; the layer's is `tf_op_layer_` and this.
      constants: arrays by the numbers of the inputs that no layer gives.
      trainable, dtype: see `Layer`.
    """

    def __init__(
        self, node_def: Any, name: str, constants: Any = None, trainable: bool = True, dtype: Any = None
    ) -> None:
        super().__init__(trainable=trainable, name=PREFIX + name, dtype=dtype)
        self.node_def = _node_def(node_def)
        types = _input_types(self.node_def)
        self.constants = {int(key): _array(value, types[int(key)]) for key, value in (constants or {}).items()}
        self.built = True

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Make the operation. Args: inputs: the tensors that are no constants, in order. Returns: what it gives."""
        tensors = nest.flatten(inputs)
        graph = tensors[0].graph
        node = self.node_def
        for index, value in sorted(self.constants.items()):
            tensors.insert(index, constant(value, name=node.input[index]))
        # Operations that its own was placed with are of the graph it was made in.
        attrs = {key: value for key, value in node.attr.items() if key != "_class"}
        outputs = list(graph.create_op(node.op, tensors, name=node.name, attrs=attrs).outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        from google.protobuf import json_format

        return {
            "name": self.name[len(PREFIX) :],
            "trainable": self.trainable,
            "dtype": self._dtype,
            "node_def": json_format.MessageToDict(self.node_def),
            "constants": {key: value[()] for key, value in self.constants.items()},  # no arrays of rank 0
        }


def _node_def(given: Any) -> Any:
    from ....ops import proto

    if isinstance(given, dict):
        from google.protobuf import json_format

        return json_format.ParseDict(given, proto.NodeDef())
    return proto.NodeDef.FromString(given) if isinstance(given, bytes) else proto.adopt(given)


def _input_types(node: Any) -> list[Any]:
    """The types of all inputs. JSON keeps the values of constants but not their types."""
    types: list[Any] = []
    for arg in op_def_message(lookup(node.op)).input_arg:
        if arg.type_list_attr:
            types += list(node.attr[arg.type_list_attr].list.type)
            continue
        count = node.attr[arg.number_attr].i if arg.number_attr else 1
        types += [node.attr[arg.type_attr].type if arg.type_attr else arg.type] * count
    return [dtypes.as_dtype(kind).base_dtype for kind in types]


def _array(value: Any, kind: Any) -> Any:
    return np.asarray(value, dtype=kind.as_numpy_dtype)
