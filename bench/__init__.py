"""How fast sessile is, beside NumPy and its peers: `python -m bench --help`.

This file imports nothing: a process that times `import sessile` starts by importing this package.
"""
