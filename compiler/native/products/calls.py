"""Products of matrices in a native step: calls of BLAS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ...fusion.products import Product
from ...jit.text_kernel import compile_text
from ...machine.assembler import address
from ...runtime import blas
from ...step.actions import Gil, Multiply
from ..launch import Launch
from .code import batch_function, batch_module, multiply_function, rows_module
from .tiles import Tiles

if TYPE_CHECKING:
    from ...fusion.products import _Matrix
    from ..printer import Printer, Table

_ONE_THREAD: Final = 1 << 18  # multiplications up to which BLAS uses one thread, and letting other threads run is late
_ONE_THREAD_VECTOR: Final = 9 << 10  # the same for a matrix and a vector
_KEEPS_GIL: Final = 1 << 27  # multiplications up to which a step that updates variables lets nobody else run: some ms
_PER_ADDITION: Final = 8  # multiplications in the time of an addition of other loops


def multiply(printer: Printer, action: Multiply) -> None:
    """See `Multiply`."""
    ProductWriter(printer, action.product, action.gil).emit()


class ProductWriter:
    """Emits the call of BLAS for one product, or for a batch of them."""

    def __init__(self, printer: Printer, product: Product, gil: Gil) -> None:
        self.printer = printer
        self.product = product
        self.gil = gil

    def emit(self) -> None:
        """Emit the call; a product over nothing is zero, which BLAS gives for a factor 0 of the old values."""
        (a, b), (result,) = self.product.instruction.inputs, self.product.instruction.outputs
        printer = self.printer
        data = [f"ptr {printer.root_pointer(value)}" for value in (a, b)] + [f"ptr {printer.pointer(result)}"]
        sizes = [printer.number(size) for size in (self.product.rows, self.product.columns, self.product.shared)]
        lines = [self._distance(matrix) for matrix in self.product.matrices]
        arguments = [*data, *(f"i64 {number}" for number in (*sizes, *lines))]
        multiply = self._multiply(a.dtype.name)
        size = self.printer.asm.emit(f"mul i64 {sizes[0]}, {sizes[1]}")
        work = self.printer.asm.emit(f"mul i64 {size}, {sizes[2]}")
        if self.product.axes:
            self._emit_batch(multiply, arguments, size, work)
            return
        done = self._skip_unless(size)
        if self.product.is_narrow:
            self._emit_narrow(arguments, sizes[0], work, done)
        self._emit_one(multiply, arguments, work)
        self.printer.go(done)

    def _kernel(self, text: str, arguments: list[str]) -> str:
        """The address of a compiled function of three pointers, as a constant of LLVM."""
        kernel = compile_text(text, 3, len(arguments) - 3 + 2)
        self.printer.objects.append(kernel)
        return address(kernel.address)

    def _narrow(self) -> tuple[str, int, int, tuple[bool, bool]]:
        product, dtype = self.product, self.product.instruction.inputs[0].dtype
        flips = product.matrices[0].is_flipped, product.matrices[1].is_flipped
        return "float" if dtype.size == 4 else "double", int(product.columns), int(product.shared), flips

    def _emit_narrow(self, arguments: list[str], rows: str, work: str, done: str) -> None:
        """Emit one product of narrow matrices, the pool's threads sharing its rows; go on where it is a row."""
        asm, printer = self.printer.asm, self.printer
        kernel = self._kernel(rows_module(*self._narrow()), arguments)
        several, row = asm.label("rows"), asm.label("row")
        asm.do(f"br i1 {asm.emit(f'icmp ugt i64 {rows}, 1')}, label %{several}, label %{row}")
        asm.block(several)
        keeps_gil = self.gil != "let go"
        launch = Launch(asm, asm.label("narrow"), kernel, arguments, 1, printer.threads, keeps_gil, printer.failure())
        launch.run(rows, asm.emit(f"udiv i64 {work}, {_PER_ADDITION}"))
        printer.functions += launch.functions
        asm.do(f"br label %{done}")
        asm.block(row)

    def _multiply(self, dtype_name: str) -> str:
        """The function that computes one product, made once in a module."""
        flips = self.product.matrices[0].is_flipped, self.product.matrices[1].is_flipped
        name = f"@multiply_{dtype_name}_{flips[0]:d}{flips[1]:d}"
        if f"{name}(" not in self.printer.functions:
            self.printer.functions += multiply_function(name, dtype_name, *flips)
        return name

    def _distance(self, matrix: _Matrix) -> str:
        """The distance of lines; BLAS wants at least their length, and 1, also where there is nothing."""
        text = self.printer.number(matrix.distance)
        if text.isdigit():
            return str(max(int(text), 1))
        for least in dict.fromkeys((self.printer.number(matrix.line), "1")):
            if least != text:
                more = self.printer.asm.emit(f"icmp ugt i64 {least}, {text}")
                text = self.printer.asm.emit(f"select i1 {more}, i64 {least}, i64 {text}")
        return text

    def _skip_unless(self, size: str) -> str:
        """Go on only where there are results; returns the label of the end."""
        some, done = self.printer.asm.label("some"), self.printer.asm.label("done")
        self.printer.asm.do(f"br i1 {self.printer.asm.emit(f'icmp eq i64 {size}, 0')}, label %{done}, label %{some}")
        self.printer.asm.block(some)
        return done

    def _emit_one(self, multiply: str, arguments: list[str], work: str) -> None:
        """Emit one product; a long one lets other threads run, and is shared by the pool.

        Args:
          work: its multiplications.
        """
        asm, printer = self.printer.asm, self.printer
        call = f"call void {multiply}({', '.join(arguments)})"
        kind = "float" if self.product.instruction.inputs[0].dtype.size == 4 else "double"
        flips = self.product.matrices[0].is_flipped, self.product.matrices[1].is_flipped
        tiles = Tiles(printer, multiply, kind, flips, arguments, work)
        shared, short, done = (asm.label(word) for word in ("shared", "short", "done"))
        asm.do(f"br i1 {self._is_shared(work)}, label %{shared}, label %{short}")
        asm.block(shared)
        long, medium = asm.label("long"), asm.label("medium")
        asm.do(f"br i1 {asm.emit(f'icmp ugt i64 {work}, {_ONE_THREAD}')}, label %{long}, label %{medium}")
        asm.block(long)
        _run_long(printer, tiles.run, work, self.gil)
        asm.do(f"br label %{done}")
        asm.block(medium)
        with _one_thread_of_blas(printer):
            asm.do(call)
        asm.do(f"br label %{done}")
        asm.block(short)
        asm.do(call)
        printer.go(done)

    def _is_shared(self, each: str) -> str:
        """Whether BLAS may use several threads for one matrix."""
        asm = self.printer.asm
        row, column = (
            asm.emit(f"icmp eq i64 {self.printer.number(n)}, 1") for n in (self.product.rows, self.product.columns)
        )
        vector = asm.emit(f"or i1 {row}, {column}")
        most = asm.emit(f"select i1 {vector}, i64 {_ONE_THREAD_VECTOR}, i64 {_ONE_THREAD}")
        return asm.emit(f"icmp ugt i64 {each}, {most}")

    def _emit_batch(self, multiply: str, arguments: list[str], size: str, each: str) -> None:
        """Emit the products of a batch: the pool shares the first axis."""
        asm = self.printer.asm
        name = asm.label("products")
        count, *inner = [self.printer.number(axis.extent) for axis in self.product.axes]
        strides = [self.printer.number(stride) for axis in self.product.axes for stride in axis.strides]
        arguments = [*arguments, *(f"i64 {number}" for number in (*inner, *strides))]
        depth = len(self.product.axes)
        if self.product.is_narrow:
            kernel = self._kernel(batch_module(*self._narrow(), depth), arguments)
        else:
            kernel = f"@{name}"
            size_of = self.product.instruction.inputs[0].dtype.size
            self.printer.functions += batch_function(kernel, multiply, size_of, depth)
        number = count
        for extent in inner:
            number = asm.emit(f"mul i64 {number}, {extent}")
        done = self._skip_unless(asm.emit(f"mul i64 {number}, {size}"))
        work = asm.emit(f"mul i64 {number}, {each}")
        elements = asm.emit(f"udiv i64 {work}, {_PER_ADDITION}")

        def run(keeps_gil: bool, interrupted: str) -> None:
            part, threads = asm.label("part"), self.printer.threads
            launch = Launch(asm, part, kernel, arguments, 1, threads, keeps_gil, interrupted)
            launch.run(count, elements)
            self.printer.functions += launch.functions

        large, small = asm.label("large"), asm.label("small")
        asm.do(f"br i1 {self._is_shared(each)}, label %{large}, label %{small}")
        asm.block(large)
        _run_long(self.printer, run, work, self.gil)
        asm.do(f"br label %{done}")
        asm.block(small)
        run(self.gil != "let go", self.printer.failure())
        self.printer.go(done)


