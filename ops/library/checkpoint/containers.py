"""Objects of a program's own in checkpoints: `contrib.checkpoint`'s containers, and state that Python keeps.

Source: TensorFlow 1.15.5's `contrib.checkpoint`: the keys and the messages of errors are its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from typing import Any, Final, NamedTuple, NoReturn

import numpy as np

from ...families.debugging.printing import py_func
from ...types import dtypes
from .object_graph import ObjectGraph, _counts, is_trackable
from .reader import OBJECT_GRAPH, NewCheckpointReader
from .saveables import SaveableObject, SaveSpec

_TRACKED: Final = "_tracked_parts"


class NoDependency:
    """Marks a value that an attribute is to have without its being saved.

    Args:
      value: the value.
    """

    def __init__(self, value: Any) -> None:
        self.value = value


class TrackableReference(NamedTuple):
    """A part of an object, and the name it is saved under."""

    name: str
    ref: Any


class Trackable:
    """The base of objects with parts that are saved: those that `_track_trackable` was told of."""

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Save an object as a part of this one, under a name. Returns: the object.

        Raises: TypeError for what cannot be saved, ValueError for a name that another part has.
        """
        if not is_trackable(trackable):
            raise TypeError(f"Trackable._track_trackable() passed type {type(trackable)}, not a Trackable.")
        tracked = self.__dict__.setdefault(_TRACKED, {})
        if not overwrite and tracked.get(name, trackable) is not trackable:
            raise ValueError(
                f"Called Trackable._track_trackable() with name='{name}', but a Trackable with this name is already "
                "declared as a dependency. Names must be unique (or overwrite=True)."
            )
        tracked[name] = trackable
        return trackable

    def _no_dependency(self, value: Any) -> Any:
        return value

    def _lookup_dependency(self, name: str) -> Any:
        return dict(self._checkpoint_children()).get(name)

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        return list(self.__dict__.get(_TRACKED, {}).items())

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        return [TrackableReference(name, part) for name, part in self._checkpoint_children()]


class AutoTrackable(Trackable):
    """Saves what its attributes are set to: variables, layers, optimizers, lists and dictionaries of them."""

    def __setattr__(self, name: str, value: Any) -> None:
        left_out = self.__dict__.setdefault("_parts_left_out", set())
        if isinstance(value, NoDependency):
            left_out.add(name)
            value = value.value
        else:
            left_out.discard(name)
        super().__setattr__(name, value)

    def _no_dependency(self, value: Any) -> Any:
        return NoDependency(value)

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        found = dict(super()._checkpoint_children())
        left_out = self.__dict__.get("_parts_left_out", ())
        for name, part in vars(self).items():
            if name != _TRACKED and name not in left_out and _counts(part):
                found.setdefault(name, part)
        return list(found.items())


def _checked(value: Any, where: str) -> Any:
    """A value that can be saved, or a list or dictionary of such."""
    if isinstance(value, (list, tuple)):
        for item in value:
            _checked(item, where)
    elif isinstance(value, dict):
        for item in value.values():
            _checked(item, where)
    elif not is_trackable(value):
        raise ValueError(
            f"Only trackable objects (such as Layers or Optimizers) may be stored in a {where} object. Got {value}, "
            "which does not inherit from Trackable."
        )
    return value


def _append_only(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise AttributeError(f"A {type(self).__name__} is append-only: its items are saved under their places.")


class List(list):  # type: ignore[type-arg]
    """A list of objects that are saved under their numbers; it only grows.

    Args:
      *args: what `list` takes.
    Raises: ValueError for items that cannot be saved.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        self.extend(list(*args))

    def append(self, value: Any) -> None:
        """Add an item."""
        super().append(_checked(value, "List"))

    def extend(self, values: Iterable[Any]) -> None:
        """Add items."""
        for value in values:
            self.append(value)

    def __iadd__(self, values: Any) -> List:
        self.extend(values)
        return self

    def __add__(self, values: Any) -> List:
        return List([*self, *values])

    def __radd__(self, values: Any) -> List:
        return List([*values, *self])

    def __repr__(self) -> str:
        return f"List({super().__repr__()})"

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        return [(str(number), item) for number, item in enumerate(self)]

    insert = pop = remove = clear = sort = reverse = _append_only
    __setitem__ = __delitem__ = __imul__ = _append_only


class Mapping(dict):  # type: ignore[type-arg]
    """A dictionary of objects that are saved under their keys; it only grows.

    Args:
      *args, **kwargs: what `dict` takes.
    Raises: ValueError for values that cannot be saved or keys that are there, TypeError for keys that are no strings.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.update(*args, **kwargs)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"Mapping accepts only string keys, but got a key {key!r}.")
        if self.get(key, value) is not value:
            raise ValueError(
                f"Mappings are an append-only data structure. Tried to overwrite the key '{key}' with value {value}, "
                f"but it already contains {self[key]}"
            )
        super().__setitem__(key, _checked(value, "Mapping"))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Add items."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __repr__(self) -> str:
        return f"Mapping({super().__repr__()})"

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        return list(self.items())

    pop = popitem = clear = setdefault = __delitem__ = _append_only


