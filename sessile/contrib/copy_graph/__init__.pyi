"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.copy_graph import copy_op_to_graph as copy_op_to_graph
from sessile.session.copy_graph import copy_variable_to_graph as copy_variable_to_graph
from sessile.session.copy_graph import get_copied_op as get_copied_op