def _run_long(printer: Printer, run: Callable[[bool, str], None], work: str, gil: Gil) -> None:
    """Run products without the GIL; a step that updates variables does so only where they take very long.

    Args:
      run: emits them, with the GIL kept or not, and the label to leave for when the handler of a signal raised.
    """
    if gil != "let go if very long":
        _run_limited(printer, run, gil == "keep")
        return
    asm = printer.asm
    away, here, back = (asm.label(word) for word in ("away", "here", "back"))
    asm.do(f"br i1 {asm.emit(f'icmp ugt i64 {work}, {_KEEPS_GIL}')}, label %{away}, label %{here}")
    asm.block(away)
    _run_limited(printer, run, False)
    asm.do(f"br label %{back}")
    asm.block(here)
    _run_limited(printer, run, True)
    printer.go(back)


def _run_limited(printer: Printer, run: Callable[[bool, str], None], keeps_gil: bool) -> None:
    """Run products while BLAS uses one thread, also where a signal ends them early."""
    asm = printer.asm
    interrupted = "" if keeps_gil else asm.label("interrupted")
    with _one_thread_of_blas(printer) as limits:
        run(keeps_gil, interrupted)
    if not interrupted:
        return
    done = asm.label("done")
    asm.do(f"br label %{done}")
    asm.block(interrupted)
    if limits is not None:
        asm.do(f"call void {address(limits.leave)}()")
    asm.do(f"br label %{printer.failure()}")
    asm.block(done)


@contextmanager
def _one_thread_of_blas(printer: Printer) -> Iterator[blas.Around | None]:
    """What is emitted inside runs while BLAS uses one thread."""
    limits = blas.limit_addresses(1)
    if limits is not None:
        printer.asm.do(f"call void {address(limits.enter)}(i32 1)")
    yield limits
    if limits is not None:
        printer.asm.do(f"call void {address(limits.leave)}()")


TABLE: Final[Table] = {
    Multiply: multiply,
}
