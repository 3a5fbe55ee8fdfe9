"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.distributions.class_counts import DirichletMultinomial as DirichletMultinomial
from sessile.ops.library.distributions.class_counts import Multinomial as Multinomial
from sessile.ops.library.distributions.continuous import Exponential as Exponential
from sessile.ops.library.distributions.continuous import Laplace as Laplace
from sessile.ops.library.distributions.continuous import Normal as Normal
from sessile.ops.library.distributions.continuous import StudentT as StudentT
from sessile.ops.library.distributions.continuous import Uniform as Uniform
from sessile.ops.library.distributions.discrete import Bernoulli as Bernoulli
from sessile.ops.library.distributions.discrete import Categorical as Categorical
from sessile.ops.library.distributions.distribution import Distribution as Distribution
from sessile.ops.library.distributions.distribution import FULLY_REPARAMETERIZED as FULLY_REPARAMETERIZED
from sessile.ops.library.distributions.distribution import NOT_REPARAMETERIZED as NOT_REPARAMETERIZED
from sessile.ops.library.distributions.distribution import ReparameterizationType as ReparameterizationType
from sessile.ops.library.distributions.divergence import RegisterKL as RegisterKL
from sessile.ops.library.distributions.divergence import kl_divergence as kl_divergence
from sessile.ops.library.distributions.positive import Beta as Beta
from sessile.ops.library.distributions.positive import Dirichlet as Dirichlet
from sessile.ops.library.distributions.positive import Gamma as Gamma
