"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.functions.constraints import Constraint as Constraint
from sessile.session.keras.functions.constraints import MaxNorm as MaxNorm
from sessile.session.keras.functions.constraints import MinMaxNorm as MinMaxNorm
from sessile.session.keras.functions.constraints import NonNeg as NonNeg
from sessile.session.keras.functions.constraints import RadialConstraint as RadialConstraint
from sessile.session.keras.functions.constraints import UnitNorm as UnitNorm
from sessile.session.keras.functions.constraints import deserialize as deserialize
from sessile.session.keras.functions.constraints import get as get
from sessile.session.keras.functions.constraints import max_norm as max_norm
from sessile.session.keras.functions.constraints import min_max_norm as min_max_norm
from sessile.session.keras.functions.constraints import non_neg as non_neg
from sessile.session.keras.functions.constraints import radial_constraint as radial_constraint
from sessile.session.keras.functions.constraints import serialize as serialize
from sessile.session.keras.functions.constraints import unit_norm as unit_norm
