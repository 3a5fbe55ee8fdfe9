"""Serving models over HTTP: TensorFlow Serving's REST interface and the Open Inference Protocol.

config.py     what a server is told
versions.py   which versions of a model are loaded
batching.py   requests that come close together are one step
json_values.py, rest.py   TensorFlow Serving's bodies; its routes
inference.py  the Open Inference Protocol's
application.py, metrics.py   the ASGI application; what Prometheus reads
"""
