"""TensorFlow's protocol buffers: the messages that graphs, configurations and traces travel in.

Every message has TensorFlow's name, field names and numbers, so bytes and text go both ways:

>>> from sessile.ops import proto
>>> config = proto.ConfigProto(intra_op_parallelism_threads=2)
>>> config.graph_options.optimizer_options.global_jit_level = proto.OptimizerOptions.ON_1
>>> proto.ConfigProto.FromString(config.SerializeToString()) == config
True

Names are the short ones (`proto.GraphDef`, `proto.HistogramProto`); what is nested in TensorFlow is nested here
(`proto.Summary.Value`, `proto.RunOptions.FULL_TRACE`); a top-level enum is a wrapper that knows its values
(`proto.DataType.DT_FLOAT`). `MESSAGES` and `ENUMS` list them all, `POOL` is the pool that holds them.

The classes live in a pool of their own and not in protobuf's default one: a process that also imports TensorFlow,
or another package with a copy of these names, sees no conflict, whichever comes first. The price is that a message of
TensorFlow's own classes is of a different class here; `adopt` turns one into ours.

Nothing of `google.protobuf` is imported before the first name is asked for. That use costs about 30 ms, nearly
all of them the import of `google.protobuf`; a later use is a plain attribute.
"""

from __future__ import annotations

from typing import Any


def adopt(message: Any) -> Any:
    """Return `message` as one of this package's classes.

    Args:
      message: a message of any pool, such as TensorFlow's own `ConfigProto`.
    Returns: `message` itself if it is ours, else a copy of our class with the same full name.
    Raises: TypeError if it is no message, or one that this package does not have.

    >>> from sessile.ops import proto
    >>> config = proto.ConfigProto()
    >>> proto.adopt(config) is config
    True
    """
    from .pool import adopt

    return adopt(message)


def __getattr__(name: str) -> Any:
    """Load the schema at the first name that is asked for, and put every name of it here."""
    if name.startswith("__"):  # Inspection by tools (`__path__`, `__wrapped__`) is no use of a message.
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not `from . import pool`: that asks this function for `pool` first.
    from .pool import NAMES, unknown_name

    values = globals()
    values.update(NAMES)
    if name in values:
        return values[name]
    raise AttributeError(unknown_name(name))


def __dir__() -> list[str]:
    """List the messages, the enums and what stands beside them; this loads the schema."""
    from .pool import NAMES

    return sorted({*NAMES, "adopt"})
