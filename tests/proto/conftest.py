"""Makes `filler` importable by the tests beside it, whatever import mode pytest was told to use."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
