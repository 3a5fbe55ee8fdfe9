"""What arrays come out, or which error, where shapes are known only when it runs."""

from __future__ import annotations

from tests.reference.cases.array_inputs import expressions

CASES = expressions(
    """
    tf.reshape(f, [i, 3])
    tf.reshape(f, v)
    tf.reshape(f, [i, -1])
    tf.reshape(f, [i * -1, -1])
    tf.reshape(f, [i * 4, -1])
    tf.reshape(f, [i * 4, 2])
    tf.reshape(tf.zeros([0, 3]), [i * 0, 3])
    tf.squeeze(tf.placeholder_with_default([[1.0], [2.0]], None), [0])
    tf.squeeze(tf.placeholder_with_default([[1.0], [2.0]], None))
    tf.squeeze(tf.placeholder_with_default([[1.0], [2.0]], None), [-1])
    tf.expand_dims(k, i)
    tf.expand_dims(k, i * 5)
    tf.expand_dims(k, i * -1)
    tf.transpose(k, v)
    tf.transpose(k, v * 0)
    tf.transpose(k, v + 1)
    tf.transpose(k, [-1, 0])
    tf.transpose(k, [0])
    tf.transpose(c, [2, 0, 1])
    tf.transpose(z, conjugate=True)
    tf.concat([k, f], i)
    tf.concat([k, f], i * 2)
    tf.concat([k, [[1.0, 2.0]]], i * 0)
    tf.concat([k, [1.0]], i * 0)
    tf.concat([s, s], 0)
    tf.concat([k, tf.zeros([0, 3])], 0)
    tf.stack([k, tf.zeros([3, 2])])
    tf.stack([k, k], axis=-1)
    tf.stack([s, s], axis=1)
    tf.unstack(k, num=2)
    tf.unstack(k, num=3)
    tf.unstack(c, num=3)
    tf.unstack(s, num=3)
    tf.split(k, 2, 0)
    tf.split(k, 2, i)
    tf.split(k, [i, -1], 1)
    tf.split(k, [i, 1], 1)
    tf.split(k, [i, i, i], -1)
    tf.split(k, [-1, -1, i], -1, num=3)
    tf.split(k, 2, i * 7)
    k[i]
    k[-1]
    k[i + 5]
    k[..., i]
    k[::-1, ::-2]
    k[5:, 1]
    k[-1:-5:-1]
    k[i:0:-1]
    k[:, ::i]
    k[::i * 0]
    k[0, 0, 0]
    k[None, ..., None]
    k[1:1]
    c[..., 0]
    c[1, ..., ::-1]
    c[-2:, None, i]
    c[3:0:-2]
    c[:, :, 1:]
    c[tf.newaxis, 0, ..., tf.newaxis]
    s[1]
    s[::-1]
    s[0:0]
    k[k > 0]
    f[tf.constant([True, False])]
    c[tf.constant([True, False, True])]
    s[tf.constant([True, False, True])]
    f[np.array([True, False])]
    f[np.array([0, 1])]
    f[i:, j:]
    f[tf.constant(1, tf.int16)]
    f[tf.constant(1, tf.uint8)]
    f[tf.constant(1.0)]
    f[tf.constant([0, 1])]
    f['x':]
    f[1:2, 0:3:2]
    f[0][1]
    tf.slice(k, [i, 0], [-1, 2])
    tf.slice(k, [i, 0], [2, 2])
    tf.slice(k, [i, -1], [1, 2])
    tf.slice(k, [0, 0], [i, i])
    tf.slice(k, [0], [1])
    tf.slice(s, [1], [2])
    tf.strided_slice(k, v, [2, 2], [1, 1])
    tf.strided_slice(k, [0, 0, 0], [1, 1, 1])
    tf.strided_slice(c, [0, 0], [3, 1], [2, 1], shrink_axis_mask=2)
    tf.strided_slice(c, [1, 0], [0, 1], [1, 1], ellipsis_mask=1)
    tf.strided_slice(c, [1, 0], [0, 1], [1, 1], new_axis_mask=1, begin_mask=2)
    tf.strided_slice(c, [2], [0], [-1], end_mask=1)
    tf.strided_slice(c, [1], [2], [-1], shrink_axis_mask=1)
    tf.fill(v, 2.5)
    tf.fill(v * -1, 2.5)
    tf.fill(v, 'q')
    tf.zeros(v, tf.bool)
    tf.zeros([0, 2])
    tf.ones([3], tf.half)
    tf.ones([3], tf.bfloat16)
    tf.ones([2, 2], tf.int8)
    tf.range(i * 5, i * 0, i * -2)
    tf.range(i * 5, i * 0, i)
    tf.range(0, i, i * 0)
    tf.range(0.0, 1.0, 0.1)
    tf.range(1.0, 0.0, -0.3)
    tf.range(0.1, 3.0, 0.1)
    tf.range(0.0, 1.0, 0.1, dtype=tf.float64)
    tf.range(0, 5, dtype=tf.float64)
    tf.tile(k, [i, 2])
    tf.tile(k, [i * 0, 2])
    tf.tile(k, [i * -1, 2])
    tf.tile(k, [2])
    tf.tile(s, [2])
    tf.pad(k, [[i, 0], [0, i]])
    tf.pad(k, [[i * -1, 0], [0, i]])
    tf.pad(k, [[i, 0], [2, 2]], 'REFLECT')
    tf.pad(k, [[i * 2, 0], [2, 2]], 'REFLECT')
    tf.pad(k, [[i * 2, 0], [3, 0]], 'SYMMETRIC')
    tf.pad(k, [[i * 3, 0], [3, 0]], 'SYMMETRIC')
    tf.pad(k, [[1, 1]])
    tf.pad(s, [[1, 2]])
    tf.pad(s, [[1, 2]], constant_values='z')
    tf.pad(n, [[1, 0], [0, 1]], constant_values=-1)
    tf.pad(tf.zeros([0, 2]), [[1, 1], [0, 0]], constant_values=3.0)
    tf.gather(k, v)
    tf.gather(k, v + 1)
    tf.gather(k, i * -1)
    tf.gather(k, w + 1, axis=1)
    tf.gather(k, w, axis=-1)
    tf.gather(k, [[0, 2], [1, 1]], axis=1, batch_dims=1)
    tf.gather(c, [[[1, 0]], [[0, 0]], [[1, 1]]], axis=2, batch_dims=1)
    tf.gather(c, [[1, 0], [0, 0], [1, 1]], axis=2, batch_dims=2)
    tf.gather(c, [[1, 0], [0, 1], [1, 1]], batch_dims=-1)
    tf.gather(k, i, axis=i)
    tf.gather(s, [2, 0])
    tf.gather(k, tf.constant([], tf.int32))
    tf.gather_nd(k, w)
    tf.gather_nd(k, [[0, 5]])
    tf.gather_nd(k, [[-1, 0]])
    tf.gather_nd(k, [0, 1])
    tf.gather_nd(c, [[[0, 1]], [[2, 0]]])
    tf.gather_nd(k, tf.zeros([2, 0], tf.int32))
    tf.gather_nd(c, [[1, 0], [0, 1], [1, 1]], batch_dims=1)
    """
)
