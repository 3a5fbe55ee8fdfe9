"""What programs import of TensorFlow's own modules that is not public: a module here for each of theirs."""
