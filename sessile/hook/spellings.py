"""What functions are called in TensorFlow's own modules where their public names are others.

`tensorflow.python.ops.sets_impl.set_size` is `tf.sets.size`. TensorFlow 1.15 keeps what its public names show as
`softmax_v1` or `TextLineDatasetV1` too, beside what TensorFlow 2 shows; those need no entry.
"""

from __future__ import annotations

import re
from typing import Final

# Pattern of a module, without `tensorflow.python.` -> its names that differ, as `inside=public`.
_SPELLINGS: Final = {
    r"client\.session": "SessionInterface=session.session.BaseSession BaseSession=session.session.BaseSession",
    r"data\.ops\.dataset_ops": (
        "get_legacy_output_classes=data.get_output_classes get_legacy_output_shapes=data.get_output_shapes "
        "get_legacy_output_types=data.get_output_types"
    ),
    r"data\.util\.structure": (
        "_TensorStructure=data.experimental.TensorStructure "
        "_SparseTensorStructure=data.experimental.SparseTensorStructure "
        "_RaggedTensorStructure=data.experimental.RaggedTensorStructure"
    ),
    r"framework\.config": (
        "get_optimizer_jit=config.optimizer.get_jit set_optimizer_jit=config.optimizer.set_jit "
        "get_optimizer_experimental_options=config.optimizer.get_experimental_options "
        "set_optimizer_experimental_options=config.optimizer.set_experimental_options "
        "list_physical_devices=config.experimental.list_physical_devices "
        "list_logical_devices=config.experimental.list_logical_devices"
    ),
    r"framework\.ops": "_colocate_with=colocate_with",
    r"layers\.core": "FullyConnected=layers.Dense fully_connected=layers.dense",
    r"layers\.convolutional": (
        "Convolution1D=layers.Conv1D Convolution2D=layers.Conv2D Convolution3D=layers.Conv3D "
        "SeparableConvolution2D=layers.SeparableConv2D Convolution2DTranspose=layers.Conv2DTranspose "
        "Deconvolution2D=layers.Conv2DTranspose Deconv2D=layers.Conv2DTranspose "
        "Convolution3DTranspose=layers.Conv3DTranspose Deconvolution3D=layers.Conv3DTranspose "
        "Deconv3D=layers.Conv3DTranspose convolution1d=layers.conv1d convolution2d=layers.conv2d "
        "convolution3d=layers.conv3d separable_convolution2d=layers.separable_conv2d "
        "convolution2d_transpose=layers.conv2d_transpose deconvolution2d=layers.conv2d_transpose "
        "deconv2d=layers.conv2d_transpose convolution3d_transpose=layers.conv3d_transpose "
        "deconvolution3d=layers.conv3d_transpose deconv3d=layers.conv3d_transpose"
    ),
    r"layers\.normalization": "BatchNorm=layers.BatchNormalization batch_norm=layers.batch_normalization",
    r"layers\.pooling": (
        "AvgPool2D=layers.AveragePooling2D MaxPool2D=layers.MaxPooling2D max_pool2d=layers.max_pooling2d "
        "avg_pool2d=layers.average_pooling2d"
    ),
    r"keras\.constraints": (
        "maxnorm=keras.constraints.MaxNorm nonneg=keras.constraints.NonNeg unitnorm=keras.constraints.UnitNorm"
    ),
    r"keras\.layers(\.convolutional)?": (
        "Deconvolution2D=keras.layers.Conv2DTranspose Deconv2D=keras.layers.Conv2DTranspose "
        "Deconvolution3D=keras.layers.Conv3DTranspose Deconv3D=keras.layers.Conv3DTranspose"
    ),
    r"keras\.optimizers": (
        "sgd=keras.optimizers.SGD adamax=keras.optimizers.Adamax nadam=keras.optimizers.Nadam "
        "rmsprop=keras.optimizers.RMSprop adagrad=keras.optimizers.Adagrad adadelta=keras.optimizers.Adadelta "
        "adam=keras.optimizers.Adam"
    ),
    r"lib\.io\.file_io": (
        "file_exists_v2=io.gfile.exists delete_file_v2=io.gfile.remove get_matching_files_v2=io.gfile.glob "
        "create_dir_v2=io.gfile.mkdir recursive_create_dir_v2=io.gfile.makedirs copy_v2=io.gfile.copy "
        "rename_v2=io.gfile.rename delete_recursively_v2=io.gfile.rmtree is_directory_v2=io.gfile.isdir "
        "list_directory_v2=io.gfile.listdir walk_v2=io.gfile.walk stat_v2=io.gfile.stat"
    ),
    r"ops\.array_ops": "extract_image_patches_v2=image.extract_patches listdiff=setdiff1d",
    r"ops\.image_ops(_impl)?": (
        "ResizeMethodV1=image.ResizeMethod non_max_suppression_with_overlaps=image.non_max_suppression_overlaps"
    ),
    r"ops\.init_ops": "Identity=initializers.identity identity_initializer=initializers.identity",
    r"ops\.linalg\.linalg_impl": "matrix_exponential=linalg.expm",
    r"ops\.nn_impl": "normalize=linalg.normalize",
    r"ops\.nn_ops": "softmax_cross_entropy_with_logits_v2_helper=nn.softmax_cross_entropy_with_logits_v2",
    r"ops\.ragged\.ragged_string_ops": "string_bytes_split=strings.bytes_split strings_split_v1=strings.split",
    r"ops\.sets(_impl)?": (
        "set_size=sets.size set_intersection=sets.intersection set_difference=sets.difference set_union=sets.union"
    ),
    r"ops\.sparse_ops": (
        "sparse_expand_dims=sparse.expand_dims sparse_eye=sparse.eye sparse_cross_hashed=sparse.cross_hashed "
        "_sparse_cross_hashed=sparse.cross_hashed"
    ),
    r"ops\.string_ops": "substr_deprecated=substr",
    r"platform\.benchmark": "TensorFlowBenchmark=test.Benchmark",
    r"saved_model\.builder_impl": "SavedModelBuilder=saved_model.Builder",
}
_OF_VERSION_1: Final = re.compile(r"(\w+?)(?:_v1|(?<=[a-z\d])V1)")


def public_name(inner: str, name: str) -> str | None:
    """Return the public name of what a module of TensorFlow's own calls otherwise, or None.

    Args:
      inner: the module's name without `tensorflow.`.
      name: the name in it.

    A dotted name is one below `sessile`; one without dots is looked for where the module's other names are.
    """
    if not inner.startswith("python."):
        return None
    module = inner.removeprefix("python.")
    for pattern, pairs in _SPELLINGS.items():
        if f"{name}=" in pairs and re.fullmatch(pattern, module):
            spelled = dict(pair.split("=") for pair in pairs.split())
            if name in spelled:
                return f".{spelled[name]}"
    found = _OF_VERSION_1.fullmatch(name)
    return found[1] if found is not None else None
