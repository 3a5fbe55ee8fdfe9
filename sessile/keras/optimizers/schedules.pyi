"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.schedules import ExponentialDecay as ExponentialDecay
from sessile.session.keras.schedules import InverseTimeDecay as InverseTimeDecay
from sessile.session.keras.schedules import LearningRateSchedule as LearningRateSchedule
from sessile.session.keras.schedules import PiecewiseConstantDecay as PiecewiseConstantDecay
from sessile.session.keras.schedules import PolynomialDecay as PolynomialDecay
from sessile.session.keras.schedules import deserialize as deserialize
from sessile.session.keras.schedules import serialize as serialize
