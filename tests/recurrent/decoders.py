"""Decoders of `contrib.seq2seq` and `contrib.legacy_seq2seq`, written against TensorFlow 1's interface."""

from __future__ import annotations

import functools
from typing import Any

CLASSES, DEPTH, BATCH = 5, 4, 3
MEMORY = [[[0.3 * ((5 * i + 3 * j + 2 * k) % 7) - 0.9 for k in range(DEPTH)] for j in range(6)] for i in range(BATCH)]
IDS = [[1, 2, 3, 0], [2, 2, 0, 0], [4, 1, 1, 3]]


def _begin(tf: Any) -> Any:
    """The memory with its lengths, what is fed, and embeddings."""
    memory = tf.placeholder(tf.float32, [BATCH, 6, DEPTH], name="memory")
    embedding = tf.get_variable("embedding", [CLASSES, DEPTH])
    return memory, tf.constant([6, 3, 4]), [(memory, [MEMORY])], embedding


def _with_gradients(tf: Any, outputs: list[Any], loss: Any) -> list[Any]:
    found = tf.gradients(loss, tf.trainable_variables())
    return [*outputs, *(tf.convert_to_tensor(gradient) for gradient in found if gradient is not None)]


def _helper(tf: Any, embedding: Any, x: Any, lengths: Any) -> Any:
    return tf.contrib.seq2seq.TrainingHelper(x, lengths)


def _train(tf: Any, mechanism: Any = None, helper: Any = _helper, impute: bool = True, **options: Any) -> Any:
    s2s = tf.contrib.seq2seq
    memory, lengths, feeds, embedding = _begin(tf)
    cell = tf.nn.rnn_cell.BasicLSTMCell(DEPTH)
    if mechanism is not None:
        cell = s2s.AttentionWrapper(cell, mechanism(s2s, memory, lengths), **options)
    given = helper(tf, embedding, tf.nn.embedding_lookup(embedding, tf.constant(IDS)), tf.constant([4, 2, 3]))
    decoder = s2s.BasicDecoder(cell, given, cell.zero_state(BATCH, tf.float32), tf.layers.Dense(CLASSES, name="proj"))
    outputs, state, found = s2s.dynamic_decode(decoder, impute_finished=impute, maximum_iterations=7)
    fetches = [outputs.rnn_output, outputs.sample_id, found]
    if options.get("alignment_history"):
        histories = state.alignment_history
        fetches += [item.stack() for item in (histories if isinstance(histories, tuple) else [histories])]
    return feeds, _with_gradients(tf, fetches, tf.reduce_sum(tf.square(outputs.rnn_output)))


def plain(tf: Any) -> Any:
    return _train(tf, impute=False)


def imputed(tf: Any) -> Any:
    return _train(tf)


def luong(tf: Any) -> Any:
    return _train(tf, lambda s2s, m, n: s2s.LuongAttention(DEPTH, m, n), attention_layer_size=3)


def luong_scaled(tf: Any) -> Any:
    return _train(tf, lambda s2s, m, n: s2s.LuongAttention(DEPTH, m, n, scale=True), alignment_history=True)


def bahdanau(tf: Any) -> Any:
    def mechanism(s2s: Any, m: Any, n: Any) -> Any:
        return s2s.BahdanauAttention(3, m, n)

    return _train(tf, mechanism, attention_layer_size=5, output_attention=False)


def bahdanau_normalized(tf: Any) -> Any:
    def mechanism(s2s: Any, m: Any, n: Any) -> Any:
        return s2s.BahdanauAttention(3, m, n, normalize=True, probability_fn=s2s.hardmax)

    return _train(tf, mechanism, attention_layer_size=5)


def monotonic_bahdanau(tf: Any) -> Any:
    def mechanism(s2s: Any, m: Any, n: Any) -> Any:
        return s2s.BahdanauMonotonicAttention(3, m, n, normalize=True, score_bias_init=-0.5)

    return _train(tf, mechanism, attention_layer_size=5)


def monotonic_luong(tf: Any, mode: str) -> Any:
    def mechanism(s2s: Any, m: Any, n: Any) -> Any:
        return s2s.LuongMonotonicAttention(DEPTH, m, n, scale=True, mode=mode)

    return _train(tf, mechanism, attention_layer_size=5)


def two_mechanisms(tf: Any) -> Any:
    def mechanism(s2s: Any, m: Any, n: Any) -> Any:
        return [s2s.LuongAttention(DEPTH, m, n), s2s.BahdanauAttention(3, m, n)]

    return _train(tf, mechanism, attention_layer_size=[3, 2], alignment_history=True)


def scheduled_embeddings(tf: Any, probability: float) -> Any:
    def helper(tf: Any, e: Any, x: Any, n: Any) -> Any:
        return tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper(x, n, e, probability, seed=3, scheduling_seed=4)

    tf.set_random_seed(5)
    return _train(tf, helper=helper)


