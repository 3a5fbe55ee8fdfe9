"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.devices.process_config import get_experimental_options as get_experimental_options
from sessile.session.devices.process_config import get_jit as get_jit
from sessile.session.devices.process_config import set_experimental_options as set_experimental_options
from sessile.session.devices.process_config import set_jit as set_jit
