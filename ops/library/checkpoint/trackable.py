"""`tf.train.Checkpoint`: checkpoints of objects, found again by the names of attributes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ...base.errors import NotFoundError
from ...building.constant import constant
from ...building.default_graph import control_dependencies, get_default_graph
from ...families.state.variable_base import Variable
from ...graph.defaults import get_default_session
from . import management
from .containers import PythonStatePlace
from .iterators import IteratorSaveable
from .object_graph import PYTHON_STATE, ObjectGraph, Saved, is_trackable, matched
from .reader import OBJECT_GRAPH, NewCheckpointReader
from .saveables import SaveableObject, SaveSpec
from .saver import Saver


class _Text(SaveableObject):
    """A string that is saved and never restored."""

    def __init__(self, text: bytes, name: str) -> None:
        tensor = constant(text, name="object_graph")
        super().__init__(tensor.op, [SaveSpec(tensor, "", name)], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Nothing is to be done."""
        return restored_tensors[0].op


def _saver(values: Sequence[Saved], *others: SaveableObject) -> Saver:
    """What writes and reads values under their keys."""
    named: dict[str, Any] = {value.key: _place(value) for value in values}
    named.update({other.name: other for other in others})
    with control_dependencies(None):
        return Saver(named, max_to_keep=None, allow_empty=True)


def _place(value: Saved) -> Any:
    """What a Saver saves of a value."""
    if value.name == PYTHON_STATE:
        return PythonStatePlace(value.item, value.key)
    return IteratorPlace(value) if value.name == "ITERATOR" else value.item


class IteratorPlace(IteratorSaveable):
    """The place of an iterator, under the key of an object."""

    def __init__(self, value: Saved) -> None:
        super().__init__(value.item._iterator_resource)
        self.name = value.key
        self.specs[0].name = value.key


def _session(session: Any) -> Any:
    found = session if session is not None else get_default_session()
    if found is None:
        raise RuntimeError("No session is given, and there is no default one: enter `with sess:`, or pass session=.")
    return found


class Checkpoint:
    """Objects that are saved together: variables, layers, models, modules, optimizers, lists and dictionaries of them.

    Args:
      **kwargs: the objects, by the names they are saved under. Attributes that are set later count as well.
    Raises: ValueError for what cannot be saved.

    >>> import tempfile, os
    >>> v = tf.get_variable("weights", initializer=1.0)
    >>> checkpoint = Checkpoint(weights=v)
    >>> with tempfile.TemporaryDirectory() as folder, tf.Session() as sess:
    ...     sess.run(tf.global_variables_initializer())
    ...     path = checkpoint.save(os.path.join(folder, "model"), session=sess)
    ...     sess.run(v.assign(5.0))
    ...     checkpoint.restore(path).assert_consumed().run_restore_ops(sess)
    ...     os.path.basename(path), sess.run(v)
    5.0
    ('model-1', 1.0)
    """

    def __init__(self, **kwargs: Any) -> None:
        self._save_counter: Any = None
        self._savers: dict[Any, Saver] = {}
        self._count_up: Any = None
        for name, value in sorted(kwargs.items()):
            if not is_trackable(value):
                raise ValueError(
                    "`Checkpoint` was expecting a trackable object (an object derived from `TrackableBase`), got "
                    f"{value}. If you believe this object should be trackable (i.e. it is part of the TensorFlow "
                    "Python API and manages state), please open an issue."
                )
            setattr(self, name, value)

    def _checkpoint_children(self) -> list[tuple[str, Any]]:
        from .object_graph import _counts

        parts = [(name, part) for name, part in vars(self).items() if not name.startswith("_") and _counts(part)]
        return parts if self._save_counter is None else [*parts, ("save_counter", self._save_counter)]

    @property
    def save_counter(self) -> Any:
        """The variable that counts calls of `save`."""
        self._make_counter()
        return self._save_counter

    def _make_counter(self) -> bool:
        """Make the counter. Returns: whether it is new."""
        if self._save_counter is not None:
            return False
        from ...families.state.resource_variable import ResourceVariable

        with control_dependencies(None):
            self._save_counter = ResourceVariable(0, name="save_counter", dtype="int64", trainable=False)
        return True

    def write(self, file_prefix: Any, session: Any = None) -> str:
        """Write a checkpoint under this very name; its number is not counted.

        Args:
          file_prefix: the path.
          session: where the variables are; default: the default session.
        Returns: the path, for `restore`.
        """
        session = _session(session)
        if self._make_counter():
            session.run(self._save_counter.initializer)
        with session.graph.as_default():
            graph = ObjectGraph(self)
            text = graph.message().SerializeToString()
            saver = self._savers.get((session.graph, text))
            if saver is None:
                saver = self._savers[session.graph, text] = _saver(graph.values(), _Text(text, OBJECT_GRAPH))
        path = saver.save(session, file_prefix, write_meta_graph=False, write_state=False)
        return str(path)

    def save(self, file_prefix: Any, session: Any = None) -> str:
        """Write a checkpoint under this name and a number, which counts up. See `write`.

        Returns: the path, for `restore`.
        """
        session = _session(session)
        number = self._next_number(session)
        path = self.write(f"{os.fspath(file_prefix)}-{number}", session)
        management.write_state(os.path.dirname(path), path, [path], None, True)
        return path

    def _next_number(self, session: Any) -> int:
        if self._make_counter():
            session.run(self._save_counter.initializer)
        if self._count_up is None:
            with session.graph.as_default(), control_dependencies(None):
                self._count_up = self._save_counter.assign_add(1, read_value=True)
        return int(session.run(self._count_up))

    def restore(self, save_path: Any) -> Any:
        """Return what restores from a checkpoint, as its methods say: nothing is read into variables before.

        Args:
          save_path: of a checkpoint that this class, `Saver` or TensorFlow wrote; None to initialize only.
        Raises: NotFoundError if there is none.
        """
        if save_path is None:
            return InitializationOnlyStatus(self)
        path = os.fspath(save_path)
        if not management.checkpoint_exists(path):
            raise NotFoundError(None, None, f"Unsuccessful TensorSliceReader constructor: Failed to find {path}")
        self._make_counter()
        reader = NewCheckpointReader(path)
        if not reader.has_tensor(OBJECT_GRAPH):
            return NameBasedSaverStatus(self, path, reader)
        return CheckpointLoadStatus(self, path, reader)


