"""Writing LLVM functions with loops: blocks in order, values that loops carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..machine.assembler import Assembler


class FunctionText(Assembler):
    """An assembler that knows the block it is in, and writes counted loops.

    Worked example: `total = text.loop("0", "%n", 1, [("i64", "0")], lambda i, sum: [text.emit(f"add i64 {sum}, {i}")])`
    sums the integers below `%n`; `total[0]` is the name of the sum.
    """

    def __init__(self) -> None:
        super().__init__()
        self.current = "entry"

    def block(self, label: str) -> None:
        """Begin a block."""
        super().block(label)
        self.current = label

    def loop(
        self,
        start: str,
        stop: str,
        step: int,
        carried: Sequence[tuple[str, str]],
        body: Callable[..., Sequence[str]],
    ) -> list[str]:
        """Count from `start` to before `stop`.

        Args:
          carried: LLVM's type and the first value of each value that a turn hands to the next.
          body: writes a turn: takes the index and the carried values, returns the carried values of the next turn.
        Returns: the carried values after the loop.
        """
        before = self.current
        head, inside, done = self.label("head"), self.label("turn"), self.label("after")
        self.do(f"br label %{head}")
        self.block(head)
        index, names = self.fresh("i"), [self.fresh("c") for _ in carried]
        place = len(self.lines)
        more = self.emit(f"icmp ult i64 {index}, {stop}")
        self.do(f"br i1 {more}, label %{inside}, label %{done}")
        self.block(inside)
        following = body(index, *names)
        after = self.emit(f"add nuw i64 {index}, {step}")
        latch = self.current
        self.do(f"br label %{head}")
        phis = [f"  {index} = phi i64 [ {start}, %{before} ], [ {after}, %{latch} ]"]
        for (kind, first), name, last in zip(carried, names, following):
            phis.append(f"  {name} = phi {kind} [ {first}, %{before} ], [ {last}, %{latch} ]")
        self.lines[place:place] = phis
        self.block(done)
        return names

    def each(self, start: str, stop: str, body: Callable[[str], None], step: int = 1) -> None:
        """Count without carrying anything."""

        def turn(index: str) -> Sequence[str]:
            body(index)
            return ()

        self.loop(start, stop, step, (), turn)

    def when(self, condition: str, body: Callable[[], None], otherwise: Callable[[], None] | None = None) -> None:
        """Write `body` for where the condition holds, and `otherwise` for where it does not."""
        yes, no, done = self.label("yes"), self.label("no"), self.label("joined")
        self.do(f"br i1 {condition}, label %{yes}, label %{no}")
        self.block(yes)
        body()
        self.do(f"br label %{done}")
        self.block(no)
        if otherwise is not None:
            otherwise()
        self.do(f"br label %{done}")
        self.block(done)

    def at(self, kind: str, base: str, *offsets: str | int) -> str:
        """The address so many elements behind `base`; the sum of numbers and names."""
        fixed = sum(int(offset) for offset in offsets if isinstance(offset, int))
        names = [offset for offset in offsets if isinstance(offset, str)]
        for name in names:
            base = self.emit(f"getelementptr {kind}, ptr {base}, i64 {name}")
        return self.emit(f"getelementptr {kind}, ptr {base}, i64 {fixed}") if fixed or not names else base

    def times(self, name: str, factor: int) -> str:
        """A product with a number."""
        return name if factor == 1 else self.emit(f"mul nuw i64 {name}, {factor}")
