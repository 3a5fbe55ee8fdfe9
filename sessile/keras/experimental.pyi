"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.layers.cells import PeepholeLSTMCell as PeepholeLSTMCell
from sessile.session.keras.schedules import CosineDecay as CosineDecay
from sessile.session.keras.schedules import CosineDecayRestarts as CosineDecayRestarts
from sessile.session.keras.schedules import LinearCosineDecay as LinearCosineDecay
from sessile.session.keras.schedules import NoisyLinearCosineDecay as NoisyLinearCosineDecay
