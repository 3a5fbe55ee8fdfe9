"""Processes that use the disk cache."""

from __future__ import annotations

import subprocess
import sys

from sessile.compiler.machine import cache

_PLACE = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("cache", {cache.__file__!r})
cache = sys.modules["cache"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cache)
"""


def start_alone(script: str) -> subprocess.Popen[str]:
    """Start Python code that has cache.py as the module `cache` and nothing else of sessile, so it starts quickly."""
    command = [sys.executable, "-S", "-c", _PLACE + script]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_alone(script: str, check: bool = True) -> int:
    """Run such code to its end; returns its exit code, which has to be 0 with `check`."""
    process = start_alone(script)
    _, trouble = process.communicate(timeout=120)
    assert not check or process.returncode == 0, trouble
    return process.returncode


def run_python(script: str) -> str:
    """Run Python code in a fresh interpreter with sessile; returns what it prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout
