"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.layers.utilities import NamedOutputs as NamedOutputs
from sessile.ops.library.contrib.layers.utilities import append_tensor_alias as append_tensor_alias
from sessile.ops.library.contrib.layers.utilities import channel_dimension as channel_dimension
from sessile.ops.library.contrib.layers.utilities import collect_named_outputs as collect_named_outputs
from sessile.ops.library.contrib.layers.utilities import constant_value as constant_value
from sessile.ops.library.contrib.layers.utilities import convert_collection_to_dict as convert_collection_to_dict
from sessile.ops.library.contrib.layers.utilities import gather_tensors_aliases as gather_tensors_aliases
from sessile.ops.library.contrib.layers.utilities import get_tensor_aliases as get_tensor_aliases
from sessile.ops.library.contrib.layers.utilities import get_variable_collections as get_variable_collections
from sessile.ops.library.contrib.layers.utilities import last_dimension as last_dimension
from sessile.ops.library.contrib.layers.utilities import n_positive_integers as n_positive_integers
from sessile.ops.library.contrib.layers.utilities import smart_cond as smart_cond
from sessile.ops.library.contrib.layers.utilities import static_cond as static_cond
from sessile.ops.library.contrib.layers.utilities import two_element_tuple as two_element_tuple
