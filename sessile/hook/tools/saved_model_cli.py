"""`python -m sessile -m tensorflow.python.tools.saved_model_cli show|run|scan`: a saved model is looked at and called.

`sessile inspect` and `sessile run` say the same in fewer words, of graphs too. Source: TensorFlow's guide to its
command-line interface for saved models, whose words these are.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .arguments import told, words_of

_FILE = re.compile(r"([^=]+)=([^\[\]]+)\[([^\[\]]+)\]|([^=]+)=([^\[\]]+)")
_DENIED = frozenset({"WriteFile", "ReadFile", "PrintV2"})  # what TensorFlow warns of


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="saved_model_cli", description="saved_model_cli: Command-line interface for SavedModel"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{show,run,scan}")
    show = commands.add_parser("show", help="tags, signatures, inputs and outputs")
    run = commands.add_parser("run", help="call a signature")
    scan = commands.add_parser("scan", help="look for operations that read or write files")
    for each in (show, run, scan):
        each.add_argument("--dir", required=True, help="the saved model's folder")
        each.add_argument("--tag_set", required=each is run, help="tags of one of its graphs, with commas")
    show.add_argument("--all", action="store_true", help="show everything")
    show.add_argument("--signature_def", metavar="KEY", help="show inputs and outputs of a signature")
    run.add_argument("--signature_def", required=True, metavar="KEY", help="the signature to call")
    run.add_argument("--inputs", default="", help="'x=a.npy;y=b.npz[name]': .npy, .npz or pickled arrays")
    run.add_argument("--input_exprs", default="", help="'x=np.ones((2, 3));y=[1]': Python with NumPy as np")
    run.add_argument("--input_examples", default="", help="'x=[{\"age\": [3]}]': tf.Examples as lists of dictionaries")
    run.add_argument("--outdir", help="write each output as KEY.npy here")
    run.add_argument("--overwrite", action="store_true", help="also where there is such a file")
    run.add_argument("--worker", help="the target of the session")
    return parser


@told
def main(arguments: Sequence[str]) -> int:
    """Do as the arguments say; returns the exit code."""
    options = _parser().parse_args(arguments)
    {"show": _show, "run": _run, "scan": _scan}[options.command](options)
    return 0


# show


def _show(options: Any) -> None:
    graphs = _graphs(options.dir)
    if options.all:
        for graph in graphs:
            print(f"\nMetaGraphDef with tag-set: '{_tags(graph)}' contains the following SignatureDefs:")
            for key in sorted(graph.signature_def):
                print(f"\nsignature_def['{key}']:")
                _show_signature(graph, key, 1)
    elif options.tag_set is None:
        print("The given SavedModel contains the following tag-sets:")
        print("\n".join(sorted(_tags(graph) for graph in graphs)))
    elif options.signature_def is None:
        print("The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:")
        for key in sorted(_graph(options).signature_def):
            print(f'SignatureDef key: "{key}"')
    else:
        _show_signature(_graph(options), options.signature_def, 0)


def _show_signature(graph: Any, key: str, depth: int) -> None:
    signature, indent = _signature(graph, key), "  " * depth
    for word, infos in (("input", signature.inputs), ("output", signature.outputs)):
        print(f"{indent}The given SavedModel SignatureDef contains the following {word}(s):")
        for name in sorted(infos):
            print(f"{indent}  {word}s['{name}'] tensor_info:")
            for line in _lines_of(infos[name]):
                print(f"{indent}      {line}")
    print(f"{indent}Method name is: {signature.method_name}")


def _lines_of(info: Any) -> Iterator[str]:
    from ...ops import proto

    yield f"dtype: {proto.DataType.Name(info.dtype)}"
    extents = [str(dim.size) for dim in info.tensor_shape.dim]
    is_open = info.tensor_shape.unknown_rank
    yield "shape: " + ("unknown_rank" if is_open else f"({extents[0]})" if len(extents) == 1 else _tuple(extents))
    yield f"name: {info.name}"


def _tuple(extents: Sequence[str]) -> str:
    return f"({', '.join(extents)})"


def _graphs(folder: str) -> list[Any]:
    from ...ops.library.saved_model.loader import read_saved_model

    return list(read_saved_model(folder).meta_graphs)


def _tags(graph: Any) -> str:
    return ", ".join(sorted(graph.meta_info_def.tags))


def _graph(options: Any) -> Any:
    wanted = set(words_of(options.tag_set))
    for graph in _graphs(options.dir):
        if set(graph.meta_info_def.tags) == wanted:
            return graph
    raise RuntimeError(f"MetaGraphDef associated with tag-set {options.tag_set} could not be found in SavedModel")


def _signature(graph: Any, key: str) -> Any:
    if key not in graph.signature_def:
        raise ValueError(f"there is no signature {key!r}; there are {', '.join(sorted(graph.signature_def)) or 'none'}")
    return graph.signature_def[key]


# run


def _run(options: Any) -> None:
    from ...ops.graph.graph import Graph
    from ...ops.library.saved_model.loader import load
    from ...session.session import Session

    signature = _signature(_graph(options), options.signature_def)
    given = _given(options)
    for name in given:
        if name not in signature.inputs:
            known = '", "'.join(signature.inputs)
            raise ValueError(f'"{name}" is not a valid input key. Please choose from "{known}", or use --show option.')
    with Session(options.worker or "", graph=Graph()) as session:
        load(session, words_of(options.tag_set), options.dir)
        keys = sorted(signature.outputs)
        feeds = {signature.inputs[name].name: value for name, value in given.items()}
        values = session.run([signature.outputs[key].name for key in keys], feeds)
    for key, value in zip(keys, values):
        print(f"Result for output key {key}:\n{value}")
        if options.outdir:
            _write(options, key, value)


def _write(options: Any, key: str, value: Any) -> None:
    import numpy as np

    os.makedirs(options.outdir, exist_ok=True)
    path = os.path.join(options.outdir, f"{key}.npy")
    if os.path.exists(path) and not options.overwrite:
        raise RuntimeError(
            f'Output file {path} already exists. Add "--overwrite" to overwrite the existing output files.'
        )
    np.save(path, value)
    print(f"Output {key} is saved to {path}")


def _given(options: Any) -> dict[str, Any]:
    """The arrays by the inputs' names; expressions go before files, examples before both."""
    values = {name: _read(path, part) for name, path, part in _files(options.inputs)}
    for name, text in _pairs(options.input_exprs, "--input_exprs").items():
        values[name] = _evaluated(text)
    for name, text in _pairs(options.input_examples, "--input_examples").items():
        values[name] = [_example(features).SerializeToString() for features in ast.literal_eval(text)]
    if not values:
        raise RuntimeError("give at least one of --inputs, --input_exprs and --input_examples")
    return values


