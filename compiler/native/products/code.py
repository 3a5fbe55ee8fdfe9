"""LLVM functions that call BLAS for one product of matrices, and for a batch of them; and that multiply narrow ones."""

from __future__ import annotations

from typing import Final

from ...machine.assembler import address
from ...runtime import blas

_SIZES = "i64 %m, i64 %n, i64 %k, i64 %lda, i64 %ldb, i64 %ldc"

# As NumPy does, with which it agrees bit for bit: a vector has its own function of BLAS, which is much faster. That
# function adds to a result of zeros: told to overwrite (beta 0), OpenBLAS multiplies what lies there by zero, and what
# lies in memory just taken (halves of pointers) are often denormal numbers, each of which costs a hundred cycles.
_MULTIPLY = """define internal void {name}(ptr %a, ptr %b, ptr %c, {sizes}) {{
  %some = icmp ne i64 %k, 0
  %one_row = icmp eq i64 %m, 1
  %is_row = and i1 %one_row, %some
  br i1 %is_row, label %row, label %others
row:
  %row_bytes = mul i64 %n, {size}
  call void @llvm.memset.p0.i64(ptr %c, i8 0, i64 %row_bytes, i1 false)
  call void {gemv}(i32 {major}, i32 {row_flag}, i64 {row_shape}, {kind} 1.0, ptr %b, i64 %ldb, ptr %a, i64 {row_step}, \
{kind} 1.0, ptr %c, i64 1)
  ret void
others:
  %one_column = icmp eq i64 %n, 1
  %is_column = and i1 %one_column, %some
  br i1 %is_column, label %column, label %matrix
column:
  %packed = icmp eq i64 %ldc, 1
  br i1 %packed, label %clear, label %add
clear:
  %column_bytes = mul i64 %m, {size}
  call void @llvm.memset.p0.i64(ptr %c, i8 0, i64 %column_bytes, i1 false)
  br label %add
add:
  %beta = select i1 %packed, {kind} 1.0, {kind} 0.0
  call void {gemv}(i32 {major}, i32 {flag_a}, i64 {column_shape}, {kind} 1.0, ptr %a, i64 %lda, ptr %b, \
i64 {column_step}, {kind} %beta, ptr %c, i64 %ldc)
  ret void
matrix:
  call void {gemm}(i32 {major}, i32 {flag_a}, i32 {flag_b}, i64 %m, i64 %n, i64 %k, {kind} 1.0, ptr %a, i64 %lda, \
ptr %b, i64 %ldb, {kind} 0.0, ptr %c, i64 %ldc)
  ret void
}}
"""


def multiply_function(name: str, dtype_name: str, flipped_a: bool, flipped_b: bool) -> str:
    """Text of `void name(ptr a, ptr b, ptr c, i64 m, n, k, lda, ldb, ldc)`, which computes one product.

    Args:
      flipped_a, flipped_b: whether a factor lies by columns.
    """
    gemm, gemv = blas.gemm_address(dtype_name), blas.gemv_address(dtype_name)
    assert gemm is not None
    flags = {True: blas.TRANSPOSED, False: blas.PLAIN}
    text = (
        _MULTIPLY
        if gemv is not None
        else _MULTIPLY.replace("i1 %one_row, %some", "i1 %one_row, false").replace(
            "i1 %one_column, %some", "i1 %one_column, false"
        )
    )
    return text.format(
        name=name,
        sizes=_SIZES,
        gemm=address(gemm),
        gemv=address(gemv or gemm),
        kind="float" if dtype_name == "float32" else "double",
        size=4 if dtype_name == "float32" else 8,
        major=blas.ROW_MAJOR,
        flag_a=flags[flipped_a],
        flag_b=flags[flipped_b],
        row_flag=flags[not flipped_b],  # the row times a matrix is the matrix transposed times a column
        row_shape="%n, i64 %k" if flipped_b else "%k, i64 %n",
        row_step="%lda" if flipped_a else "1",
        column_shape="%k, i64 %m" if flipped_a else "%m, i64 %k",
        column_step="1" if flipped_b else "%ldb",
    )


def batch_function(name: str, multiply: str, size: int, depth: int) -> str:
    """Text of a function that calls `multiply` for each matrix of a batch.

    Its arguments: those of `multiply`; the extents of the batch's axes without the first; per axis the strides of both
    factors and of the result in elements; start and stop for the first axis.

    Args:
      size: of an element, in bytes.
      depth: how many axes the batch has.
    """
    extents = [f"i64 %e{axis}" for axis in range(1, depth)]
    strides = [f"i64 %{letter}s{axis}" for axis in range(depth) for letter in "abc"]
    parameters = ", ".join(["ptr %a", "ptr %b", "ptr %c", _SIZES, *extents, *strides, "i64 %start", "i64 %stop"])
    kind = "float" if size == 4 else "double"
    lines = [f"define internal void {name}({parameters}) {{", "entry:"]
    lines += _loops(multiply, kind, depth, 0, ("%a", "%b", "%c"), "entry")
    return "\n".join([*lines, "  ret void", "}"]) + "\n"


