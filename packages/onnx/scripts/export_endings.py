"""Exports a tiny classifier with everything that classifiers end and begin in, for the unit tests of @vatun/onnx.

Needs Debian's packages python3-torch and python3-onnx. Run it in this folder: /usr/bin/python3 export_endings.py

What the files give is for the tests to ask of onnxruntime. Writes ../src/fixtures/endings.bin.gz, gzip of: a JSON header of `length` bytes
after a uint32 `length`, then the files; the header has [start, end) of each by its name.
"""

import gzip
import io
import json
import struct
import warnings

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
HEIGHT, WIDTH = 5, 6


class Network(nn.Module):
    """Smooth, so that differences tell its slopes. `end` gets the scores [n, classes] and, if it asks, the features [n, 4]."""

    def __init__(self, end, classes=3, begin=lambda x: x, is_map=False):
        super().__init__()
        torch.manual_seed(7)
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Conv2d(4, classes, 1) if is_map else nn.Linear(4, classes)
        with torch.no_grad():
            self.fc.weight.mul_(6)
        self.begin, self.end, self.is_map = begin, end, is_map

    def forward(self, x):
        x = F.adaptive_avg_pool2d(torch.tanh(self.conv(self.begin(x))), 1)
        features = x if self.is_map else torch.flatten(x, 1)
        scores = self.fc(features)
        return self.end(scores, features) if self.end.__code__.co_argcount == 2 else self.end(scores)


def written_out(x, dim):
    powers = torch.exp(x)
    return powers / powers.sum(dim, keepdim=True)


def shifted(x, dim):
    return written_out(x - x.max(dim, keepdim=True).values, dim)


def normalised(x):
    """From whole numbers, channels last."""
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return ((x.float() / 255 - mean) / std).permute(0, 3, 1, 2)


def resized(x):
    return F.interpolate(x.permute(0, 3, 1, 2).float(), size=(8, 9), mode="bilinear", align_corners=False) / 255


HEAD = torch.linspace(-2, 2, 12).reshape(3, 4).sin() * 3, torch.tensor([0.1, -0.2, 0.3])
MAP = {"is_map": True}
ONE = {"classes": 1}

