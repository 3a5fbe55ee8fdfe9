"""SavedModel: graphs with their variables, assets and signatures in a folder."""
