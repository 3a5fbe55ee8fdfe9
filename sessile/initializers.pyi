"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.random.initializers import constant_initializer as constant
from sessile.ops.families.random.initializers import glorot_normal_initializer as glorot_normal
from sessile.ops.families.random.initializers import glorot_uniform_initializer as glorot_uniform
from sessile.ops.families.random.initializers import he_normal as he_normal
from sessile.ops.families.random.initializers import he_uniform as he_uniform
from sessile.ops.families.random.initializers import lecun_normal as lecun_normal
from sessile.ops.families.random.initializers import lecun_uniform as lecun_uniform
from sessile.ops.families.random.initializers import ones_initializer as ones
from sessile.ops.families.random.initializers import random_normal_initializer as random_normal
from sessile.ops.families.random.initializers import random_uniform_initializer as random_uniform
from sessile.ops.families.random.initializers import truncated_normal_initializer as truncated_normal
from sessile.ops.families.random.initializers import uniform_unit_scaling_initializer as uniform_unit_scaling
from sessile.ops.families.random.initializers import variance_scaling_initializer as variance_scaling
from sessile.ops.families.random.initializers import zeros_initializer as zeros
from sessile.ops.families.random.matrix_initializers import identity_initializer as identity
from sessile.ops.families.random.matrix_initializers import orthogonal_initializer as orthogonal
from sessile.ops.families.state.variable_lists import global_variables_initializer as global_variables
from sessile.ops.families.state.variable_lists import local_variables_initializer as local_variables
from sessile.ops.families.state.variable_lists import tables_initializer as tables
from sessile.ops.families.state.variable_lists import tables_initializer as tables_initializer
from sessile.ops.families.state.variable_lists import variables_initializer as variables
