"""Slices: Python indices, `strided_slice`, `slice`."""

from __future__ import annotations

from tests.reference.cases.array_inputs import expressions

CASES = expressions(
    """
    f[:f.shape[0]]
    u[:u.shape[1]]
    f[0]
    f[-1]
    f[1:]
    f[:, tf.newaxis]
    f[..., ::-1]
    f[i, 1:]
    f[i:i+1]
    f[f>0]
    f[b]
    f[[0, 1]]
    f[v]
    f[1.5]
    f['a']
    f[j]
    f[tf.constant(1, tf.int64):]
    f[i, j]
    f[True]
    f[..., ...]
    f[0, 0, 0]
    f[2]
    f[-3]
    f[None]
    f[:]
    f[()]
    f[::2, ::-1]
    f[5:]
    f[0:0]
    f[::0]
    u[0]
    u[:2]
    u[-1:]
    u[:, 1]
    u[..., None]
    k[0]
    k[..., 0]
    k[:, 0]
    k[None]
    u[::-1]
    u[1:3]
    f[np.int64(1)]
    f[np.int32(1):]
    f[np.array(1)]
    f[tf.Dimension(1)]
    f[:i]
    f[::i]
    f[i:]
    f[1.0:]
    f[None:2]
    f[(slice(None), 0)]
    f[w]
    tf.strided_slice(f, [0, 0], [1, 2])
    tf.strided_slice(f, [0, 0], [1, 2], [1, 1], shrink_axis_mask=1, name='q')
    tf.strided_slice(f, [0], [2], [1], var=1)
    tf.strided_slice(f, [0, 0], [2], [1])
    tf.strided_slice(f, v, v, v)
    tf.strided_slice(f, [i, 0], [2, 2], [1, 1])
    tf.shape(u)[0]
    tf.shape(u)[-1]
    tf.shape(u)[1:]
    tf.slice(f, [0, 0], [1, 2])
    tf.slice(f, [0, 1], [-1, 2])
    tf.slice(u, [0, 1], [-1, 2])
    tf.slice(u, [1, 1], [-1, -1])
    tf.slice(u, [i, 1], [2, i])
    tf.slice(f, [0, 0], [3, 4])
    tf.slice(f, [0], [3])
    tf.slice(k, [0], [3])
    tf.slice(k, v, v)
    tf.slice(f, [0, 0], [-2, 1])
    tf.slice(f, [3, 0], [-1, 1])
    tf.zeros([2, 0])[0]
    tf.constant(1)[0]
    f[j:]
    f[j:2, i:]
    f[j, i]
    f[j, 1]
    tf.strided_slice(f, [0], [2], var=1)
    tf.strided_slice(k, [0], [2])
    u[-2:-1]
    u[1:-1]
    u[5:2]
    u[::-2]
    u[0:-1:-1]
    """
)
