"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.data.api import Dataset as Dataset
from sessile.ops.families.data.api import FixedLengthRecordDataset as FixedLengthRecordDataset
from sessile.ops.families.data.api import TFRecordDataset as TFRecordDataset
from sessile.ops.families.data.api import TextLineDataset as TextLineDataset
from sessile.ops.families.data.experimental import Counter as Counter
from sessile.ops.families.data.experimental import CsvDataset as CsvDataset
from sessile.ops.families.data.experimental import RandomDataset as RandomDataset
from sessile.ops.families.data.experimental import Reducer as Reducer
from sessile.ops.families.data.experimental import batch_and_drop_remainder as batch_and_drop_remainder
from sessile.ops.families.data.experimental import bucket_by_sequence_length as bucket_by_sequence_length
from sessile.ops.families.data.experimental import choose_from_datasets as choose_from_datasets
from sessile.ops.families.data.experimental import enumerate_dataset as enumerate_dataset
from sessile.ops.families.data.experimental import get_single_element as get_single_element
from sessile.ops.families.data.experimental import group_by_reducer as group_by_reducer
from sessile.ops.families.data.experimental import group_by_window as group_by_window
from sessile.ops.families.data.experimental import ignore_errors as ignore_errors
from sessile.ops.families.data.experimental import make_csv_dataset as make_csv_dataset
from sessile.ops.families.data.experimental import map_and_batch as map_and_batch
from sessile.ops.families.data.experimental import parallel_interleave as parallel_interleave
from sessile.ops.families.data.experimental import prefetch_to_device as prefetch_to_device
from sessile.ops.families.data.experimental import sample_from_datasets as sample_from_datasets
from sessile.ops.families.data.experimental import scan as scan
from sessile.ops.families.data.experimental import shuffle_and_repeat as shuffle_and_repeat
from sessile.ops.families.data.experimental import unbatch as unbatch
from sessile.ops.families.data.experimental import unique as unique
