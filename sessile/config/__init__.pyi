"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.config import experimental as experimental
from sessile.config import optimizer as optimizer
from sessile.config import threading as threading
from sessile.session.devices.process_config import get_soft_device_placement as get_soft_device_placement
from sessile.session.devices.process_config import set_soft_device_placement as set_soft_device_placement