class _Status:
    """What restores the objects of a checkpoint."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._graph = get_default_graph()

    def _restored(self) -> dict[str, Any]:
        """From keys in the checkpoint to what they are restored to."""
        return {}

    def _initialize(self, session: Any, done: Sequence[Any]) -> None:
        known = {id(item) for item in done}
        items = [item for item in ObjectGraph(self._root).objects if id(item) not in known]
        session.run([item.initializer for item in items if isinstance(item, Variable)])


class InitializationOnlyStatus(_Status):
    """There is no checkpoint: variables are initialized."""

    def assert_consumed(self) -> Any:
        """Raises: AssertionError: nothing is restored."""
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def run_restore_ops(self, session: Any = None) -> None:
        """Raises: AssertionError: nothing is restored."""
        raise AssertionError(
            "No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore)."
        )

    def initialize_or_restore(self, session: Any = None) -> None:
        """Initialize all variables of the objects."""
        session = _session(session)
        with session.graph.as_default():
            self._initialize(session, ())


class CheckpointLoadStatus(_Status):
    """What restores objects from a checkpoint of objects; those that are made later too, when it is run then."""

    def __init__(self, root: Any, path: str, reader: Any) -> None:
        from ... import proto

        super().__init__(root)
        self._path = path
        self._message = proto.TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH))
        self._saver: tuple[Any, Saver] | None = None
        self._restore_python(reader)

    def _restore_python(self, reader: Any) -> None:
        """State that Python keeps is there at once: no session has a part in it."""
        found, _ = matched(self._message, self._root)
        self._python: list[Saved] = []
        for number, item in found.items():
            for attribute in self._message.nodes[number].attributes:
                if attribute.name == PYTHON_STATE and hasattr(item, "_python_state"):
                    item.deserialize(reader.get_tensor(attribute.checkpoint_key))
                    self._python.append(Saved(item, PYTHON_STATE, attribute.checkpoint_key))

    def _values(self) -> tuple[dict[int, Any], ObjectGraph, list[Saved]]:
        found, graph = matched(self._message, self._root)
        values = [
            Saved(found[number], attribute.name, attribute.checkpoint_key)
            for number, node in enumerate(self._message.nodes)
            for attribute in node.attributes
            if number in found and attribute.name in ("VARIABLE_VALUE", "ITERATOR")
        ]
        return found, graph, values

    def values_to_restore(self) -> list[Saved]:
        """What is there now and has a value in the checkpoint, and under which keys."""
        return self._values()[2]

    def assert_consumed(self) -> CheckpointLoadStatus:
        """Return this, if all that was saved has its object, and all objects were saved. Raises: AssertionError."""
        found, graph, values = self._values()
        for number, node in enumerate(self._message.nodes):
            if number not in found and node.attributes:
                raise AssertionError(f"Unresolved object in checkpoint: {node}")
        self._check_matched(graph, values)
        return self

    def assert_existing_objects_matched(self) -> CheckpointLoadStatus:
        """Return this, if all objects that are there were saved. Raises: AssertionError."""
        _, graph, values = self._values()
        self._check_matched(graph, values)
        return self

    def assert_nontrivial_match(self) -> CheckpointLoadStatus:
        """Return this, if anything but the root was found. Raises: AssertionError."""
        found, _, _ = self._values()
        own = {id(self._root), id(getattr(self._root, "_save_counter", None))}
        if all(id(item) in own for item in found.values()):
            raise AssertionError(
                "Nothing to load. No dependencies have been added to "
                f"{self._root} yet, or none of the objects is in the checkpoint."
            )
        return self

    def _check_matched(self, graph: ObjectGraph, values: list[Saved]) -> None:
        restored = {id(value.item) for value in [*values, *self._python]}
        for value in graph.values():
            if id(value.item) not in restored:
                raise AssertionError(f"Object not assigned a value from checkpoint: {value.item}")

    def expect_partial(self) -> CheckpointLoadStatus:
        """Return this; nothing is said of what was not found."""
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        """Give the objects their values. Raises: what `Saver.restore` does."""
        session = _session(session)
        with session.graph.as_default():
            self._restore(session, self._values()[2])

    def _restore(self, session: Any, values: list[Saved]) -> None:
        keys = tuple(value.key for value in values)
        if self._saver is None or self._saver[0] != (session.graph, keys):
            self._saver = ((session.graph, keys), _saver(values))
        self._saver[1].restore(session, self._path)

    def initialize_or_restore(self, session: Any = None) -> None:
        """Give the objects their values, and initialize those that have none in the checkpoint."""
        session = _session(session)
        with session.graph.as_default():
            values = self._values()[2]
            self._initialize(session, [value.item for value in values])
            self._restore(session, values)


class NameBasedSaverStatus(_Status):
    """What restores objects from a checkpoint of a `Saver`, by the names of variables."""

    def __init__(self, root: Any, path: str, reader: Any) -> None:
        super().__init__(root)
        self._path = path
        self._names = set(reader.get_variable_to_shape_map())

    def _variables(self) -> list[Any]:
        counter = getattr(self._root, "_save_counter", None)
        return [item for item in ObjectGraph(self._root).objects if isinstance(item, Variable) and item is not counter]

    def assert_consumed(self) -> NameBasedSaverStatus:
        """Return this, if the names of all variables are in the checkpoint, and no others. Raises: AssertionError."""
        self.assert_existing_objects_matched()
        left = self._names - {variable.op.name for variable in self._variables()}
        if left:
            raise AssertionError(f"Some variables of the checkpoint have no object: {sorted(left)}")
        return self

    def assert_existing_objects_matched(self) -> NameBasedSaverStatus:
        """Return this, if the names of all variables are in the checkpoint. Raises: AssertionError."""
        for variable in self._variables():
            if variable.op.name not in self._names:
                raise AssertionError(f"Object not found in the checkpoint by its name: {variable}")
        return self

    def assert_nontrivial_match(self) -> NameBasedSaverStatus:
        """The same as `assert_existing_objects_matched`."""
        return self.assert_existing_objects_matched()

    def expect_partial(self) -> NameBasedSaverStatus:
        """Return this."""
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        """Give the variables that are there their values."""
        session = _session(session)
        found = [variable for variable in self._variables() if variable.op.name in self._names]
        with session.graph.as_default(), control_dependencies(None):
            Saver(found, allow_empty=True).restore(session, self._path)

    def initialize_or_restore(self, session: Any = None) -> None:
        """Give the variables their values, and initialize those that are not in the checkpoint."""
        session = _session(session)
        with session.graph.as_default():
            found = [variable for variable in self._variables() if variable.op.name in self._names]
            self._initialize(session, found)
        self.run_restore_ops(session)
