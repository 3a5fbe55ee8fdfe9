"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.distributions.bijectors import Affine as Affine
from sessile.ops.library.distributions.bijectors import AffineScalar as AffineScalar
from sessile.ops.library.distributions.bijectors import Bijector as Bijector
from sessile.ops.library.distributions.bijectors import Chain as Chain
from sessile.ops.library.distributions.bijectors import Exp as Exp
from sessile.ops.library.distributions.bijectors import Identity as Identity
from sessile.ops.library.distributions.bijectors import Inline as Inline
from sessile.ops.library.distributions.bijectors import Invert as Invert
from sessile.ops.library.distributions.bijectors import Permute as Permute
from sessile.ops.library.distributions.bijectors import Sigmoid as Sigmoid
from sessile.ops.library.distributions.bijectors import Softplus as Softplus
