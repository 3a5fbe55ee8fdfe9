"""Where names of TensorFlow's own modules are that no public module shows: what is behind the public functions.

Programs reach into `tensorflow.python.training.slot_creator` and its like; the places of this table are asked after
those of `places`.
"""

from __future__ import annotations

import re
from typing import Final

# Pattern of a module, without `tensorflow.python.` -> modules of ours.
_BEHIND: Final = {
    r"autograph\.impl\.api": "autograph.experimental autograph",
    r"client\.timeline": "session.tracing.timeline",
    r"data\.util\.options": "ops.families.data.extra.options",
    r"feature_column\.dense_features(_v2)?": "keras.layers",
    r"feature_column\.(feature_column(_lib|_v2)?|sequence_feature_column|serialization|utils)": (
        "ops.library.feature_column.numeric ops.library.feature_column.dense ops.library.feature_column.categorical "
        "keras.experimental keras.layers contrib.feature_column"
    ),
    r"framework\.common_shapes": "hook.framework.shapes",
    r"framework\.device(_spec)?": "hook.framework.devices",
    r"framework\.errors_impl": "ops.base.errors session.calls.fetches",
    r"framework\.ops": "hook.framework.graphs hook.framework.statistics ops.graph.defaults ops.building.default_graph",
    r"framework\.random_seed": "ops.families.random.sampling",
    r"framework\.registry": "hook.framework.registry",
    r"framework\.sparse_tensor": "ops.families.sparse.sparse_tensor",
    r"framework\.tensor_util": "hook.framework.tensors",
    r"framework\.test_util": "hook.framework.testing modes",
    r"keras\.callbacks_v1": "keras.callbacks",
    r"keras\.layers\.convolutional_recurrent": "session.keras.layers.spatial.conv_lstm",
    r"keras\.layers\.recurrent": "session.keras.layers.cells",
    r"keras\.layers\.rnn_cell_wrapper_v2": "nn.rnn_cell",
    r"keras\.losses": "session.keras.functions.losses",
    r"keras\.metrics": "session.keras.functions.metrics",
    r"keras\.optimizer_v2\.learning_rate_schedule": "keras.optimizers.schedules",
    r"keras\.optimizers": "session.keras.optimizers",
    r"keras\.utils\.data_utils": "session.keras.utilities session.keras.helpers.enqueuers",
    r"keras\.utils\.layer_utils": "session.keras.backend session.keras.models.summary",
    r"keras\.utils\.losses_utils": "ops.library.losses.reduction losses keras.losses",
    r"ops\.array_ops": "ops.families.indexing.batch_gathering hook.framework.versions",
    r"ops\.check_ops": "hook.framework.versions",
    r"ops\.clustering_ops": "ops.library.contrib.factorization.kmeans",
    r"ops\.(control_flow_ops|control_flow_util(_v2)?)": (
        "hook.framework.contexts ops.families.control_flow.contexts ops.families.control_flow.cond_context "
        "ops.families.control_flow.while_context"
    ),
    r"ops\.control_flow_v2_toggles": "modes",
    r"ops\.data_flow_ops": "ops.families.dataflow.staging",
    r"ops\.distributions\.special_math": "ops.families.special.functions",
    r"ops\.embedding_ops": "hook.framework.versions",
    r"ops\.image_ops(_impl)?": "hook.framework.versions ops.families.images.geometry",
    r"ops\.(linalg_ops|parsing_ops|sparse_ops)": "hook.framework.versions",
    r"ops\.string_ops": "hook.framework.versions ops.families.strings.splitting",
    r"ops\.init_ops_v2": "ops.families.random.initializers ops.families.random.matrix_initializers",
    r"ops\.math_ops": "hook.framework.versions ops.families.reductions.reduction_gradients",
    r"ops\.nn(_ops|_impl)?": "hook.framework.versions ops.library.layers.convolution",
    r"ops\.op_selector": "ops.library.contrib.graph_editor.lists ops.library.contrib.graph_editor.select",
    r"ops\.ragged\.ragged_string_ops": "ops.families.strings.splitting",
    r"ops\.ragged\.ragged_tensor": "ops.library.ragged.ragged_tensor",
    r"ops\.ragged\.ragged_conversion_ops": "ops.library.ragged.conversions",
    r"ops\.resources": "ops.families.state.variable_lists",
    r"ops\.rnn_cell(_impl)?": "ops.library.recurrent.cell",
    r"ops\.session_ops": "session.resources.handles",
    r"ops\.variables": "ops.families.state.variable_base",
    r"platform\.(resource_loader|sysconfig)": "hook.framework.files",
    r"saved_model\.model_utils\.export_output": "session.estimator.outputs",
    r"summary\.writer\.event_file_writer": "hook.framework.events",
    r"training\.basic_session_run_hooks": "hook.framework.hooks",
    r"training\.checkpoint_management": "ops.library.checkpoint.management",
    r"training\.checkpoint_state_pb2": "ops.proto",
    r"training\.checkpoint_utils": "session.training.evaluating",
    r"training\.monitored_session": "session.training.monitored_session",
    r"training\.saver": "ops.library.checkpoint.saver_graph ops.library.checkpoint.saveables",
    r"training\.saving\.\w+": "ops.library.checkpoint.saveables",
    r"training\.slot_creator": "ops.library.training.slots",
    r"training\.tensorboard_logging": "logging",
    r"training\.tracking\.util": "ops.library.checkpoint.trackable session.keras.session_of",
    r"util\.(decorator_utils|tf_decorator|dispatch|deprecation|tf_export|keyword_args)": "hook.util.decorators",
    r"util\.function_utils": "hook.util.functions",
    r"util\.lock_util": "hook.util.locks",
    r"util\.object_identity": "hook.util.identity",
    r"util\.(serialization|compat|compat_internal|memory)": "hook.util.values",
    r"util\.tf_stack": "hook.util.stacks",
}


def behind(inner: str) -> list[str]:
    """Return the modules of ours, below `sessile`, that have what a module's public places do not show.

    Args:
      inner: the module's name without `tensorflow.`.
    """
    module = inner.removeprefix("python.")
    if module == inner:
        return []
    return [place for pattern, places in _BEHIND.items() if re.fullmatch(pattern, module) for place in places.split()]
