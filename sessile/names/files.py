"""Public names of files, records, summaries and saved models."""

from __future__ import annotations

_IO_GFILE = "copy exists glob isdir listdir makedirs mkdir remove rename rmtree stat walk"

_FILES = (
    "ASSETS_DIRECTORY ASSETS_KEY LEGACY_INIT_OP_KEY MAIN_OP_KEY SAVED_MODEL_FILENAME_PB SAVED_MODEL_FILENAME_PBTXT "
    "SAVED_MODEL_SCHEMA_VERSION VARIABLES_DIRECTORY VARIABLES_FILENAME"
)
_SIGNATURES = (
    "CLASSIFY_INPUTS CLASSIFY_METHOD_NAME CLASSIFY_OUTPUT_CLASSES CLASSIFY_OUTPUT_SCORES "
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY PREDICT_INPUTS PREDICT_METHOD_NAME PREDICT_OUTPUTS REGRESS_INPUTS "
    "REGRESS_METHOD_NAME REGRESS_OUTPUTS"
)
_TAGS = "GPU SERVING TPU TRAINING"
_MESSAGES = (
    "build_signature_def classification_signature_def is_valid_signature predict_signature_def regression_signature_def"
)
_INFOS = "build_tensor_info get_tensor_from_tensor_info"
_CONSTANTS = "ops.library.saved_model.constants"

NAMES: dict[str, dict[str, str]] = {
    "gfile": {
        "ops.formats.file_system": (
            "Copy DeleteRecursively Exists Glob IsDirectory ListDirectory MakeDirs MkDir Remove Rename Stat Walk"
        ),
        "ops.formats.gfile": "FastGFile GFile Open",
    },
    "io.gfile": {
        "ops.formats.file_system": _IO_GFILE,
        "ops.formats.gfile": "GFile",
    },
    "python_io": {
        "ops.formats.tf_record": "TFRecordCompressionType TFRecordOptions TFRecordWriter tf_record_iterator",
    },
    "saved_model": {
        "ops.library.saved_model.builder": "Builder=SavedModelBuilder main_op_with_restore simple_save",
        _CONSTANTS: f"{_FILES} {_SIGNATURES} {_TAGS}",
        "ops.library.saved_model.loader": (
            "contains_saved_model=maybe_saved_model_directory load maybe_saved_model_directory"
        ),
        "ops.library.saved_model.signatures": f"{_MESSAGES} {_INFOS}",
    },
    "saved_model.builder": {"ops.library.saved_model.builder": "SavedModelBuilder"},
    "saved_model.constants": {_CONSTANTS: _FILES},
    "saved_model.loader": {"ops.library.saved_model.loader": "load maybe_saved_model_directory"},
    "saved_model.main_op": {"ops.library.saved_model.builder": "main_op main_op_with_restore"},
    "saved_model.signature_constants": {_CONSTANTS: _SIGNATURES},
    "saved_model.signature_def_utils": {"ops.library.saved_model.signatures": _MESSAGES},
    "saved_model.tag_constants": {_CONSTANTS: _TAGS},
    "saved_model.utils": {"ops.library.saved_model.signatures": _INFOS},
    "summary": {
        "ops.families.debugging.summaries": (
            "audio get_summary_description histogram image merge merge_all scalar tensor_summary text"
        ),
        "ops.library.summaries.file_writer": "FileWriter FileWriterCache",
        "ops.library.summaries.graph_writers": "all_v2_summary_ops=all_summary_ops initialize",
        "ops.proto": "Event SessionLog Summary SummaryDescription TaggedRunMetadata",
    },
}
