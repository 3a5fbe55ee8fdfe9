"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.models.files.exporting import load_keras_model as load_keras_model
from sessile.session.keras.models.files.exporting import save_keras_model as save_keras_model
