"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.integrate import odeint as odeint
from sessile.ops.library.contrib.integrate import odeint_fixed as odeint_fixed
