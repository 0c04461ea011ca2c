"""Packs ONNX's backend node tests for the operators that @vatun/onnx runs into one file of the unit tests.

Needs Debian's packages libonnx-testdata and python3-onnx. Run it in this folder: /usr/bin/python3 pack_node_tests.py

The packed file is gzip of: a JSON header of `length` bytes after a uint32 `length`, then blobs. Each test of the header has a
name, the model and its inputs and outputs as [start, end) of the blobs; inputs and outputs are TensorProto messages.
"""

import glob
import gzip
import json
import os
import struct

import onnx

DATA = "/usr/share/libonnx-testdata/data/node"

OPERATORS = set(
    """Abs Add AveragePool BatchNormalization Cast Celu Clip Concat Constant ConstantOfShape Conv ConvTranspose
    DequantizeLinear Div Dropout Elu Erf Exp Expand Flatten Gather Gemm GlobalAveragePool GlobalMaxPool HardSigmoid
    HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu Log LogSoftmax LRN MatMul Max MaxPool Mean
    Min Mul Neg PRelu Pad Pow QuantizeLinear Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Selu Shape Sigmoid Size Slice Softmax
    Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh ThresholdedRelu Transpose Unsqueeze Upsample Where Equal Floor
    Ceil Range Greater Less And Or Not Mod""".split()
)

# Not of images, and most of the data; and bfloat16 that the data declare as uint16.
SKIPPED = {
    "test_maxpool_3d_default",
    "test_averagepool_3d_default",
    "test_cast_BFLOAT16_to_FLOAT",
    "test_castlike_BFLOAT16_to_FLOAT_expanded",
}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    tests, blobs, position = [], [], 0

    def put(data):
        nonlocal position
        blobs.append(data)
        position += len(data)
        return [position - len(data), position]

    for folder in sorted(glob.glob(f"{DATA}/test_*")):
        name = os.path.basename(folder)
        model = onnx.load(f"{folder}/model.onnx")
        operators = {node.op_type for node in model.graph.node}
        # Expanded forms repeat a test with operators that have tests of their own; those of normalisation and activation are what exporters write.
        if name in SKIPPED or not operators <= OPERATORS:
            continue
        data = f"{folder}/test_data_set_0"
        sides = {}
        for side in ("input", "output"):
            count = len(glob.glob(f"{data}/{side}_*.pb"))
            sides[side + "s"] = [put(read(f"{data}/{side}_{i}.pb")) for i in range(count)]
        tests.append({"name": name.removeprefix("test_"), "model": put(read(f"{folder}/model.onnx")), **sides})

    header = json.dumps(tests, separators=(",", ":")).encode()
    packed = gzip.compress(struct.pack("<I", len(header)) + header + b"".join(blobs), 9, mtime=0)
    with open("../src/fixtures/node-tests.bin.gz", "wb") as file:
        file.write(packed)
    print(len(tests), "tests,", len(packed), "bytes")


main()
