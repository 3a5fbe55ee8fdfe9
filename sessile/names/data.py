"""Public names of `queue` and `data`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "queue": {
        "ops.families.dataflow.queues": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
    },
    "data": {
        "ops.families.data.api": (
            "Dataset FixedLengthRecordDataset Options TFRecordDataset TextLineDataset get_output_classes "
            "get_output_shapes get_output_types"
        ),
        "ops.families.data.iterators": "Iterator",
    },
    "data.experimental": {
        "ops.families.data.api": (
            "AUTOTUNE Counter batch_and_drop_remainder=batch_and_drop_remainder enumerate_dataset get_single_element "
            "ignore_errors map_and_batch parallel_interleave prefetch_to_device shuffle_and_repeat unbatch"
        ),
    },
}
