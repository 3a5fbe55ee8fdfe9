"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.functions.activations import deserialize as deserialize
from sessile.session.keras.functions.activations import elu as elu
from sessile.session.keras.functions.activations import exponential as exponential
from sessile.session.keras.functions.activations import get as get
from sessile.session.keras.functions.activations import hard_sigmoid as hard_sigmoid
from sessile.session.keras.functions.activations import linear as linear
from sessile.session.keras.functions.activations import relu as relu
from sessile.session.keras.functions.activations import selu as selu
from sessile.session.keras.functions.activations import serialize as serialize
from sessile.session.keras.functions.activations import sigmoid as sigmoid
from sessile.session.keras.functions.activations import softmax as softmax
from sessile.session.keras.functions.activations import softplus as softplus
from sessile.session.keras.functions.activations import softsign as softsign
from sessile.session.keras.functions.activations import tanh as tanh
