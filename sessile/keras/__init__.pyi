"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.keras import activations as activations
from sessile.keras import applications as applications
from sessile.keras import backend as backend
from sessile.keras import callbacks as callbacks
from sessile.keras import constraints as constraints
from sessile.keras import datasets as datasets
from sessile.keras import estimator as estimator
from sessile.keras import experimental as experimental
from sessile.keras import initializers as initializers
from sessile.keras import layers as layers
from sessile.keras import losses as losses
from sessile.keras import metrics as metrics
from sessile.keras import models as models
from sessile.keras import optimizers as optimizers
from sessile.keras import preprocessing as preprocessing
from sessile.keras import regularizers as regularizers
from sessile.keras import utils as utils
from sessile.keras import wrappers as wrappers
from sessile.session.keras.layers.inputs import Input as Input
from sessile.session.keras.models.model import Model as Model
from sessile.session.keras.models.sequential import Sequential as Sequential

__version__: str
