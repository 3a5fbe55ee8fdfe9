"""Public names of `keras`."""

from __future__ import annotations

_KERAS = "session.keras"
_APPLICATIONS = f"{_KERAS}.applications"
_FUNCTIONS = f"{_KERAS}.functions"
_HELPERS = f"{_KERAS}.helpers"
_LAYERS = f"{_KERAS}.layers"
_MODELS = f"{_KERAS}.models"
_OF_CAFFE = "decode_predictions preprocess_input=preprocess_caffe"
_OF_TF = "decode_predictions preprocess_input=preprocess_tf"
_OF_TORCH = "decode_predictions preprocess_input=preprocess_torch"
_COMMON = "deserialize get serialize"
_LOSSES = (
    "KLD MAE MAPE MSE MSLE binary_crossentropy categorical_crossentropy categorical_hinge cosine cosine_proximity "
    "cosine_similarity hinge kld kullback_leibler_divergence logcosh mae mape mean_absolute_error "
    "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle poisson "
    "sparse_categorical_crossentropy squared_hinge"
)
_METRICS = (
    "KLD MAE MAPE MSE MSLE binary_crossentropy categorical_crossentropy cosine_proximity hinge "
    "kullback_leibler_divergence mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error "
    "mean_squared_logarithmic_error mse msle poisson sparse_categorical_crossentropy squared_hinge"
)

