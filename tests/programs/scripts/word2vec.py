"""Embeddings trained by noise contrastive estimation."""

import math

import numpy as np
import tensorflow as tf

graph = tf.Graph()
with graph.as_default():
    train_inputs = tf.placeholder(tf.int32, shape=[16])
    train_labels = tf.placeholder(tf.int32, shape=[16, 1])
    valid = tf.constant([1, 2, 3], dtype=tf.int32)
    with tf.device("/cpu:0"):
        embeddings = tf.Variable(tf.random_uniform([100, 8], -1.0, 1.0))
        embed = tf.nn.embedding_lookup(embeddings, train_inputs)
        nce_weights = tf.Variable(tf.truncated_normal([100, 8], stddev=1.0 / math.sqrt(8)))
        nce_biases = tf.Variable(tf.zeros([100]))
    loss = tf.reduce_mean(
        tf.nn.nce_loss(
            weights=nce_weights, biases=nce_biases, labels=train_labels, inputs=embed, num_sampled=4, num_classes=100
        )
    )
    optimizer = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
    similarity = tf.matmul(tf.nn.embedding_lookup(embeddings / norm, valid), embeddings / norm, transpose_b=True)
    init = tf.global_variables_initializer()
with tf.Session(graph=graph) as session:
    init.run()
    for i in range(20):
        _, l = session.run(
            [optimizer, loss],
            feed_dict={train_inputs: np.random.randint(0, 100, 16), train_labels: np.random.randint(0, 100, [16, 1])},
        )
    print(l, similarity.eval().shape)
