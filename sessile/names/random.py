"""Public names of `random` and `initializers`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "random": {
        "ops.building.default_graph": "set_random_seed",
        "ops.families.nn.sampled.candidates": (
            "all_candidate_sampler fixed_unigram_candidate_sampler learned_unigram_candidate_sampler "
            "log_uniform_candidate_sampler uniform_candidate_sampler"
        ),
        "ops.families.random.sampling": (
            "get_seed normal=random_normal shuffle=random_shuffle truncated_normal uniform=random_uniform"
        ),
        "ops.families.random.drawing": "categorical gamma=random_gamma multinomial poisson=random_poisson",
        "ops.families.random.stateless": (
            "stateless_categorical stateless_multinomial stateless_normal=stateless_random_normal "
            "stateless_truncated_normal stateless_uniform=stateless_random_uniform"
        ),
    },
    "initializers": {
        "ops.families.random.initializers": (
            "constant=constant_initializer glorot_normal=glorot_normal_initializer "
            "glorot_uniform=glorot_uniform_initializer he_normal he_uniform lecun_normal lecun_uniform "
            "ones=ones_initializer random_normal=random_normal_initializer random_uniform=random_uniform_initializer "
            "truncated_normal=truncated_normal_initializer uniform_unit_scaling=uniform_unit_scaling_initializer "
            "variance_scaling=variance_scaling_initializer zeros=zeros_initializer"
        ),
        "ops.families.random.matrix_initializers": ("identity=identity_initializer orthogonal=orthogonal_initializer"),
        "ops.families.state.variable_lists": (
            "global_variables=global_variables_initializer local_variables=local_variables_initializer "
            "tables=tables_initializer tables_initializer variables=variables_initializer"
        ),
    },
}
