"""A variant: guards, groups, kernels, and the step that runs them from Python."""
