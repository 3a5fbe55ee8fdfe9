"""`tf.distribute`: strategies of one replica, on this machine's CPU."""
