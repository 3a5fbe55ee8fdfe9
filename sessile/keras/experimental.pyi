"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.helpers.enqueuers import terminate_keras_multiprocessing_pools as terminate_keras_multiprocessing_pools
from sessile.session.keras.helpers.wide_deep import LinearModel as LinearModel
from sessile.session.keras.helpers.wide_deep import WideDeepModel as WideDeepModel
from sessile.session.keras.layers.cells import PeepholeLSTMCell as PeepholeLSTMCell
from sessile.session.keras.layers.features import SequenceFeatures as SequenceFeatures
from sessile.session.keras.models.files.exporting import load_keras_model as load_from_saved_model
from sessile.session.keras.models.files.exporting import save_keras_model as export_saved_model
from sessile.session.keras.schedules import CosineDecay as CosineDecay
from sessile.session.keras.schedules import CosineDecayRestarts as CosineDecayRestarts
from sessile.session.keras.schedules import LinearCosineDecay as LinearCosineDecay
from sessile.session.keras.schedules import NoisyLinearCosineDecay as NoisyLinearCosineDecay
