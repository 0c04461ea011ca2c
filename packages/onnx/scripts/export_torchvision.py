"""Exports small torchvision classifiers for the unit tests of @vatun/onnx, with what PyTorch computes for them.

Needs Debian's packages python3-torch, python3-torchvision and python3-onnx. Run it in this folder:
/usr/bin/python3 export_torchvision.py

Weights come of a formula, which the tests repeat, so that files hold graphs only. Batch normalisations stay nodes of their own for that;
files with folded ones are in examples/models. Writes ../src/fixtures/torchvision.bin.gz, gzip of: a JSON header of `length` bytes after
a uint32 `length`, then blobs; the header refers to them as [start, end).
"""

import gzip
import io
import json
import struct
import warnings

import numpy as np
import onnx
import torch
from torch import nn
from torchvision import models
from torchvision.models import convnext, densenet, efficientnet, mobilenetv3, regnet, resnet, shufflenetv2, vgg

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
CLASSES = 10


def uniform(n, seed):
    """n numbers in [-1, 1), a hash of their index."""
    h = (np.arange(1, n + 1, dtype=np.uint64) * 2654435761 + seed * 97531) & 0xFFFFFFFF
    h ^= h >> np.uint64(16)
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> np.uint64(13)
    return h.astype(np.float64) / 2**31 - 1


def formula(name, tensor):
    """(offset, scale) of the weights, by their role."""
    if name.endswith("running_var"):
        return 1.0, 0.5
    if "layer_scale" in name:
        return 0.5, 0.3
    if name.endswith("running_mean") or name.endswith("bias"):
        return 0.0, 0.1
    if tensor.dim() == 1:
        return 1.0, 0.2
    return 0.0, float(np.sqrt(6 / np.prod(tensor.shape[1:])))


def fill(model):
    weights = {}
    for seed, (name, tensor) in enumerate(model.state_dict().items()):
        if not tensor.is_floating_point():
            continue
        offset, scale = formula(name, tensor)
        values = (offset + scale * uniform(tensor.numel(), seed)).astype(np.float32)
        tensor.copy_(torch.from_numpy(values.reshape(tensor.shape)))
        weights[name] = [seed, offset, scale]
    return weights


def alexnet():
    model = models.alexnet()
    model.features[3] = nn.Conv2d(64, 48, 5, padding=2)
    model.features[6] = nn.Conv2d(48, 64, 3, padding=1)
    model.features[8] = nn.Conv2d(64, 64, 3, padding=1)
    model.features[10] = nn.Conv2d(64, 32, 3, padding=1)
    drop = nn.Dropout()
    model.classifier = nn.Sequential(
        drop, nn.Linear(32 * 36, 64), nn.ReLU(), drop, nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, CLASSES)
    )
    return model


def vgg_bn():
    model = models.VGG(vgg.make_layers([8, "M", 16, "M", 24, 24, "M", 32, 32, "M", 32, 32, "M"], batch_norm=True))
    model.classifier = nn.Sequential(nn.Linear(32 * 49, 48), nn.ReLU(), nn.Dropout(), nn.Linear(48, CLASSES))
    return model


def efficient():
    setting, _ = efficientnet._efficientnet_conf("efficientnet_b0", width_mult=0.3, depth_mult=0.5)
    return models.EfficientNet(setting, dropout=0.2, num_classes=CLASSES)


def mobile_v3():
    setting, _ = mobilenetv3._mobilenet_v3_conf("mobilenet_v3_small", width_mult=0.5)
    return models.MobileNetV3(setting, 128, num_classes=CLASSES)


def conv_next():
    block = convnext.CNBlockConfig
    return models.ConvNeXt([block(16, 24, 1), block(24, 32, 1), block(32, 48, 2), block(48, None, 1)], num_classes=CLASSES)


def reg(se_ratio):
    params = regnet.BlockParams.from_init_params(depth=6, w_0=16, w_a=16.0, w_m=2.2, group_width=8, se_ratio=se_ratio)
    return models.RegNet(params, num_classes=CLASSES, stem_width=16)


def squeeze():
    return models.squeezenet1_1(num_classes=CLASSES)


