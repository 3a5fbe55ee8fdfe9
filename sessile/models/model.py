"""A model that can be called: its graph in a session, and what goes in and comes out by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from ..ops import proto
from ..ops.base.errors import OpError
from ..ops.graph.graph import Graph
from ..ops.graph.node import Tensor
from ..ops.library.checkpoint.management import checkpoint_exists
from ..ops.library.checkpoint.meta_graphs import import_meta_graph
from ..ops.library.graphdef.importer import import_graph_def
from ..ops.library.saved_model.loader import load as load_saved_model
from ..ops.library.saved_model.signatures import get_tensor_from_tensor_info
from ..session.session import Session
from .files import ModelError, ModelFile

DEFAULT_SIGNATURE: Final = "serving_default"
_OTHER_DEFAULTS: Final = ("predict", "default")
_WITHOUT_RESULT: Final = frozenset({"Assert", "NoOp", "SaveV2", "Save", "PrintV2"})


@dataclass(frozen=True)
class Signature:
    """A way to call a model.

    Args:
      name: its key in the model.
      inputs, outputs: tensors of the graph by the names that callers use.
      method: what kind of call it is, in TensorFlow Serving's words ("tensorflow/serving/predict").
    """

    name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    method: str = ""


@dataclass
class Model:
    """A graph in a session, with its signatures. Close it when done; `with` does."""

    file: ModelFile
    graph: Graph
    session: Session
    signatures: dict[str, Signature]
    _callables: dict[tuple[tuple[str, ...], tuple[str, ...]], Any] = field(default_factory=dict)

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def close(self) -> None:
        """Free what the model holds."""
        self._callables.clear()
        self.session.close()

    def signature(self, name: str | None = None) -> Signature:
        """Return the signature of a name; without one, the default or only one.

        Raises: ModelError if there is none of this name, or several and no default among them.
        """
        if name is not None:
            if name not in self.signatures:
                raise ModelError(f"no signature '{name}'; there are: {', '.join(sorted(self.signatures)) or 'none'}")
            return self.signatures[name]
        for usual in (DEFAULT_SIGNATURE, *_OTHER_DEFAULTS):
            if usual in self.signatures:
                return self.signatures[usual]
        usable = [key for key in self.signatures if not key.startswith("__")]
        if len(usable) != 1:
            raise ModelError(f"say which signature: {', '.join(sorted(usable)) or 'there is none'}")
        return self.signatures[usable[0]]

    def tensor(self, name: str, signature: Signature | None = None) -> Tensor:
        """Return a tensor by its name in a signature or in the graph (`dense/BiasAdd:0`, or without `:0`).

        Raises: ModelError if there is none.
        """
        for names in () if signature is None else (signature.inputs, signature.outputs):
            if name in names:
                return names[name]  # type: ignore[no-any-return]
        try:
            return self.graph.get_tensor_by_name(name if ":" in name else f"{name}:0")
        except (KeyError, ValueError):
            known = (
                ""
                if signature is None
                else f" (the signature has {', '.join([*signature.inputs, *signature.outputs])})"
            )
            raise ModelError(f"no tensor '{name}' in the model{known}") from None

    def callable(self, feeds: Sequence[Tensor], fetches: Sequence[Tensor]) -> Any:
        """Return the compiled function from values of `feeds` to a list of the values of `fetches`; made once."""
        key = (tuple(tensor.name for tensor in feeds), tuple(tensor.name for tensor in fetches))
        found = self._callables.get(key)
        if found is None:
            found = self._callables[key] = self.session.make_callable(list(fetches), list(feeds))
        return found

    def call(
        self, feeds: Mapping[str, Any], fetches: Sequence[str] | None = None, signature: str | None = None
    ) -> dict[str, Any]:
        """Compute outputs.

        Args:
          feeds: values by input; all inputs of the signature, unless `fetches` names what needs fewer.
          fetches: names of outputs or tensors. Default: all outputs of the signature.
          signature: which. Default: the default one.
        Returns: values by name.
        Raises: ModelError for names that are not there or inputs that are missing; the session's errors.
        """
        chosen = self.signature(signature) if signature is not None or not fetches or self.signatures else None
        names = list(fetches) if fetches else list(chosen.outputs if chosen else ())
        fed = {name: self.tensor(name, chosen) for name in feeds}
        if not fetches and chosen is not None and (lacking := [key for key in chosen.inputs if key not in feeds]):
            raise ModelError(f"no value for the inputs {', '.join(lacking)} of the signature '{chosen.name}'")
        outputs = [self.tensor(name, chosen) for name in names]
        values = self.callable(list(fed.values()), outputs)(*(feeds[name] for name in fed))
        return dict(zip(names, values))


def load_model(file: ModelFile, threads: int = 0) -> Model:
    """Import a model that was read, and restore its variables.

    Args:
      file: see `read_model`.
      threads: how many threads compute; 0: as many as there are processors.
    Raises: ModelError if the model has operations that are not built here, or its variables cannot be read.
    """
    graph = Graph()
    session = Session(graph=graph, config=proto.ConfigProto(intra_op_parallelism_threads=threads))
    try:
        with graph.as_default():
            _import(file, session)
            signatures = _signatures(file, graph)
    except (OpError, OSError, RuntimeError, ValueError, KeyError) as error:
        session.close()
        raise ModelError(f"{file.path}: {getattr(error, 'message', None) or error}") from error
    return Model(file, graph, session, signatures)


def _import(file: ModelFile, session: Session) -> None:
    if file.kind == "graph":
        import_graph_def(file.graph_def, name="")
    elif file.kind == "saved model":
        load_saved_model(session, file.tags, file.path)
    else:
        saver = import_meta_graph(file.meta_graph)
        if saver is not None and checkpoint_exists(file.checkpoint):
            saver.restore(session, file.checkpoint)


def _signatures(file: ModelFile, graph: Graph) -> dict[str, Signature]:
    found = {}
    for key, message in file.meta_graph.signature_def.items() if file.meta_graph is not None else ():
        try:
            inputs, outputs = (
                {name: get_tensor_from_tensor_info(info, graph) for name, info in sorted(side.items())}
                for side in (message.inputs, message.outputs)
            )
        except (KeyError, ValueError):
            continue  # such as `__saved_model_init_op`, which names an operation
        found[key] = Signature(key, inputs, outputs, message.method_name)
    return found or {DEFAULT_SIGNATURE: _of_graph(graph)}


def _of_graph(graph: Graph) -> Signature:
    """What a graph alone lets guess: its placeholders go in, tensors that nothing takes come out."""
    operations = graph.get_operations()
    inputs = {op.name: op.outputs[0] for op in operations if op.op_def.is_placeholder}
    taken = {tensor for op in operations for tensor in op.inputs}
    outputs = {
        op.name if len(op.outputs) == 1 else tensor.name: tensor
        for op in operations
        if not op.op_def.is_placeholder and op.type != "Const" and op.type not in _WITHOUT_RESULT
        for tensor in op.outputs
        if tensor not in taken
    }
    return Signature(DEFAULT_SIGNATURE, inputs, outputs)


def arrays_for(inputs: Mapping[str, Tensor], shapes: Mapping[str, Sequence[int]], batch: int) -> dict[str, Any]:
    """Make values for inputs: numbers drawn with a fixed seed, ones for whole numbers.

    Args:
      inputs: tensors by name.
      shapes: shapes by name, for those whose own shape is not to be taken.
      batch: what an open first extent becomes; other open ones become 1.
    Raises: ModelError if a rank is unknown and no shape is given.
    """
    generator = np.random.default_rng(1)
    return {name: _drawn(tensor, _extents(name, tensor, shapes, batch), generator) for name, tensor in inputs.items()}


def _extents(name: str, tensor: Tensor, shapes: Mapping[str, Sequence[int]], batch: int) -> list[int]:
    if name in shapes:
        if not tensor.shape.is_compatible_with(list(shapes[name])):
            raise ModelError(f"'{name}' of shape {tensor.shape} cannot have the shape {list(shapes[name])}")
        return list(shapes[name])
    if tensor.shape.ndims is None:
        raise ModelError(f"the rank of '{name}' is unknown: give its shape (--shape {name}=1,10)")
    own = tensor.shape.as_list()
    return [(batch if axis == 0 else 1) if extent is None else extent for axis, extent in enumerate(own)]


def _drawn(tensor: Tensor, extents: list[int], generator: Any) -> Any:
    dtype = tensor.dtype.base_dtype
    if dtype.is_floating:
        return generator.standard_normal(extents).astype(dtype.as_numpy_dtype)
    if dtype.name == "string":
        return np.full(extents, b"", object)
    return np.ones(extents, dtype.as_numpy_dtype)
