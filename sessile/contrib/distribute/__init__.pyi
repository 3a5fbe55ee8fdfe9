"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.distribute.asking import get_cross_replica_context as get_cross_replica_context
from sessile.ops.library.distribute.asking import get_replica_context as get_replica_context
from sessile.ops.library.distribute.asking import get_strategy as get_distribution_strategy
from sessile.ops.library.distribute.asking import get_strategy as get_strategy
from sessile.ops.library.distribute.asking import has_strategy as has_distribution_strategy
from sessile.ops.library.distribute.asking import has_strategy as has_strategy
from sessile.ops.library.distribute.asking import in_cross_replica_context as in_cross_replica_context
from sessile.ops.library.distribute.asking import require_replica_context as require_replica_context
from sessile.ops.library.distribute.reduction import AllReduceCrossDeviceOps as AllReduceCrossDeviceOps
from sessile.ops.library.distribute.reduction import CrossDeviceOps as CrossDeviceOps
from sessile.ops.library.distribute.replica import ReplicaContext as ReplicaContext
from sessile.ops.library.distribute.strategies import CollectiveAllReduceStrategy as CollectiveAllReduceStrategy
from sessile.ops.library.distribute.strategies import ContribMirroredStrategy as MirroredStrategy
from sessile.ops.library.distribute.strategies import ContribParameterServerStrategy as ParameterServerStrategy
from sessile.ops.library.distribute.strategies import OneDeviceStrategy as OneDeviceStrategy
from sessile.ops.library.distribute.strategies import Strategy as DistributionStrategy
from sessile.session.estimator.run_config import DistributeConfig as DistributeConfig
