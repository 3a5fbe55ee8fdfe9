"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.saved_model.constants import ASSETS_DIRECTORY as ASSETS_DIRECTORY
from sessile.ops.library.saved_model.constants import ASSETS_KEY as ASSETS_KEY
from sessile.ops.library.saved_model.constants import LEGACY_INIT_OP_KEY as LEGACY_INIT_OP_KEY
from sessile.ops.library.saved_model.constants import MAIN_OP_KEY as MAIN_OP_KEY
from sessile.ops.library.saved_model.constants import SAVED_MODEL_FILENAME_PB as SAVED_MODEL_FILENAME_PB
from sessile.ops.library.saved_model.constants import SAVED_MODEL_FILENAME_PBTXT as SAVED_MODEL_FILENAME_PBTXT
from sessile.ops.library.saved_model.constants import SAVED_MODEL_SCHEMA_VERSION as SAVED_MODEL_SCHEMA_VERSION
from sessile.ops.library.saved_model.constants import VARIABLES_DIRECTORY as VARIABLES_DIRECTORY
from sessile.ops.library.saved_model.constants import VARIABLES_FILENAME as VARIABLES_FILENAME
