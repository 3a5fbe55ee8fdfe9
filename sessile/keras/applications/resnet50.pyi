"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.applications.imagenet_utils import decode_predictions as decode_predictions
from sessile.session.keras.applications.imagenet_utils import preprocess_caffe as preprocess_input
from sessile.session.keras.applications.resnet import ResNet50 as ResNet50
