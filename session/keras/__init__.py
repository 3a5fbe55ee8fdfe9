"""Keras as TensorFlow 1 has it: layers with variables of their own, on graphs and Sessions.

Own code, not Keras 3 with a backend: what TF1 programs expect of `tf.keras` is symbolic. Its layers take placeholders
and give tensors that `Session.run` fetches, variables have the names `dense/kernel:0` and are initialized by
`keras.backend.get_session`, the learning phase is a placeholder, optimizers and losses are operations of the graph, and
the seeds of initial values count those operations. Keras 3 has given all of that up (no `get_session`, `placeholder`,
`function`, `learning_phase`; eager values, other names, seeds of its own), and needs a stateless backend with
functions as values, which is not built here. The layers of `tf.layers` are here already, and are those of Keras with
other names: each of ours is one of them.

`layers/` are the layers, `functions/` what they are told by name (activations, initializers, losses, ...), `models/`
graphs of layers, and how they are trained in the session that `session_of.py` keeps.
"""