# name: constructor, operator set, batch size or None for any, size of images (the first two only export at 224), with the gradient
MODELS = {
    "alexnet": (alexnet, 9, None, 224, False),
    "vgg-bn": (vgg_bn, 11, None, 224, False),
    "resnet": (lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=CLASSES), 13, None, 48, True),
    "resnext": (
        lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=CLASSES, groups=8, width_per_group=4,
                              replace_stride_with_dilation=[False, False, True]),
        10, 1, 48, True,
    ),
    "densenet": (lambda: densenet.DenseNet(8, (2, 3, 2, 2), 16, num_classes=CLASSES), 12, None, 64, True),
    "mobilenet-v2": (lambda: models.mobilenet_v2(width_mult=0.25, num_classes=CLASSES), 13, None, 64, True),
    "mobilenet-v3": (mobile_v3, 14, None, 64, True),
    "mnasnet": (lambda: models.mnasnet0_5(num_classes=CLASSES), 9, 1, 64, False),
    "squeezenet": (squeeze, 7, None, 64, False),
    "googlenet": (
        lambda: models.GoogLeNet(num_classes=CLASSES, aux_logits=False, transform_input=True, init_weights=False),
        13, None, 64, False,
    ),
    "efficientnet": (efficient, 16, None, 64, True),
    "convnext": (conv_next, 13, None, 64, True),
    "convnext-17": (conv_next, 17, 1, 64, False),
    "regnet-x": (lambda: reg(None), 11, None, 64, False),
    "regnet-y": (lambda: reg(0.25), 15, 2, 64, False),
    "shufflenet-v2": (
        lambda: shufflenetv2.ShuffleNetV2([2, 2, 2], [16, 24, 48, 96, 64], num_classes=CLASSES), 13, None, 64, True,
    ),
    "shufflenet-v2-fixed": (
        lambda: shufflenetv2.ShuffleNetV2([2, 2, 2], [16, 24, 48, 96, 64], num_classes=CLASSES), 9, 1, 64, False,
    ),
}


def export(model, x, opset, dynamic):
    buffer = io.BytesIO()
    torch.onnx.export(
        model, x, buffer, opset_version=opset, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "n"}} if dynamic else None,
    )
    return onnx.load_from_string(buffer.getvalue())


def main():
    entries, blobs, position = [], [], 0

    def put(data):
        nonlocal position
        blobs.append(data)
        position += len(data)
        return [position - len(data), position]

    for name, (construct, opset, batch, size, with_gradient) in MODELS.items():
        model = construct().eval()
        with torch.no_grad():
            weights = fill(model)
        shape = [2, 3, size, size]
        x = torch.from_numpy(uniform(int(np.prod(shape)), 1).astype(np.float32).reshape(shape)).requires_grad_()
        logits = model(x)
        top = logits.max(1)
        (gradient,) = torch.autograd.grad(top.values.sum(), x)
        proto = export(model, x[: batch or 2].detach(), opset, batch is None)
        for tensor in proto.graph.initializer:
            if tensor.name in weights:
                tensor.ClearField("raw_data")
                tensor.ClearField("float_data")
        entries.append({
            "name": name, "opset": opset, "batch": batch, "size": size, "weights": weights,
            "convs": [[path, m.out_channels] for path, m in model.named_modules() if isinstance(m, nn.Conv2d)],
            "model": put(proto.SerializeToString()),
            "logits": put(logits.detach().numpy().tobytes()),
            **({"gradient": put(gradient[:1].permute(0, 2, 3, 1).contiguous().numpy().tobytes())} if with_gradient else {}),
        })
        print(name, len(proto.SerializeToString()), sum(t.numel() for t in model.state_dict().values()), logits[0, :3].tolist(),
              sorted({n.op_type for n in proto.graph.node}), flush=True)

    header = json.dumps(entries, separators=(",", ":")).encode()
    packed = gzip.compress(struct.pack("<I", len(header)) + header + b"".join(blobs), 9, mtime=0)
    with open("../src/fixtures/torchvision.bin.gz", "wb") as file:
        file.write(packed)
    print(len(packed), "bytes")


main()
