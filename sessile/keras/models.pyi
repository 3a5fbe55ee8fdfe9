"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.layers.inputs import Input as Input
from sessile.session.keras.models.cloning import clone_model as clone_model
from sessile.session.keras.models.files.saving import load_model as load_model
from sessile.session.keras.models.files.saving import model_from_config as model_from_config
from sessile.session.keras.models.files.saving import model_from_json as model_from_json
from sessile.session.keras.models.files.saving import model_from_yaml as model_from_yaml
from sessile.session.keras.models.files.saving import save_model as save_model
from sessile.session.keras.models.model import Model as Model
from sessile.session.keras.models.sequential import Sequential as Sequential