# name: end, options of the network, options of the export
CASES = {
    "logits": (lambda z: z, {}, {}),
    "logits-batch-1": (lambda z: z, {}, {"batch": 1}),
    "logits-batch-8": (lambda z: z, {}, {"batch": 8}),
    "logits-map": (lambda z: z, MAP, {}),
    "logits-row-in-1": (lambda z: z.unsqueeze(1), {}, {}),
    "softmax": (lambda z: F.softmax(z, 1), {}, {}),
    "softmax-batch-8": (lambda z: F.softmax(z, 1), {}, {"batch": 8}),
    "softmax-9": (lambda z: F.softmax(z, 1), {}, {"opset": 9}),
    "softmax-map": (lambda z: F.softmax(z, 1), MAP, {}),
    "softmax-map-11": (lambda z: F.softmax(z, 1), MAP, {"opset": 11}),
    "softmax-map-flat": (lambda z: torch.flatten(F.softmax(z, 1), 1), MAP, {}),
    "softmax-map-squeezed": (lambda z: F.softmax(z, 1).squeeze(3).squeeze(2), MAP, {}),
    "softmax-double": (lambda z: F.softmax(z, 1).double(), {}, {}),
    "softmax-of-double": (lambda z: F.softmax(z.double(), 1), {}, {}),
    "softmax-in-1": (lambda z: F.softmax(z, 1).unsqueeze(1).unsqueeze(1), {}, {}),
    "softmax-transposed": (lambda z: F.softmax(z.t(), 0).t(), {}, {}),
    "softmax-of-map-as-nhwc": (lambda z: F.softmax(z.permute(0, 2, 3, 1), 3), MAP, {}),
    "softmax-warm": (lambda z: F.softmax(z / 2.5, 1), {}, {}),
    "softmax-twice": (lambda z: F.softmax(F.softmax(z, 1), 1), {}, {}),
    "softmax-written-out": (lambda z: written_out(z, 1), {}, {}),
    "softmax-written-out-map": (lambda z: shifted(z, 1), MAP, {"opset": 11}),
    "softmax-written-out-18": (lambda z: shifted(z, 1), {}, {"opset": 17}),
    "softmax-clipped": (lambda z: F.softmax(z, 1).clamp(1e-6, 1), {}, {}),
    "log-softmax": (lambda z: F.log_softmax(z, 1), {}, {}),
    "log-softmax-map": (lambda z: F.log_softmax(z, 1).flatten(1), MAP, {}),
    "exp-log-softmax": (lambda z: torch.exp(F.log_softmax(z, 1)), {}, {}),
    "log-of-softmax": (lambda z: torch.log(F.softmax(z, 1)), {}, {}),
    "one-squeezed": (lambda z: F.softmax(z.squeeze(0), 0), {}, {"batch": 1}),
    "one-squeezed-all": (lambda z: F.softmax(z.squeeze(), 0), {}, {"batch": 1}),
    "one-squeezed-last": (lambda z: F.softmax(z.squeeze(), -1), {}, {"batch": 1}),
    "one-map-squeezed": (lambda z: F.softmax(z.squeeze(), 0), MAP, {"batch": 1}),
    "one-picked": (lambda z: F.softmax(z[0], 0), {}, {"batch": 1}),
    "one-reshaped": (lambda z: F.softmax(z, 1).reshape(-1), {}, {"batch": 1}),
    "one-logits-reshaped": (lambda z: z.reshape(3), {}, {"batch": 1}),
    "one-logits-squeezed": (lambda z: z.squeeze(0), {}, {"batch": 1}),
    "one-squeezed-inside": (lambda z, x: F.softmax(F.linear(x.squeeze(), HEAD[0], HEAD[1]), 0), MAP, {"batch": 1}),
    "eight-viewed": (lambda z: F.softmax(z.view(8, 3), 1), MAP, {"batch": 8}),
    "eight-squeezed": (lambda z: F.softmax(z.squeeze(), 1), MAP, {"batch": 8}),
    "sigmoid": (lambda z: torch.sigmoid(z), ONE, {}),
    "sigmoid-squeezed": (lambda z: torch.sigmoid(z).squeeze(1), ONE, {}),
    "sigmoid-of-squeezed": (lambda z: torch.sigmoid(z.squeeze(1)), ONE, {}),
    "sigmoid-batch-1": (lambda z: torch.sigmoid(z).squeeze(), ONE, {"batch": 1}),
    "sigmoid-written-out": (lambda z: 1 / (1 + torch.exp(-z)), ONE, {}),
    "sigmoid-pair": (lambda z: torch.cat([1 - torch.sigmoid(z), torch.sigmoid(z)], 1), ONE, {}),
    "logit": (lambda z: z, ONE, {}),
    "logit-squeezed": (lambda z: z.squeeze(1), ONE, {}),
    "number": (lambda z: (z * 20 + 100).clamp(0, 255) / 255, ONE, {}),
    "labels": (lambda z: torch.sigmoid(z), {}, {}),
    "labels-map": (lambda z: torch.sigmoid(z).flatten(1), MAP, {}),
    "with-class": (lambda z: (z.argmax(1), F.softmax(z, 1)), {}, {}),
    "with-top": (lambda z: (*F.softmax(z, 1).topk(2), F.softmax(z, 1)), {}, {}),
    "with-logits": (lambda z: (z, F.softmax(z, 1), F.log_softmax(z, 1)), {}, {}),
    "with-map": (lambda z, x: (x, z.flatten(1)), {"is_map": True, "classes": 2}, {}),
    "with-features": (lambda z, x: (z, x), {}, {}),
    "with-auxiliary": (lambda z, x: (z, x[:, :3] * 2, x[:, 1:] * 3), {}, {}),
    "only-class": (lambda z: z.argmax(1), {}, {}),
    "over-the-batch": (lambda z: F.softmax(z, 0), {}, {}),
    "hot-softmax": (lambda z: (F.softmax(z * 300, 1), z * 300), {}, {}),
    "hot-log": (lambda z: (torch.log(F.softmax(z * 300, 1)), z * 300), {}, {}),
    "hot-exp": (lambda z: (torch.exp(F.log_softmax(z * 300, 1)), z * 300), {}, {}),
    "hot-written-out": (lambda z: (shifted(z * 300, 1), z * 300), MAP, {"opset": 11}),
    "hot-map": (lambda z: (F.softmax(z * 300, 1).flatten(1), z * 300), MAP, {"opset": 11}),
    "hot-sigmoid": (lambda z: (torch.sigmoid(z * 3000).squeeze(1), z * 3000), ONE, {}),
    "nhwc": (lambda z: F.softmax(z, 1), {"begin": lambda x: x.permute(0, 3, 1, 2)}, {"input": "nhwc"}),
    "nhwc-batch-8": (lambda z: z, {"begin": lambda x: x.permute(0, 3, 1, 2)}, {"input": "nhwc", "batch": 8}),
    "uint8-nhwc": (lambda z: F.softmax(z, 1), {"begin": normalised}, {"input": "uint8-nhwc"}),
    "uint8": (lambda z: z, {"begin": lambda x: x.float() / 255}, {"input": "uint8"}),
    "uint8-batch-1": (lambda z: z, {"begin": lambda x: (x.permute(0, 3, 1, 2).float() - 127.5) / 60}, {"input": "uint8-nhwc", "batch": 1}),
    "uint8-bgr": (lambda z: z, {"begin": lambda x: x[..., [2, 1, 0]].permute(0, 3, 1, 2) / 255}, {"input": "uint8-nhwc"}),
    "uint8-flipped": (lambda z: z, {"begin": lambda x: x.flip(1).float().div(255)}, {"input": "uint8", "batch": 8}),
    "uint8-resized": (lambda z: z, {"begin": resized}, {"input": "uint8-nhwc"}),
    "normalised": (lambda z: z, {"begin": lambda x: (x - 0.45) / 0.22}, {}),
}


