"""`OpDef`: all that is known of an operation type, as data, and the registry of them.

One definition feeds graph building (`build`), shape inference, the interpreter (`kernel`), the compiler (`scalar`,
`reduction`, `index_map`), gradients, `raw_ops` and the registry-driven tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..base.late import late
from ..types import dtypes
from ..types.dtypes import DType


class Effects(NamedTuple):
    """What an operation does besides computing its outputs from its inputs.

    resource: what it touches ("variable", "handle", "queue", "console", ...), or None for a pure operation.
    reads, writes: whether it looks at or changes that resource. Two instructions on one resource keep their order
      when one of them writes.
    blocking: whether it may wait for another operation.
    ordered: whether it keeps its place among the effects of a plan. What waits and does not (queues) runs as soon as
      its inputs are there: the dataflow executor sees to it.
    """

    resource: str | None = None
    reads: bool = False
    writes: bool = False
    blocking: bool = False
    ordered: bool = True

    @property
    def of_process(self) -> bool:
        """Whether the resource is made of Python objects of the user's process, which do not travel to another one."""
        return self.resource in ("python", "iterator")


PURE: Final = Effects()


class Arg(NamedTuple):
    """One input or output of a signature: `name: T`, `name: N*T`, `name: list(T)`, `name: Ref(T)`, `name: int32`.

    Several references of one type are `name: N*Ref(T)`.
    """

    name: str
    dtype: DType | None  # fixed type, or
    type_attr: str | None  # the attribute that holds the type, or
    list_attr: str | None  # the attribute that holds a list of types
    number_attr: str | None  # with `N*`: the attribute that counts the tensors
    is_ref: bool

    @property
    def is_list(self) -> bool:
        return self.number_attr is not None or self.list_attr is not None


class Attr(NamedTuple):
    """One attribute: its kind (`int`, `list(int)`, `type`, `shape`, `tensor`, ...), default and allowed values."""

    kind: str
    default: Any
    allowed: tuple[Any, ...] | None


REQUIRED: Final = object()
NOT_DIFFERENTIABLE: Final = "not differentiable"  # in place of a gradient rule: no gradient flows
ShapeRule = Callable[[Any], Any]
Scalar = str | Callable[..., str | None]

REGISTRY: Final[dict[str, OpDef]] = {}