def scheduled_outputs(tf: Any, with_auxiliary: bool) -> Any:
    def helper(tf: Any, e: Any, x: Any, n: Any) -> Any:
        return tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
            x, n, 0.5, seed=3, next_inputs_fn=lambda o: o[:, :DEPTH], auxiliary_inputs=x if with_auxiliary else None
        )

    tf.set_random_seed(5)
    return _train(tf, helper=helper)


def inference(tf: Any, kind: str) -> Any:
    s2s = tf.contrib.seq2seq
    tf.set_random_seed(5)
    memory, _, feeds, embedding = _begin(tf)
    cell = tf.nn.rnn_cell.BasicRNNCell(DEPTH)
    helper = {
        "greedy": lambda: s2s.GreedyEmbeddingHelper(embedding, tf.constant([1] * BATCH), 0),
        "sample": lambda: s2s.SampleEmbeddingHelper(embedding, [1] * BATCH, 0, softmax_temperature=0.5, seed=3),
        "inference": lambda: s2s.InferenceHelper(
            lambda o: o, [CLASSES], tf.float32, tf.zeros([BATCH, CLASSES]), lambda s: tf.reduce_max(s, 1) > 10.0
        ),
        "custom": lambda: s2s.CustomHelper(
            lambda: (tf.constant([False] * BATCH), memory[:, 0]),
            lambda time, outputs, state: tf.argmax(outputs, -1, output_type=tf.int32),
            lambda time, outputs, state, sample_ids: (tf.fill([BATCH], time >= 3), state, state),
        ),
    }[kind]()
    decoder = s2s.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32), tf.layers.Dense(CLASSES, name="proj"))
    outputs, state, found = s2s.dynamic_decode(decoder, maximum_iterations=6, output_time_major=kind == "greedy")
    return feeds, [outputs.rnn_output, outputs.sample_id, found, state, tf.reduce_sum(memory)]


def beams(tf: Any, attends: bool = False, length: float = 0.0, coverage: float = 0.0) -> Any:
    s2s, width = tf.contrib.seq2seq, 3
    memory, lengths, feeds, embedding = _begin(tf)
    cell = tf.nn.rnn_cell.GRUCell(DEPTH)
    memory, lengths = s2s.tile_batch(memory, width), s2s.tile_batch(lengths, width)
    if attends:
        mechanism = s2s.BahdanauAttention(3, memory, lengths)
        cell = s2s.AttentionWrapper(cell, mechanism, attention_layer_size=DEPTH, alignment_history=True)
    decoder = s2s.BeamSearchDecoder(
        cell, embedding, tf.constant([1] * BATCH), 0, cell.zero_state(BATCH * width, tf.float32), width,
        tf.layers.Dense(CLASSES, name="proj"), length_penalty_weight=length, coverage_penalty_weight=coverage,
    )  # fmt: skip
    outputs, state, found = s2s.dynamic_decode(decoder, maximum_iterations=5)
    steps = outputs.beam_search_decoder_output
    fetches = [outputs.predicted_ids, steps.scores, steps.parent_ids, found, state.lengths, state.log_probs]
    if attends:
        fetches.append(state.cell_state.alignment_history.stack())
    return feeds, [*fetches, state.finished, tf.reduce_sum(memory)]


def reordered_beams(tf: Any) -> Any:
    s2s, width = tf.contrib.seq2seq, 2
    memory = tf.placeholder(tf.float32, [None, 6, DEPTH], name="memory")
    embedding = tf.get_variable("embedding", [CLASSES, DEPTH])
    batch = tf.shape(memory)[0]
    mechanism = s2s.LuongAttention(DEPTH, s2s.tile_batch(memory, width))
    cell = s2s.AttentionWrapper(tf.nn.rnn_cell.GRUCell(DEPTH), mechanism, alignment_history=True)
    decoder = s2s.BeamSearchDecoder(
        cell, embedding, tf.fill([batch], 1), 0, cell.zero_state(batch * width, tf.float32), width,
        tf.layers.Dense(CLASSES, name="proj"),
    )  # fmt: skip
    outputs, state, _ = s2s.dynamic_decode(decoder, maximum_iterations=5)
    return [(memory, [MEMORY])], [outputs.predicted_ids, state.cell_state.alignment_history]


def pieces(tf: Any) -> Any:
    s2s = tf.contrib.seq2seq
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    ids = tf.constant([[[1, 2]], [[3, 4]], [[5, 0]]])
    parents = tf.constant([[[0, 0]], [[1, 0]], [[1, 1]]])
    probabilities = tf.sigmoid(x)
    before = tf.one_hot([0, 1], 3)
    fetches = [s2s.hardmax(x), s2s.tile_batch(x, 2), s2s.gather_tree(ids, parents, [3], 0), s2s.safe_cumprod(x, 1)]
    fetches += [s2s.monotonic_attention(probabilities, before, mode) for mode in ("recursive", "parallel", "hard")]
    fetches.append(s2s.sequence_loss(tf.stack([x, -x]), tf.constant([[0, 1], [2, 2]]), tf.ones([2, 2])))
    return [(x, [[[0.5, 0.25, 1.0], [-1.0, 3.0, 0.75]]])], fetches


