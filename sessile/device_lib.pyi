"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.devices.device_lib import list_local_devices as list_local_devices