NAMES: dict[str, dict[str, str]] = {
    "keras": {
        f"{_LAYERS}.inputs": "Input",
        f"{_MODELS}.model": "Model",
        f"{_MODELS}.sequential": "Sequential",
    },
    "keras.activations": {
        f"{_FUNCTIONS}.activations": (
            f"{_COMMON} elu exponential hard_sigmoid linear relu selu sigmoid softmax softplus softsign tanh"
        ),
    },
    "keras.applications": {
        f"{_APPLICATIONS}.densenet": "DenseNet121 DenseNet169 DenseNet201",
        f"{_APPLICATIONS}.inception": "InceptionResNetV2 InceptionV3",
        f"{_APPLICATIONS}.mobilenet": "MobileNet MobileNetV2",
        f"{_APPLICATIONS}.nasnet": "NASNetLarge NASNetMobile",
        f"{_APPLICATIONS}.resnet": "ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2",
        f"{_APPLICATIONS}.vgg": "VGG16 VGG19",
        f"{_APPLICATIONS}.xception": "Xception",
    },
    "keras.applications.imagenet_utils": {f"{_APPLICATIONS}.imagenet_utils": "decode_predictions preprocess_input"},
    "keras.applications.densenet": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TORCH,
        f"{_APPLICATIONS}.densenet": "DenseNet121 DenseNet169 DenseNet201",
    },
    "keras.applications.inception_resnet_v2": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.inception": "InceptionResNetV2",
    },
    "keras.applications.inception_v3": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.inception": "InceptionV3",
    },
    "keras.applications.mobilenet": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.mobilenet": "MobileNet",
    },
    "keras.applications.mobilenet_v2": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.mobilenet": "MobileNetV2",
    },
    "keras.applications.nasnet": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.nasnet": "NASNetLarge NASNetMobile",
    },
    "keras.applications.resnet": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_CAFFE,
        f"{_APPLICATIONS}.resnet": "ResNet101 ResNet152 ResNet50",
    },
    "keras.applications.resnet50": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_CAFFE,
        f"{_APPLICATIONS}.resnet": "ResNet50",
    },
    "keras.applications.resnet_v2": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.resnet": "ResNet101V2 ResNet152V2 ResNet50V2",
    },
    "keras.applications.vgg16": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_CAFFE,
        f"{_APPLICATIONS}.vgg": "VGG16",
    },
    "keras.applications.vgg19": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_CAFFE,
        f"{_APPLICATIONS}.vgg": "VGG19",
    },
    "keras.applications.xception": {
        f"{_APPLICATIONS}.imagenet_utils": _OF_TF,
        f"{_APPLICATIONS}.xception": "Xception",
    },
    "keras.backend": {
        f"{_KERAS}.backend": (
            "all any arange argmax argmin backend batch_flatten binary_crossentropy cast cast_to_floatx "
            "categorical_crossentropy clip concatenate constant count_params dot dropout dtype elu eval expand_dims "
            "eye flatten foldl foldr function gather gradients hard_sigmoid in_test_phase in_top_k in_train_phase "
            "int_shape is_keras_tensor is_placeholder l2_normalize logsumexp map_fn max mean min moving_average_update "
            "ndim one_hot ones permute_dimensions placeholder pow prod random_binomial random_normal "
            "random_normal_variable "
            "random_uniform random_uniform_variable relu repeat reshape reverse shape softmax "
            "sparse_categorical_crossentropy sqrt squeeze stack std stop_gradient sum switch temporal_padding tile "
            "to_dense transpose truncated_normal update update_add update_sub var variable zeros"
        ),
        f"{_FUNCTIONS}.convolution": (
            "conv1d conv2d conv2d_transpose conv3d local_conv1d local_conv2d pool2d pool3d separable_conv2d"
        ),
        f"{_FUNCTIONS}.ctc": "ctc_batch_cost ctc_decode ctc_label_dense_to_sparse",
        f"{_FUNCTIONS}.images": (
            "batch_normalization bias_add normalize_batch_in_training print_tensor resize_images spatial_2d_padding "
            "spatial_3d_padding"
        ),
        f"{_KERAS}.session_of": (
            "batch_get_value batch_set_value clear_session get_session get_value set_session set_value"
        ),
        f"{_KERAS}.state": (
            "epsilon floatx get_uid image_data_format learning_phase learning_phase_scope "
            "manual_variable_initialization reset_uids set_epsilon set_floatx set_image_data_format set_learning_phase "
            "symbolic_learning_phase"
        ),
        f"{_LAYERS}.looping": "rnn",
        f"{_LAYERS}.merging": "batch_dot",
        f"{_LAYERS}.resizing": "repeat_elements resize_volumes",
        "ops.building.basic_ops": "identity",
        "ops.building.default_graph": "get_graph=get_default_graph name_scope",
        "ops.families.elementwise.arithmetic": "abs sign square",
        "ops.families.elementwise.compare": "equal greater greater_equal less less_equal not_equal",
        "ops.families.elementwise.exponential": "exp log",
        "ops.families.elementwise.like": "ones_like zeros_like",
        "ops.families.elementwise.rounding": "maximum minimum round",
        "ops.families.elementwise.trigonometry": "cos sin tanh",
        "ops.families.nn.activations": "sigmoid softplus softsign",
        "ops.families.reductions.scan": "cumprod cumsum",
        "ops.families.sparse.sparse_tensor": "is_sparse",
    },
    "keras.callbacks": {
        f"{_KERAS}.callbacks": (
            "BaseLogger CSVLogger Callback CallbackList EarlyStopping History LambdaCallback LearningRateScheduler "
            "ModelCheckpoint ProgbarLogger ReduceLROnPlateau RemoteMonitor TensorBoard TerminateOnNaN"
        ),
    },
    "keras.constraints": {
        f"{_FUNCTIONS}.constraints": (
            f"{_COMMON} Constraint MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm max_norm min_max_norm non_neg "
            "radial_constraint unit_norm"
        ),
    },
    "keras.datasets": {},
    "keras.datasets.boston_housing": {f"{_KERAS}.datasets": "load_data=load_boston"},
    "keras.datasets.cifar10": {f"{_KERAS}.datasets": "load_data=load_cifar10"},
    "keras.datasets.cifar100": {f"{_KERAS}.datasets": "load_data=load_cifar100"},
    "keras.datasets.fashion_mnist": {f"{_KERAS}.datasets": "load_data=load_fashion_mnist"},
    "keras.datasets.imdb": {f"{_KERAS}.datasets": "get_word_index=imdb_word_index load_data=load_imdb"},
    "keras.datasets.mnist": {f"{_KERAS}.datasets": "load_data=load_mnist"},
    "keras.datasets.reuters": {f"{_KERAS}.datasets": "get_word_index=reuters_word_index load_data=load_reuters"},
    "keras.estimator": {"session.estimator.of_keras": "model_to_estimator"},
    "keras.experimental": {
        f"{_HELPERS}.enqueuers": "terminate_keras_multiprocessing_pools",
        f"{_HELPERS}.wide_deep": "LinearModel WideDeepModel",
        f"{_LAYERS}.cells": "PeepholeLSTMCell",
        f"{_LAYERS}.features": "SequenceFeatures",
        f"{_MODELS}.files.exporting": "export_saved_model=save_keras_model load_from_saved_model=load_keras_model",
        f"{_KERAS}.schedules": "CosineDecay CosineDecayRestarts LinearCosineDecay NoisyLinearCosineDecay",
    },
    "keras.initializers": {
        f"{_FUNCTIONS}.initializers": (
            f"{_COMMON} Constant GlorotNormal GlorotUniform Identity Initializer Ones Orthogonal RandomNormal "
            "RandomUniform TruncatedNormal VarianceScaling Zeros constant glorot_normal glorot_uniform he_normal "
            "he_uniform identity lecun_normal lecun_uniform normal ones orthogonal random_normal random_uniform "
            "truncated_normal uniform zeros"
        ),
    },
    "keras.layers": {
        f"{_KERAS}.layer": "InputSpec Layer",
        f"{_LAYERS}.activating": (
            "AlphaDropout ELU GaussianDropout GaussianNoise LeakyReLU PReLU ReLU Softmax ThresholdedReLU"
        ),
        f"{_LAYERS}.cells": "AbstractRNNCell GRUCell LSTMCell SimpleRNNCell StackedRNNCells",
        f"{_LAYERS}.convolution": (
            "Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D Convolution2D Convolution2DTranspose "
            "Convolution3D Convolution3DTranspose DepthwiseConv2D SeparableConv1D SeparableConv2D "
            "SeparableConvolution1D SeparableConvolution2D"
        ),
        f"{_LAYERS}.core": (
            "Activation ActivityRegularization Dense Dropout Flatten Lambda Masking Permute RepeatVector Reshape "
            "SpatialDropout1D SpatialDropout2D SpatialDropout3D"
        ),
        f"{_LAYERS}.embedding": "Embedding",
        f"{_LAYERS}.features": "DenseFeatures",
        f"{_LAYERS}.inputs": "Input InputLayer",
        f"{_LAYERS}.merging": (
            "Add AdditiveAttention Attention Average Concatenate Dot Maximum Minimum Multiply Subtract add average "
            "concatenate dot maximum=largest minimum=smallest multiply subtract"
        ),
        f"{_LAYERS}.normalization": "BatchNormalization LayerNormalization",
        f"{_LAYERS}.pooling": (
            "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D GlobalAveragePooling1D "
            "GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D "
            "GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
            "MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D"
        ),
        f"{_LAYERS}.recurrent": "CuDNNGRU CuDNNLSTM GRU LSTM RNN SimpleRNN",
        f"{_LAYERS}.resizing": (
            "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D "
            "ZeroPadding3D"
        ),
        f"{_LAYERS}.serialization": "deserialize serialize",
        f"{_LAYERS}.spatial.conv_lstm": "ConvLSTM2D",
        f"{_LAYERS}.spatial.local": "LocallyConnected1D LocallyConnected2D",
        f"{_LAYERS}.wrappers": "Bidirectional TimeDistributed Wrapper",
    },
    "keras.losses": {
        f"{_FUNCTIONS}.losses": (
            f"{_COMMON} {_LOSSES} BinaryCrossentropy CategoricalCrossentropy CategoricalHinge CosineSimilarity Hinge "
            "Huber KLDivergence LogCosh Loss MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
            "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge"
        ),
    },
    "keras.metrics": {
        f"{_FUNCTIONS}.curves": "AUC",
        f"{_FUNCTIONS}.tables": (
            "MeanIoU MeanRelativeError MeanTensor SensitivityAtSpecificity SpecificityAtSensitivity"
        ),
        f"{_FUNCTIONS}.metric_names": _COMMON,
        f"{_FUNCTIONS}.metrics": (
            f"{_METRICS} CategoricalHinge CosineSimilarity LogCoshError SquaredHinge cosine kld Accuracy "
            "BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy FalseNegatives "
            "FalsePositives Hinge KLDivergence Mean MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
            "MeanSquaredLogarithmicError Metric Poisson Precision Recall RootMeanSquaredError "
            "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy Sum "
            "TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy categorical_accuracy "
            "sparse_categorical_accuracy sparse_top_k_categorical_accuracy top_k_categorical_accuracy"
        ),
    },
    "keras.models": {
        f"{_LAYERS}.inputs": "Input",
        f"{_MODELS}.cloning": "clone_model",
        f"{_MODELS}.model": "Model",
        f"{_MODELS}.files.saving": "load_model model_from_config model_from_json model_from_yaml save_model",
        f"{_MODELS}.sequential": "Sequential",
    },
    "keras.optimizers": {
        f"{_KERAS}.optimizer_base": "Optimizer",
        f"{_KERAS}.optimizers": f"{_COMMON} Adadelta Adagrad Adam Adamax Ftrl Nadam RMSprop SGD",
    },
    "keras.optimizers.schedules": {
        f"{_KERAS}.schedules": (
            "ExponentialDecay InverseTimeDecay LearningRateSchedule PiecewiseConstantDecay PolynomialDecay deserialize "
            "serialize"
        ),
    },
    "keras.preprocessing": {},
    "keras.preprocessing.image": {
        f"{_KERAS}.preprocessing.images.files": "array_to_img img_to_array load_img save_img",
        f"{_KERAS}.preprocessing.images.folders": "DirectoryIterator",
        f"{_KERAS}.preprocessing.images.generator": "ImageDataGenerator",
        f"{_KERAS}.preprocessing.images.iterators": "Iterator NumpyArrayIterator",
        f"{_KERAS}.preprocessing.images.transforms": (
            "apply_affine_transform apply_brightness_shift apply_channel_shift random_brightness random_channel_shift "
            "random_rotation random_shear random_shift random_zoom"
        ),
    },
    "keras.preprocessing.sequence": {
        f"{_KERAS}.preprocessing.sequences": "TimeseriesGenerator make_sampling_table pad_sequences skipgrams",
    },
    "keras.preprocessing.text": {
        f"{_KERAS}.preprocessing.texts": ("Tokenizer hashing_trick one_hot text_to_word_sequence tokenizer_from_json"),
    },
    "keras.regularizers": {
        f"{_FUNCTIONS}.regularizers": f"{_COMMON} L1L2 Regularizer l1 l1_l2 l2",
    },
    "keras.utils": {
        f"{_FUNCTIONS}.lookup": "CustomObjectScope custom_object_scope get_custom_objects",
        f"{_HELPERS}.drawing": "model_to_dot plot_model",
        f"{_HELPERS}.enqueuers": "GeneratorEnqueuer OrderedEnqueuer SequenceEnqueuer",
        f"{_HELPERS}.matrices": "HDF5Matrix",
        f"{_HELPERS}.objects": "deserialize_keras_object serialize_keras_object",
        f"{_HELPERS}.progbar": "Progbar",
        f"{_KERAS}.preprocessing.sequences": "Sequence",
        f"{_KERAS}.utilities": ("convert_all_kernels_in_model get_file multi_gpu_model normalize to_categorical"),
        f"{_KERAS}.walking": "get_source_inputs",
    },
    "keras.wrappers": {},
    "keras.wrappers.scikit_learn": {f"{_HELPERS}.scikit_learn": "KerasClassifier KerasRegressor"},
}
