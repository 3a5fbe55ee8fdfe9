"""What the library says while it works: lines like TensorFlow's, to the logger that programs set the verbosity of."""
