"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.factorization.kmeans import COSINE_DISTANCE as COSINE_DISTANCE
from sessile.ops.library.contrib.factorization.kmeans import KMEANS_PLUS_PLUS_INIT as KMEANS_PLUS_PLUS_INIT
from sessile.ops.library.contrib.factorization.kmeans import KMeans as KMeans
from sessile.ops.library.contrib.factorization.kmeans import RANDOM_INIT as RANDOM_INIT
from sessile.ops.library.contrib.factorization.kmeans import SQUARED_EUCLIDEAN_DISTANCE as SQUARED_EUCLIDEAN_DISTANCE