def _loops(multiply: str, kind: str, depth: int, axis: int, data: tuple[str, ...], before: str) -> list[str]:
    """The lines of the loops from `axis` on, which begin in the block `before` and leave to the block `end{axis}`."""
    if axis == depth:
        numbers = _SIZES.replace("i64 ", "")
        arguments = [f"ptr {at}" for at in data] + [f"i64 {number}" for number in numbers.split(", ")]
        return [f"  call void {multiply}({', '.join(arguments)})"]
    first, stop = ("%start", "%stop") if axis == 0 else ("0", f"%e{axis}")
    lines = [
        f"  br label %head{axis}",
        f"head{axis}:",
        f"  %i{axis} = phi i64 [ {first}, %{before} ], [ %next{axis}, %turn{axis} ]",
        f"  %more{axis} = icmp slt i64 %i{axis}, {stop}",
        f"  br i1 %more{axis}, label %body{axis}, label %end{axis}",
        f"body{axis}:",
    ]
    places = []
    for letter, at in zip("abc", data):
        place = f"%{letter}{axis}"
        lines.append(f"  {place}o = mul i64 %i{axis}, %{letter}s{axis}")
        lines.append(f"  {place} = getelementptr {kind}, ptr {at}, i64 {place}o")
        places.append(place)
    lines += _loops(multiply, kind, depth, axis + 1, tuple(places), f"body{axis}")
    return [
        *lines,
        f"  br label %turn{axis}",
        f"turn{axis}:",
        f"  %next{axis} = add i64 %i{axis}, 1",
        f"  br label %head{axis}",
        f"end{axis}:",
    ]


# Products of narrow matrices, whose call of BLAS takes longer than their multiplications: the second factor has so few
# columns, and so few elements are shared, that a row of the result stays in registers. Four rows are computed at once,
# from one reading of the second factor. Of `x @ w` for w: f32[3, 2],
#
#     c0 = fma(x[i, 2], w[2, :], fma(x[i, 1], w[1, :], x[i, 0] * w[0, :]))     a vector of two, and so for i + 1, ...

_ROWS: Final = 4  # at once


def _load_matrix(kind: str, columns: int, shared: int) -> list[str]:
    """Lines that load a second factor that lies by columns: `%b{p}` are its rows, as vectors."""
    lines = []
    for p in range(shared):
        row = "poison"
        for j in range(columns):
            at = f"b{p}.{j}"
            lines.append(f"  %{at}.line = mul i64 %ldb, {j}")
            lines.append(f"  %{at}.place = add i64 %{at}.line, {p}")
            lines.append(f"  %{at}.at = getelementptr {kind}, ptr %b, i64 %{at}.place")
            lines.append(f"  %{at}.value = load {kind}, ptr %{at}.at")
            name = f"%b{p}" if j == columns - 1 else f"%{at}"
            lines.append(f"  {name} = insertelement <{columns} x {kind}> {row}, {kind} %{at}.value, i32 {j}")
            row = name
    return lines


