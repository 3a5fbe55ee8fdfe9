"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.gradients.checking import compute_gradient as compute_gradient
from sessile.ops.library.gradients.checking import compute_gradient_error as compute_gradient_error
from sessile.testing.benchmarks import Benchmark as Benchmark
from sessile.testing.benchmarks import StubOutForTesting as StubOutForTesting
from sessile.testing.benchmarks import benchmark_config as benchmark_config
from sessile.testing.case import TestCase as TestCase
from sessile.testing.functions import assert_equal_graph_def as assert_equal_graph_def
from sessile.testing.functions import create_local_cluster as create_local_cluster
from sessile.testing.functions import get_temp_dir as get_temp_dir
from sessile.testing.functions import gpu_device_name as gpu_device_name
from sessile.testing.functions import is_built_with_cuda as is_built_with_cuda
from sessile.testing.functions import is_built_with_gpu_support as is_built_with_gpu_support
from sessile.testing.functions import is_built_with_rocm as is_built_with_rocm
from sessile.testing.functions import is_gpu_available as is_gpu_available
from sessile.testing.functions import main as main
from sessile.testing.functions import mock as mock
from sessile.testing.functions import test_src_dir_path as test_src_dir_path