def _files(text: str) -> Iterator[tuple[str, str, str | None]]:
    for item in filter(None, text.split(";")):
        found = _FILE.fullmatch(item)
        if found is None:
            raise RuntimeError(
                f'--inputs "{item}" format is incorrect. Please follow "<input_key>=<filename>", or '
                '"<input_key>=<filename>[<variable_name>]"'
            )
        yield (found[1] or found[4]).strip(), found[2] or found[5], found[3]


def _read(path: str, part: str | None) -> Any:
    import numpy as np

    loaded = np.load(path, allow_pickle=True)
    if not isinstance(loaded, np.lib.npyio.NpzFile):  # an array, or what was pickled
        return loaded
    with loaded:
        if part is None and len(loaded) != 1:
            raise RuntimeError(f"{path} has {len(loaded)} arrays: say which, as in {path}[{next(iter(loaded))}]")
        return loaded[next(iter(loaded)) if part is None else part]


def _pairs(text: str, option: str) -> dict[str, str]:
    pairs = {}
    for item in filter(None, text.split(";")):
        name, equals, value = item.partition("=")
        if not equals:
            raise RuntimeError(f'{option} "{item}" format is incorrect. Please follow "<input_key>=<value>"')
        pairs[name.strip()] = value
    return pairs


def _evaluated(text: str) -> Any:
    """The value of the user's own expression on his own command line."""
    import numpy as np

    try:
        return eval(text, {"np": np, "numpy": np})
    except Exception as error:
        raise RuntimeError(f"{text!r}: {type(error).__name__}: {error}") from None


def _example(features: Mapping[str, Any]) -> Any:
    from ...ops import proto

    example = proto.Example()
    for name, values in features.items():
        if not isinstance(values, list):
            raise ValueError(f"feature {name!r}: a list is needed, not {values!r}")
        feature = example.features.feature[name]
        if all(isinstance(value, (str, bytes)) for value in values):
            feature.bytes_list.value.extend(value.encode() if isinstance(value, str) else value for value in values)
        elif all(isinstance(value, int) for value in values):
            feature.int64_list.value.extend(values)
        elif all(isinstance(value, (int, float)) for value in values):
            feature.float_list.value.extend(values)
        else:
            raise ValueError(f"feature {name!r}: numbers or strings are needed, not {values!r}")
    return example


# scan


def _scan(options: Any) -> None:
    graphs = _graphs(options.dir) if options.tag_set is None else [_graph(options)]
    for graph in graphs:
        nodes = [*graph.graph_def.node, *(node for each in graph.graph_def.library.function for node in each.node_def)]
        found, tags = sorted(_DENIED & {node.op for node in nodes}), sorted(graph.meta_info_def.tags)
        if found:
            print(f"MetaGraph with tag set {tags} contains the following blacklisted ops: {set(found)}")
        else:
            print(f"MetaGraph with tag set {tags} does not contain blacklisted ops.")
