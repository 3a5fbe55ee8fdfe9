"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.nn.convolution.transposed import conv1d_transpose as conv1d_transpose
from sessile.ops.library.contrib.nn import alpha_dropout as alpha_dropout
from sessile.ops.library.contrib.nn import deprecated_flipped_sigmoid_cross_entropy_with_logits as deprecated_flipped_sigmoid_cross_entropy_with_logits
from sessile.ops.library.contrib.nn import deprecated_flipped_softmax_cross_entropy_with_logits as deprecated_flipped_softmax_cross_entropy_with_logits
from sessile.ops.library.contrib.nn import deprecated_flipped_sparse_softmax_cross_entropy_with_logits as deprecated_flipped_sparse_softmax_cross_entropy_with_logits
from sessile.ops.library.contrib.nn import nth_element as nth_element
from sessile.ops.library.contrib.nn import rank_sampled_softmax_loss as rank_sampled_softmax_loss
from sessile.ops.library.contrib.nn import sampled_sparse_softmax_loss as sampled_sparse_softmax_loss
from sessile.ops.library.contrib.nn import scaled_softplus as scaled_softplus
