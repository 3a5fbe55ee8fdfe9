"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.keras.optimizers import schedules as schedules
from sessile.session.keras.optimizer_base import Optimizer as Optimizer
from sessile.session.keras.optimizers import Adadelta as Adadelta
from sessile.session.keras.optimizers import Adagrad as Adagrad
from sessile.session.keras.optimizers import Adam as Adam
from sessile.session.keras.optimizers import Adamax as Adamax
from sessile.session.keras.optimizers import Ftrl as Ftrl
from sessile.session.keras.optimizers import Nadam as Nadam
from sessile.session.keras.optimizers import RMSprop as RMSprop
from sessile.session.keras.optimizers import SGD as SGD
from sessile.session.keras.optimizers import deserialize as deserialize
from sessile.session.keras.optimizers import get as get
from sessile.session.keras.optimizers import serialize as serialize
