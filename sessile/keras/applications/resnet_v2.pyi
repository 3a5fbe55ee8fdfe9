"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.applications.imagenet_utils import decode_predictions as decode_predictions
from sessile.session.keras.applications.imagenet_utils import preprocess_tf as preprocess_input
from sessile.session.keras.applications.resnet import ResNet101V2 as ResNet101V2
from sessile.session.keras.applications.resnet import ResNet152V2 as ResNet152V2
from sessile.session.keras.applications.resnet import ResNet50V2 as ResNet50V2
