"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.signal.audio import decode_wav as decode_wav
from sessile.ops.families.signal.audio import encode_wav as encode_wav
