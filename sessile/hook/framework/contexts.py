"""`tensorflow.python.ops.control_flow_util`: in which branches and loops operations stand."""

from __future__ import annotations

from typing import Any

from ...ops.families.control_flow.contexts import is_invariant, output_context, while_context_of

ENABLE_CONTROL_FLOW_V2 = False
_NEXT = ("NextIteration", "RefNextIteration")


def EnableControlFlowV2(graph: Any) -> bool:
    """Return False: graphs have `Switch` and `Merge`."""
    return False


def InXlaContext(graph: Any) -> bool:
    """Return False: there is no scope of XLA's."""
    return False


def GetOutputContext(op: Any) -> Any:
    """Return the context of an operation's outputs: of the exit of a loop, the one around it."""
    return output_context(op)


def GetContainingWhileContext(ctxt: Any, stop_ctxt: Any = None) -> Any:
    """Return the innermost loop around a context, or None; the search ends at `stop_ctxt`."""
    while ctxt is not None:
        if ctxt.IsWhileContext() or ctxt is stop_ctxt:
            return ctxt
        ctxt = ctxt.outer_context
    return None


def GetContainingCondContext(ctxt: Any) -> Any:
    """Return the innermost branch around a context, or None."""
    while ctxt is not None and not ctxt.IsCondContext():
        ctxt = ctxt.outer_context
    return ctxt


def GetWhileContext(op: Any) -> Any:
    """Return the loop that an operation belongs to, or None."""
    return while_context_of(op)


def IsContainingContext(ctxt: Any, maybe_containing_ctxt: Any) -> bool:
    """Return whether a context is another one or lies in it."""
    while ctxt is not maybe_containing_ctxt:
        if ctxt is None:
            return False
        ctxt = ctxt.outer_context
    return True


def OpInContext(op: Any, ctxt: Any) -> bool:
    """Return whether an operation lies in a context."""
    return IsContainingContext(op._get_control_flow_context(), ctxt)


def TensorInContext(tensor: Any, ctxt: Any) -> bool:
    """Return whether a tensor is made in a context."""
    return OpInContext(tensor.op, ctxt)


def IsInWhileLoop(op: Any) -> bool:
    """Return whether an operation lies in a loop."""
    return GetContainingWhileContext(op._get_control_flow_context()) is not None


def IsInCond(op: Any) -> bool:
    """Return whether an operation lies in a branch."""
    return GetContainingCondContext(op._get_control_flow_context()) is not None


def IsSwitch(op: Any) -> bool:
    """Return whether an operation is a `Switch`."""
    return op.type in ("Switch", "RefSwitch")


def IsMerge(op: Any) -> bool:
    """Return whether an operation is a `Merge`."""
    return op.type in ("Merge", "RefMerge")


def IsLoopEnter(op: Any) -> bool:
    """Return whether an operation is an `Enter`."""
    return op.type in ("Enter", "RefEnter")


def IsLoopExit(op: Any) -> bool:
    """Return whether an operation is an `Exit`."""
    return op.type in ("Exit", "RefExit")


def IsLoopConstantEnter(op: Any) -> bool:
    """Return whether an operation takes a value into a loop that no turn changes."""
    return IsLoopEnter(op) and is_invariant(op)


def GetLoopConstantEnter(value: Any) -> Any:
    """Return the `Enter` that a loop's unchanging value comes from, through operations that pass it on, or None."""
    op = value.op
    while IsSwitch(op) or op.type in ("Identity", "RefIdentity"):
        op = op.inputs[0].op
    return op if IsLoopConstantEnter(op) else None


def IsLoopSwitch(op: Any) -> bool:
    """Return whether an operation is a loop's `Switch`: its condition decides whether there is another turn."""
    return IsSwitch(op) and op.inputs[1].op.type == "LoopCond"


def IsCondSwitch(op: Any) -> bool:
    """Return whether an operation is a branch's `Switch`."""
    return IsSwitch(op) and not IsLoopSwitch(op)


def IsLoopMerge(op: Any) -> bool:
    """Return whether an operation is a loop's `Merge`: of what comes in and what the last turn gave."""
    return IsMerge(op) and any(IsLoopEnter(value.op) or value.op.type in _NEXT for value in op.inputs)


def IsCondMerge(op: Any) -> bool:
    """Return whether an operation is a branch's `Merge`."""
    return IsMerge(op) and not IsLoopMerge(op)
