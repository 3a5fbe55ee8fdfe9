"""`tf.contrib.learn`: estimators of TensorFlow 1's first years, on those of `tf.estimator`."""
