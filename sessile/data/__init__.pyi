"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.data import experimental as experimental
from sessile.ops.families.data.api import Dataset as Dataset
from sessile.ops.families.data.api import FixedLengthRecordDataset as FixedLengthRecordDataset
from sessile.ops.families.data.api import TFRecordDataset as TFRecordDataset
from sessile.ops.families.data.api import TextLineDataset as TextLineDataset
from sessile.ops.families.data.api import get_output_classes as get_output_classes
from sessile.ops.families.data.api import get_output_shapes as get_output_shapes
from sessile.ops.families.data.api import get_output_types as get_output_types
from sessile.ops.families.data.api import make_initializable_iterator as make_initializable_iterator
from sessile.ops.families.data.api import make_one_shot_iterator as make_one_shot_iterator
from sessile.ops.families.data.extra.options import Options as Options
from sessile.ops.families.data.extra.variants import DatasetSpec as DatasetSpec
from sessile.ops.families.data.iterators import Iterator as Iterator
