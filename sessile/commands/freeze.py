"""`python -m sessile freeze MODEL --out frozen.pb`: a model as one GraphDef, its variables constants."""

from __future__ import annotations

import os
from typing import Any

from .model_options import add_model_options, open_model, tags_of, told


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "freeze",
        help="write a model as one graph, its variables as constants",
        description="Write what a model's outputs need as a GraphDef in which variables are constants: one file, which "
        "TensorFlow and other programs read.",
        epilog="Example: sessile freeze exported/ --out frozen.pb --optimize",
    )
    add_model_options(parser)
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="where it goes: bytes, or text if it ends in .pbtxt"
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="NAME",
        help="an output of the signature or a node that is wanted (default: all outputs)",
    )
    parser.add_argument("--checkpoint", metavar="PATH", help="the values of variables, for MODEL with a graph alone")
    parser.add_argument(
        "--optimize",
        action="store_true",
        help="cut the graph at its inputs, leave out identities, fold batch normalisation into convolutions",
    )
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME",
        help="with --optimize: a node that becomes a placeholder (default: the signature's inputs)",
    )
    parser.set_defaults(run=run, threads=0)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from ..models.files import ModelError, read_model
    from ..models.freezing import from_checkpoint
    from ..ops.library.graphdef.freezing import convert_variables_to_constants, variables_of
    from ..ops.library.graphdef.graph_io import write_message

    file = read_model(options.model, tags_of(options))
    with open_model(options) as model:
        signature = model.signature(options.signature) if not options.output or model.signatures else None
        results, feeds = (signature.outputs, signature.inputs) if signature is not None else ({}, {})
        outputs = [model.tensor(name, signature) for name in options.output or results]
        inputs = [model.tensor(name, signature) for name in options.input or feeds]
        names = list(dict.fromkeys(tensor.op.name for tensor in outputs))
        if options.checkpoint:
            frozen = from_checkpoint(file.graph_def, options.checkpoint, names)
        else:
            if file.kind == "graph" and variables_of(file.graph_def):
                raise ModelError(f"{file.path}: a graph alone has no values of variables: give --checkpoint")
            frozen = convert_variables_to_constants(model.session, file.graph_def, names)
    before = len(frozen.node)
    if options.optimize:
        frozen = _optimized(frozen, inputs, names)
    elif options.input:
        raise ModelError("--input: only with --optimize, which cuts the graph there")
    write_message(frozen, options.out, as_text=options.out.endswith(".pbtxt"))
    size = os.path.getsize(options.out)
    fewer = f" (of {before})" if len(frozen.node) < before else ""
    print(f"{options.out}: {len(frozen.node)} nodes{fewer}, {size:,} bytes, outputs {', '.join(names)}")
    return 0


def _optimized(frozen: Any, inputs: Any, outputs: list[str]) -> Any:
    from ..ops.library.graphdef.optimizing import optimize_for_inference

    there = {node.name for node in frozen.node}
    used = {tensor.op.name: tensor.dtype.base_dtype for tensor in inputs if tensor.op.name in there}
    return optimize_for_inference(frozen, list(used), outputs, list(used.values()))
