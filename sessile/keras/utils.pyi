"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.functions.lookup import CustomObjectScope as CustomObjectScope
from sessile.session.keras.functions.lookup import custom_object_scope as custom_object_scope
from sessile.session.keras.functions.lookup import get_custom_objects as get_custom_objects
from sessile.session.keras.helpers.drawing import model_to_dot as model_to_dot
from sessile.session.keras.helpers.drawing import plot_model as plot_model
from sessile.session.keras.helpers.enqueuers import GeneratorEnqueuer as GeneratorEnqueuer
from sessile.session.keras.helpers.enqueuers import OrderedEnqueuer as OrderedEnqueuer
from sessile.session.keras.helpers.enqueuers import SequenceEnqueuer as SequenceEnqueuer
from sessile.session.keras.helpers.matrices import HDF5Matrix as HDF5Matrix
from sessile.session.keras.helpers.objects import deserialize_keras_object as deserialize_keras_object
from sessile.session.keras.helpers.objects import serialize_keras_object as serialize_keras_object
from sessile.session.keras.helpers.progbar import Progbar as Progbar
from sessile.session.keras.preprocessing.sequences import Sequence as Sequence
from sessile.session.keras.utilities import convert_all_kernels_in_model as convert_all_kernels_in_model
from sessile.session.keras.utilities import get_file as get_file
from sessile.session.keras.utilities import multi_gpu_model as multi_gpu_model
from sessile.session.keras.utilities import normalize as normalize
from sessile.session.keras.utilities import to_categorical as to_categorical
from sessile.session.keras.walking import get_source_inputs as get_source_inputs
