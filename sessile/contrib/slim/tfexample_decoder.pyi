"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.examples.handlers import BackupHandler as BackupHandler
from sessile.ops.library.contrib.examples.handlers import BoundingBox as BoundingBox
from sessile.ops.library.contrib.examples.handlers import Image as Image
from sessile.ops.library.contrib.examples.handlers import ItemHandler as ItemHandler
from sessile.ops.library.contrib.examples.handlers import ItemHandlerCallback as ItemHandlerCallback
from sessile.ops.library.contrib.examples.handlers import LookupTensor as LookupTensor
from sessile.ops.library.contrib.examples.handlers import SparseTensor as SparseTensor
from sessile.ops.library.contrib.examples.handlers import TFExampleDecoder as TFExampleDecoder
from sessile.ops.library.contrib.examples.handlers import Tensor as Tensor