def export(end, network, options):
    model = Network(end, **network).eval()
    kind, batch = options.get("input", "nchw"), options.get("batch")
    n = batch or 2
    shape = [n, HEIGHT, WIDTH, 3] if kind.endswith("nhwc") else [n, 3, HEIGHT, WIDTH]
    x = torch.zeros(shape, dtype=torch.uint8) if kind.startswith("uint8") else torch.zeros(shape)
    buffer = io.BytesIO()
    results = model(x)
    outputs = [f"out{i}" for i in range(len(results))] if isinstance(results, tuple) else ["out"]
    torch.onnx.export(
        model, x, buffer, opset_version=options.get("opset", 13), input_names=["image"], output_names=outputs,
        dynamic_axes=None if batch else {"image": {0: "n"}},
    )
    return onnx.load_from_string(buffer.getvalue())


def with_dictionary(model):
    """What sklearn's and Core ML's converters put after the probabilities."""
    (output,) = model.graph.output
    del model.graph.output[:]
    zip_map = helper.make_node("ZipMap", [output.name], ["dictionary"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2])
    model.graph.node.append(zip_map)
    value = model.graph.output.add(name="dictionary")
    value.type.sequence_type.elem_type.map_type.key_type = TensorProto.INT64
    value.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    return model


def in_halves(model):
    """The network in float16, as converters of weights make it."""
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor).astype("float16")
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    return model


def main():
    files = {name: export(*case) for name, case in CASES.items()}
    files["dictionary"] = with_dictionary(export(*CASES["softmax"]))
    files["halves"] = in_halves(export(*CASES["softmax"]))
    files["halves-batch-1"] = in_halves(export(*CASES["logits-batch-1"]))
    header, blobs, position = {}, [], 0
    for name, model in files.items():
        model.producer_name = model.producer_version = ""
        data = model.SerializeToString()
        header[name] = [position, position + len(data)]
        position += len(data)
        blobs.append(data)
        shape = [[d.dim_value or d.dim_param for d in o.type.tensor_type.shape.dim] for o in model.graph.output]
        print(name, len(data), shape, [n.op_type for n in model.graph.node][4:], flush=True)
    text = json.dumps(header, separators=(",", ":")).encode()
    packed = gzip.compress(struct.pack("<I", len(text)) + text + b"".join(blobs), 9, mtime=0)
    with open("../src/fixtures/endings.bin.gz", "wb") as file:
        file.write(packed)
    print(len(packed), "bytes")


main()
