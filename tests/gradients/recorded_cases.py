"""Expressions whose gradients TensorFlow 1.15 was asked for, and how they are asked: shared by recorder and replay.

`x` and `y` are matrices (2, 3), `m` a symmetric positive matrix (3, 3), `z` and `w` complex matrices, `i` an integer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

BINARY = """
x+y
x-y
x*y
x/y
tf.pow(x,y)
tf.maximum(x,y)
tf.minimum(x,y)
tf.squared_difference(x,y)
tf.floordiv(x,y)
tf.floormod(x,y)
tf.div_no_nan(x,y)
tf.realdiv(x,y)
tf.math.xlogy(x,y)
tf.raw_ops.Div(x=x,y=y)
tf.math.igamma(x,y)
tf.math.igammac(x,y)
tf.math.zeta(x,y)
tf.math.polygamma(x,y)
tf.raw_ops.TruncateDiv(x=x,y=y)
tf.where_v2(x>y,x,y)
tf.raw_ops.Add(x=x,y=y)
x*y+x*y+x
"""
UNARY = """
tf.exp(x)
tf.log(x)
tf.sqrt(x)
tf.rsqrt(x)
tf.square(x)
tf.abs(x)
tf.sign(x)
-x
tf.sin(x)
tf.cos(x)
tf.tan(x)
tf.asin(x)
tf.acos(x)
tf.atan(x)
tf.sinh(x)
tf.cosh(x)
tf.tanh(x)
tf.asinh(x)
tf.acosh(x)
tf.atanh(x)
tf.expm1(x)
tf.log1p(x)
tf.reciprocal(x)
tf.sigmoid(x)
tf.nn.relu(x)
tf.nn.relu6(x)
tf.nn.elu(x)
tf.nn.selu(x)
tf.nn.leaky_relu(x)
tf.nn.softplus(x)
tf.nn.softsign(x)
tf.floor(x)
tf.round(x)
tf.erf(x)
tf.erfc(x)
tf.lgamma(x)
tf.digamma(x)
tf.cast(x,tf.float32)
tf.identity(x)
tf.stop_gradient(x)*x
tf.identity_n([x,x])
tf.check_numerics(x,"m")
tf.nn.softmax(x)
tf.nn.log_softmax(x)
tf.nn.l2_loss(x)
tf.clip_by_value(x,tf.zeros_like(x),tf.ones_like(x))
tf.add_n([x,x])
tf.gradients(tf.exp(x),x)[0]
tf.gradients(tf.log(x),x)[0]
tf.gradients(tf.sqrt(x),x)[0]
tf.gradients(tf.rsqrt(x),x)[0]
tf.gradients(tf.square(x),x)[0]
tf.gradients(tf.sin(x),x)[0]
tf.gradients(tf.tan(x),x)[0]
tf.gradients(tf.tanh(x),x)[0]
tf.gradients(tf.asinh(x),x)[0]
tf.gradients(tf.reciprocal(x),x)[0]
tf.gradients(tf.sigmoid(x),x)[0]
tf.gradients(tf.nn.relu(x),x)[0]
tf.gradients(tf.nn.elu(x),x)[0]
tf.gradients(tf.nn.selu(x),x)[0]
tf.gradients(tf.nn.softplus(x),x)[0]
"""
ARRAYS = """
tf.reduce_sum(x)
tf.reduce_mean(x)
tf.reduce_prod(x)
tf.reduce_max(x)
tf.reduce_sum(x,1)
tf.reduce_mean(x,[0])
tf.reduce_prod(x,1)
tf.reduce_max(x,1)
tf.reduce_min(x,0,keepdims=True)
tf.reduce_sum(x,-1,keepdims=True)
tf.reduce_sum(x,i)
tf.cumsum(x,1)
tf.cumprod(x,1)
tf.cumsum(x,1,reverse=True,exclusive=True)
tf.segment_sum(x,[0,0])
tf.segment_mean(x,[0,1])
tf.segment_max(x,[0,0])
tf.unsorted_segment_sum(x,[0,1],2)
tf.unsorted_segment_max(x,[0,1],2)
tf.unsorted_segment_prod(x,[0,1],2)
tf.nn.moments(x,[0])
tf.nn.l2_normalize(x,1)
tf.reshape(x,[3,2])
tf.transpose(x,[1,0])
tf.concat([x,x],0)
tf.concat([x,y],1)
x[0]
x[:,1:]
x[::2,tf.newaxis]
tf.slice(x,[0,1],[1,2])
tf.pad(x,[[1,1],[0,2]])
tf.pad(x,[[1,1],[0,2]],"REFLECT")
tf.tile(x,[2,3])
tf.gather(x,[1,0,1])
tf.gather_nd(x,[[0,1],[1,1]])
tf.stack([x,x])
tf.stack([x,x],axis=1)
tf.unstack(x,axis=1)[1]
tf.split(x,[1,2],1)
tf.split(x,2)[0]
tf.expand_dims(x,1)
tf.squeeze(tf.expand_dims(x,1),[1])
tf.reverse(x,[1])
tf.reverse_sequence(x,[1,2],seq_axis=1)
tf.roll(x,1,0)
tf.broadcast_to(x,[4,2,3])
tf.fill([2],x[0,0])
tf.one_hot([0,1],3,dtype=x.dtype)*x
tf.scatter_nd([[1],[0]],x,[3,3])
tf.tensor_scatter_add(x,[[0]],x[:1])
tf.tensor_scatter_sub(x,[[0]],x[:1])
tf.tensor_scatter_update(x,[[0]],x[:1])
tf.dynamic_partition(x,[0,1],2)
tf.dynamic_stitch([[0,1]],[x])
tf.space_to_batch_nd(x,[1],[[0,0]])
tf.gather(x,[1,1])+tf.gather(x,[0,1])
tf.reduce_sum(tf.gather(x,[0]))+tf.reduce_sum(x)
tf.where(x>y,x,y)
"""
LINEAR = """
tf.matmul(x,y,transpose_a=True)
tf.matmul(x,y,transpose_b=True)
tf.matmul(tf.expand_dims(x,0),tf.expand_dims(y,0),transpose_a=True)
tf.matmul(tf.expand_dims(x,0),tf.expand_dims(y,0),transpose_b=True)
tf.matrix_inverse(m)
tf.matrix_determinant(m)
tf.linalg.slogdet(m)[1]
tf.matrix_solve(m,m)
tf.qr(m)
tf.cross(m,m)
tf.nn.bias_add(x,y[0])
tf.nn.softmax_cross_entropy_with_logits_v2(labels=x,logits=y)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0,1],logits=x)
tf.nn.sigmoid_cross_entropy_with_logits(labels=x,logits=y)
tf.nn.xw_plus_b(x,m,x[0])
"""
COMPLEX = """
z*w
z+w
z/w
tf.exp(z)
tf.log(z)
tf.sqrt(z)
tf.tanh(z)
tf.sigmoid(z)
tf.real(z)
tf.imag(z)
tf.conj(z)
tf.abs(z)
tf.angle(z)
tf.complex(x,y)
tf.square(z)
tf.pow(z,w)
tf.sin(z)
tf.reciprocal(z)
tf.matmul(z,w,adjoint_b=True)
tf.reduce_prod(z,1)
tf.reduce_sum(z,1)
tf.cumprod(z,1)
tf.transpose(z,conjugate=True)
"""
CASES = [line for text in (BINARY, UNARY, ARRAYS, LINEAR, COMPLEX) for line in text.split("\n") if line]

# Static shapes of x (and z), and of y (and w).
SHAPES: dict[str, tuple[Any, Any]] = {"value": ([2, 3], [2, 3]), "nodes": ([None, 3], [None, 3]), "row": ([2, 3], [3])}


def _numbers(case: str) -> tuple[Any, Any]:
    """Numbers at which the expression and its derivatives are finite."""
    x = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.3]])
    y = np.array([[1.5, 0.25, -2.0], [0.7, 1.75, 0.9]])
    positive = ("log", "sqrt", "pow", "acosh", "igamma", "zeta", "polygamma", "lgamma", "digamma")
    if any(word in case for word in positive):
        x, y = np.abs(x) + 0.1, np.abs(y) + 0.2
    if "acosh" in case or "zeta" in case:
        x = x + 1.5
    if any(word in case for word in ("asin(", "acos(", "atanh")):
        x = x / 4
    return (np.ceil(x) if "polygamma" in case else x), y


def answer(tf: Any, case: str, mode: str) -> dict[str, Any]:
    """What `tf.gradients` of a case is: its values in float64, or the nodes it adds in float32."""
    tf.reset_default_graph()
    x_shape, y_shape = SHAPES[mode]
    real, pair = ("float64", "complex128") if mode == "value" else ("float32", "complex64")
    names = {
        "tf": tf,
        **{name: tf.placeholder(real, shape, name=name) for name, shape in (("x", x_shape), ("y", y_shape))},
        "m": tf.placeholder(real, [3, 3], name="m"),
        "i": tf.placeholder("int32", [], name="i"),
        **{name: tf.placeholder(pair, shape, name=name) for name, shape in (("z", x_shape), ("w", y_shape))},
    }
    value = eval(case, names)
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    weights = None
    if any(item.dtype.is_complex for item in values):
        weights = [tf.cast(1.0, item.dtype) * (2 + 1j) * tf.ones_like(item) for item in values]
    found = tf.gradients(values, [names[name] for name in "xymzw"], weights)
    if mode == "value":
        return {"value": _values(tf, case, names, found)}
    return {"gradients": [_told(item) for item in found], "nodes": nodes(tf)}


def _told(gradient: Any) -> Any:
    if gradient is None:
        return None
    if hasattr(gradient, "indices"):
        return [gradient.values.name, gradient.indices.name]
    return [gradient.name, str(gradient.shape), gradient.dtype.name]


def _values(tf: Any, case: str, names: dict[str, Any], found: list[Any]) -> list[Any]:
    x, y = _numbers(case)
    matrix = np.array([[4.0, 1, 0.5], [1, 3, 0.25], [0.5, 0.25, 2]])
    fed = {"x": x, "y": y, "m": matrix, "i": 1, "z": x + 1j * y, "w": y - 0.5j * x}
    feeds = {names[name]: value for name, value in fed.items()}
    with tf.Session() as session:
        arrays = [None if item is None else session.run(tf.convert_to_tensor(item), feeds) for item in found]
    return [None if array is None else [np.real(array).tolist(), np.imag(array).tolist()] for array in arrays]


def nodes(tf: Any) -> list[str]:
    """The nodes of gradients, one text each: name, type, inputs and what it is placed with."""
    rows = []
    for node in tf.get_default_graph().as_graph_def().node:
        if node.name.startswith("gradients"):
            places = sorted(group.decode() for group in node.attr["_class"].list.s) if "_class" in node.attr else []
            rows.append(" ".join([node.name, node.op, *node.input, *places]))
    return rows
