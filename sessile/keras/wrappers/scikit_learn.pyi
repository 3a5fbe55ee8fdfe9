"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.helpers.scikit_learn import KerasClassifier as KerasClassifier
from sessile.session.keras.helpers.scikit_learn import KerasRegressor as KerasRegressor
