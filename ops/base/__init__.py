"""What imports nothing of ours: errors, nested structures, device names, where the user stood."""

from typing import Final

VERSION: Final = "1.15.5"  # the version of TensorFlow that is spoken
