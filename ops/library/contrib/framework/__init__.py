"""`tf.contrib.framework`: argument scopes, and variables by collection and name."""
