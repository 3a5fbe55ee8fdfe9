"""`Loop`: a loop as plans inside an instruction.

One iteration runs `condition` on the loop variables and invariants, and if its first output is true, `body` on these
and on what the condition's plan leaves to it; the body's outputs are the variables of the next iteration:

    %i2, %s2 = Loop %zero, %s0, %n           condition(%i, %s, %n) -> %c      body(%i, %s, %n) -> %i1, %s1
"""

from __future__ import annotations

from ...ops.definition.opdef import Effects, OpDef
from .plan import Instruction, Plan, Value

PURE_LOOP = OpDef(name="_PureLoop", signature="inputs: list(Tin) -> outputs: list(Tout)", flow="loop")

LOOP = OpDef(
    name="_Loop",
    signature="inputs: list(Tin) -> outputs: list(Tout)",
    effects=Effects("loop", reads=True, writes=True),
    flow="loop",
)


class Loop:
    """The parts of a loop.

    Attributes:
      name: the name of its frame.
      count: how many loop variables there are; the instruction's other inputs are invariants.
      condition: inputs: variables, invariants; outputs: whether to go on, and what the body takes besides.
      body: inputs: variables, invariants, further outputs of `condition`; outputs: the variables anew.
      results: per output of the instruction, which variable it is.
    """

    __slots__ = ("body", "condition", "count", "name", "results")

    def __init__(self, name: str, count: int, condition: Plan, body: Plan, results: tuple[int, ...]) -> None:
        self.name = name
        self.count = count
        self.condition = condition
        self.body = body
        self.results = results

    @property
    def plans(self) -> tuple[Plan, Plan]:
        """Both plans."""
        return self.condition, self.body

    def iteration(self) -> Plan:
        """The body and, behind it, the condition of the next iteration, in one plan.

        Inputs: those of the body; outputs: the variables anew, then those of the condition.
        """
        new = dict(zip(self.condition.inputs[: self.count], self.body.outputs))
        made: list[Instruction] = []
        for old in self.condition.instructions:
            inputs, guards = ([new.get(value, value) for value in values] for values in (old.inputs, old.guards))
            outputs = [Value(f"{value.name}_next", value.dtype, value.extents) for value in old.outputs]
            new.update(zip(old.outputs, outputs))
            instruction = Instruction(old.op_def, old.attrs, inputs, outputs, old.op)
            instruction.guards = tuple(guards)
            made.append(instruction)
        results = [*self.body.outputs, *(new.get(value, value) for value in self.condition.outputs)]
        return Plan(self.body.inputs, [*self.body.instructions, *made], results)

    def with_plans(self, condition: Plan, body: Plan) -> Loop:
        """The same loop with other plans, of the same inputs and outputs."""
        return Loop(self.name, self.count, condition, body, self.results)

    def __repr__(self) -> str:
        return f"loop({self.name!r}, {self.count}, {list(self.results)})"
