"""Models of Keras: graphs of layers that are trained, evaluated and used."""
