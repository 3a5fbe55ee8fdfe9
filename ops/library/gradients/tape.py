"""`GradientTape`: derivatives of what was built inside of a block with respect to what was watched there.

with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x               recorded: it takes x
tape.gradient(y, x)         mul's rule is called, `2 * x` is what comes out

The operations of a graph are built once and run by sessions, so a tape here records what is built, as TensorFlow 1.15's
does in a graph. Through loops and branches, which its tape refuses, the walk of `gradients` is taken.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ...base import nest
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...definition.registry import lookup
from ...families.arrays.filling import ones, zeros
from ...graph import tapes
from ...graph.node import Tensor
from .gradients import UnconnectedGradients, gradients
from .jacobians import batch_rows, checked_extents, rows
from .recording import Recording
from .tape_walk import TapeWalk, full_like

_log: Final = logging.getLogger("sessile")
_LOOPS_AND_BRANCHES: Final = frozenset({"switch", "merge", "enter", "exit", "next"})


class GradientTape:
    """Records operations for derivatives.

    Args:
      persistent: whether `gradient` may be called more than once.
      watch_accessed_variables: whether trainable resource variables that are read in the block are watched.

    >>> x = convert_to_tensor(3.0)
    >>> with GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x).dtype.name
    'float32'
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._tape: Recording | None = None
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._recording = False
        self._variables: tuple[Any, ...] = ()

    def __enter__(self) -> GradientTape:
        """Begin to record. Raises: ValueError if it records already."""
        self._push_tape()
        return self

    def __exit__(self, *error: object) -> None:
        if self._recording:
            self._pop_tape()

    def _push_tape(self) -> None:
        if self._recording:
            raise ValueError("Tape is already recording.")
        if self._tape is None:
            self._tape = Recording()
        self._tape.resume(get_default_graph())
        tapes.start(self)
        self._recording = True

    def _pop_tape(self) -> None:
        if not self._recording or self._tape is None:
            raise ValueError("Tape is not recording.")
        self._tape.catch_up()
        tapes.stop(self)
        self._recording = False

    def accessed(self, variable: Any) -> None:
        """Hear that a resource variable was read: trainable ones are watched, unless nothing is watched of itself."""
        if self._watch_accessed_variables and variable.trainable:
            self._watch_variable(variable)

    def _watch_variable(self, variable: Any) -> None:
        tape = self._begun()
        if variable.handle not in tape.tensors:
            tape.watch(variable.handle)
        tape.variables.setdefault(variable.handle, variable)

    def _begun(self) -> Recording:
        if self._tape is None:
            raise ValueError("The tape watches nothing: enter it first, `with tf.GradientTape() as tape:`.")
        return self._tape

    def watch(self, tensor: Any) -> None:
        """Count a tensor among those to differentiate by, from here on.

        Args:
          tensor: a tensor, a resource variable, or a structure of such; floating-point or complex.
        Raises: ValueError for anything else, and outside of the block.
        """
        for item in nest.flatten(tensor):
            handle = _handle(item)
            if not isinstance(handle, Tensor):
                raise ValueError(f"Passed in object of type {type(item)}, not tf.Tensor")
            _warn_of_type(item, "watched", "tensor must be floating (e.g. tf.float32), got")
            if handle is item:
                self._begun().watch(item)
            else:
                self._watch_variable(item)

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A block whose operations are not recorded. Raises: ValueError if the tape does not record."""
        self._pop_tape()
        try:
            yield
        finally:
            self._push_tape()

    def reset(self) -> None:
        """Forget what was recorded and watched, and go on recording. Raises: ValueError if the tape does not record."""
        self._pop_tape()
        self._tape = None
        self._push_tape()

    def watched_variables(self) -> tuple[Any, ...]:
        """Return the variables watched, in the order they were made."""
        if self._tape is not None:
            self._variables = tuple(sorted(self._tape.variables.values(), key=lambda each: each.handle.op._id))
        return self._variables

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """Return the derivatives of the sum of `target` with respect to `sources`.

        Args:
          target: a tensor or a structure of tensors, made while the tape recorded.
          sources: a tensor, a variable, or a structure of such.
          output_gradients: the gradients of the targets; None means ones.
          unconnected_gradients: what to return for a source no target depends on, as in `gradients`.
        Returns: a Tensor, IndexedSlices or None (or zeros) per source, in their structure.
        Raises: RuntimeError if it was called before and the tape is not persistent; LookupError if an operation on the
          way has no gradient; ValueError if `unconnected_gradients` is neither.
        """
        if self._tape is None:
            raise RuntimeError("GradientTape.gradient can only be called once on non-persistent tapes.")
        if self._recording:
            if self._persistent:
                self._tape.catch_up()
            else:
                self._pop_tape()
        recording = self._tape
        targets = [self._target(item) for item in nest.flatten(target)]
        flat = nest.flatten(sources)
        for source in flat:
            _warn_of_type(
                source, "source", "tensor must be floating (e.g. tf.float32) when calling GradientTape.gradient, got"
            )
        if output_gradients is not None:
            output_gradients = [convert_to_tensor(item) for item in nest.flatten(output_gradients)]
        try:
            unconnected = UnconnectedGradients(unconnected_gradients)
        except ValueError:
            raise ValueError(f"Unknown value for unconnected_gradients: {unconnected_gradients!r}") from None
        found = _walked(recording, targets, [_handle(item) for item in flat], output_gradients)
        if unconnected is UnconnectedGradients.ZERO:
            found = [_zeros(source) if item is None else item for source, item in zip(flat, found, strict=True)]
        if not self._persistent:
            self.watched_variables()
            self._tape = None
        return nest.pack_sequence_as(sources, found)

    def _target(self, target: Any) -> Tensor:
        _warn_of_type(
            target, "target", "tensor must be floating (e.g. tf.float32) when calling GradientTape.gradient, got"
        )
        if isinstance(target, Tensor):
            return target
        with self:
            return convert_to_tensor(target)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return the derivatives of each element of `target` with respect to each of `sources`.

        Args:
          target: a tensor.
          sources, unconnected_gradients: as in `gradient`.
          parallel_iterations: taken for other programs' sake, as is `experimental_use_pfor`.
        Returns: a tensor of shape `target.shape + source.shape` (or None) per source, in their structure.
        Raises: as `gradient`.
        """
        flat = nest.flatten(sources)
        found = rows(self._per_element(target, flat, unconnected_gradients), target, [_like(item) for item in flat])
        return nest.pack_sequence_as(sources, found)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return, for each row, the derivatives of each element of `target`'s row with respect to `source`'s.

        Args:
          target: a tensor of shape [rows, ...] whose rows depend on those of `source` alone.
          source: a tensor of shape [rows, ...].
          unconnected_gradients, parallel_iterations, experimental_use_pfor: as in `jacobian`.
        Returns: a tensor of shape `[rows] + target.shape[1:] + source.shape[1:]`, or None.
        Raises: as `gradient`; ValueError if both have not equally many rows.
        """
        checked_extents(target, source)
        return batch_rows(self._per_element(target, [source], unconnected_gradients), target, source)

    def _per_element(self, target: Any, sources: Sequence[Any], unconnected: Any) -> Any:
        """A function from a gradient of `target` to those of `sources`, which may be called many times."""
        if self._tape is None:
            raise RuntimeError("GradientTape.gradient can only be called once on non-persistent tapes.")
        if self._recording and not self._persistent:
            self._pop_tape()
        tape = GradientTape(persistent=True)
        if self._recording:
            self._tape.catch_up()
        tape._tape = self._tape
        if not self._persistent:
            self.watched_variables()
            self._tape = None
        return lambda gradient: tape.gradient(target, list(sources), [gradient], unconnected)


def _warn_of_type(item: Any, kind: str, text: str) -> None:
    dtype = item.dtype
    if not (dtype.is_floating or dtype.is_complex):
        _log.warning("The dtype of the %s %s %r", kind, text, dtype)


def _handle(source: Any) -> Any:
    """What stands for a source: a resource variable's handle. Raises: AttributeError for other variables."""
    if isinstance(source, Tensor):
        return source
    handle = getattr(source, "handle", None)
    if handle is None and hasattr(source, "initializer"):
        raise AttributeError(
            f"GradientTape knows resource variables alone, not {source!r}: make it with use_resource=True, or use "
            "tf.gradients(ys, xs)."
        )
    return source if handle is None else handle


