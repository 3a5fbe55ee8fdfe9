"""Operation types that TensorFlow 2 added: GraphDefs and SavedModels that it wrote hold them."""
