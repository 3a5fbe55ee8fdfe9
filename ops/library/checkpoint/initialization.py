"""`init_from_checkpoint`: variables that begin with the values of a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from ...base.errors import NotFoundError
from ...base.messages.logger import logger
from ...building.build import build
from ...building.default_graph import get_default_graph, init_scope
from ...families.io.save_restore import RESTORE_V2
from ...families.state.assignments import assign
from ...families.state.scope_settings import variable_store
from ...families.state.variables import Variable
from .reader import CheckpointReader, checkpoint_path

_PART: Final = re.compile(r"/part_\d+$")  # what the name of a part ends with


def init_from_checkpoint(ckpt_dir_or_file: Any, assignment_map: Any) -> None:
    """Have variables initialized with values of a checkpoint: their initializers are replaced.

    Call it after the variables are made, and before `global_variables_initializer`.

    Args:
      ckpt_dir_or_file: the path of a checkpoint, or of a folder: its last one.
      assignment_map: from names in the checkpoint to variables, names of variables or lists of the slices of one; or
        from `"scope/"` to `"scope/"`: all variables of the second, which the checkpoint has in the first (`"/"`: at its
        top).
    Raises: ValueError if a tensor or a variable is missing, or shapes differ; TypeError for what is no variable and no
      name.
    """
    path = checkpoint_path(ckpt_dir_or_file)
    reader = CheckpointReader(path)
    shapes = reader.get_variable_to_shape_map()
    with init_scope():
        for name in sorted(assignment_map):
            target = assignment_map[name]
            if _is_variable(target) or _is_list(target):
                if name not in shapes:
                    raise ValueError(f"Tensor {name} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
                _initialize(target, name, path, shapes[name])
                continue
            found = _named(target)
            if found is not None:
                if name not in shapes:
                    raise ValueError(f"Tensor {name} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
                _initialize(found, name, path, shapes[name])
            else:
                _initialize_scope(name, target, path, shapes, ckpt_dir_or_file)


def _is_variable(item: Any) -> bool:
    return isinstance(item, Variable) or hasattr(item, "_ref")


def _is_list(item: Any) -> bool:
    return isinstance(item, (list, tuple)) or hasattr(item, "_get_variable_list")


def _variables() -> dict[str, Any]:
    """The variables that `get_variable` made, by name."""
    found: dict[str, Any] = variable_store().variables
    return found


def _named(name: str) -> Any:
    """The variable of a name, or the parts of the partitioned one; None if there is none."""
    known = _variables()
    if name in known:
        return known[name]
    parts = list(_parts(name, known))
    return parts or None


def _parts(name: str, known: dict[str, Any]) -> Iterator[Any]:
    """The parts `name/part_0`, `name/part_1`, ... in their order."""
    for number in count():
        part = known.get(f"{name}/part_{number}")
        if part is None:
            return
        yield part


def _initialize_scope(source: str, target: str, path: str, shapes: dict[str, Any], asked: Any) -> None:
    if not isinstance(target, str):
        raise TypeError(f"assignment_map maps '{source}' to a {type(target).__name__}, which is no variable or name.")
    scope = target.rpartition("/")[0]
    if not source.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {scope} should map to scope only {source}. Should be 'scope/': "
            "'other_scope/'."
        )
    inside = {_PART.sub("", name) for name in _variables() if not scope or name.startswith(f"{scope}/")}
    for name in sorted(inside):
        rest = name[len(scope) + 1 :] if scope else name
        wanted = rest if source == "/" else source + rest
        if wanted not in shapes:
            raise ValueError(f"Tensor {wanted} ({rest} in {source}) is not found in {asked} checkpoint")
        _initialize(_named(name), wanted, path, shapes[wanted])


def _initialize(target: Any, name: str, path: str, shape: list[int]) -> None:
    parts = list(target) if _is_list(target) else [target]
    for part in parts:
        info = getattr(part, "_save_slice_info", None) if _is_list(target) else None
        if info is not None and info.full_shape is not None and list(info.full_shape) != list(shape):
            raise ValueError(f"Shape of variable {name} ({info.full_shape}) doesn't match the checkpoint's ({shape}).")
        if info is None and not part.shape.is_compatible_with(shape):
            raise ValueError(
                f"Shape of variable {part.name} ({part.shape}) doesn't match with shape of tensor {name} ({shape}) "
                "from checkpoint reader."
            )
        replace_initializer(part, _restored(part, name, path, "" if info is None else str(info.spec)))
        logger().debug("Initialize variable %s from checkpoint %s with %s", part.name, path, name)


def _restored(variable: Any, name: str, path: str, slice_spec: str) -> Any:
    graph = get_default_graph()
    if variable.graph is not graph:
        raise NotFoundError(None, None, f"'{variable.name}' is a variable of another graph.")
    dtype = variable.dtype.base_dtype
    with graph.device("/cpu:0"):
        (value,) = build(RESTORE_V2, path, [name], [slice_spec], dtypes=[dtype], name="checkpoint_initializer")
    return value


def replace_initializer(variable: Any, value: Any) -> None:
    """Have a variable begin with a tensor, of its shape and type."""
    value.set_shape(variable.shape)
    if variable.op.type == "VarHandleOp":
        variable._initializer = variable.assign(value, read_value=False)
    else:
        variable._initializer = assign(variable._as_graph_element(), value).op
    variable._initial_value = value
