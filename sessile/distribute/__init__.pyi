"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.distribute import cluster_resolver as cluster_resolver
from sessile.distribute import experimental as experimental
from sessile.ops.library.distribute.asking import experimental_set_strategy as experimental_set_strategy
from sessile.ops.library.distribute.asking import get_replica_context as get_replica_context
from sessile.ops.library.distribute.asking import get_strategy as get_strategy
from sessile.ops.library.distribute.asking import has_strategy as has_strategy
from sessile.ops.library.distribute.asking import in_cross_replica_context as in_cross_replica_context
from sessile.ops.library.distribute.inputs import InputContext as InputContext
from sessile.ops.library.distribute.reduction import CrossDeviceOps as CrossDeviceOps
from sessile.ops.library.distribute.reduction import HierarchicalCopyAllReduce as HierarchicalCopyAllReduce
from sessile.ops.library.distribute.reduction import InputReplicationMode as InputReplicationMode
from sessile.ops.library.distribute.reduction import NcclAllReduce as NcclAllReduce
from sessile.ops.library.distribute.reduction import ReduceOp as ReduceOp
from sessile.ops.library.distribute.reduction import ReductionToOneDevice as ReductionToOneDevice
from sessile.ops.library.distribute.replica import ReplicaContext as ReplicaContext
from sessile.ops.library.distribute.strategies import MirroredStrategy as MirroredStrategy
from sessile.ops.library.distribute.strategies import OneDeviceStrategy as OneDeviceStrategy
from sessile.ops.library.distribute.strategies import Strategy as Strategy
from sessile.ops.library.distribute.strategies import StrategyExtended as StrategyExtended
from sessile.session.engines.server import Server as Server
