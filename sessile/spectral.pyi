"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.signal.fourier import fft as fft
from sessile.ops.families.signal.fourier import fft2d as fft2d
from sessile.ops.families.signal.fourier import fft3d as fft3d
from sessile.ops.families.signal.fourier import ifft as ifft
from sessile.ops.families.signal.fourier import ifft2d as ifft2d
from sessile.ops.families.signal.fourier import ifft3d as ifft3d
from sessile.ops.families.signal.fourier import irfft as irfft
from sessile.ops.families.signal.fourier import irfft2d as irfft2d
from sessile.ops.families.signal.fourier import irfft3d as irfft3d
from sessile.ops.families.signal.fourier import rfft as rfft
from sessile.ops.families.signal.fourier import rfft2d as rfft2d
from sessile.ops.families.signal.fourier import rfft3d as rfft3d
from sessile.ops.library.signal.cosine import dct as dct
from sessile.ops.library.signal.cosine import idct as idct
