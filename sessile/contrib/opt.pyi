"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.opt.adams import AdaMaxOptimizer as AdaMaxOptimizer
from sessile.ops.library.contrib.opt.adams import LazyAdamOptimizer as LazyAdamOptimizer
from sessile.ops.library.contrib.opt.adams import NadamOptimizer as NadamOptimizer
from sessile.ops.library.contrib.opt.around import AdamGSOptimizer as AdamGSOptimizer
from sessile.ops.library.contrib.opt.around import LARSOptimizer as LARSOptimizer
from sessile.ops.library.contrib.opt.around import LazyAdamGSOptimizer as LazyAdamGSOptimizer
from sessile.ops.library.contrib.opt.around import MovingAverageOptimizer as MovingAverageOptimizer
from sessile.ops.library.contrib.opt.around import MultitaskOptimizerWrapper as MultitaskOptimizerWrapper
from sessile.ops.library.contrib.opt.around import RegAdagradOptimizer as RegAdagradOptimizer
from sessile.ops.library.contrib.opt.around import VariableClippingOptimizer as VariableClippingOptimizer
from sessile.ops.library.contrib.opt.around import clip_gradients_by_global_norm as clip_gradients_by_global_norm
from sessile.ops.library.contrib.opt.external_optimizer import ExternalOptimizerInterface as ExternalOptimizerInterface
from sessile.ops.library.contrib.opt.external_optimizer import ScipyOptimizerInterface as ScipyOptimizerInterface
from sessile.ops.library.contrib.opt.signs import AddSignOptimizer as AddSignOptimizer
from sessile.ops.library.contrib.opt.signs import PowerSignOptimizer as PowerSignOptimizer
from sessile.ops.library.contrib.opt.weight_decay import AdamWOptimizer as AdamWOptimizer
from sessile.ops.library.contrib.opt.weight_decay import DecoupledWeightDecayExtension as DecoupledWeightDecayExtension
from sessile.ops.library.contrib.opt.weight_decay import MomentumWOptimizer as MomentumWOptimizer
from sessile.ops.library.contrib.opt.weight_decay import extend_with_decoupled_weight_decay as extend_with_decoupled_weight_decay
