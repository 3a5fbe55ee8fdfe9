"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.predictor import from_saved_model as from_saved_model
