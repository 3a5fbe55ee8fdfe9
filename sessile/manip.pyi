"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.arrays.blocks import batch_to_space_nd as batch_to_space_nd
from sessile.ops.families.arrays.blocks import space_to_batch_nd as space_to_batch_nd
from sessile.ops.families.arrays.rearranging import reverse as reverse
from sessile.ops.families.arrays.rearranging import roll as roll
from sessile.ops.families.arrays.rearranging import tile as tile
from sessile.ops.families.arrays.reshaping import reshape as reshape
from sessile.ops.families.indexing.batch_gathering import gather_nd as gather_nd
from sessile.ops.families.indexing.scattering import scatter_nd as scatter_nd
