"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.graphdef.freezing import convert_variables_to_constants as convert_variables_to_constants
from sessile.ops.library.graphdef.graph_util import extract_sub_graph as extract_sub_graph
from sessile.ops.library.graphdef.graph_util import must_run_on_cpu as must_run_on_cpu
from sessile.ops.library.graphdef.graph_util import remove_training_nodes as remove_training_nodes
from sessile.ops.library.graphdef.graph_util import tensor_shape_from_node_def_name as tensor_shape_from_node_def_name
from sessile.ops.library.graphdef.importer import import_graph_def as import_graph_def
