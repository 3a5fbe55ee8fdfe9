"""Tasks: a step cut by placement into stages, each of which one task of a cluster runs as a step of its own.

    cut(ops, ...) -> [stage, stage, ...]      in an order in which each comes after those whose results it takes

A stage is what one task can run without waiting for another one in the middle. An operation is of level 0 if nothing it
needs is elsewhere, and every edge from another task is a level more; the operations of one task and level are one
stage. So an edge between stages goes from a lower to a higher level, and stages wait for each other in no circle:

    ps:0      level 0: read w               level 2: w -= gradient
    worker:0              level 1: gradient of the loss

What takes a variable, a queue or any other resource runs where that is. Branches and loops stay on one task, whole:
a value that is dead, or one of many rounds, does not travel. Constants, and what is computed from constants alone, are
of no task: each stage that takes one computes it. What works with Python objects (`py_func`, the iterators of datasets)
runs in the caller's process, which is a task of its own in this. An operation that may wait (a queue's) shares a stage
with what it is connected to only, so that it keeps nobody else waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, Final, NamedTuple

from ...ops.base.errors import OpError, UnimplementedError
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ..plan.builder import takes_reference
from ..plan.frames import before, topological

HERE: Final = ("", -1)  # the caller's process, as a task
OPAQUE: Final = ("resource", "variant")  # types whose values are objects of the process that made them


class Stage(NamedTuple):
    """What one task runs in one go.

    task: where.
    inputs: tensors whose values it is given, by the caller or by other stages.
    outputs: tensors whose values others need, or the caller wants.
    targets: operations it runs besides those that `outputs` need.
    done: operations of other stages that it must not run again.
    after: stages that must be over before, though it takes nothing of them; indices in the list of stages.
    waits: whether an operation in it may block.
    """

    task: Any
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    targets: tuple[Operation, ...]
    done: tuple[Operation, ...]
    after: tuple[int, ...]
    waits: bool


def cut(
    ops: Sequence[Operation],
    feeds: Collection[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    task_of: Callable[[Operation], Hashable],
) -> list[Stage]:
    """Return the stages of a step.

    Args:
      ops: what the step runs, each after what it needs (`needed_operations`).
      task_of: the task that an operation asks for.
    Raises: UnimplementedError for branches and loops that touch resources of several tasks, and for values that cannot
      travel.
    """
    return _Cut(ops, set(feeds), fetches, targets, task_of).stages()


class _Cut:
    def __init__(
        self, ops: Sequence[Operation], fed: set[Tensor], fetches: Sequence[Tensor], targets: Sequence[Operation],
        task_of: Callable[[Operation], Hashable],
    ) -> None:  # fmt: skip
        self.ops, self.fed, self.fetches, self.wanted = list(ops), fed, fetches, targets
        roots = {*(tensor._op for tensor in fetches), *targets}
        self.roots = roots
        self.free = _free(self.ops, fed, roots)
        self.joins: dict[Operation, list[Operation]] = {}  # what only waits, and for whom
        for op in self.ops:
            if op.op_def.is_pure and not op._inputs and not op._outputs:
                self.joins[op] = self._waited(op)
        self.kept = [op for op in self.ops if op not in self.free and op not in self.joins]
        self.groups = _Groups(self.kept)
        _join_flow(self.kept, fed, self.groups)
        self.tasks = _tasks(self.kept, fed, self.groups, task_of)
        self.levels = self._levels()
        self.stage_of: dict[Operation, Any] = {}

    def _levels(self) -> dict[Operation, int]:
        """Per first operation of a group its level."""
        groups, members = self.groups, self.groups.members()
        kept = set(self.kept)
        needed: dict[Operation, set[Operation]] = {}
        for root, inside in members.items():
            needed[root] = {groups.root(o) for op in inside for o in self._before(op) if o in kept} - {root}
        order = topological(members, needed.__getitem__, lambda op: op._id)
        levels: dict[Operation, int] = {}
        for root in order:
            here = self.tasks[root]
            levels[root] = max((levels[o] + (self.tasks[o] != here) for o in needed[root]), default=0)
        followers: dict[Operation, list[Operation]] = {root: [] for root in order}
        for root in order:
            for other in needed[root]:
                followers[other].append(root)
        for root in reversed(order):  # what nobody needs before comes later: a stage less
            later = followers[root]
            may_wait = len(members[root]) == 1 and root.op_def.is_pure and root not in self.roots
            if later and may_wait and all(self.tasks[other] == self.tasks[root] for other in later):
                levels[root] = min(levels[other] for other in later)
        return levels

    def _waited(self, op: Operation) -> list[Operation]:
        """What an operation waits for by control edges; what only waits itself stands for those it waits for."""
        found: dict[Operation, None] = {}
        for other in op._control_inputs:
            found.update(dict.fromkeys(self.joins.get(other, [other])))
        return list(found)

    def _before(self, op: Operation) -> list[Operation]:
        others = [other for other in before(op, self.fed) if other not in self.joins]
        return [*others, *(other for join in op._control_inputs for other in self.joins.get(join, ()))]

    def stages(self) -> list[Stage]:
        """The stages, those of a lower level first."""
        places: dict[Any, list[Operation]] = {}
        remade = self._remade()
        for op in self.kept:
            if op in remade:
                continue
            root = self.groups.root(op)
            places.setdefault((self.levels[root], self.tasks[root]), []).append(op)
        parts: list[tuple[Any, list[Operation]]] = []
        for (_, task), ops in sorted(places.items(), key=lambda item: (item[0][0], item[1][0]._id)):
            parts += [(task, part) for part in self._split(ops)]
        for number, (_, part) in enumerate(parts):
            self.stage_of.update(dict.fromkeys(part, number))
        crossing = self._crossing()
        return [self._stage(number, task, part, crossing) for number, (task, part) in enumerate(parts)]

    def _split(self, ops: list[Operation]) -> list[list[Operation]]:
        """The connected parts, if something may block; otherwise all together: a call less."""
        if not any(op.op_def.effects.blocking for op in ops):
            return [ops]
        inside, groups = set(ops), _Groups(ops)
        for op in ops:
            for other in (*self._before(op), self.groups.root(op)):
                if other in inside:
                    groups.join(op, other)
        return list(groups.members().values())

    def _remade(self) -> set[Operation]:
        """Operations that no stage has to run by itself: who takes them makes them anew, all on one task."""
        left = {op for op in self.kept if _holds(op) or _is_reading(op)} - self.roots
        for op in self.kept:
            left.difference_update(self._waited(op))
            left.difference_update(t._op for t in op._inputs if t not in self.fed and not self._again(t, op))
        return left

    def _again(self, tensor: Tensor, op: Operation) -> bool:
        """Whether a stage makes an input of `op` itself: a constant, a reference, or the reading of a variable."""
        source = tensor._op
        if source in self.free:
            return True
        if self.tasks[self.groups.root(source)] != self.tasks[self.groups.root(op)]:
            return False
        return _is_place(tensor) or _is_reading(source)

    def _crossing(self) -> set[Tensor]:
        """The tensors whose values leave their stage."""
        found = {tensor for tensor in self.fetches if tensor not in self.fed}
        for op in self.kept:
            for tensor in op._inputs:
                if tensor in self.fed or self._again(tensor, op) or self.stage_of[tensor._op] == self.stage_of[op]:
                    continue
                if _is_opaque(tensor):
                    raise _does_not_travel(tensor, op)
                found.add(tensor)
        return found

    def _stage(self, number: int, task: Any, ops: list[Operation], crossing: set[Tensor]) -> Stage:
        inputs: dict[Tensor, None] = {}
        done: dict[Operation, None] = {}
        after: dict[int, None] = {}
        used: set[Operation] = set()
        for op in self._with_remade(ops):
            for tensor in op._inputs:
                self._note_input(tensor, op, number, inputs, done, after)
                if tensor not in self.fed and self.stage_of.get(tensor._op) == number:
                    used.add(tensor._op)
            for other in self._waited(op):
                home = self.stage_of.get(other, number)
                if home == number:
                    used.add(other)
                else:
                    done[other] = None
                    after[home] = None
        outputs = [tensor for op in ops for tensor in op._outputs if tensor in crossing]
        made = {tensor._op for tensor in outputs}
        targets = [op for op in ops if op not in used and op not in made]
        given = {self.stage_of[tensor._op] for tensor in inputs if tensor not in self.fed}
        waits = any(op.op_def.effects.blocking for op in ops)
        others = tuple(sorted(after.keys() - given))
        return Stage(task, tuple(inputs), tuple(outputs), tuple(targets), tuple(done), others, waits)

    def _with_remade(self, ops: list[Operation]) -> list[Operation]:
        """The operations of a stage with those that it runs though they are of no stage, or of another one."""
        found = dict.fromkeys(ops)
        pending = list(ops)
        while pending:
            op = pending.pop()
            for tensor in op._inputs:
                source = tensor._op
                if tensor not in self.fed and source not in found and not _changes(source) and self._again(tensor, op):
                    found[source] = None
                    pending.append(source)
        return list(found)

    def _note_input(self, tensor: Tensor, op: Operation, number: int, inputs: Any, done: Any, after: Any) -> None:
        """Note what a stage is given for an input of an operation in it, and what it waits for."""
        if tensor in self.fed:
            inputs[tensor] = None
            return
        home = self.stage_of.get(tensor._op, number)
        if home == number or tensor._op in self.free:
            return
        if op not in self.free and not self._again(tensor, op):
            inputs[tensor] = None
        elif _changes(tensor._op):  # a reference that an assignment passed on
            after[home] = None
            done[tensor._op] = None


class _Groups:
    """Sets of operations that stay together; each is known by its first one."""

    def __init__(self, ops: Sequence[Operation]) -> None:
        self._parent = {op: op for op in ops}
        self._ops = ops

    def root(self, op: Operation) -> Operation:
        """The first operation of the set that `op` is in."""
        parent = self._parent
        while parent[op] is not op:
            parent[op] = parent[parent[op]]
            op = parent[op]
        return op

    def join(self, a: Operation, b: Operation) -> None:
        """Make the sets of two operations one."""
        first, second = sorted((self.root(a), self.root(b)), key=lambda op: op._id)
        self._parent[second] = first

    def members(self) -> dict[Operation, list[Operation]]:
        """All sets, by their first operation."""
        found: dict[Operation, list[Operation]] = {}
        for op in self._ops:
            found.setdefault(self.root(op), []).append(op)
        return found


def _free(ops: Sequence[Operation], fed: set[Tensor], roots: Collection[Operation]) -> set[Operation]:
    """The operations that every stage may compute for itself: constants, and what follows from them."""
    free: set[Operation] = set()
    sources = {other for op in ops for other in op._control_inputs}
    for op in ops:
        is_pure = op.op_def.is_pure and not op.op_def.flow and not op._control_inputs
        if not is_pure or op in roots or op in sources or any(_is_opaque(tensor) for tensor in op._outputs):
            continue
        if fed.isdisjoint((*op._inputs, *op._outputs)) and all(tensor._op in free for tensor in op._inputs):
            free.add(op)
    return free


def _join_flow(ops: Sequence[Operation], fed: set[Tensor], groups: _Groups) -> None:
    """Keep branches and loops together: what hangs on a `Switch` or `Enter`, to its `Merge` or `Exit`.

    The depth of a value counts the branches and loops it is in: dead, or of many rounds, it is where that is not 0.
    """
    depth: dict[Operation, int] = {}
    known = set(ops)
    for op in ops:
        others = [other for other in before(op, fed) if other in known]
        around = max((depth[other] for other in others if other in depth), default=0)
        flow = op.op_def.flow
        is_end = flow in ("merge", "exit")
        inside = [other for other in others if depth.get(other, 0) > 0]
        for other in inside:
            groups.join(op, other)
        if flow == "merge" and not _is_loop_merge(op):
            depth[op] = max(around - 1, 0)
        elif flow == "exit":
            depth[op] = max(around - 2, 0)  # out of the loop, and of the Switch before it
        else:
            depth[op] = around + (flow in ("switch", "enter"))
        if is_end or flow in ("next", "cond"):
            for tensor in op._inputs:
                if tensor._op in known:
                    groups.join(op, tensor._op)


def _is_loop_merge(op: Operation) -> bool:
    return op.op_def.flow == "merge" and any(tensor._op.op_def.flow in ("enter", "next") for tensor in op._inputs)


def _tasks(
    ops: Sequence[Operation], fed: set[Tensor], groups: _Groups, task_of: Callable[[Operation], Hashable]
) -> dict[Operation, Any]:
    """The task of each group, by its first operation; what takes a resource goes where that is."""
    anchors: dict[Operation, tuple[Operation, Hashable]] = {}
    own: dict[Operation, Any] = {}
    known = set(ops)
    for op in ops:
        anchor = None
        for tensor, is_reference in zip(op._inputs, takes_reference(op)):
            if tensor not in fed and tensor._op in known and (is_reference or _is_opaque(tensor)):
                anchor = own[tensor._op]
                break
        stays = HERE if op.op_def.effects.of_process else None
        own[op] = anchor or stays or task_of(op)
        root = groups.root(op)
        if anchor is None and not op.op_def.effects.resource and not any(map(_is_opaque, op._outputs)):
            continue
        first = anchors.setdefault(root, (op, own[op]))
        if first[1] != own[op]:
            raise UnimplementedError(
                None, op,
                f"{op.type} '{op.name}' is on {_shown(own[op])}, and '{first[0].name}', in the same branch or loop, on "
                f"{_shown(first[1])}: a branch or loop that touches resources of two tasks is not built. Put these on "
                "one task, or take one of them out of the branch or loop.",
            )  # fmt: skip
    return {root: anchors[root][1] if root in anchors else own[root] for root in groups.members()}


def _shown(task: Any) -> str:
    if task == HERE:
        return "no task, as it works with Python objects of this process"
    return f"/job:{task[0]}/task:{task[1]}" if isinstance(task, tuple) else str(task)


def _is_opaque(tensor: Tensor) -> bool:
    return tensor.dtype.base_dtype.name in OPAQUE


def _changes(op: Operation) -> bool:
    return bool(op.op_def.effects.writes)


def _holds(op: Operation) -> bool:
    """Whether it gives a variable, a queue or the like, and does nothing else."""
    effects = op.op_def.effects
    if op._inputs or not op._outputs or effects.blocking or effects.writes:
        return False
    return all(map(_is_place, op._outputs))


def _is_place(tensor: Tensor) -> bool:
    return tensor._dtype._is_ref_dtype or _is_opaque(tensor)


def _is_reading(op: Operation) -> bool:
    """Whether it is a variable's `read`, which means the value where it is taken."""
    if not op.op_def.passes_on or op._control_inputs:
        return False
    source = op._inputs[0]
    return bool(source._dtype._is_ref_dtype) and not _changes(source._op)


def _does_not_travel(tensor: Tensor, op: Operation) -> OpError:
    return UnimplementedError(
        None, op,
        f"{op.type} '{op.name}' takes '{tensor.name}' of type {tensor.dtype.base_dtype.name} from another task: such a "
        "value stays in the process that made it. Put both operations on one task.",
    )  # fmt: skip
