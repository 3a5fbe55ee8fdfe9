"""Written by tools/make_type_places.py: per module below `families` the operation types it defines."""

from typing import Final

PLACES: Final = {
    "arrays.blocks": "BatchToSpaceND DepthToSpace SpaceToBatchND SpaceToDepth",
    "arrays.broadcast_gradient_args": "BroadcastGradientArgs",
    "arrays.filling": "Fill Range",
    "arrays.gradient_ops": "ConcatOffset MirrorPadGrad StridedSliceGrad",
    "arrays.linspace": "LinSpace",
    "arrays.padding": "MirrorPad Pad PadV2",
    "arrays.rearranging": "BroadcastTo ReverseSequence ReverseV2 Roll Tile",
    "arrays.reshaping": "ExpandDims Reshape Squeeze",
    "arrays.shape_ops": "BroadcastArgs GuaranteeConst Rank Shape ShapeN Size",
    "arrays.slicing": "Slice StridedSlice",
    "arrays.splitting": "Split SplitV Unpack",
    "arrays.stacking": "ConcatV2 Pack ParallelConcat",
    "arrays.transposing": "ConjugateTranspose Transpose",
    "control_flow.flow_ops": "Abort ControlTrigger Enter Exit LoopCond Merge NextIteration RefEnter RefExit"
    " RefMerge RefNextIteration RefSelect RefSwitch Switch",
    "control_flow.stack_ops": "StackCloseV2 StackPopV2 StackPushV2 StackV2",
    "control_flow.tensor_array_ops": "TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3"
    " TensorArrayGradV3 TensorArrayReadV3 TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3"
    " TensorArrayV3 TensorArrayWriteV3",
    "data.extra.optional": "IteratorGetNextAsOptional OptionalFromValue OptionalGetValue OptionalHasValue OptionalNone",
    "data.iterators": "IteratorFromStringHandleV2 IteratorGetNext IteratorToStringHandle IteratorV2",
    "dataflow.accumulator_ops": "AccumulatorApplyGradient AccumulatorNumAccumulated AccumulatorSetGlobalStep"
    " AccumulatorTakeGradient ConditionalAccumulator ResourceAccumulatorApplyGradient"
    " ResourceAccumulatorNumAccumulated ResourceAccumulatorSetGlobalStep ResourceAccumulatorTakeGradient"
    " ResourceConditionalAccumulator SparseAccumulatorApplyGradient SparseAccumulatorTakeGradient"
    " SparseConditionalAccumulator",
    "dataflow.barrier_ops": "Barrier BarrierClose BarrierIncompleteSize BarrierInsertMany BarrierReadySize"
    " BarrierTakeMany",
    "dataflow.queue_ops": "FIFOQueueV2 PaddingFIFOQueueV2 PriorityQueueV2 QueueCloseV2 QueueDequeueManyV2"
    " QueueDequeueUpToV2 QueueDequeueV2 QueueEnqueueManyV2 QueueEnqueueV2 QueueIsClosedV2 QueueSizeV2"
    " RandomShuffleQueueV2",
    "dataflow.staging_ops": "MapClear MapIncompleteSize MapPeek MapSize MapStage MapUnstage MapUnstageNoKey"
    " OrderedMapClear OrderedMapIncompleteSize OrderedMapPeek OrderedMapSize OrderedMapStage OrderedMapUnstage"
    " OrderedMapUnstageNoKey Stage StageClear StagePeek StageSize Unstage",
    "debugging.eager_function": "EagerPyFunc",
    "debugging.numerics": "CheckNumerics",
    "debugging.printing": "Assert Print PrintV2 PyFunc PyFuncStateless StringFormat Timestamp",
    "debugging.summary_ops": "AudioSummary AudioSummaryV2 HistogramSummary ImageSummary MergeSummary"
    " ScalarSummary TensorSummary TensorSummaryV2",
    "debugging.summary_writer_ops": "CloseSummaryWriter CreateSummaryFileWriter FlushSummaryWriter ImportEvent"
    " SummaryWriter WriteAudioSummary WriteGraphSummary WriteHistogramSummary WriteImageSummary"
    " WriteScalarSummary WriteSummary",
    "elementwise.arithmetic": "Abs AccumulateNV2 Add AddN AddV2 Mul MulNoNan Neg Sign Square SquaredDifference Sub",
    "elementwise.bitwise": "BitwiseAnd BitwiseOr BitwiseXor Invert LeftShift PopulationCount RightShift",
    "elementwise.cast": "Bitcast Cast",
    "elementwise.compare": "Equal Greater GreaterEqual IsFinite IsInf IsNan Less LessEqual LogicalAnd"
    " LogicalNot LogicalOr NotEqual",
    "elementwise.complex": "Angle Complex ComplexAbs Conj Imag Real",
    "elementwise.division": "Div DivNoNan FloorDiv FloorMod Inv Mod RealDiv Reciprocal TruncateDiv TruncateMod",
    "elementwise.exponential": "Exp Expm1 Log Log1p Pow Rsqrt Sqrt",
    "elementwise.like": "OnesLike ZerosLike",
    "elementwise.rounding": "ApproximateEqual Ceil ClipByValue Floor Maximum Minimum NextAfter Rint Round",
    "elementwise.select": "Select SelectV2",
    "elementwise.trigonometry": "Acos Acosh Asin Asinh Atan Atan2 Atanh Cos Cosh Sin Sinh Tan Tanh",
    "elementwise.user_functions": "UserFunction",
    "elementwise.user_rows": "CompiledUserRows UserRows",
    "functions.critical_section": "ConsumeMutexLock MutexLock MutexV2",
    "functions.function_ops": "Case If PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf"
    " StatelessWhile SymbolicGradient While",
    "images.boxes": "CropAndResize DrawBoundingBoxes DrawBoundingBoxesV2 SampleDistortedBoundingBoxV2",
    "images.codecs": "DecodeBmp DecodeGif DecodeImage DecodeJpeg DecodePng EncodeJpeg EncodePng",
    "images.colours": "AdjustContrastv2 AdjustHue AdjustSaturation HSVToRGB RGBToHSV",
    "images.components": "BipartiteMatch ImageConnectedComponents",
    "images.crop_gradient_ops": "CropAndResizeGradBoxes CropAndResizeGradImage",
    "images.fused_convolution": "FusedPadConv2D FusedResizeAndPadConv2D",
    "images.glimpses": "ExtractGlimpse",
    "images.jpeg_ops": "DecodeAndCropJpeg EncodeJpegVariableQuality ExtractJpegShape",
    "images.projective": "ImageProjectiveTransformV2",
    "images.resize_ops": "ResizeArea ResizeBicubic ResizeBicubicGrad ResizeBilinear ResizeBilinearGrad"
    " ResizeNearestNeighbor ResizeNearestNeighborGrad",
    "images.scaling": "ScaleAndTranslate ScaleAndTranslateGrad",
    "images.suppression": "CombinedNonMaxSuppression NonMaxSuppression NonMaxSuppressionV3 NonMaxSuppressionV4"
    " NonMaxSuppressionV5 NonMaxSuppressionWithOverlaps",
    "indexing.gather_tree": "GatherTree",
    "indexing.gathering": "GatherNd GatherV2",
    "indexing.inplace": "InplaceAdd InplaceSub InplaceUpdate",
    "indexing.partitioning": "DynamicPartition DynamicStitch ParallelDynamicStitch",
    "indexing.positions": "InvertPermutation ListDiff OneHot Unique UniqueWithCounts UnravelIndex Where",
    "indexing.rare": "CompareAndBitpack DataFormatDimMap DataFormatVecPermute ScatterNdNonAliasingAdd"
    " TensorStridedSliceUpdate TileGrad",
    "indexing.scattering": "ScatterNd TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub"
    " TensorScatterUpdate",
    "indexing.unique_slices": "UniqueV2 UniqueWithCountsV2",
    "io.csv": "DecodeCSV",
    "io.decoding": "DecodeCompressed DecodeJSONExample DecodeRaw ParseTensor SerializeTensor",
    "io.example_ops": "ParseExample ParseSingleExample",
    "io.files": "MatchingFiles ReadFile WriteFile",
    "io.reader_states": "ReaderRestoreStateV2 ReaderSerializeStateV2",
    "io.readers": "FixedLengthRecordReaderV2 IdentityReaderV2 LMDBReaderV2 ReaderNumRecordsProducedV2"
    " ReaderNumWorkUnitsCompletedV2 ReaderReadUpToV2 ReaderReadV2 ReaderResetV2 TFRecordReaderV2"
    " TextLineReaderV2 WholeFileReaderV2",
    "io.save_restore": "MergeV2Checkpoints Restore RestoreSlice RestoreV2 Save SaveSlices SaveV2"
    " ShardedFilename ShardedFilespec",
    "io.sequence_ops": "ParseSequenceExample ParseSingleSequenceExample",
    "io.sparse_messages": "DeserializeManySparse DeserializeSparse SerializeManySparse SerializeSparse",
    "linalg.einsum": "Einsum",
    "linalg.factorizations": "Cholesky LogMatrixDeterminant MatrixDeterminant MatrixInverse MatrixSolve"
    " MatrixTriangularSolve Qr SelfAdjointEigV2 Svd",
    "linalg.main_diagonals": "MatrixDiag MatrixDiagPart MatrixSetDiag",
    "linalg.matrix_functions": "Lu MatrixExponential MatrixLogarithm MatrixSolveLs MatrixSquareRoot",
    "linalg.matrix_parts": "Diag DiagPart MatrixBandPart MatrixDiagPartV3 MatrixDiagV3 MatrixSetDiagV3",
    "linalg.norms": "L2Loss",
    "linalg.products": "BatchMatMul BatchMatMulV2 BatchMatMulV3 Cross MatMul SparseMatMul",
    "linalg.tridiagonal": "TridiagonalMatMul TridiagonalSolve",
    "lists.list_ops": "EmptyTensorList TensorListConcat TensorListConcatLists TensorListConcatV2"
    " TensorListElementShape TensorListFromTensor TensorListGather TensorListGetItem TensorListLength"
    " TensorListPopBack TensorListPushBack TensorListPushBackBatch TensorListReserve TensorListResize"
    " TensorListScatter TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit"
    " TensorListStack",
    "newer.counts": "RaggedBincount SparseBincount",
    "newer.example_ops": "ParseExampleV2",
    "newer.random_ops": "StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg"
    " StatelessRandomNormalV2 StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2"
    " StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormalV2",
    "newer.renamed": "AnonymousHashTable AnonymousMutableDenseHashTable AnonymousMutableHashTable"
    " AnonymousMutableHashTableOfTensors CTCLossV2 CheckNumericsV2 ImageProjectiveTransformV3 SegmentMaxV2"
    " SegmentMinV2 SegmentProdV2 SegmentSumV2",
    "nn.activation_gradients": "EluGrad InvGrad LeakyReluGrad ReciprocalGrad Relu6Grad ReluGrad RsqrtGrad"
    " SeluGrad SigmoidGrad SoftplusGrad SoftsignGrad SqrtGrad TanhGrad",
    "nn.activations": "Elu LeakyRelu Relu Relu6 Selu Sigmoid Softplus Softsign",
    "nn.bias": "BiasAdd BiasAddGrad",
    "nn.convolution.argmax_pooling": "MaxPoolGradGradWithArgmax MaxPoolGradWithArgmax MaxPoolWithArgmax",
    "nn.convolution.convolution_ops": "Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D"
    " Conv3DBackpropFilterV2 Conv3DBackpropInputV2",
    "nn.convolution.depthwise.kernels": "DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter"
    " DepthwiseConv2dNativeBackpropInput",
    "nn.convolution.fractional": "FractionalAvgPool FractionalAvgPoolGrad FractionalMaxPool FractionalMaxPoolGrad",
    "nn.convolution.morphology": "Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput",
    "nn.convolution.patches": "ExtractImagePatches ExtractVolumePatches",
    "nn.convolution.pooling_ops": "AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad MaxPool MaxPool3D MaxPool3DGrad"
    " MaxPool3DGradGrad MaxPoolGrad MaxPoolGradGrad MaxPoolGradGradV2 MaxPoolGradV2 MaxPoolV2",
    "nn.cross_entropy": "SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits",
    "nn.ctc.decoders": "CTCBeamSearchDecoder CTCGreedyDecoder",
    "nn.ctc.loss": "CTCLoss",
    "nn.normalization.batch_norm_ops": "BatchNormWithGlobalNormalization FusedBatchNorm FusedBatchNormGrad"
    " FusedBatchNormGradV2 FusedBatchNormGradV3 FusedBatchNormV2 FusedBatchNormV3",
    "nn.normalization.lrn": "LRN LRNGrad",
    "nn.quantized_ops": "QuantizeDownAndShrinkRange QuantizedAvgPool QuantizedBiasAdd QuantizedConcat"
    " QuantizedConv2D QuantizedMatMul QuantizedMaxPool QuantizedRelu QuantizedRelu6 QuantizedReluX"
    " QuantizedReshape RequantizationRange Requantize",
    "nn.recurrent_blocks": "BlockLSTM BlockLSTMGrad BlockLSTMGradV2 BlockLSTMV2 GRUBlockCell GRUBlockCellGrad"
    " LSTMBlockCell LSTMBlockCellGrad",
    "nn.sampled.samplers": "AllCandidateSampler ComputeAccidentalHits FixedUnigramCandidateSampler"
    " LearnedUnigramCandidateSampler LogUniformCandidateSampler ThreadUnsafeUnigramCandidateSampler"
    " UniformCandidateSampler",
    "nn.softmax": "LogSoftmax Softmax",
    "old_types": "BiasAddV1 Concat Gather InTopK Reverse TopK",
    "older.diagonals": "MatrixDiagPartV2 MatrixDiagV2 MatrixSetDiagV2",
    "older.drawing": "RandomPoisson SampleDistortedBoundingBox",
    "older.handles": "FIFOQueue FixedLengthRecordReader HashTable IdentityReader InitializeTable"
    " InitializeTableFromTextFile LMDBReader LookupTableExport LookupTableFind LookupTableImport"
    " LookupTableInsert LookupTableSize MutableHashTable MutableHashTableOfTensors PaddingFIFOQueue"
    " PriorityQueue QueueClose QueueDequeue QueueDequeueMany QueueDequeueUpTo QueueEnqueue QueueEnqueueMany"
    " QueueIsClosed QueueSize RandomShuffleQueue ReaderNumRecordsProduced ReaderNumWorkUnitsCompleted"
    " ReaderRead ReaderReadUpTo ReaderReset ReaderRestoreState ReaderSerializeState RefIdentity Stack"
    " StackClose StackPop StackPush TFRecordReader TextLineReader WholeFileReader",
    "older.images": "AdjustContrast BatchToSpace NonMaxSuppressionV2 RandomCrop SpaceToBatch",
    "older.matrices": "BatchCholesky BatchCholeskyGrad BatchFFT BatchFFT2D BatchFFT3D BatchIFFT BatchIFFT2D"
    " BatchIFFT3D BatchMatrixBandPart BatchMatrixDeterminant BatchMatrixDiag BatchMatrixDiagPart"
    " BatchMatrixInverse BatchMatrixSetDiag BatchMatrixSolve BatchMatrixSolveLs BatchMatrixTriangularSolve"
    " BatchSelfAdjointEig BatchSelfAdjointEigV2 BatchSvd CholeskyGrad SelfAdjointEig",
    "older.tensor_arrays": "TensorArray TensorArrayClose TensorArrayCloseV2 TensorArrayConcat"
    " TensorArrayConcatV2 TensorArrayGather TensorArrayGatherV2 TensorArrayGrad TensorArrayGradV2"
    " TensorArrayPack TensorArrayRead TensorArrayReadV2 TensorArrayScatter TensorArrayScatterV2 TensorArraySize"
    " TensorArraySizeV2 TensorArraySplit TensorArraySplitV2 TensorArrayUnpack TensorArrayV2 TensorArrayWrite"
    " TensorArrayWriteV2",
    "older.windows": "BatchNormWithGlobalNormalizationGrad Conv3DBackpropFilter Conv3DBackpropInput",
    "quantized.fake_quant": "FakeQuantWithMinMaxArgs FakeQuantWithMinMaxArgsGradient FakeQuantWithMinMaxVars"
    " FakeQuantWithMinMaxVarsGradient FakeQuantWithMinMaxVarsPerChannel FakeQuantWithMinMaxVarsPerChannelGradient",
    "quantized.quantize": "Dequantize QuantizeAndDequantize QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeV2",
    "ragged.ragged_ops": "RaggedGather RaggedRange RaggedTensorToSparse",
    "ragged.to_tensor": "RaggedTensorToTensor",
    "random.drawing": "Multinomial RandomGamma RandomPoissonV2",
    "random.sampling": "RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt TruncatedNormal",
    "random.stateless": "StatelessMultinomial StatelessRandomNormal StatelessRandomUniform"
    " StatelessRandomUniformInt StatelessTruncatedNormal",
    "reductions.argmax": "ArgMax ArgMin",
    "reductions.counting": "Bincount DenseBincount HistogramFixedWidth LowerBound UpperBound",
    "reductions.order": "Bucketize NthElement",
    "reductions.reduction_ops": "All Any EuclideanNorm Max Mean Min Prod Sum",
    "reductions.scan": "Cumprod Cumsum CumulativeLogsumexp",
    "reductions.segments": "SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum UnsortedSegmentMax"
    " UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum",
    "reductions.sorting": "InTopKV2 TopKV2",
    "reductions.sparse_segments": "SparseSegmentMean SparseSegmentMeanGrad SparseSegmentMeanWithNumSegments"
    " SparseSegmentSqrtN SparseSegmentSqrtNGrad SparseSegmentSqrtNWithNumSegments SparseSegmentSum"
    " SparseSegmentSumWithNumSegments",
    "signal.audio": "AudioSpectrogram DecodeWav EncodeWav Mfcc",
    "signal.fourier": "FFT FFT2D FFT3D IFFT IFFT2D IFFT3D IRFFT IRFFT2D IRFFT3D RFFT RFFT2D RFFT3D",
    "sparse.arithmetic": "SparseAdd SparseSoftmax SparseSparseMaximum SparseSparseMinimum",
    "sparse.elementwise": "SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul",
    "sparse.gradient_ops": "SparseAddGrad SparseFillEmptyRowsGrad SparseSliceGrad",
    "sparse.parts": "SparseConcat SparseSlice SparseSplit",
    "sparse.reductions": "SparseReduceMax SparseReduceMaxSparse SparseReduceSum SparseReduceSumSparse",
    "sparse.set_ops": "DenseToDenseSetOperation DenseToSparseSetOperation SetSize SparseToSparseSetOperation",
    "sparse.structure": "SparseFillEmptyRows SparseReorder SparseReshape",
    "sparse.to_dense": "SparseTensorDenseAdd SparseTensorDenseMatMul SparseToDense",
    "special.bessel": "BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselJ1 BesselK0 BesselK0e BesselK1"
    " BesselK1e BesselY0 BesselY1 Dawsn Expint FresnelCos FresnelSin Spence",
    "special.functions": "Betainc Digamma Erf Erfc Erfinv Igamma Igammac Lgamma Ndtri Polygamma Xdivy Xlog1py"
    " Xlogy Zeta",
    "special.igamma_derivative": "IgammaGradA RandomGammaGrad",
    "state.assignments": "Assign AssignAdd AssignSub CountUpTo IsVariableInitialized Variable VariableV2",
    "state.handle_ops": "DeleteSessionTensor GetSessionHandle GetSessionHandleV2 GetSessionTensor",
    "state.updates.resource_ops": "AssignAddVariableOp AssignSubVariableOp AssignVariableOp DestroyResourceOp"
    " ReadVariableOp ResourceCountUpTo ResourceGather ResourceGatherNd VarHandleOp VarIsInitializedOp VariableShape",
    "state.updates.scatter_ops": "ResourceScatterAdd ResourceScatterDiv ResourceScatterMax ResourceScatterMin"
    " ResourceScatterMul ResourceScatterNdAdd ResourceScatterNdSub ResourceScatterNdUpdate ResourceScatterSub"
    " ResourceScatterUpdate ScatterAdd ScatterDiv ScatterMax ScatterMin ScatterMul ScatterNdAdd ScatterNdSub"
    " ScatterNdUpdate ScatterSub ScatterUpdate",
    "state.updates.slice_assign": "ResourceStridedSliceAssign StridedSliceAssign",
    "state.updates.update_ops": "ApplyAdaMax ApplyAdadelta ApplyAdagrad ApplyAdagradDA ApplyAdagradV2 ApplyAdam"
    " ApplyAddSign ApplyCenteredRMSProp ApplyFtrl ApplyFtrlV2 ApplyGradientDescent ApplyMomentum ApplyPowerSign"
    " ApplyProximalAdagrad ApplyProximalGradientDescent ApplyRMSProp ResourceApplyAdaMax ResourceApplyAdadelta"
    " ResourceApplyAdagrad ResourceApplyAdagradDA ResourceApplyAdagradV2 ResourceApplyAdam"
    " ResourceApplyAdamWithAmsgrad ResourceApplyAddSign ResourceApplyCenteredRMSProp ResourceApplyFtrl"
    " ResourceApplyFtrlV2 ResourceApplyGradientDescent ResourceApplyKerasMomentum ResourceApplyMomentum"
    " ResourceApplyPowerSign ResourceApplyProximalAdagrad ResourceApplyProximalGradientDescent"
    " ResourceApplyRMSProp ResourceSparseApplyAdadelta ResourceSparseApplyAdagrad ResourceSparseApplyAdagradDA"
    " ResourceSparseApplyAdagradV2 ResourceSparseApplyCenteredRMSProp ResourceSparseApplyFtrl"
    " ResourceSparseApplyFtrlV2 ResourceSparseApplyKerasMomentum ResourceSparseApplyMomentum"
    " ResourceSparseApplyProximalAdagrad ResourceSparseApplyProximalGradientDescent ResourceSparseApplyRMSProp"
    " SparseApplyAdadelta SparseApplyAdagrad SparseApplyAdagradDA SparseApplyAdagradV2"
    " SparseApplyCenteredRMSProp SparseApplyFtrl SparseApplyFtrlV2 SparseApplyMomentum"
    " SparseApplyProximalAdagrad SparseApplyProximalGradientDescent SparseApplyRMSProp",
    "strings.crossing": "SparseCross",
    "strings.edit_distances": "EditDistance",
    "strings.fingerprints": "Fingerprint",
    "strings.hash_buckets": "StringToHashBucket StringToHashBucketFast StringToHashBucketStrong",
    "strings.joining": "ReduceJoin StringJoin UnsortedSegmentJoin",
    "strings.ngrams": "StringNGrams",
    "strings.numbers": "AsString StringToNumber",
    "strings.parts": "DecodeBase64 EncodeBase64 StringLength StringLower StringStrip StringUpper Substr",
    "strings.patterns": "RegexFullMatch RegexReplace StaticRegexFullMatch StaticRegexReplace",
    "strings.scripts": "UnicodeScript",
    "strings.splitting": "StringSplit StringSplitV2",
    "strings.unicode": "UnicodeDecode UnicodeDecodeWithOffsets UnicodeEncode UnicodeTranscode",
    "tables.table_ops": "HashTableV2 InitializeTableFromTextFileV2 InitializeTableV2 LookupTableExportV2"
    " LookupTableFindV2 LookupTableImportV2 LookupTableInsertV2 LookupTableRemoveV2 LookupTableSizeV2"
    " MutableDenseHashTableV2 MutableHashTableOfTensorsV2 MutableHashTableV2",
}
