"""Public names of `queue`, `data` and `lookup`."""

from __future__ import annotations

_LIBRARY = "ops.library.lookup"
_INITIALIZERS = "KeyValueTensorInitializer TextFileIndex TextFileInitializer"

NAMES: dict[str, dict[str, str]] = {
    "queue": {
        "ops.families.dataflow.barriers": "Barrier",
        "ops.families.dataflow.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
    "contrib.staging": {
        "ops.families.dataflow.staging": "MapStagingArea StagingArea",
    },
    "data": {
        "ops.families.data.api": (
            "Dataset FixedLengthRecordDataset TFRecordDataset TextLineDataset get_output_classes "
            "get_output_shapes get_output_types make_initializable_iterator make_one_shot_iterator"
        ),
        "ops.families.data.extra.options": "Options",
        "ops.families.data.extra.variants": "DatasetSpec",
        "ops.families.data.iterators": "Iterator",
    },
    "data.experimental": {
        "ops.families.data.api": "AUTOTUNE",
        "ops.families.data.extra.batches": (
            "copy_to_device dense_to_sparse_batch map_and_batch_with_legacy_function rejection_resample"
        ),
        "ops.families.data.extra.options": (
            "DistributeOptions MapVectorizationOptions OptimizationOptions StatsOptions ThreadingOptions"
        ),
        "ops.families.data.extra.parsed": "SqlDataset make_batched_features_dataset parse_example_dataset",
        "ops.families.data.extra.stats": "StatsAggregator bytes_produced_stats latency_stats set_stats_aggregator",
        "ops.library.checkpoint.iterators": "make_saveable_from_iterator",
        "ops.families.data.extra.sizes": "INFINITE_CARDINALITY UNKNOWN_CARDINALITY cardinality",
        "ops.families.data.extra.optional": (
            "Optional OptionalStructure=OptionalSpec RaggedTensorStructure SparseTensorStructure TensorStructure "
            "get_next_as_optional get_structure"
        ),
        "ops.library.type_specs": "Structure=TypeSpec",
        "session.training.iterator_hook": "CheckpointInputPipelineHook",
        "ops.families.data.extra.variants": "DatasetStructure=DatasetSpec from_variant to_variant",
        "ops.families.data.experimental": (
            "CsvDataset RandomDataset Reducer TFRecordWriter bucket_by_sequence_length choose_from_datasets "
            "group_by_reducer group_by_window make_csv_dataset sample_from_datasets scan take_while unique "
            "Counter batch_and_drop_remainder=batch_and_drop_remainder enumerate_dataset get_single_element "
            "ignore_errors map_and_batch parallel_interleave prefetch_to_device shuffle_and_repeat unbatch"
        ),
    },
    "lookup": {
        f"{_LIBRARY}.initializers": _INITIALIZERS,
        f"{_LIBRARY}.static": "StaticHashTable",
        f"{_LIBRARY}.vocabulary": "StaticVocabularyTable",
    },
    "lookup.experimental": {
        f"{_LIBRARY}.mutable": "DenseHashTable=MutableDenseHashTable MutableHashTable",
    },
    "contrib.lookup": {
        f"{_LIBRARY}.initializers": (
            f"{_INITIALIZERS} TableInitializerBase TextFileIdTableInitializer TextFileStringTableInitializer"
        ),
        f"{_LIBRARY}.interface": "LookupInterface",
        f"{_LIBRARY}.mutable": "MutableDenseHashTable MutableHashTable",
        f"{_LIBRARY}.static": "HashTable InitializableLookupTableBase",
        f"{_LIBRARY}.vocabularies": (
            "index_table_from_file index_table_from_tensor index_to_string index_to_string_table_from_file "
            "index_to_string_table_from_tensor string_to_index string_to_index_table_from_file "
            "string_to_index_table_from_tensor"
        ),
        f"{_LIBRARY}.vocabulary": "FastHashSpec HasherSpec IdTableWithHashBuckets StrongHashSpec",
    },
    "contrib.data": {
        "ops.families.data.api": "AUTOTUNE Dataset FixedLengthRecordDataset TFRecordDataset TextLineDataset",
        "ops.families.data.experimental": (
            "Counter CsvDataset RandomDataset Reducer batch_and_drop_remainder bucket_by_sequence_length "
            "choose_from_datasets enumerate_dataset get_single_element group_by_reducer group_by_window ignore_errors "
            "make_csv_dataset map_and_batch parallel_interleave prefetch_to_device sample_from_datasets "
            "scan shuffle_and_repeat unbatch unique TFRecordWriter"
        ),
        "ops.families.data.extra.batches": (
            "assert_element_shape copy_to_device dense_to_sparse_batch padded_batch_and_drop_remainder reduce_dataset "
            "rejection_resample sliding_window_batch sloppy_interleave"
        ),
        "ops.library.checkpoint.iterators": "make_saveable_from_iterator",
        "ops.families.data.extra.optional": "Optional get_next_as_optional",
        "ops.families.data.extra.parsed": (
            "SqlDataset make_batched_features_dataset parse_example_dataset read_batch_features"
        ),
    },
}
