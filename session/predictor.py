"""`contrib.predictor`: a saved model as a function from arrays by name to arrays by name."""

from __future__ import annotations

from typing import Any

from ..ops.graph.graph import Graph
from ..ops.library.saved_model.loader import load
from .session import Session


class Predictor:
    """A function of a session: `predictor({"x": array})` is a dictionary of arrays.

    Attributes:
      graph, session: where it runs.
      feed_tensors, fetch_tensors: tensors by the names of inputs and outputs.
    """

    def __init__(self, graph: Any, session: Any, feed_tensors: dict[str, Any], fetch_tensors: dict[str, Any]) -> None:
        self.graph, self.session = graph, session
        self.feed_tensors, self.fetch_tensors = feed_tensors, fetch_tensors

    def __call__(self, input_dict: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs. Raises: ValueError for names that are no inputs."""
        unknown = sorted(set(input_dict) - set(self.feed_tensors))
        if unknown:
            raise ValueError(f"Got unexpected keys in input_dict: {unknown}; expected: {sorted(self.feed_tensors)}")
        feeds = {self.feed_tensors[name]: value for name, value in input_dict.items() if value is not None}
        result: dict[str, Any] = self.session.run(self.fetch_tensors, feeds)
        return result

    def __repr__(self) -> str:
        return f"Predictor with feed tensors {self.feed_tensors} and fetch_tensors {self.fetch_tensors}"


def from_saved_model(
    export_dir: Any, signature_def_key: str | None = None, signature_def: Any = None, input_names: Any = None,
    output_names: Any = None, tags: str | None = None, graph: Any = None, config: Any = None,
) -> Predictor:  # fmt: skip
    """Load a saved model.

    Args:
      export_dir: the folder.
      signature_def_key: which of its signatures; default: `serving_default`.
      signature_def: a SignatureDef in place of one of its own; or input_names, output_names: names of tensors by name.
      tags: of the graph, with commas between them; default: `serve`.
      graph: where it is loaded; default: a new one.
      config: a ConfigProto.
    Raises: ValueError if more than one of these ways is gone, or there is no such signature.
    """
    names = input_names is not None or output_names is not None
    if (signature_def_key is not None) + (signature_def is not None) + names > 1:
        raise ValueError("only one of signature_def_key, signature_def, and input_names with output_names may be given")
    if names and (input_names is None or output_names is None):
        raise ValueError("input_names and output_names must both be given")
    graph = graph or Graph()
    with graph.as_default():
        session = Session(graph=graph, config=config)
        wanted = [tag.strip() for tag in (tags or "serve").split(",")]
        meta_graph = load(session, wanted, export_dir)
    if not names:
        found = signature_def
        if found is None:
            key = signature_def_key or "serving_default"
            if key not in meta_graph.signature_def:
                known = sorted(meta_graph.signature_def)
                raise ValueError(f"Got signature_def_key {key!r}. Available signatures are {known}.")
            found = meta_graph.signature_def[key]
        input_names = {name: info.name for name, info in found.inputs.items()}
        output_names = {name: info.name for name, info in found.outputs.items()}
    feeds = {name: graph.get_tensor_by_name(tensor) for name, tensor in input_names.items()}
    fetches = {name: graph.get_tensor_by_name(tensor) for name, tensor in output_names.items()}
    return Predictor(graph, session, feeds, fetches)
