"""Gradient rules of operations that move, repeat or leave out elements: the gradient goes back where they came from."""

from __future__ import annotations

from typing import Any


def as_input(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient in the shape of the first input."""
    return [g.reshape(dy, g.shape(op.inputs[0])), *[None] * (len(op.inputs) - 1)]


def transpose(g: Any, op: Any, dy: Any) -> list[Any]:
    """The axes back in their order."""
    return [g.transpose(dy, g("InvertPermutation", op.inputs[1])), None]


def conjugate_transpose(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `Transpose`, and the conjugate."""
    return [g("ConjugateTranspose", dy, g("InvertPermutation", op.inputs[1]), name="transpose"), None]


def concat(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each part its slice of the gradient."""
    values, axis = op.inputs[:-1], op.inputs[-1]
    return [*_concat_parts(g, op, values, axis, dy), None]


def concat_v1(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `ConcatV2`, whose axis comes last."""
    axis, *values = op.inputs
    return [None, *_concat_parts(g, op, values, axis, dy)]


def _concat_parts(g: Any, op: Any, values: Any, axis: Any, dy: Any) -> list[Any]:
    if len(values) == 1:
        return [dy]
    dy = g.dense(dy)
    front = axis % g.rank(values[0])
    shapes = []
    for value in values:  # constants as far as they are known; one that is not makes all of them one operation
        shapes.append(g.shape(value))
        if shapes[-1].op.type != "Const":
            shapes = g("ShapeN", list(values))
            break
    offsets = g("ConcatOffset", front, shapes)
    return [g("Slice", dy, begin, size) for begin, size in zip(offsets, shapes)]


def pack(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each part its slice of the gradient."""
    parts = g("Unpack", dy, num=op.attrs["N"], axis=op.attrs["axis"], name="unstack")
    return list(parts)


def unpack(g: Any, op: Any, *gradients: Any) -> Any:
    """The gradients stacked."""
    return g.pack(list(gradients), axis=op.attrs["axis"])


def split(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """The gradients joined."""
    return [None, g.concat(list(gradients), op.inputs[0])]


def split_v(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """The gradients joined."""
    return [g.concat(list(gradients), op.inputs[2]), None, None]


def slice_(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient padded with zeros."""
    x, begin, _ = op.inputs
    rank = g.rank(x)
    taken = g.shape(op.outputs[0])
    column = g.pack([rank, 1])
    before = g.reshape(begin, column)
    after = g.reshape(g.cast(g.shape(x) - taken, begin.dtype) - begin, column)
    return [g("Pad", dy, g.concat([before, after], 1)), None, None]


def strided_slice(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient in a tensor of zeros."""
    x, begin, end, strides = op.inputs
    shape = g.shape(x, begin.dtype)
    return [g("StridedSliceGrad", shape, begin, end, strides, dy, **_masks(op)), None, None, None]


def strided_slice_grad(g: Any, op: Any, dy: Any) -> list[Any]:
    """The slice of the gradient."""
    begin, end, strides = op.inputs[1:4]
    return [None, None, None, None, g("StridedSlice", dy, begin, end, strides, **_masks(op))]


def _masks(op: Any) -> dict[str, int]:
    words = ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    return {f"{word}_mask": op.attrs[f"{word}_mask"] for word in words}


def pad(g: Any, op: Any, dy: Any) -> list[Any]:
    """What is not padding."""
    x, paddings = op.inputs[:2]
    before = g("Slice", paddings, [0, 0], g.pack([g.rank(x), 1]))
    begin = g.reshape(before, [-1])
    inner = g("Slice", dy, begin, g.cast(g.shape(x), begin.dtype))
    if len(op.inputs) == 2:
        return [inner, None]
    value = op.inputs[2]
    if value.op.type == "Const":  # as TensorFlow has it; a constant has no use for a gradient
        return [inner, None, None]
    # The number that was padded with has the gradients of all the places it stands in.
    return [inner, None, g("Sum", dy, g.all_axes(dy)) - g("Sum", inner, g.all_axes(inner))]


def mirror_pad(g: Any, op: Any, dy: Any) -> list[Any]:
    """Mirrored elements have the gradients of their images too."""
    return [g("MirrorPadGrad", dy, op.inputs[1], mode=op.attrs["mode"]), None]


def tile(g: Any, op: Any, dy: Any) -> list[Any]:
    """The sum over the copies."""
    x, multiples = op.inputs
    shape = g.shape(x)
    split_shape = g.reshape(g.transpose(g.pack([g.cast(multiples, shape.dtype), shape]), [1, 0]), [-1])
    axes = g.range(0, g.size(split_shape), 2)
    total = g("Sum", g.reshape(g.dense(dy), split_shape), axes)
    total.set_shape(x.shape)
    return [total, None]


def broadcast_to(g: Any, op: Any, dy: Any) -> list[Any]:
    """The sum over the copies."""
    x, shape = op.inputs
    x_shape = g.shape(x, shape.dtype)
    _, axes = g("BroadcastGradientArgs", shape, x_shape)
    return [g.summed(dy, axes, x_shape), None]


def fill(g: Any, op: Any, dy: Any) -> list[Any]:
    """The sum of all."""
    return [None, g("Sum", dy, g.all_axes(dy))]


def reverse_v2(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient reversed."""
    return [g("ReverseV2", dy, op.inputs[1]), None]


def reverse(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient reversed."""
    return [g("Reverse", dy, op.inputs[1]), None]


def reverse_sequence(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient reversed."""
    attrs = {"seq_dim": op.attrs["seq_dim"], "batch_dim": op.attrs["batch_dim"]}
    return [g("ReverseSequence", dy, op.inputs[1], **attrs), None]


def roll(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient rolled back."""
    return [g("Roll", dy, g("Neg", op.inputs[1]), op.inputs[2]), None, None]


def space_to_batch(g: Any, op: Any, dy: Any) -> list[Any]:
    """The blocks put together again."""
    return [g("BatchToSpaceND", dy, op.inputs[1], op.inputs[2]), None, None]


def batch_to_space(g: Any, op: Any, dy: Any) -> list[Any]:
    """The blocks taken apart again."""
    return [g("SpaceToBatchND", dy, op.inputs[1], op.inputs[2]), None, None]


def space_to_depth(g: Any, op: Any, dy: Any) -> Any:
    """The blocks put together again."""
    return g("DepthToSpace", dy, block_size=op.attrs["block_size"], data_format=op.attrs["data_format"])


def depth_to_space(g: Any, op: Any, dy: Any) -> Any:
    """The blocks taken apart again."""
    return g("SpaceToDepth", dy, block_size=op.attrs["block_size"], data_format=op.attrs["data_format"])


def parallel_concat(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each part its rows of the gradient."""
    parts = g("Split", 0, dy, num_split=op.attrs["N"])
    return list(parts)
