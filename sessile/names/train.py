"""Public names of `train`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "train": {
        "train": "queue_runner=.",  # the module of its functions, which are all in `train`
        "ops.families.state.global_step": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step global_step"
        ),
        "ops.library.checkpoint.initialization": "init_from_checkpoint",
        "ops.library.checkpoint.management": (
            "checkpoint_exists checkpoints_iterator generate_checkpoint_state_proto get_checkpoint_mtimes "
            "get_checkpoint_state latest_checkpoint remove_checkpoint update_checkpoint_state"
        ),
        "ops.library.checkpoint.manager": "CheckpointManager",
        "ops.library.checkpoint.trackable": "Checkpoint",
        "ops.library.checkpoint.meta_graphs": "import_meta_graph",
        "ops.library.checkpoint.reader": "NewCheckpointReader list_variables load_checkpoint load_variable",
        "ops.library.checkpoint.saver": "Saver",
        "ops.library.training.adagrad": "AdagradDAOptimizer AdagradOptimizer ProximalAdagradOptimizer",
        "ops.library.training.adam": "AdamOptimizer",
        "ops.library.training.adaptive": "AdadeltaOptimizer RMSPropOptimizer",
        "ops.library.training.decays": (
            "cosine_decay cosine_decay_restarts exponential_decay inverse_time_decay linear_cosine_decay "
            "natural_exp_decay noisy_linear_cosine_decay polynomial_decay"
        ),
        "ops.library.training.moving_averages": "ExponentialMovingAverage",
        "ops.library.training.piecewise": "piecewise_constant piecewise_constant_decay",
        "ops.library.training.ftrl": "FtrlOptimizer",
        "ops.library.training.gradient_descent": (
            "GradientDescentOptimizer MomentumOptimizer ProximalGradientDescentOptimizer"
        ),
        "ops.library.training.optimizer": "Optimizer",
        "ops.library.input.batching": (
            "batch batch_join maybe_batch maybe_batch_join maybe_shuffle_batch maybe_shuffle_batch_join shuffle_batch "
            "shuffle_batch_join"
        ),
        "ops.library.input.coordinator": "Coordinator LooperThread",
        "ops.library.input.producers": (
            "input_producer limit_epochs match_filenames_once range_input_producer slice_input_producer "
            "string_input_producer"
        ),
        "ops.library.input.queue_runner": "QueueRunner add_queue_runner start_queue_runners",
        "ops.library.graphdef.graph_io": "write_graph",
        "ops.library.graphdef.meta_graph": "export_meta_graph",
        "ops.library.summaries.file_writer": "SummaryWriter=FileWriter summary_iterator",
        "ops.proto": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef "
            "SaverDef SequenceExample ServerDef"
        ),
        "session.engines.cluster": "ClusterSpec",
        "session.engines.device_setter": "replica_device_setter",
        "session.engines.server": "Server",
        "ops.library.checkpoint.vocabularies": "VocabInfo",
        "session.estimator.warm_start": "warm_start",
        "session.training.hook": "SessionRunArgs SessionRunContext SessionRunHook SessionRunValues",
        "session.training.hooks": (
            "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook "
            "LoggingTensorHook NanLossDuringTrainingError NanTensorHook ProfilerHook SecondOrStepTimer "
            "StepCounterHook StopAtStepHook SummarySaverHook"
        ),
        "session.training.monitored_session": (
            "ChiefSessionCreator MonitoredSession MonitoredTrainingSession Scaffold SessionCreator "
            "SingularMonitoredSession WorkerSessionCreator"
        ),
        "session.training.session_manager": "SessionManager",
        "session.training.supervisor": "Supervisor basic_train_loop",
        "session.training.sync_replicas": "SyncReplicasOptimizer",
    },
}
