"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.io import gfile as gfile
from sessile.ops.families.io.csv import decode_csv as decode_csv
from sessile.ops.families.io.decoding import decode_compressed as decode_compressed
from sessile.ops.families.io.decoding import decode_json_example as decode_json_example
from sessile.ops.families.io.decoding import decode_raw as decode_raw
from sessile.ops.families.io.decoding import parse_tensor as parse_tensor
from sessile.ops.families.io.decoding import serialize_tensor as serialize_tensor
from sessile.ops.families.io.files import matching_files as matching_files
from sessile.ops.families.io.files import read_file as read_file
from sessile.ops.families.io.files import write_file as write_file
from sessile.ops.families.io.parsing import FixedLenFeature as FixedLenFeature
from sessile.ops.families.io.parsing import FixedLenSequenceFeature as FixedLenSequenceFeature
from sessile.ops.families.io.parsing import SparseFeature as SparseFeature
from sessile.ops.families.io.parsing import VarLenFeature as VarLenFeature
from sessile.ops.families.io.parsing import parse_example as parse_example
from sessile.ops.families.io.parsing import parse_single_example as parse_single_example
from sessile.ops.families.io.sequences import parse_sequence_example as parse_sequence_example
from sessile.ops.families.io.sequences import parse_single_sequence_example as parse_single_sequence_example
from sessile.ops.formats.tf_record import TFRecordCompressionType as TFRecordCompressionType
from sessile.ops.formats.tf_record import TFRecordOptions as TFRecordOptions
from sessile.ops.formats.tf_record import TFRecordWriter as TFRecordWriter
from sessile.ops.formats.tf_record import tf_record_iterator as tf_record_iterator
from sessile.ops.library.graphdef.graph_io import write_graph as write_graph
