"""Writes gradients in double precision for CIFAR-10 images at which float32 is undecided.

A gradient jumps where the input of a rectifier is zero or two values under a max pool are equal. For some images such a value is so close
to its kink that rounding decides the side; float32 gradients of two correct programs then differ by far more than rounding. Needs PyTorch and
the Python package onnx (Debian: python3-torch, python3-onnx).

    exact_gradients.py MODEL.onnx REFERENCE OUT IMAGE …

REFERENCE holds images.bin (uint8 [n, 32, 32, 3]) and labels.bin (int32 [n]), OUT gets those of the images with the given indices, and
grad_top_logit.bin and grad_loss.bin (float32 [images, 32, 32, 3], by the pixel in [0, 1], computed in float64).
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch.nn import functional as F

MEAN = torch.tensor([0.4914, 0.4822, 0.4465], dtype=torch.float64)
STD = torch.tensor([0.2470, 0.2435, 0.2616], dtype=torch.float64)


def run(graph, pixels):
    values = {w.name: torch.tensor(numpy_helper.to_array(w)).double() for w in graph.initializer}
    values[graph.input[0].name] = ((pixels - MEAN) / STD).permute(0, 3, 1, 2)
    for node in graph.node:
        at = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        x = [values[name] for name in node.input]
        if node.op_type == "Cast":
            y = x[0]
        elif node.op_type == "Conv":
            y = F.conv2d(*x, stride=at["strides"], padding=at["pads"][:2])
        elif node.op_type == "Relu":
            y = F.relu(x[0])
        elif node.op_type == "MaxPool":
            y = F.max_pool2d(x[0], at["kernel_shape"], at["strides"])
        elif node.op_type == "Gemm":
            y = F.linear(x[0], x[1] if at.get("transB") else x[1].t(), x[2])
        elif node.op_type == "Add":
            y = x[0] + x[1]
        elif node.op_type == "Flatten":
            y = x[0].flatten(1)
        elif node.op_type == "ReduceMean":
            y = x[0].mean(tuple(at["axes"]), keepdim=bool(at.get("keepdims", 1)))
        else:
            sys.exit(f"{node.op_type} is not supported here")
        values[node.output[0]] = y
    return values[graph.output[0].name]


def main(model, reference, out, *indices):
    graph = onnx.load(model).graph
    reference, out = Path(reference), Path(out)
    chosen = [int(i) for i in indices]
    images = np.fromfile(reference / "images.bin", np.uint8).reshape(-1, 32, 32, 3)[chosen]
    labels = np.fromfile(reference / "labels.bin", np.int32)[chosen]
    # The pixels as float32 programs see them.
    pixels = torch.tensor(images.astype(np.float32) / np.float32(255)).double().requires_grad_(True)
    logits = run(graph, pixels)
    losses = {"grad_top_logit": logits.max(1)[0].sum(), "grad_loss": F.cross_entropy(logits, torch.tensor(labels).long(), reduction="sum")}
    out.mkdir(parents=True, exist_ok=True)
    images.tofile(out / "images.bin")
    labels.tofile(out / "labels.bin")
    for name, loss in losses.items():
        torch.autograd.grad(loss, pixels, retain_graph=True)[0].numpy().astype(np.float32).tofile(out / f"{name}.bin")


main(*sys.argv[1:])
