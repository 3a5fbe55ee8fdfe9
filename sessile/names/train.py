"""Public names of `train`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "train": {
        "ops.families.state.global_step": "create_global_step get_global_step get_or_create_global_step global_step",
        "ops.library.graphdef.graph_io": "write_graph",
        "ops.library.graphdef.meta_graph": "export_meta_graph import_meta_graph",
        "ops.proto": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList Int64List JobDef "
            "SaverDef SequenceExample ServerDef"
        ),
        "session.engines.cluster": "ClusterSpec",
        "session.engines.device_setter": "replica_device_setter",
        "session.engines.server": "Server",
    },
}
