"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.losses import absolute_difference as absolute_difference
from sessile.ops.library.contrib.losses import cosine_distance as cosine_distance
from sessile.ops.library.contrib.losses import hinge_loss as hinge_loss
from sessile.ops.library.contrib.losses import log_loss as log_loss
from sessile.ops.library.contrib.losses import mean_pairwise_squared_error as mean_pairwise_squared_error
from sessile.ops.library.contrib.losses import mean_squared_error as mean_squared_error
from sessile.ops.library.contrib.losses import sigmoid_cross_entropy as sigmoid_cross_entropy
from sessile.ops.library.contrib.losses import softmax_cross_entropy as softmax_cross_entropy
from sessile.ops.library.contrib.losses import sparse_softmax_cross_entropy as sparse_softmax_cross_entropy
from sessile.ops.library.losses.reduction import add_loss as add_loss
from sessile.ops.library.losses.reduction import compute_weighted_loss as compute_weighted_loss
from sessile.ops.library.losses.reduction import get_losses as get_losses
from sessile.ops.library.losses.reduction import get_regularization_losses as get_regularization_losses
from sessile.ops.library.losses.reduction import get_total_loss as get_total_loss
