"""Rewriting a specialised region's instructions, now that ranks and extents are known, into what loops are made of.

* What picks by index (`GatherV2`, `GatherNd`) gets its indices checked in a loop of their own first.
* `Select` is an elementwise `SelectV2`, of a column if its condition is about rows.
* A reduction along no axis, or along axes of length 1, as gradients of broadcasting have them, is its input.
* What changes rows of an array gets their numbers checked as well.
* `ArgMax` along another axis than the last, or of truth values: the extreme elements, then the first place of each.
* A product of short floats is one of float32 between conversions, which fuse with what stands around it.
* The sum of a large `OneHot` over all its indices counts them.

Worked example, of `%2 = GatherV2 %x, %rows, 0`:

    %2_l2 = _InRange %rows, %2_l1        one truth value for each index, over the extent of the axis
    %2_l4 = All %2_l2, %2_l3             both in a loop over the indices
    %2_l6 = _CheckedIndices %rows, %2_l5, %2_l4    raises in GatherV2's words; its value is %rows
    %2    = GatherV2 %x, %2_l6, 0        now only moves elements: it fuses with what reads it

The names say where an instruction came from: all that is made for %2 begins with `%2_l` and has its origin.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...ops.definition.reduction import Combine
from ...ops.definition.registry import lookup
from ...ops.families.arrays import index_maps as indexing
from ...ops.families.indexing.index_checks import CHECKED_INDICES, IN_RANGE
from ...ops.families.indexing.items import ITEM_AT
from ...ops.types import dtypes
from ...ops.types.dtypes import DType
from ..jit.short_types import computed_in
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction, Value
from ..specialize.specialize import Specialized
from ..specialize.symbolic import product

_RULES: Final = {indexing.GATHER: b"positions", indexing.GATHER_ND: b"coordinates"}
_COUNTS: Final = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
_LEAST_HOT: Final = 16  # classes, and elements of the `OneHot`, from which on a count through Python is quicker
_LEAST_COUNTED: Final = 1 << 18


def _is_candidate(instruction: Instruction) -> bool:
    reduction = instruction.op_def.reduction
    is_rewritten = reduction is not None and (reduction.combine.finds_index or reduction.map == "{x}")
    is_rewritten = is_rewritten or bool(instruction.op_def.row_update) or instruction.op_def.product is not None
    is_rewritten = is_rewritten or instruction.op_def is ITEM_AT
    return instruction.op_def.index_map in _RULES or instruction.op_def.chooses_rows or is_rewritten


class Lowering:
    """Rewrites the instructions of one region; new values get their extents in `special`.

    Attributes:
      checked: the values that are in range as indices, or known to be.
    """

    def __init__(self, special: Specialized) -> None:
        self.checked: set[Value] = set()
        self._special = special
        self._made: list[Instruction] = []
        self._checks: dict[tuple[Any, ...], Value] = {}
        self._count = 0
        self._makers = {value: i for i in special.region.instructions for value in i.outputs}

    def run(self) -> list[Instruction]:
        """The instructions, in order."""
        for instruction in self._special.region.instructions:
            self._whole = instruction
            if not _is_candidate(instruction) or not self._needs_loop(instruction) or not self._rewrite(instruction):
                self._made.append(instruction)
        return self._made

    def _needs_loop(self, instruction: Instruction) -> bool:
        values = (*instruction.inputs, *instruction.outputs)
        is_known = all(value in self._special.known for value in instruction.outputs)
        return not is_known and all(is_compiled_type(v.dtype) for v in values)

    def _rewrite(self, instruction: Instruction) -> bool:
        """Append what stands for an instruction; False if it stays as it is."""
        if instruction.op_def.index_map in _RULES:
            return self._picking(instruction)
        if instruction.op_def is ITEM_AT:
            return self._item(instruction)
        if instruction.op_def.row_update:
            return self._changing_rows(instruction)
        if instruction.op_def.chooses_rows:
            return self._select(instruction)
        if instruction.op_def.product is not None:
            return self._product_of_others(instruction)
        if not instruction.op_def.reduction.combine.finds_index:
            return self._reduction_of_nothing(instruction) or self._sum_of_hot(instruction)
        return self._argument(instruction)

    def _reduction_of_nothing(self, instruction: Instruction) -> bool:
        source, result = instruction.inputs[0], instruction.outputs[0]
        axes = self._special.known.get(instruction.inputs[1])
        if axes is None:
            return False
        extents = self._special.extents[source]
        numbers = {axis % len(extents) for axis in axes.reshape(-1).tolist() if -len(extents) <= axis < len(extents)}
        folded = [extents[axis] for axis in numbers]
        if len(folded) < axes.size:
            return False  # an axis that is not there, or is there twice: the kernel says so
        if any(type(extent) is not int or extent != 1 for extent in folded):
            return False
        if not folded:
            self._replace("Identity", [source], result, T=source.dtype)
        else:
            shape = self._integers(list(self._special.extents[result]))
            self._replace("Reshape", [source, shape], result, T=source.dtype, Tshape=shape.dtype)
        return True

    def _sum_of_hot(self, instruction: Instruction) -> bool:
        """The sum of a `OneHot` of ones over all its indices, as a count; a short one stays a loop."""
        from ...ops.families.reductions.counting import HOT_COUNTS

        hot, axes = self._makers.get(instruction.inputs[0]), self._special.known.get(instruction.inputs[1])
        reduction = instruction.op_def.reduction
        is_sum = reduction.combine is Combine.SUM and reduction.finish(instruction.outputs[0].dtype) == "{acc}"
        if hot is None or hot.op_def.index_map is not indexing.ONE_HOT or not is_sum or axes is None:
            return False
        indices, depth, on, off = hot.inputs
        if instruction.attrs.get("keep_dims") or not self._is_constant(on, 1) or not self._is_constant(off, 0):
            return False
        extents = self._special.extents[indices]
        axis = hot.attrs["axis"] if hot.attrs["axis"] >= 0 else len(extents)
        folded = {number % (len(extents) + 1) for number in axes.reshape(-1).tolist()}
        classes, result = self._special.extents[hot.outputs[0]][axis], instruction.outputs[0]
        if len(folded) != len(extents) or axis in folded or type(classes) is not int or classes < _LEAST_HOT:
            return False
        number = product(extents)
        if result.dtype not in _COUNTS or not number * classes >= _LEAST_COUNTED or not number < 1 << 24:
            return False
        self._replace(HOT_COUNTS, [indices, depth], result, T=result.dtype, TI=indices.dtype)
        return True

    def _is_constant(self, value: Value, number: int) -> bool:
        maker = self._makers.get(value)
        return maker is not None and maker.is_constant and bool(np.all(maker.attrs["value"] == number))

    # Products of what BLAS does not multiply.

    def _product_of_others(self, instruction: Instruction) -> bool:
        """A product of short floats, or into another type, as one in the type that it is computed in."""
        result = instruction.outputs[0]
        wide = computed_in(result.dtype)
        is_plain = all(value.dtype is wide for value in (*instruction.inputs, result))
        if is_plain or wide not in (dtypes.float32, dtypes.float64):
            return False
        factors = [self._cast(value, wide) for value in instruction.inputs]
        names = instruction.op_def.product or ()
        flips = dict(zip(("adj_x", "adj_y"), (instruction.attrs[name] for name in names)))
        attrs = {**flips, "grad_x": False, "grad_y": False, "T": wide}
        extents = self._special.extents[result]
        made = result if result.dtype is wide else self._value(wide, extents)
        self._replace("BatchMatMulV2", factors, made, **attrs)
        if made is not result:
            self._replace("Cast", [made], result, SrcT=wide, DstT=result.dtype, Truncate=False)
        return True

    def _cast(self, value: Value, dtype: DType) -> Value:
        if value.dtype is dtype:
            return value
        extents = self._special.extents[value]
        return self._add("Cast", [value], dtype, extents, SrcT=value.dtype, DstT=dtype, Truncate=False)

    # Values and instructions of no operation.

    def _value(self, dtype: DType, extents: tuple[Any, ...]) -> Value:
        self._count += 1
        value = Value(f"{self._whole.outputs[0].name}_l{self._count}", dtype, None)
        self._special.extents[value] = extents
        return value

    def _integers(self, items: Any, dtype: DType = dtypes.int64) -> Value:
        """A value that is known: an integer or a list of them."""
        array = np.array(items, object)
        value = self._value(dtype, array.shape)
        self._special.known[value] = array
        return value

    def _add(self, op_type: Any, inputs: list[Value], dtype: DType, extents: tuple[Any, ...], **attrs: Any) -> Value:
        result = self._value(dtype, extents)
        self._replace(op_type, inputs, result, **attrs)
        return result

    def _replace(self, op_type: Any, inputs: list[Value], result: Value, **attrs: Any) -> None:
        """Append an instruction that makes an existing value."""
        op_def = lookup(op_type) if isinstance(op_type, str) else op_type
        self._made.append(Instruction(op_def, attrs, inputs, [result], self._whole.op))

    # Picking by index.

    def _picking(self, instruction: Instruction) -> bool:
        params, indices = instruction.inputs[:2]
        extents = self._special.extents[params]
        rule = _RULES[instruction.op_def.index_map]
        axis = 0
        if rule == b"positions":
            known = self._special.known.get(instruction.inputs[2])
            if known is None:
                return False
            axis = int(known.reshape(-1)[0]) % len(extents)
            limits: Any = extents[axis]
        else:
            limits = list(extents[: len(extents) + len(self._special.extents[indices]) - 1 - self._rank(instruction)])
        checked = self._check(indices, limits, extents, rule, axis)
        self.checked.add(checked)
        self._made.append(instruction.with_inputs([params, checked, *instruction.inputs[2:]]))
        return True

    def _item(self, instruction: Instruction) -> bool:
        """Indices below zero count from the end; then it is a `GatherNd`, or a `GatherV2` behind other axes."""
        x, place = instruction.inputs
        extents, axis, result = self._special.extents[x], instruction.attrs["axis"], instruction.outputs[0]
        (count,), dtype = self._special.extents[place], place.dtype
        sizes = list(extents[axis : axis + count])
        is_negative = self._add("Less", [place, self._integers(0, dtype)], dtypes.bool_, (count,), T=dtype)
        from_end = self._add("AddV2", [place, self._integers(sizes, dtype)], dtype, (count,), T=dtype)
        place = self._add("SelectV2", [is_negative, from_end, place], dtype, (count,), T=dtype)
        if axis:
            place = self._add("Reshape", [place, self._integers([])], dtype, ())
            sizes = sizes[0]
        checked = self._check(place, sizes, extents, b"items", axis)
        self.checked.add(checked)
        if axis:
            self._replace("GatherV2", [x, checked, self._integers(axis)], result, batch_dims=0)
        else:
            self._replace("GatherNd", [x, checked], result)
        return True

    def _changing_rows(self, instruction: Instruction) -> bool:
        var, indices, updates = instruction.inputs
        extents = self._special.extents[var]
        wanted, found = (*self._special.extents[indices], *extents[1:]), self._special.extents[updates]
        if not extents or len(found) != len(wanted) or not all(a == b for a, b in zip(found, wanted)):
            return False  # where sizes are those of feeds, that they agree holds from here on: a guard
        checked = self._check(indices, extents[0], extents, b"positions", 0)
        self.checked.add(checked)
        self._made.append(instruction.with_inputs([var, checked, updates]))
        return True

    def _rank(self, instruction: Instruction) -> int:
        return len(self._special.extents[instruction.outputs[0]])

    def _check(self, indices: Value, limits: Any, shape: tuple[Any, ...], rule: bytes, axis: int) -> Value:
        """The indices, for a reader that must not find one out of range."""
        if self._is_in_range(indices, limits):
            return indices
        key = (indices, rule, axis, *map(str, shape))
        if key not in self._checks:
            extents = self._special.extents[indices]
            ok = self._add(IN_RANGE, [indices, self._integers(limits)], dtypes.bool_, extents, T=indices.dtype)
            if extents:
                axes = self._integers(list(range(len(extents))), dtypes.int32)
                ok = self._add("All", [ok, axes], dtypes.bool_, (), keep_dims=False)
            inputs = [indices, self._integers(list(shape)), ok]
            self._checks[key] = self._add(CHECKED_INDICES, inputs, indices.dtype, extents, rule=rule, axis=axis)
        return self._checks[key]

    def _is_in_range(self, indices: Value, limits: Any) -> bool:
        known = self._special.known.get(indices)
        if known is None:
            return False
        items = [*known.reshape(-1).tolist(), *np.array(limits, object).reshape(-1).tolist()]
        if not all(isinstance(item, (int, np.integer)) for item in items):
            return False
        return bool(np.all((known >= 0) & (known < np.array(limits))))

    # Choosing.

    def _select(self, instruction: Instruction) -> bool:
        condition, t, e = instruction.inputs
        extents = self._special.extents[condition]
        rank = self._rank(instruction)
        if len(extents) == 1 < rank:
            column = (*extents, *(1,) * (rank - 1))
            shape = self._integers(list(column))
            condition = self._add("Reshape", [condition, shape], condition.dtype, column)
        self._replace("SelectV2", [condition, t, e], instruction.outputs[0], T=t.dtype)
        return True

    # The place of an extreme element.

    def _argument(self, instruction: Instruction) -> bool:
        x, dimension = instruction.inputs
        extents = self._special.extents[x]
        known = self._special.known.get(dimension)
        if known is None or not extents:
            return False
        axis = int(known.reshape(-1)[0]) % len(extents)
        is_largest = instruction.op_def.reduction.combine is Combine.FIRST_LARGEST
        if extents[axis] == 0 or not extents[axis] < 1 << 31:
            return False  # an error, or too many for the type of places
        if x.dtype.kind == "b":
            x = self._add("Cast", [x], dtypes.uint8, extents, SrcT=x.dtype, DstT=dtypes.uint8, Truncate=False)
        if axis == len(extents) - 1:
            if x is instruction.inputs[0]:
                return False
            self._replace(instruction.op_def, [x, dimension], instruction.outputs[0], **instruction.attrs)
            return True
        self._first_place(x, axis, is_largest, instruction.outputs[0])
        return True

    def _first_place(self, x: Value, axis: int, is_largest: bool, result: Value) -> None:
        from ...ops.families.reductions.argmax import NAN_LOSES, POSITION

        extents, dtype = self._special.extents[x], x.dtype
        rows = (*extents[:axis], 1, *extents[axis + 1 :])
        axes = self._integers([axis], dtypes.int32)
        if dtype.kind == "f":
            x = self._add(NAN_LOSES, [x], dtype, extents, T=dtype, largest=is_largest)
        best = self._add("Max" if is_largest else "Min", [x, axes], dtype, rows, T=dtype, keep_dims=True)
        found = self._add("Equal", [x, best], dtypes.bool_, extents, T=dtype, incompatible_shape_error=True)
        places = self._add(POSITION, [self._integers(list(extents))], dtypes.int32, extents, axis=axis)
        last = self._integers(extents[axis] - 1, dtypes.int32)
        chosen = self._add("SelectV2", [found, places, last], dtypes.int32, extents, T=dtypes.int32)
        folded = (*extents[:axis], *extents[axis + 1 :])
        place = self._add("Min", [chosen, axes], dtypes.int32, folded, T=dtypes.int32, keep_dims=False)
        self._replace("Cast", [place], result, SrcT=dtypes.int32, DstT=result.dtype, Truncate=False)
