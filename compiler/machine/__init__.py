"""From LLVM text to code: modules, ABI, disk cache, processors."""
