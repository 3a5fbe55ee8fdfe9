"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.feature_column.categorical import categorical_column_with_hash_bucket as categorical_column_with_hash_bucket
from sessile.ops.library.feature_column.categorical import categorical_column_with_identity as categorical_column_with_identity
from sessile.ops.library.feature_column.categorical import categorical_column_with_vocabulary_file as categorical_column_with_vocabulary_file
from sessile.ops.library.feature_column.categorical import categorical_column_with_vocabulary_list as categorical_column_with_vocabulary_list
from sessile.ops.library.feature_column.categorical import weighted_categorical_column as weighted_categorical_column
from sessile.ops.library.feature_column.crossed import crossed_column as crossed_column
from sessile.ops.library.feature_column.dense import embedding_column as embedding_column
from sessile.ops.library.feature_column.dense import indicator_column as indicator_column
from sessile.ops.library.feature_column.dense import shared_embedding_columns as shared_embedding_columns
from sessile.ops.library.feature_column.models import input_layer as input_layer
from sessile.ops.library.feature_column.models import linear_model as linear_model
from sessile.ops.library.feature_column.models import make_parse_example_spec as make_parse_example_spec
from sessile.ops.library.feature_column.numeric import bucketized_column as bucketized_column
from sessile.ops.library.feature_column.numeric import numeric_column as numeric_column