class OpDef:
    """The definition of an operation type.

    Args:
      name: TensorFlow's operation type, such as `AddV2`.
      signature: `"x: T, y: T -> z: T"` with TensorFlow's argument names; see `Arg` for the forms of a type.
      where: per type attribute of the signature the types allowed, or None for any; per string its choices.
      attrs: per further attribute `(kind,)` if it must be given, or `(kind, default)`; a type attribute of the
        signature may be listed too, to give it a default (`"Tidx": ("type", int32)`).
      shape: the shape rule: takes a `ShapeQuery`, returns the output's extents, or a list of them if there is
        another number of outputs than one; raises ValueError on a contradiction. None: all outputs unknown.
      kernel: the meaning. Called with the input arrays (a list input as one list of arrays); its keyword-only
        parameters name the attributes it reads. Returns an array, or a tuple for several outputs. A kernel with
        effects takes the step's context before the inputs.
      scalar: the expression of one element for compiled loops, with `{input_name}` for operands; or a function
        `(attrs, dtypes) -> str | None` that returns it (None: this combination is interpreted). Only for elementwise
        operations.
      ulp: how far, in units in the last place of the output's type, `scalar` may be from `kernel`.
      gradient: the rule `(g, op, *output_gradients) -> list of input gradients`, which builds with `g("Mul", dy, x)`
        (see `ops/library/gradients/builder.py`); NOT_DIFFERENTIABLE; or None if nothing is known.
      effects: PURE, or what state it touches.
      reduction: for reductions, what the compiler needs to fuse them (a `Reduction`).
      index_map: for operations that only move elements, the function from output indices to input indices
        (see `ops/families/arrays/index_maps.py`).
      expansion: for operations that the compiler takes apart, `(build, attrs, *inputs) -> output`: calls
        `build("Exp", x)` for each simpler operation, `build.constant(array)` for constants.
      commutative: whether the two inputs may be swapped.
      row_update: for operations that change rows of an array, the expression of an element of such a row: of `{old}`
        and `{new}`, the element of the updates.
      sums_repeated: whether each row of the result is the sum of the rows that have its index.
      update: for operations on variables, what they do to them (an `Update`, see `update.py`).
      is_constant: whether the value is the attribute `value`.
      passes_on: whether the output is the input.
      converts: whether the output is the input as another type.
      is_placeholder: whether a value may come from outside.
      reshapes: whether the output has the elements of the first input in their order, whatever the shapes.
      chooses_rows: whether a condition of a lower rank chooses rows; of the same rank it is an elementwise choice.
      product: of a product of matrices, the attributes that say whether each factor is transposed.
      convolution: of a convolution of images or its gradient, what it computes: "forward", "input" or "filter".
      pooling: of a pooling of images or its gradient, what it computes: "max", "avg", "max gradient", "avg gradient";
        of a convolution of each channel for itself "weighted", "weighted gradient", "weights gradient".
      routine: of what compiled steps run as a loop of its own when arrays are large: which one, and what it needs to
        know: `("segments", "sum")`; see `compiler/routines/`.
      draws: of what draws numbers of a stream into an array, and nothing else, which: "bits", "uniform", "normal"
        or "truncated"; see `compiler/runtime/philox_code.py`.
      uses_blas: whether the kernel has BLAS multiply, whose threads are limited.
      uses_lapack: whether LAPACK does the kernel's work, which for small matrices is done by one thread.
      computes_extents: whether the kernel computes with integers of any kind, unknown and symbolic ones among them:
        what shapes are computed with.
      tells: what the outputs tell of the shapes of the inputs: "shape", "size" or "rank".
      flow: of a type that control flow is made of, its part in it: "switch", "merge", "enter", "exit", "next", "cond",
        or "loop" and so on of the compiler's own (see `flow.py`).
      is_built: False for a type of TensorFlow's of which no more is known than what it takes and gives; it is in no
        registry.
    """

    __slots__ = (
        "_attrs",
        "_inputs",
        "_kernel_attrs",
        "_outputs",
        "_takes_lists",
        "attr_spec",
        "chooses_rows",
        "commutative",
        "computes_extents",
        "converts",
        "convolution",
        "draws",
        "effects",
        "expansion",
        "flow",
        "gradient",
        "index_map",
        "is_constant",
        "is_placeholder",
        "kernel",
        "name",
        "passes_on",
        "pooling",
        "product",
        "reduction",
        "reshapes",
        "routine",
        "row_update",
        "scalar",
        "shape",
        "signature",
        "sums_repeated",
        "tells",
        "ulp",
        "update",
        "uses_blas",
        "uses_lapack",
        "where",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        signature: str,
        *,
        where: Mapping[str, tuple[Any, ...] | None] | None = None,
        attrs: Mapping[str, tuple[Any, ...]] | None = None,
        shape: ShapeRule | None = None,
        kernel: Callable[..., Any] | None = None,
        scalar: Scalar | None = None,
        ulp: int = 0,
        gradient: Callable[..., Any] | str | None = None,
        effects: Effects = PURE,
        reduction: Any = None,
        index_map: Any = None,
        expansion: Callable[..., Any] | None = None,
        commutative: bool = False,
        update: Any = None,
        row_update: str = "",
        sums_repeated: bool = False,
        is_constant: bool = False,
        passes_on: bool = False,
        converts: bool = False,
        is_placeholder: bool = False,
        reshapes: bool = False,
        chooses_rows: bool = False,
        product: tuple[str, str] | None = None,
        convolution: str | None = None,
        pooling: str | None = None,
        routine: tuple[str, ...] = (),
        draws: str = "",
        uses_blas: bool = False,
        uses_lapack: bool = False,
        computes_extents: bool = False,
        tells: str = "",
        flow: str = "",
        is_built: bool = True,
    ) -> None:
        self.name, self.signature = name, signature
        self.where, self.attr_spec, self.shape, self.kernel = where or {}, attrs or {}, shape, kernel
        self.scalar, self.ulp, self.gradient, self.effects = scalar, ulp, gradient, effects
        self.reduction, self.index_map, self.expansion, self.commutative = reduction, index_map, expansion, commutative
        self.update, self.row_update, self.tells, self.flow = update, row_update, tells, flow
        self.sums_repeated = sums_repeated
        self.is_constant, self.is_placeholder, self.passes_on = is_constant, is_placeholder, passes_on
        self.converts, self.reshapes, self.chooses_rows = converts, reshapes, chooses_rows
        self.product, self.convolution, self.pooling, self.uses_blas = product, convolution, pooling, uses_blas
        self.uses_lapack = uses_lapack
        self.computes_extents, self.routine, self.draws = computes_extents, routine, draws
        self._inputs: tuple[Arg, ...] | None = None
        self._outputs: tuple[Arg, ...] = ()
        self._attrs: dict[str, Attr] = {}
        self._kernel_attrs: tuple[str, ...] | None = None
        self._takes_lists: bool | None = None
        if is_built and name in REGISTRY:
            raise ValueError(f"operation type {name} is defined twice")
        if is_built:
            REGISTRY[name] = self

    def __repr__(self) -> str:
        return f"<OpDef {self.name}({self.signature})>"

    def __str__(self) -> str:
        """The text of the OpDef message."""
        return str(late("op_def_message").op_def_message(self))

    if not TYPE_CHECKING:  # for users; the library itself uses what is declared

        def __getattr__(self, name: str) -> Any:
            """What the OpDef message has (`attr`, `input_arg`, `is_stateful`, `SerializeToString`, ...)."""
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return getattr(late("op_def_message").op_def_message(self), name)

    @property
    def inputs(self) -> tuple[Arg, ...]:
        """The parsed inputs of the signature (parsed at first use, so that importing stays quick)."""
        if self._inputs is None:
            self._parse()
        return self._inputs  # type: ignore[return-value]

    @property
    def outputs(self) -> tuple[Arg, ...]:
        """The parsed outputs of the signature."""
        if self._inputs is None:
            self._parse()
        return self._outputs

    @property
    def attrs(self) -> dict[str, Attr]:
        """Every attribute, those that the signature implies included."""
        if self._inputs is None:
            self._parse()
        return self._attrs

    @property
    def kernel_attrs(self) -> tuple[str, ...]:
        """The attributes that the kernel reads: its keyword-only parameters."""
        if self._kernel_attrs is None:
            code = getattr(self.kernel, "__code__", None)
            first = code.co_argcount if code else 0
            self._kernel_attrs = tuple(code.co_varnames[first : first + code.co_kwonlyargcount]) if code else ()
        return self._kernel_attrs

    @property
    def takes_lists(self) -> bool:
        """Whether an input is a list."""
        if self._takes_lists is None:
            self._takes_lists = any(arg.is_list for arg in self.inputs)
        return self._takes_lists

    @property
    def is_pure(self) -> bool:
        return self.effects.resource is None

    def _parse(self) -> None:
        left, _, right = self.signature.partition("->")
        inputs = tuple(_parse_arg(text) for text in left.split(",") if text.strip())
        self._outputs = tuple(_parse_arg(text) for text in right.split(",") if text.strip())
        for arg in inputs + self._outputs:
            if arg.number_attr:
                self._add_attr(arg.number_attr, "int")
            if arg.type_attr:
                self._add_attr(arg.type_attr, "type")
            if arg.list_attr:
                self._add_attr(arg.list_attr, "list(type)")
        for name, spec in self.attr_spec.items():
            self._add_attr(name, spec[0])
        self._inputs = inputs

    def _add_attr(self, name: str, kind: str) -> None:
        spec = self.attr_spec.get(name, (kind,))
        default = spec[1] if len(spec) > 1 else REQUIRED
        self._attrs[name] = Attr(spec[0], default, self.where.get(name))


def _parse_arg(text: str) -> Arg:
    name, _, spec = (part.strip() for part in text.partition(":"))
    number = None
    if "*" in spec:
        number, _, spec = (part.strip() for part in spec.partition("*"))
    is_ref = spec.startswith("Ref(")
    if is_ref:
        spec = spec[4:-1]
    if spec.startswith("list("):
        return Arg(name, None, None, spec[5:-1], None, is_ref)
    fixed = dtypes._TABLE.get(spec)
    return Arg(name, fixed, None if fixed else spec, None, number, is_ref)
