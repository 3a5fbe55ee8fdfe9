"""LLVM functions that call BLAS for one product of matrices, and for a batch of them."""

from __future__ import annotations

from ..machine.assembler import address
from ..runtime import blas

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
