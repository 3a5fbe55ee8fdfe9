"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.keras.datasets import boston_housing as boston_housing
from sessile.keras.datasets import cifar10 as cifar10
from sessile.keras.datasets import cifar100 as cifar100
from sessile.keras.datasets import fashion_mnist as fashion_mnist
from sessile.keras.datasets import imdb as imdb
from sessile.keras.datasets import mnist as mnist
from sessile.keras.datasets import reuters as reuters
