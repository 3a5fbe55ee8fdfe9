"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.devices.process_config import get_inter_op_parallelism_threads as get_inter_op_parallelism_threads
from sessile.session.devices.process_config import get_intra_op_parallelism_threads as get_intra_op_parallelism_threads
from sessile.session.devices.process_config import set_inter_op_parallelism_threads as set_inter_op_parallelism_threads
from sessile.session.devices.process_config import set_intra_op_parallelism_threads as set_intra_op_parallelism_threads
