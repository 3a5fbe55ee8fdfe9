"""Public names of `estimator`, `feature_column` and `distribute`, and those of `contrib` that are the same."""

from __future__ import annotations

_ASKING = "get_replica_context get_strategy has_strategy in_cross_replica_context"
_COLUMNS = "ops.library.feature_column"
_OF_SEQUENCES = (
    "sequence_categorical_column_with_hash_bucket sequence_categorical_column_with_identity "
    "sequence_categorical_column_with_vocabulary_file sequence_categorical_column_with_vocabulary_list"
)
_DISTRIBUTE = "ops.library.distribute"
_HOOKS = (
    "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
    "NanLossDuringTrainingError NanTensorHook ProfilerHook SecondOrStepTimer StepCounterHook StopAtStepHook "
    "SummarySaverHook"
)

NAMES: dict[str, dict[str, str]] = {
    "estimator": {
        "ops.library.training.mode_keys": "ModeKeys",
        "session.estimator.canned": (
            "DNNClassifier DNNLinearCombinedClassifier DNNLinearCombinedRegressor DNNRegressor LinearClassifier "
            "LinearRegressor"
        ),
        "session.estimator.estimator": "Estimator",
        "session.estimator.heads": "Head",
        "session.estimator.parts.extenders": ("add_metrics classifier_parse_example_spec regressor_parse_example_spec"),
        "session.estimator.parts.heads": (
            "BinaryClassHead LogisticRegressionHead MultiClassHead MultiHead MultiLabelHead PoissonRegressionHead "
            "RegressionHead=ValuesHead"
        ),
        "session.estimator.parts.models": (
            "BaselineClassifier BaselineEstimator BaselineRegressor DNNEstimator DNNLinearCombinedEstimator "
            "LinearEstimator"
        ),
        "session.estimator.exporters": "BestExporter Exporter FinalExporter LatestExporter",
        "session.estimator.run_config": "RunConfig",
        "session.estimator.specs": "EstimatorSpec EvalSpec TrainSpec",
        "session.estimator.training": "train_and_evaluate",
        "ops.library.checkpoint.vocabularies": "VocabInfo",
        "session.estimator.warm_start": "WarmStartSettings",
        "session.training.hook": "SessionRunArgs SessionRunContext SessionRunHook SessionRunValues",
        "session.training.hooks": _HOOKS,
    },
    "contrib.estimator": {
        "session.estimator.parts.extenders": "add_metrics clip_gradients_by_norm forward_features",
        "session.estimator.parts.in_memory": "InMemoryEvaluatorHook",
        "session.estimator.parts.heads": (
            "binary_classification_head=BinaryClassHead logistic_regression_head=LogisticRegressionHead "
            "multi_class_head=MultiClassHead multi_head multi_label_head=MultiLabelHead poisson_regression_head "
            "regression_head"
        ),
        "session.estimator.stopping": (
            "make_early_stopping_hook make_stop_at_checkpoint_step_hook stop_if_higher_hook stop_if_lower_hook "
            "stop_if_no_decrease_hook stop_if_no_increase_hook"
        ),
    },
    "tpu": {"session.estimator.tpu": "CrossShardOptimizer"},
    "contrib.tpu": {
        "session.estimator.tpu": (
            "CrossShardOptimizer InputPipelineConfig RunConfig TPUConfig TPUEstimator TPUEstimatorSpec"
        ),
    },
    "estimator.export": {
        "session.estimator.outputs": "ClassificationOutput ExportOutput PredictOutput RegressionOutput",
        "session.estimator.receivers": (
            "ServingInputReceiver TensorServingInputReceiver build_parsing_serving_input_receiver_fn "
            "build_raw_serving_input_receiver_fn"
        ),
    },
    "estimator.tpu": {
        "session.estimator.tpu": "InputPipelineConfig RunConfig TPUConfig TPUEstimator TPUEstimatorSpec",
    },
    "estimator.inputs": {
        "ops.library.input.in_memory": "numpy_input_fn pandas_input_fn",
    },
    "distribute": {
        f"{_DISTRIBUTE}.asking": f"{_ASKING} experimental_set_strategy",
        f"{_DISTRIBUTE}.inputs": "InputContext",
        f"{_DISTRIBUTE}.reduction": (
            "CrossDeviceOps HierarchicalCopyAllReduce InputReplicationMode NcclAllReduce ReduceOp ReductionToOneDevice"
        ),
        f"{_DISTRIBUTE}.replica": "ReplicaContext",
        f"{_DISTRIBUTE}.strategies": "MirroredStrategy OneDeviceStrategy Strategy StrategyExtended",
        "session.engines.server": "Server",
    },
    "estimator.experimental": {
        "session.estimator.parts.in_memory": "InMemoryEvaluatorHook",
        "session.estimator.stopping": (
            "make_early_stopping_hook make_stop_at_checkpoint_step_hook stop_if_higher_hook stop_if_lower_hook "
            "stop_if_no_decrease_hook stop_if_no_increase_hook"
        ),
    },
    "distribute.cluster_resolver": {
        "session.engines.resolvers": (
            "ClusterResolver SimpleClusterResolver TFConfigClusterResolver TPUClusterResolver "
            "UnionResolver=UnionClusterResolver"
        ),
    },
    "contrib.cluster_resolver": {
        "session.engines.resolvers": (
            "ClusterResolver SimpleClusterResolver TFConfigClusterResolver TPUClusterResolver UnionClusterResolver"
        ),
    },
    "distribute.experimental": {
        f"{_DISTRIBUTE}.reduction": "CollectiveCommunication",
        f"{_DISTRIBUTE}.strategies": "CentralStorageStrategy MultiWorkerMirroredStrategy ParameterServerStrategy",
    },
    "contrib.distribute": {
        f"{_DISTRIBUTE}.asking": (
            f"{_ASKING} get_cross_replica_context get_distribution_strategy=get_strategy "
            "has_distribution_strategy=has_strategy require_replica_context"
        ),
        f"{_DISTRIBUTE}.reduction": "AllReduceCrossDeviceOps CrossDeviceOps",
        f"{_DISTRIBUTE}.replica": "ReplicaContext",
        f"{_DISTRIBUTE}.strategies": (
            "CollectiveAllReduceStrategy DistributionStrategy=Strategy MirroredStrategy=ContribMirroredStrategy "
            "OneDeviceStrategy ParameterServerStrategy=ContribParameterServerStrategy"
        ),
        "session.estimator.run_config": "DistributeConfig",
    },
    "feature_column": {
        f"{_COLUMNS}.categorical": (
            "categorical_column_with_hash_bucket categorical_column_with_identity "
            "categorical_column_with_vocabulary_file categorical_column_with_vocabulary_list "
            "weighted_categorical_column"
        ),
        f"{_COLUMNS}.crossed": "crossed_column",
        f"{_COLUMNS}.dense": "embedding_column indicator_column shared_embedding_columns",
        f"{_COLUMNS}.models": "input_layer linear_model make_parse_example_spec",
        f"{_COLUMNS}.numeric": "bucketized_column numeric_column",
        f"{_COLUMNS}.sequences": f"{_OF_SEQUENCES} sequence_numeric_column",
    },
    "contrib.feature_column": {
        f"{_COLUMNS}.sequences": f"{_OF_SEQUENCES} sequence_input_layer sequence_numeric_column",
    },
}
