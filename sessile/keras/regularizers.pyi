"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.functions.regularizers import L1L2 as L1L2
from sessile.session.keras.functions.regularizers import Regularizer as Regularizer
from sessile.session.keras.functions.regularizers import deserialize as deserialize
from sessile.session.keras.functions.regularizers import get as get
from sessile.session.keras.functions.regularizers import l1 as l1
from sessile.session.keras.functions.regularizers import l1_l2 as l1_l2
from sessile.session.keras.functions.regularizers import l2 as l2
from sessile.session.keras.functions.regularizers import serialize as serialize
