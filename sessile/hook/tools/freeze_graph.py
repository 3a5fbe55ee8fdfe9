"""`python -m sessile -m tensorflow.python.tools.freeze_graph`: a graph and its checkpoint become a file of constants.

The functions are those of `sessile/models/freezing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .arguments import Flags, told


def _flags() -> Flags:
    flags = Flags("freeze_graph", "Write what outputs need as a GraphDef in which variables are constants.")
    flags.text("input_graph", "a file with a GraphDef")
    flags.text("input_saver", "a file with the SaverDef that restores the checkpoint")
    flags.text("input_checkpoint", "the checkpoint")
    flags.add_argument("--checkpoint_version", type=int, default=2, help="not needed: both formats are read")
    flags.text("output_graph", "the file that is written")
    flags.truth("input_binary", "not needed: bytes and text are told apart")
    flags.text("output_node_names", "the outputs, with commas")
    flags.text("restore_op_name", "not needed", "save/restore_all")
    flags.text("filename_tensor_name", "not needed", "save/Const:0")
    flags.truth("clear_devices", "whether nodes forget their devices", True)
    flags.text("initializer_nodes", "operations to run before, with commas")
    flags.text("variable_names_whitelist", "the variables that become constants, with commas (default: all)")
    flags.text("variable_names_blacklist", "those that do not")
    flags.text("input_meta_graph", "a file with a MetaGraphDef, in place of the graph")
    flags.text("input_saved_model_dir", "a saved model, in place of graph and checkpoint")
    flags.text("saved_model_tags", "the tags of the saved model's graph, with commas", "serve")
    return flags


@told
def main(arguments: Sequence[str]) -> int:
    """Freeze as the arguments say; returns the exit code."""
    from ...models.freezing import freeze_graph

    given = _flags().parse_args(arguments)
    if not given.output_graph:
        raise ValueError("--output_graph: which file is to be written?")
    freeze_graph(**vars(given))
    return 0
