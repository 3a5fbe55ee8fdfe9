"""`compare.py` for the examples of loops: each run with sessile and with TensorFlow, what they return side by side."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import compare

    # Per example, how many of the numbers it returns are compared, and how far they may be apart.
    compare.EXPECTED = {
        "orbit": (24, 1e-7),
        "kalman": (801, 1e-3),
        "mandelbrot": (8, 1e-12),
        "char_lstm": (60, 1e-3),
    }
    if len(sys.argv) > 1:
        sys.exit(compare.main())
    print("usage: compare_loops.py orbit kalman mandelbrot char_lstm [--python ...]")