def legacy(tf: Any, name: str, fed: Any = False, **options: Any) -> Any:
    module = tf.contrib.legacy_seq2seq
    x = tf.placeholder(tf.float32, [BATCH, DEPTH], name="x")
    feeds = [(x, [[row[0] for row in MEMORY]])]
    cell = tf.nn.rnn_cell.BasicLSTMCell(DEPTH)
    if name in ("basic_rnn_seq2seq", "tied_rnn_seq2seq"):
        outputs, state = getattr(module, name)([x, 2.0 * x], [x, -x, x + 1.0], cell)
    else:
        ids = [tf.constant(column) for column in zip(*IDS)]
        sizes = [CLASSES, DEPTH] if "tied" in name else [CLASSES, CLASSES, DEPTH]
        given = tf.constant(True) if fed is None else fed
        outputs, state = getattr(module, name)(ids[:3], ids[1:], cell, *sizes, feed_previous=given, **options)
    fetches = [*outputs, *state, tf.reduce_sum(x)]
    if fed is None:  # TensorFlow's gradient of embeddings looked up in a branch is not that of the branch by itself
        return feeds, fetches
    return feeds, _with_gradients(tf, fetches, tf.add_n([tf.reduce_sum(tf.square(output)) for output in outputs]))


def buckets(tf: Any) -> Any:
    module = tf.contrib.legacy_seq2seq
    x = tf.placeholder(tf.float32, [], name="x")
    ids = [tf.constant(column) for column in zip(*IDS)]
    weights = [x * tf.ones([BATCH]) for _ in ids]

    def model(given: Any, wanted: Any) -> Any:
        cell = tf.nn.rnn_cell.GRUCell(DEPTH)
        return module.embedding_attention_seq2seq(given, wanted, cell, CLASSES, CLASSES, DEPTH, num_heads=2)

    outputs, losses = module.model_with_buckets(ids, ids, ids, weights, [(2, 3), (4, 4)], model)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        _, each = module.model_with_buckets(ids, ids, ids, weights, [(2, 2)], model, per_example_loss=True)
    return [(x, [0.5])], [outputs[0][0], *losses, *each]


def one_to_many(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [], name="x")
    ids = [tf.constant(column) for column in zip(*IDS)]
    cells = {"a": tf.nn.rnn_cell.GRUCell(DEPTH), "b": tf.nn.rnn_cell.GRUCell(DEPTH)}
    outputs, states = tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
        ids, {"a": ids[:2], "b": ids[:3]}, tf.nn.rnn_cell.GRUCell(DEPTH), cells, CLASSES, {"a": 5, "b": 6}, DEPTH
    )
    return [(x, [0.5])], [outputs["a"][-1], outputs["b"][-1], states["a"], states["b"], x + 1.0]


PROGRAMS: dict[str, Any] = {
    "plain": plain, "imputed": imputed, "luong": luong, "luong_scaled": luong_scaled, "bahdanau": bahdanau,
    "bahdanau_normalized": bahdanau_normalized, "monotonic_bahdanau": monotonic_bahdanau,
    "two_mechanisms": two_mechanisms, "reordered_beams": reordered_beams, "pieces": pieces,
    "beams": beams, "buckets": buckets, "one_to_many": one_to_many,
}  # fmt: skip
PROGRAMS.update({f"monotonic_{mode}": functools.partial(monotonic_luong, mode=mode) for mode in ("recursive", "hard")})
PROGRAMS.update({f"scheduled_{p}": functools.partial(scheduled_embeddings, probability=p) for p in (0.5, 1.0)})
PROGRAMS.update({f"outputs_{w}": functools.partial(scheduled_outputs, with_auxiliary=w) for w in (False, True)})
PROGRAMS.update({kind: functools.partial(inference, kind=kind) for kind in ("greedy", "sample", "inference", "custom")})
PROGRAMS["beams_length"] = functools.partial(beams, length=0.7)
PROGRAMS["beams_attending"] = functools.partial(beams, attends=True, length=0.5, coverage=0.3)
for _name in ("basic_rnn", "tied_rnn", "embedding_rnn", "embedding_tied_rnn", "embedding_attention"):
    PROGRAMS[_name] = functools.partial(legacy, name=f"{_name}_seq2seq")
PROGRAMS["feeding_back"] = functools.partial(legacy, name="embedding_rnn_seq2seq", fed=True)
PROGRAMS["feeding_back_tied"] = functools.partial(legacy, name="embedding_tied_rnn_seq2seq", fed=None)
PROGRAMS["attending_back"] = functools.partial(
    legacy, name="embedding_attention_seq2seq", fed=None, num_heads=2, initial_state_attention=True
)
