"""Public names of files, records and summaries."""

from __future__ import annotations

_IO_GFILE = "copy exists glob isdir listdir makedirs mkdir remove rename rmtree stat walk"

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
    "summary": {
        "ops.families.debugging.summaries": (
            "audio get_summary_description histogram image merge merge_all scalar tensor_summary text"
        ),
        "ops.library.summaries.file_writer": "FileWriter FileWriterCache",
        "ops.proto": "Event SessionLog Summary SummaryDescription TaggedRunMetadata",
    },
}
