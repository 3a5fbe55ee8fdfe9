"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.images.components import bipartite_match as bipartite_match
from sessile.ops.families.images.components import connected_components as connected_components
from sessile.ops.library.contrib.image.transforms import angles_to_projective_transforms as angles_to_projective_transforms
from sessile.ops.library.contrib.image.transforms import compose_transforms as compose_transforms
from sessile.ops.library.contrib.image.transforms import flat_transforms_to_matrices as flat_transforms_to_matrices
from sessile.ops.library.contrib.image.transforms import matrices_to_flat_transforms as matrices_to_flat_transforms
from sessile.ops.library.contrib.image.transforms import rotate as rotate
from sessile.ops.library.contrib.image.transforms import transform as transform
from sessile.ops.library.contrib.image.transforms import translate as translate
from sessile.ops.library.contrib.image.transforms import translations_to_projective_transforms as translations_to_projective_transforms
from sessile.ops.library.contrib.image.warps import dense_image_warp as dense_image_warp
from sessile.ops.library.contrib.image.warps import interpolate_spline as interpolate_spline
from sessile.ops.library.contrib.image.warps import sparse_image_warp as sparse_image_warp
