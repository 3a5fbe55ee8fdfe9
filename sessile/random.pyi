"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.building.default_graph import set_random_seed as set_random_seed
from sessile.ops.families.nn.sampled.candidates import all_candidate_sampler as all_candidate_sampler
from sessile.ops.families.nn.sampled.candidates import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from sessile.ops.families.nn.sampled.candidates import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from sessile.ops.families.nn.sampled.candidates import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from sessile.ops.families.nn.sampled.candidates import uniform_candidate_sampler as uniform_candidate_sampler
from sessile.ops.families.random.drawing import categorical as categorical
from sessile.ops.families.random.drawing import multinomial as multinomial
from sessile.ops.families.random.drawing import random_gamma as gamma
from sessile.ops.families.random.drawing import random_poisson as poisson
from sessile.ops.families.random.sampling import get_seed as get_seed
from sessile.ops.families.random.sampling import random_normal as normal
from sessile.ops.families.random.sampling import random_shuffle as shuffle
from sessile.ops.families.random.sampling import random_uniform as uniform
from sessile.ops.families.random.sampling import truncated_normal as truncated_normal
from sessile.ops.families.random.stateless import stateless_categorical as stateless_categorical
from sessile.ops.families.random.stateless import stateless_multinomial as stateless_multinomial
from sessile.ops.families.random.stateless import stateless_random_normal as stateless_normal
from sessile.ops.families.random.stateless import stateless_random_uniform as stateless_uniform
from sessile.ops.families.random.stateless import stateless_truncated_normal as stateless_truncated_normal
