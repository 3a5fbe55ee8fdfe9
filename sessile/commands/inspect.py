"""`python -m sessile inspect MODEL`: signatures, inputs, operations, and what of it is missing here."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from .model_options import add_model_options, tags_of, told


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "inspect",
        help="what a model is made of",
        description="Tell a model's signatures, inputs, outputs and operations, and which operations are not built "
        "here. Nothing is computed; a model with missing operations is told of as well.",
        epilog="Exit status: 0 if the model can be run here, 1 if not.",
    )
    add_model_options(parser, signature=False)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from ..models.files import read_model

    report = _report(read_model(options.model, tags_of(options)))
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        _print(report)
    return 1 if report["missing"] else 0


def _report(file: Any) -> dict[str, Any]:
    nodes = [*file.graph_def.node, *(node for part in file.graph_def.library.function for node in part.node_def)]
    counts = Counter(node.op for node in nodes)
    missing = {name: count for name, count in counts.items() if name not in _known(file)}
    meta = None if file.meta_graph is None else file.meta_graph.meta_info_def
    return {
        "model": file.path,
        "kind": file.kind,
        "made by": "" if meta is None else meta.tensorflow_version,
        "tags": list(file.tags),
        "other graphs": [list(tags) for tags in file.choices if tags != file.tags],
        "producer": file.graph_def.versions.producer,
        "signatures": _signatures(file) if file.meta_graph is not None else {},
        "placeholders": [_placeholder(node) for node in file.graph_def.node if node.op.startswith("Placeholder")],
        "operations": dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        "functions": len(file.graph_def.library.function),
        "constant bytes": sum(
            len(node.attr["value"].tensor.tensor_content) for node in file.graph_def.node if node.op == "Const"
        ),
        "missing": missing,
    }


def _known(file: Any) -> set[str]:
    from ..ops.definition.families import load_all
    from ..ops.definition.opdef import REGISTRY

    load_all()
    return {*REGISTRY, *(part.signature.name for part in file.graph_def.library.function)}


def _signatures(file: Any) -> dict[str, Any]:
    return {
        key: {
            "method": message.method_name,
            "inputs": {name: _info(info) for name, info in sorted(message.inputs.items())},
            "outputs": {name: _info(info) for name, info in sorted(message.outputs.items())},
        }
        for key, message in sorted(file.meta_graph.signature_def.items())
    }


def _info(info: Any) -> dict[str, Any]:
    return {"type": _type(info.dtype), "shape": _shape(info.tensor_shape), "tensor": info.name}


def _placeholder(node: Any) -> dict[str, Any]:
    return {"name": node.name, "type": _type(node.attr["dtype"].type), "shape": _shape(node.attr["shape"].shape)}


def _type(number: int) -> str:
    from ..ops.types.dtypes import as_dtype

    try:
        return as_dtype(number).name
    except TypeError:
        return f"type {number}"


def _shape(message: Any) -> list[int | None] | None:
    if message.unknown_rank:
        return None
    return [None if dim.size < 0 else int(dim.size) for dim in message.dim]


def _text(shape: list[int | None] | None) -> str:
    return (
        "of unknown rank"
        if shape is None
        else str(["?" if extent is None else extent for extent in shape]).replace("'", "")
    )


def _print(report: dict[str, Any]) -> None:
    made = f", made by TensorFlow {report['made by']}" if report["made by"] else ""
    tags = f", tags {', '.join(report['tags'])}" if report["tags"] else ""
    print(f"{report['model']}: {report['kind']}{tags}{made}")
    for tags_of_other in report["other graphs"]:
        print(f"  another graph has the tags {', '.join(tags_of_other) or '(none)'}")
    for key, signature in report["signatures"].items():
        print(f"signature {key}" + (f" ({signature['method']})" if signature["method"] else ""))
        for side, arrow in (("inputs", "->"), ("outputs", "<-")):
            for name, info in signature[side].items():
                print(f"  {arrow} {name}: {info['type']} {_text(info['shape'])}  {info['tensor']}")
    if not report["signatures"]:
        for row in report["placeholders"]:
            print(f"  -> {row['name']}: {row['type']} {_text(row['shape'])}")
    total = sum(report["operations"].values())
    functions = f", {report['functions']} functions" if report["functions"] else ""
    print(
        f"{total} operations of {len(report['operations'])} types{functions}, "
        f"{report['constant bytes']:,} bytes of constants"
    )
    for name, count in list(report["operations"].items())[:20]:
        print(f"  {count:6} {name}")
    if len(report["operations"]) > 20:
        print(f"  and {len(report['operations']) - 20} more types (--json lists all)")
    if report["missing"]:
        print("not built here: " + ", ".join(f"{name} ({count})" for name, count in sorted(report["missing"].items())))
    else:
        print("all operations are built here")
