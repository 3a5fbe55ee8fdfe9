"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.estimator.of_keras import model_to_estimator as model_to_estimator
