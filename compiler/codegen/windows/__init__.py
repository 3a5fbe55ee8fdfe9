"""Functions over windows of images as LLVM text: convolutions, pooling, and their gradients."""
