"""What TensorFlow demands of attributes beyond their kind: smallest values and lengths, and the strings allowed."""

from __future__ import annotations

from typing import Final

# The smallest value of an integer, or length of a list, by operation type and attribute.
MINIMA: Final = {
    ("AccumulateNV2", "N"): 1,
    ("AddN", "N"): 1,
    ("Assert", "T"): 1,
    ("Concat", "N"): 2,
    ("ConcatV2", "N"): 2,
    ("DepthToSpace", "block_size"): 2,
    ("DynamicPartition", "num_partitions"): 1,
    ("DynamicStitch", "N"): 1,
    ("Einsum", "N"): 1,
    ("IdentityN", "T"): 1,
    ("Pack", "N"): 1,
    ("ParallelConcat", "N"): 1,
    ("ParallelDynamicStitch", "N"): 1,
    ("Print", "U"): 0,
    ("PyFunc", "Tin"): 0,
    ("PyFunc", "Tout"): 0,
    ("PyFuncStateless", "Tin"): 0,
    ("PyFuncStateless", "Tout"): 0,
    ("ShapeN", "N"): 1,
    ("SpaceToDepth", "block_size"): 2,
    ("SparseConcat", "N"): 2,
    ("SparseSplit", "num_split"): 1,
    ("Split", "num_split"): 1,
    ("SplitV", "num_split"): 1,
    ("Squeeze", "squeeze_dims"): 0,
    ("StringFormat", "T"): 0,
    ("TopK", "k"): 0,
    ("Unpack", "num"): 0,
}

_IMAGE_FORMATS: Final = (b"NHWC", b"NCHW", b"NCHW_VECT_C")
_ALIGNMENTS: Final = (b"LEFT_RIGHT", b"RIGHT_LEFT", b"LEFT_LEFT", b"RIGHT_RIGHT")

# The strings that an attribute may have.
CHOICES: Final = {
    ("BiasAdd", "data_format"): (b"NHWC", b"NCHW"),
    ("DepthToSpace", "data_format"): _IMAGE_FORMATS,
    ("MatrixDiagPartV3", "align"): _ALIGNMENTS,
    ("MatrixDiagV3", "align"): _ALIGNMENTS,
    ("MatrixSetDiagV3", "align"): _ALIGNMENTS,
    ("MirrorPad", "mode"): (b"REFLECT", b"SYMMETRIC"),
    ("SpaceToDepth", "data_format"): _IMAGE_FORMATS,
}
