"""Models as pictures: the language of graphviz, which draws them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

from ....ops.base import nest


class Dot:
    """A graph in the language of graphviz, with the methods of pydot's graphs.

    Args:
      lines: what is between its braces. is_inner: whether it is within another one.
    """

    def __init__(self, lines: list[str], is_inner: bool = False) -> None:
        self.lines, self._is_inner = lines, is_inner

    def to_string(self) -> str:
        """The text."""
        return "\n".join(["digraph G {", *self.lines, "}", ""])

    def create(self, prog: str = "dot", format: str = "png") -> bytes:
        """Return the picture's bytes. Raises: ImportError without graphviz; ValueError if it refuses."""
        if format in ("dot", "raw"):
            return self.to_string().encode()
        program = shutil.which(prog)
        if program is None:
            raise ImportError(
                f"Models are drawn by graphviz, and its program `{prog}` is not there: install it (apt install "
                "graphviz, say), or write a file that ends in .dot."
            )
        done = subprocess.run(
            [program, f"-T{format}"], input=self.to_string().encode(), capture_output=True, check=False
        )  # fmt: skip
        if done.returncode:
            raise ValueError(f"graphviz refused the picture: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def write(self, path: Any, prog: str = "dot", format: str = "png") -> None:
        """Write the picture to a file. Raises: see `create`."""
        picture = self.create(prog, format)
        with open(path, "wb") as file:
            file.write(picture)

    def write_png(self, path: Any) -> None:
        """Write the picture as PNG. Raises: see `create`."""
        self.write(path, format="png")


def model_to_dot(
    model: Any, show_shapes: bool = False, show_layer_names: bool = True, rankdir: str = "TB",
    expand_nested: bool = False, dpi: int = 96, subgraph: bool = False,
) -> Dot:  # fmt: skip
    """Return the picture of a model in the language of graphviz.

    Args:
      model: the model, with its inputs known. show_shapes: whether the shapes of inputs and outputs are shown.
      show_layer_names: whether names are. rankdir: `TB`, from top to bottom, or `LR`. expand_nested: whether models
      inside are drawn with their layers. dpi: dots per inch. subgraph: whether it is part of another picture.
    Raises: ValueError for a model that is not built.
    """
    if not getattr(model, "layers", None) and not getattr(model, "inputs", None):
        raise ValueError("The model has no layers yet: build it first, or call it once.")
    lines = [f"rankdir={rankdir};", "concentrate=True;", f"dpi={dpi};", "node [shape=record];"]
    if subgraph:
        lines = [f'style=dashed; label="{model.name}";', "node [shape=record];"]
    _draw(model, lines, show_shapes, show_layer_names, expand_nested)
    return Dot(lines, subgraph)


def _draw(model: Any, lines: list[str], shapes: bool, names: bool, nested: bool) -> None:
    layers = list(model.layers)
    inside = {id(layer) for layer in layers}
    for layer in layers:
        if nested and _is_model(layer):
            inner: list[str] = [f'label="{layer.name}"; style=dashed;']
            _draw(layer, inner, shapes, names, nested)
            lines += [f"subgraph cluster_{id(layer)} {{", *inner, "}"]
        else:
            lines.append(f'{id(layer)} [label="{_label(layer, shapes, names)}"];')
    drawn: set[tuple[int, int]] = set()
    for layer in layers:
        for node in layer.inbound_nodes:
            for tensor in nest.flatten(node.inputs):
                history = getattr(tensor, "_keras_history", None)
                source = None if history is None else history.layer
                if source is None or id(source) not in inside or source is layer:
                    continue
                start = _end_of(source, -1) if nested else source
                end = _end_of(layer, 0) if nested else layer
                if (id(start), id(end)) not in drawn:
                    drawn.add((id(start), id(end)))
                    lines.append(f"{id(start)} -> {id(end)};")


def _is_model(layer: Any) -> bool:
    return bool(getattr(layer, "layers", None)) and hasattr(layer, "inputs")


def _end_of(layer: Any, place: int) -> Any:
    """The first or the last layer inside a model."""
    return _end_of(layer.layers[place], place) if _is_model(layer) else layer


def _label(layer: Any, shapes: bool, names: bool) -> str:
    name, kind = layer.name, type(layer).__name__
    child = getattr(layer, "layer", None)
    if child is not None and hasattr(child, "name"):
        name, kind = f"{name}({child.name})", f"{kind}({type(child).__name__})"
    label = f"{name}: {kind}" if names else kind
    if not shapes:
        return label
    told = []
    for what in ("input_shape", "output_shape"):
        try:
            told.append(str(getattr(layer, what)))
        except AttributeError:
            told.append("multiple" if what == "input_shape" else "?")
    return f"{label}\\n|{{input:|output:}}|{{{{{told[0]}}}|{{{told[1]}}}}}"


def plot_model(
    model: Any, to_file: Any = "model.png", show_shapes: bool = False, show_layer_names: bool = True,
    rankdir: str = "TB", expand_nested: bool = False, dpi: int = 96,
) -> Any:  # fmt: skip
    """Write a picture of a model.

    Args:
      to_file: the file's name; its ending tells the format: `png`, `svg`, `pdf`, or `dot`, the text itself.
      model, show_shapes, show_layer_names, rankdir, expand_nested, dpi: see `model_to_dot`.
    Returns: in a notebook, where IPython is, the picture; else None.
    Raises: ImportError without graphviz, unless the text is written; ValueError for a model that is not built.
    """
    dot = model_to_dot(model, show_shapes, show_layer_names, rankdir, expand_nested, dpi)
    ending = os.path.splitext(os.fspath(to_file))[1].lstrip(".") or "png"
    dot.write(to_file, format=ending)
    try:
        import importlib

        display = importlib.import_module("IPython.display")
    except ImportError:
        return None
    return display.Image(filename=os.fspath(to_file)) if ending in ("png", "jpg", "jpeg") else None