class _Rows:
    """The lines that compute some rows at once."""

    def __init__(self, kind: str, columns: int, shared: int, flips: tuple[bool, bool]) -> None:
        self._kind = kind
        self._columns = columns
        self._shared = shared
        self._flips = flips
        self._vector = f"<{columns} x {kind}>"
        self._size = 4 if kind == "float" else 8

    def lines(self, block: str, rows: int) -> list[str]:
        """Compute rows from `%i.{block}` on; names end with the block's."""
        lines = []
        for r in range(rows):
            lines.append(f"  %i{r}.{block} = add i64 %i.{block}, {r}")
            lines.append(f"  %c{r}.line.{block} = mul i64 %i{r}.{block}, %ldc")
            lines.append(f"  %c{r}.at.{block} = getelementptr {self._kind}, ptr %c, i64 %c{r}.line.{block}")
            if not self._flips[0]:
                lines.append(f"  %a{r}.line.{block} = mul i64 %i{r}.{block}, %lda")
        sums = ["zeroinitializer"] * rows
        for p in range(self._shared):
            lines += self._row_of_b(p, block)
            for r in range(rows):
                name = f"%s{r}.{p}.{block}"
                lines += self._term(name, r, p, block, sums[r])
                sums[r] = name
        for r in range(rows):
            lines.append(f"  store {self._vector} {sums[r]}, ptr %c{r}.at.{block}, align {self._size}")
        return lines

    def _row_of_b(self, p: int, block: str) -> list[str]:
        if self._flips[1]:
            return []
        at = f"b{p}.{block}"
        return [
            f"  %{at}.line = mul i64 %ldb, {p}",
            f"  %{at}.at = getelementptr {self._kind}, ptr %b, i64 %{at}.line",
            f"  %{at} = load {self._vector}, ptr %{at}.at, align {self._size}",
        ]

    def _term(self, name: str, r: int, p: int, block: str, before: str) -> list[str]:
        at, kind, vector = f"a{r}.{p}.{block}", self._kind, self._vector
        if self._flips[0]:
            place = [f"  %{at}.line = mul i64 %lda, {p}", f"  %{at}.place = add i64 %{at}.line, %i{r}.{block}"]
        else:
            place = [f"  %{at}.place = add i64 %a{r}.line.{block}, {p}"]
        row = f"%b{p}" if self._flips[1] else f"%b{p}.{block}"
        fused = f"@llvm.fmuladd.v{self._columns}f{8 * self._size}"
        return [
            *place,
            f"  %{at}.at = getelementptr {kind}, ptr %a, i64 %{at}.place",
            f"  %{at}.value = load {kind}, ptr %{at}.at",
            f"  %{at}.first = insertelement {vector} poison, {kind} %{at}.value, i32 0",
            f"  %{at}.all = shufflevector {vector} %{at}.first, {vector} poison, <{self._columns} x i32> "
            "zeroinitializer",
            f"  {name} = call {vector} {fused}({vector} %{at}.all, {vector} {row}, {vector} {before})",
        ]


def _rows_function(kind: str, columns: int, shared: int, flips: tuple[bool, bool]) -> str:
    """Text of `void rows(a, b, c, m, n, k, lda, ldb, ldc)`; `n` and `k` are known."""
    writer, bits = _Rows(kind, columns, shared, flips), 32 if kind == "float" else 64
    vector = f"<{columns} x {kind}>"
    lines = [
        f"declare {vector} @llvm.fmuladd.v{columns}f{bits}({vector}, {vector}, {vector})",
        "define internal void @rows(ptr %a, ptr %b, ptr %c, i64 %m, i64 %n, i64 %k, i64 %lda, i64 %ldb, i64 %ldc) {",
        "entry:",
        *(_load_matrix(kind, columns, shared) if flips[1] else ()),
        f"  %whole = and i64 %m, -{_ROWS}",
        "  br label %head.many",
    ]
    for block, rows, limit, first, before, after in (
        ("many", _ROWS, "%whole", "0", "entry", "head.one"),
        ("one", 1, "%m", "%i.many", "head.many", "end"),
    ):
        lines += [
            f"head.{block}:",
            f"  %i.{block} = phi i64 [ {first}, %{before} ], [ %next.{block}, %body.{block} ]",
            f"  %more.{block} = icmp slt i64 %i.{block}, {limit}",
            f"  br i1 %more.{block}, label %body.{block}, label %{after}",
            f"body.{block}:",
            *writer.lines(block, rows),
            f"  %next.{block} = add i64 %i.{block}, {rows}",
            f"  br label %head.{block}",
        ]
    return "\n".join([*lines, "end:", "  ret void", "}"]) + "\n"


def batch_module(kind: str, columns: int, shared: int, flips: tuple[bool, bool], depth: int) -> str:
    """Text of a module whose `sessile_kernel` is the function of `batch_function`.

    Args:
      kind: "float" or "double".
      flips: whether a factor lies by columns.
      depth: how many axes the batch has.
    """
    loops = batch_function("@sessile_kernel", "@rows", 4 if kind == "float" else 8, depth)
    return _rows_function(kind, columns, shared, flips) + loops.replace("define internal", "define", 1)


_LINES: Final = """define void @sessile_kernel(ptr %a, ptr %b, ptr %c, i64 %m, i64 %n, i64 %k, i64 %lda, i64 %ldb, \
i64 %ldc, i64 %start, i64 %stop) {{
  %a.offset = mul i64 %start, {step}
  %c.offset = mul i64 %start, %ldc
  %a.at = getelementptr {kind}, ptr %a, i64 %a.offset
  %c.at = getelementptr {kind}, ptr %c, i64 %c.offset
  %count = sub i64 %stop, %start
  call void @rows(ptr %a.at, ptr %b, ptr %c.at, i64 %count, i64 %n, i64 %k, i64 %lda, i64 %ldb, i64 %ldc)
  ret void
}}
"""


def rows_module(kind: str, columns: int, shared: int, flips: tuple[bool, bool]) -> str:
    """Text of a module whose `sessile_kernel` computes the rows of one product from `start` to `stop`."""
    step = "1" if flips[0] else "%lda"
    return _rows_function(kind, columns, shared, flips) + _LINES.format(kind=kind, step=step)
