"""`Tensor`: one output of an Operation, a symbolic handle of a value that a Session computes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from ..base import pickling
from ..base.errors import OperatorNotAllowedInGraphError
from ..types.dtypes import DType
from ..types.tensor_shape import Extents, TensorShape, as_extents, format_extents, merge_extents
from .operators import OVERLOADABLE, Operators

if TYPE_CHECKING:
    from .graph import Graph
    from .operation import Operation


class Absent:
    """What tensors of graphs do not have, though others do: asking for it is an error that says what to do instead."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, tensor: Any, owner: type) -> Any:
        if tensor is None:
            return self
        what = tensor._without_value(f"{self._name}()")
        raise AttributeError(f"'Tensor' object has no attribute '{self._name}': {what}")


class Tensor(Operators):
    """A value that will be computed: the output `value_index` of `op`, of type `dtype`.

    Python's operators build operations. A tensor has no truth value and cannot be iterated over: it has no value
    until a Session runs it.
    """

    __slots__ = (
        "__dict__", "__weakref__", "_computed", "_consumers", "_dtype", "_extents", "_op", "_partial", "_value_index",
    )  # fmt: skip

    OVERLOADABLE_OPERATORS: ClassVar[set[str]] = set(OVERLOADABLE)

    def __init__(self, op: Operation, value_index: int, dtype: DType) -> None:
        self._op = op
        self._value_index = value_index
        self._dtype = dtype
        self._extents: Extents = None
        self._consumers: list[Operation] | None = None

    @property
    def op(self) -> Operation:
        """The Operation that produces this tensor."""
        return self._op

    @property
    def value_index(self) -> int:
        """Which output of its operation this is."""
        return self._value_index

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return self._dtype

    @property
    def graph(self) -> Graph:
        """The graph that contains this tensor."""
        return self._op.graph

    @property
    def name(self) -> str:
        """`operation:index`."""
        return f"{self._op.name}:{self._value_index}"

    @property
    def device(self) -> str:
        """The device string of the operation, or an empty string."""
        return self._op.device

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape while the graph is built."""
        return TensorShape._of(self._extents)

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return TensorShape._of(self._extents)

    def set_shape(self, shape: Any) -> None:
        """Add what you know to what is known of the shape; nothing is checked when the graph runs.

        Raises: ValueError if it contradicts what is known.
        """
        self._extents = merge_extents(self._extents, as_extents(shape))
        for known in ("_partial", "_computed"):
            if hasattr(self, known):
                delattr(self, known)

    @property
    def _shape(self) -> TensorShape:
        return TensorShape._of(self._extents)

    def _shape_tuple(self) -> Extents:
        return self._extents

    def _rank(self) -> int | None:
        return None if self._extents is None else len(self._extents)

    @property
    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._extents is None else list(self._extents)

    def _as_tf_output(self) -> Tensor:
        """What TensorFlow's functions in C take for the tensor."""
        return self

    def consumers(self) -> list[Operation]:
        """The operations that take this tensor as an input, each once per input that it is."""
        return list(self._consumers or ())

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Evaluate this tensor in `session`, or in the default session.

        Args:
          feed_dict: values for tensors, see `Session.run`.
          session: the Session; default: `get_default_session()`.
        Returns: what `session.run(tensor, feed_dict)` returns.
        Raises: ValueError if there is no session, or if it runs another graph.
        """
        from .defaults import session_for

        return session_for(self.graph, session, "evaluate tensor", "eval").run(self, feed_dict)

    def _as_node_def_input(self) -> str:
        return self._op.name if self._value_index == 0 else f"{self._op.name}:{self._value_index}"

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"Using a `tf.Tensor` as a Python `bool` is not allowed: '{self.name}' has no value until a Session runs "
            "it. Use `if t is not None:` instead of `if t:` to test if a tensor is defined, and use TensorFlow ops "
            "such as tf.where to choose by the value of a tensor."
        )

    __nonzero__ = __bool__

    def __iter__(self) -> Iterator[Any]:
        raise OperatorNotAllowedInGraphError(
            "Tensor objects are only iterable when eager execution is enabled: iterating over the symbolic `tf.Tensor` "
            f"'{self.name}' is not allowed. To iterate over its first dimension use tf.unstack."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({self.name}). "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. It has no value until a Session runs "
            "it: use `session.run(tensor)`, or the TensorFlow operation instead of the NumPy function."
        )

    def __float__(self) -> float:
        raise TypeError(self._without_value("float()"))

    def __int__(self) -> int:
        raise TypeError(self._without_value("int()"))

    def __complex__(self) -> complex:
        raise TypeError(self._without_value("complex()"))

    numpy = Absent()

    def _without_value(self, what: str) -> str:
        return (
            f"{what} of the symbolic tf.Tensor '{self.name}' is not possible. It has no value until a Session runs it: "
            "use `session.run(tensor)`, or tensor.eval() in a `with` block of a session."
        )

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __copy__(self) -> Tensor:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        pickling.refuse(pickling.ELEMENT.format(name=self.name))

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={format_extents(self._extents)} dtype={self._dtype.name}>"

    def __str__(self) -> str:
        shape = "" if self._extents is None else f", shape={format_extents(self._extents)}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name}{device})'


TensorLike = Tensor | Any  # whatever convert_to_tensor takes: numbers, strings, lists, arrays, variables
