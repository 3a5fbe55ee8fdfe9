"""What `tf.data` has besides datasets: optional elements, datasets as tensors, sizes, options, statistics, CSV."""
