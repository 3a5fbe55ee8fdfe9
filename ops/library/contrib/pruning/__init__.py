"""`contrib.model_pruning`: weights of small magnitude are masked while a model trains."""
