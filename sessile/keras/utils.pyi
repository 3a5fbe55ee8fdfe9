"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.functions.lookup import CustomObjectScope as CustomObjectScope
from sessile.session.keras.functions.lookup import custom_object_scope as custom_object_scope
from sessile.session.keras.functions.lookup import get_custom_objects as get_custom_objects
from sessile.session.keras.preprocessing.sequences import Sequence as Sequence
from sessile.session.keras.utilities import convert_all_kernels_in_model as convert_all_kernels_in_model
from sessile.session.keras.utilities import get_file as get_file
from sessile.session.keras.utilities import multi_gpu_model as multi_gpu_model
from sessile.session.keras.utilities import normalize as normalize
from sessile.session.keras.utilities import to_categorical as to_categorical
