"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.special.bessel import bessel_i0 as bessel_i0
from sessile.ops.families.special.bessel import bessel_i0e as bessel_i0e
from sessile.ops.families.special.bessel import bessel_i1 as bessel_i1
from sessile.ops.families.special.bessel import bessel_i1e as bessel_i1e
from sessile.ops.families.special.bessel import bessel_j0 as bessel_j0
from sessile.ops.families.special.bessel import bessel_j1 as bessel_j1
from sessile.ops.families.special.bessel import bessel_k0 as bessel_k0
from sessile.ops.families.special.bessel import bessel_k0e as bessel_k0e
from sessile.ops.families.special.bessel import bessel_k1 as bessel_k1
from sessile.ops.families.special.bessel import bessel_k1e as bessel_k1e
from sessile.ops.families.special.bessel import bessel_y0 as bessel_y0
from sessile.ops.families.special.bessel import bessel_y1 as bessel_y1
from sessile.ops.families.special.bessel import dawsn as dawsn
from sessile.ops.families.special.bessel import expint as expint
from sessile.ops.families.special.bessel import fresnel_cos as fresnel_cos
from sessile.ops.families.special.bessel import fresnel_sin as fresnel_sin
from sessile.ops.families.special.bessel import spence as spence