def _like(source: Any) -> Tensor:
    return source if isinstance(source, Tensor) else convert_to_tensor(source)


def _zeros(source: Any) -> Tensor:
    result: Tensor = zeros(build(lookup("Shape"), source), source.dtype.base_dtype)
    return result


def _walked(recording: Recording, targets: list[Tensor], sources: list[Any], given: Any) -> list[Any]:
    """The gradient of each source, None where the tape knows of no way."""
    captures: dict[Tensor, Tensor] = getattr(targets[0].graph, "captures", {}) if targets else {}
    inner = [captures.get(source, source) for source in sources]
    taken = {parameter for outer, parameter in captures.items() if outer in recording.tensors}
    walk = TapeWalk(targets, recording.operations, recording.tensors | taken)
    if not any(op.op_def.flow in _LOOPS_AND_BRANCHES for op in walk.operations):
        walk.run([None] * len(targets) if given is None else given[: len(targets)])
        return [walk.gradient_of(source) for source in inner]
    known = [source for source in inner if source in recording.tensors or source in taken]
    if not known:
        return [None] * len(sources)
    stops = [tensor for op in walk.operations for tensor in op._inputs if tensor._op not in recording.operations]
    if given is None:
        given = [full_like(ones, target) for target in targets]
    found = dict(zip(known, gradients(targets, known, given, stop_gradients=stops), strict=True))
    return [found.get(source) for source in inner]
