"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.pruning.layers import MaskedBasicLSTMCell as MaskedBasicLSTMCell
from sessile.ops.library.contrib.pruning.layers import MaskedLSTMCell as MaskedLSTMCell
from sessile.ops.library.contrib.pruning.layers import masked_conv2d as masked_conv2d
from sessile.ops.library.contrib.pruning.layers import masked_convolution as masked_convolution
from sessile.ops.library.contrib.pruning.layers import masked_fully_connected as masked_fully_connected
from sessile.ops.library.contrib.pruning.masks import apply_mask as apply_mask
from sessile.ops.library.contrib.pruning.masks import get_masked_weights as get_masked_weights
from sessile.ops.library.contrib.pruning.masks import get_masks as get_masks
from sessile.ops.library.contrib.pruning.masks import get_thresholds as get_thresholds
from sessile.ops.library.contrib.pruning.masks import get_weight_sparsity as get_weight_sparsity
from sessile.ops.library.contrib.pruning.masks import get_weights as get_weights
from sessile.ops.library.contrib.pruning.pruning import Pruning as Pruning
from sessile.ops.library.contrib.pruning.pruning import get_pruning_hparams as get_pruning_hparams
from sessile.ops.library.contrib.pruning.stripping import strip_pruning_vars_fn as strip_pruning_vars_fn
from sessile.session.training.pruning import graph_def_from_checkpoint as graph_def_from_checkpoint
from sessile.session.training.pruning import train as train
