"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.applications.densenet import DenseNet121 as DenseNet121
from sessile.session.keras.applications.densenet import DenseNet169 as DenseNet169
from sessile.session.keras.applications.densenet import DenseNet201 as DenseNet201
from sessile.session.keras.applications.imagenet_utils import decode_predictions as decode_predictions
from sessile.session.keras.applications.imagenet_utils import preprocess_torch as preprocess_input
