"""Public names of graphs, messages and structures."""

from __future__ import annotations

_CONFIG = "session.devices.process_config"

NAMES: dict[str, dict[str, str]] = {
    "xla": {},
    "xla.experimental": {"ops.library.xla": "compile jit_scope=experimental_jit_scope"},
    "resource_loader": {
        "hook.framework.files": (
            "get_data_files_path get_path_to_datafile get_root_dir_with_all_resources load_resource readahead_file_path"
        ),
    },
    "autograph": {},
    "autograph.experimental": {"ops.library.functions.polymorphic": "do_not_convert"},
    "profiler": {
        "ops.library.profiler.options": "ProfileOptionBuilder",
        "ops.library.profiler.profile": "profile",
    },
    "contrib.tfprof": {},
    "contrib.tfprof.model_analyzer": {
        "ops.library.profiler.profile": ("FLOAT_OPS_OPTIONS TRAINABLE_VARS_PARAMS_STAT_OPTIONS print_model_analysis"),
    },
    "config": {_CONFIG: "get_soft_device_placement set_soft_device_placement"},
    "config.experimental": {
        _CONFIG: (
            "VirtualDeviceConfiguration get_device_policy get_memory_growth get_synchronous_execution "
            "get_virtual_device_configuration get_visible_devices list_logical_devices list_physical_devices "
            "set_device_policy set_memory_growth set_synchronous_execution set_virtual_device_configuration "
            "set_visible_devices"
        ),
    },
    "config.optimizer": {_CONFIG: "get_experimental_options get_jit set_experimental_options set_jit"},
    "config.threading": {
        _CONFIG: (
            "get_inter_op_parallelism_threads get_intra_op_parallelism_threads set_inter_op_parallelism_threads "
            "set_intra_op_parallelism_threads"
        ),
    },
    "device_lib": {
        "session.devices.device_lib": "list_local_devices",
    },
    "graph_util": {
        "ops.library.graphdef.freezing": "convert_variables_to_constants",
        "ops.library.graphdef.graph_util": (
            "extract_sub_graph must_run_on_cpu remove_training_nodes tensor_shape_from_node_def_name"
        ),
        "ops.library.graphdef.importer": "import_graph_def",
    },
    "io": {
        "ops.families.dataflow.queues": "PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
        "ops.families.images.codecs": "decode_bmp decode_gif decode_image decode_jpeg decode_png encode_jpeg",
        "ops.families.images.jpeg_ops": "decode_and_crop_jpeg extract_jpeg_shape is_jpeg",
        "ops.families.io.csv": "decode_csv",
        "ops.families.io.decoding": "decode_compressed decode_json_example decode_raw parse_tensor serialize_tensor",
        "ops.families.io.files": "matching_files read_file write_file",
        "ops.families.io.parsing": (
            "FixedLenFeature FixedLenSequenceFeature SparseFeature VarLenFeature parse_example parse_single_example"
        ),
        "ops.families.io.sequences": "parse_sequence_example parse_single_sequence_example",
        "ops.families.io.sparse_messages": "deserialize_many_sparse serialize_many_sparse serialize_sparse",
        "ops.families.strings.parts": "decode_base64 encode_base64",
        "ops.formats.tf_record": "TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator",
        "ops.library.graphdef.graph_io": "write_graph",
        "ops.library.input.producers": "match_filenames_once",
    },
    "nest": {
        "ops.base.nest": (
            "assert_same_structure flatten flatten_dict_items is_nested is_sequence map_structure pack_sequence_as"
        ),
        "ops.base.nest_shallow": (
            "assert_shallow_structure flatten_up_to flatten_with_joined_string_paths map_structure_up_to"
        ),
    },
    "session_ops": {
        "ops.families.state.handle_ops": "delete_session_tensor get_session_handle get_session_tensor",
        "session.resources.handles": "TensorHandle",
    },
    "tensor_util": {
        "ops.building.convert": "is_tensor",
        "ops.building.static_shape": "constant_value_as_shape",
        "ops.building.static_value": "constant_value=get_static_value",
        "ops.encoding.tensor_proto": "MakeNdarray=make_ndarray make_tensor_proto",
    },
    "test": {
        "ops.library.gradients.checking": "compute_gradient compute_gradient_error",
        "testing.benchmarks": "Benchmark StubOutForTesting benchmark_config",
        "testing.case": "TestCase",
        "testing.functions": (
            "assert_equal_graph_def create_local_cluster get_temp_dir gpu_device_name is_built_with_cuda "
            "is_built_with_gpu_support is_built_with_rocm is_gpu_available main mock test_src_dir_path"
        ),
    },
    "timeline": {
        "session.tracing.timeline": "RunTimeline Timeline",
    },
}
