"""The commands of `python -m sessile`, a module each: `add_to(commands)` says what it takes, `run(options)` does it."""
