"""`python -m sessile -m tensorflow.python.tools.strip_unused`: the part of a graph between inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence

from .arguments import Flags, told, words_of


def types_of(text: str) -> int | list[int]:
    """The types of placeholders: one number for all, or one for each."""
    numbers = [int(word) for word in words_of(text)]
    return numbers[0] if len(numbers) == 1 else numbers


def _flags() -> Flags:
    flags = Flags("strip_unused", "Write the part of a graph between inputs and outputs.")
    flags.text("input_graph", "a file with a GraphDef")
    flags.truth("input_binary", "not needed: bytes and text are told apart")
    flags.text("output_graph", "the file that is written")
    flags.truth("output_binary", "whether bytes are written rather than text", True)
    flags.text("input_node_names", "nodes that become placeholders, with commas")
    flags.text("output_node_names", "the outputs, with commas")
    flags.text("placeholder_type_enum", "the number of the placeholders' type, or one for each, with commas", "1")
    return flags


@told
def main(arguments: Sequence[str]) -> int:
    """Strip as the arguments say; returns the exit code."""
    from ...ops import proto
    from ...ops.library.graphdef.graph_io import read_message, write_message
    from ...ops.library.graphdef.optimizing import strip_unused

    given = _flags().parse_args(arguments)
    for name in ("input_graph", "output_graph", "input_node_names", "output_node_names"):
        if not getattr(given, name):
            raise ValueError(f"--{name} is needed")
    graph = read_message(proto.GraphDef(), given.input_graph)
    inputs, outputs = words_of(given.input_node_names), words_of(given.output_node_names)
    part = strip_unused(graph, inputs, outputs, types_of(given.placeholder_type_enum))
    write_message(part, given.output_graph, as_text=not given.output_binary)
    print(f"{len(part.node)} ops in the final graph.")
    return 0
