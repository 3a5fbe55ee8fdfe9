"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.distribute.reduction import CollectiveCommunication as CollectiveCommunication
from sessile.ops.library.distribute.strategies import CentralStorageStrategy as CentralStorageStrategy
from sessile.ops.library.distribute.strategies import MultiWorkerMirroredStrategy as MultiWorkerMirroredStrategy
from sessile.ops.library.distribute.strategies import ParameterServerStrategy as ParameterServerStrategy
