"""`python -m sessile -m tensorflow.python.tools.optimize_for_inference`: a frozen graph without what training needs."""

from __future__ import annotations

from collections.abc import Sequence

from .arguments import Flags, told, words_of
from .strip_unused import types_of


def _flags() -> Flags:
    flags = Flags("optimize_for_inference", "Cut a frozen graph at its inputs and leave out what only training needs.")
    flags.text("input", "a file with a GraphDef")
    flags.text("output", "the file that is written")
    flags.text("input_names", "nodes that become placeholders, with commas")
    flags.text("output_names", "the outputs, with commas")
    flags.truth("frozen_graph", "whether bytes are written rather than text; read are both", True)
    flags.text("placeholder_type_enum", "the number of the placeholders' type, or one for each, with commas", "1")
    flags.truth("toco_compatible", "has no effect")
    return flags


@told
def main(arguments: Sequence[str]) -> int:
    """Optimise as the arguments say; returns the exit code."""
    from ...ops import proto
    from ...ops.library.graphdef.graph_io import read_message, write_message
    from ...ops.library.graphdef.optimizing import optimize_for_inference

    given = _flags().parse_args(arguments)
    for name in ("input", "output", "input_names", "output_names"):
        if not getattr(given, name):
            raise ValueError(f"--{name} is needed")
    graph = read_message(proto.GraphDef(), given.input)
    inputs, outputs = words_of(given.input_names), words_of(given.output_names)
    smaller = optimize_for_inference(graph, inputs, outputs, types_of(given.placeholder_type_enum))
    write_message(smaller, given.output, as_text=not given.frozen_graph)
    return 0
