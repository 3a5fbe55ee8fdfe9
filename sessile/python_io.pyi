"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.formats.tf_record import TFRecordCompressionType as TFRecordCompressionType
from sessile.ops.formats.tf_record import TFRecordOptions as TFRecordOptions
from sessile.ops.formats.tf_record import TFRecordWriter as TFRecordWriter
from sessile.ops.formats.tf_record import tf_record_iterator as tf_record_iterator
