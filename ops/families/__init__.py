"""The operation types, a folder a family: kernel, public function and gradient rule together."""