class UniqueNameTracker(Trackable):
    """Saves objects under names with a number where a name is taken already."""

    def track(self, trackable: Any, base_name: str) -> Any:
        """Save an object. Returns: the object. Raises: ValueError if it cannot be saved.

        Args:
          trackable: the object.
          base_name: its name, if that is free; else `base_name_1`, and so on.
        """
        if not is_trackable(trackable):
            raise ValueError(f"Expected a trackable value, got {trackable}.")
        taken = self.__dict__.get(_TRACKED, {})
        name, number = base_name, 0
        while name in taken:
            number += 1
            name = f"{base_name}_{number}"
        return self._track_trackable(trackable, name)


class PythonState(Trackable):
    """What Python keeps: subclasses have `serialize`, which returns bytes, and `deserialize`, which takes them."""

    def serialize(self) -> bytes:
        """The state, as bytes."""
        raise NotImplementedError("serialize")

    def deserialize(self, string_value: bytes) -> None:
        """Take a state that `serialize` returned."""
        raise NotImplementedError("deserialize")

    def _python_state(self) -> PythonState:
        return self


class PythonStatePlace(SaveableObject):
    """The place of a Python state: what it is when a checkpoint is written."""

    def __init__(self, state: PythonState, key: str) -> None:
        tensor = py_func(state.serialize, [], dtypes.string, name="py_state")
        self._state = state
        super().__init__(tensor.op, [SaveSpec(tensor, "", key)], key)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Have the state take the bytes."""
        return py_func(self._state.deserialize, restored_tensors, [], name="restore_py_state")


class _Array(PythonState):
    """An array of a `NumpyState`, in NumPy's format."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def serialize(self) -> bytes:
        file = io.BytesIO()
        np.save(file, self.array, allow_pickle=False)
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        self.array = np.load(io.BytesIO(string_value), allow_pickle=False)


class NumpyState(Trackable):
    """Saves the NumPy arrays that its attributes are set to; restoring a checkpoint sets those that it has.

    >>> state = NumpyState()
    >>> state.steps = np.zeros(2)
    >>> state.steps[0] = 3.0
    >>> state.steps.tolist()
    [3.0, 0.0]
    """

    def __setattr__(self, name: str, value: Any) -> None:
        """Raises: NotImplementedError for what is no array."""
        if not isinstance(value, (np.ndarray, np.generic)):
            raise NotImplementedError(
                f"Assigned {value} to the {name} property of {self}, which is not a NumPy array. Currently mixing "
                "NumPy arrays and other trackable objects is not supported. File a feature request if this limitation "
                "bothers you."
            )
        kept = self.__dict__.get(name)
        if kept is None:
            super().__setattr__(name, _Array(value))
        else:
            kept.array = value

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return value.array if isinstance(value, _Array) else value

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        return [(name, part) for name, part in self.__dict__.items() if isinstance(part, _Array)]

    def _checkpoint_child(self, name: str) -> Any:
        """The array that a checkpoint has under a name, empty until it is restored."""
        return self.__dict__.setdefault(name, _Array(np.array([])))


def list_objects(root_trackable: Any) -> list[Any]:
    """Return the objects that a checkpoint of an object holds, itself first."""
    return list(ObjectGraph(root_trackable).objects)


def object_metadata(save_path: str) -> Any:
    """Return the TrackableObjectGraph message of a checkpoint.

    Args:
      save_path: its path, as `Checkpoint.save` returns it.
    Raises: ValueError if it has none: a `Saver` wrote it.
    """
    from ... import proto

    reader = NewCheckpointReader(save_path)
    if not reader.has_tensor(OBJECT_GRAPH):
        raise ValueError(
            f'The specified checkpoint "{save_path}" does not appear to be object-based (saved with TF2) since it is '
            f'missing the key "{OBJECT_GRAPH}". Likely it was created with a name-based Saver and does not contain an '
            "object dependency graph."
        )
    return proto.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))


def dot_graph_from_checkpoint(save_path: str) -> str:
    """Return the objects of a checkpoint as a graph in Graphviz's language, variables in blue.

    Args:
      save_path: its path, as `Checkpoint.save` returns it.
    """
    message, reader = object_metadata(save_path), NewCheckpointReader(save_path)
    shapes: AnyMapping[str, Any] = reader.get_variable_to_shape_map()
    types: AnyMapping[str, Any] = reader.get_variable_to_dtype_map()
    lines = ["digraph {"]
    for number, node in enumerate(message.nodes):
        color = tooltip = ""
        for attribute in node.attributes:
            if attribute.name == "VARIABLE_VALUE":
                key = attribute.checkpoint_key
                color = " color=blue"
                tooltip = f' tooltip="Variable {attribute.full_name} shape={shapes[key]} {types[key].name}"'
        lines.append(f'N_{number} [shape=point label=""{color} width=.25{tooltip}]')
        lines += [f'N_{number} -> N_{child.node_id} [label="{child.local_name}"]' for child in node.children]
    return "\n".join([*lines, "}"]) + "\n"
