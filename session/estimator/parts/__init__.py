"""Parts that programs put estimators together from: heads, models for any head, metrics added to estimators."""
