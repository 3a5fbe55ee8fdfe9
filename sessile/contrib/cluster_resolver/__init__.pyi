"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.engines.resolvers import ClusterResolver as ClusterResolver
from sessile.session.engines.resolvers import SimpleClusterResolver as SimpleClusterResolver
from sessile.session.engines.resolvers import TFConfigClusterResolver as TFConfigClusterResolver
from sessile.session.engines.resolvers import TPUClusterResolver as TPUClusterResolver
from sessile.session.engines.resolvers import UnionClusterResolver as UnionClusterResolver
