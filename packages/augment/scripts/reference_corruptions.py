"""Computes the corruptions that draw no random numbers with the libraries that their original scripts use: OpenCV, SciPy, scikit-image, Pillow.

Needs Debian's packages python3-opencv, python3-scipy, python3-skimage and python3-pil. Run it in this folder with the constants of
hendrycks/robustness as JSON: /usr/bin/python3 reference_corruptions.py constants.json

Writes ../src/fixtures/corruptions.u8: for each of NAMES the two images of images.u8 at severities 1, 3 and 5 of CIFAR-10-C; then a 72 x 72 enlargement of
the first image, and for each of NAMES what severity 4 of ImageNet-C makes of it.
"""

import io
import json
import math
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import color, filters

NAMES = [
    "defocus_blur",
    "zoom_blur",
    "brightness",
    "contrast",
    "pixelate",
    "jpeg_compression",
    "gaussian_blur",
    "saturate",
]


def disk(radius, smoothness):
    reach, edge = (8, 3) if radius <= 8 else (radius, 5)
    side = np.arange(-reach, reach + 1)
    inside = (side[:, None] ** 2 + side[None, :] ** 2 <= radius**2).astype(float)
    return cv2.GaussianBlur(inside / inside.sum(), ksize=(edge, edge), sigmaX=smoothness)


def enlarge(x, factor):
    size = len(x)
    kept = math.ceil(size / factor)
    first = (size - kept) // 2
    large = ndimage.zoom(x[first : first + kept, first : first + kept], (factor, factor, 1), order=1)
    trim = (len(large) - size) // 2
    return large[trim : trim + size, trim : trim + size]


def in_hsv(x, change):
    hsv = color.rgb2hsv(x)
    change(hsv)
    return color.hsv2rgb(hsv)


def resized(image, share):
    width, height = image.size
    return image.resize((int(width * share), int(height * share)), Image.BOX).resize((width, height), Image.BOX)


def recoded(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def corrupt(levels, name, c):
    x = levels / 255.0
    if name == "defocus_blur":
        x = np.stack([cv2.filter2D(x[:, :, k], -1, disk(*c)) for k in range(3)], axis=2)
    elif name == "zoom_blur":
        # As np.arange rounds them: 1.2500000000000002 makes another size than 1.25.
        factors = 1 + np.arange(len(c)) * (np.float64(1) + round(c[1] - c[0], 2) - 1)
        x = np.mean([x] + [enlarge(x, factor) for factor in factors], axis=0)
    elif name == "brightness":
        x = in_hsv(x, lambda hsv: np.clip(hsv[:, :, 2] + c, 0, 1, out=hsv[:, :, 2]))
    elif name == "contrast":
        mean = x.mean(axis=(0, 1), keepdims=True)
        x = (x - mean) * c + mean
    elif name == "pixelate":
        return np.asarray(resized(Image.fromarray(levels), c))
    elif name == "jpeg_compression":
        return np.asarray(recoded(Image.fromarray(levels), c))
    elif name == "gaussian_blur":
        x = filters.gaussian(x, sigma=c, channel_axis=2)
    elif name == "saturate":
        x = in_hsv(x, lambda hsv: np.clip(hsv[:, :, 1] * c[0] + c[1], 0, 1, out=hsv[:, :, 1]))
    return np.round(np.clip(x, 0, 1) * 255).astype(np.uint8)


def main(constants):
    tables = json.loads(Path(constants).read_text())
    cifar, imagenet = (next(t for key, t in tables.items() if key.startswith(name)) for name in ("cifar10c", "imagenetc"))
    fixtures = Path(__file__).parent.parent / "src" / "fixtures"
    small = np.fromfile(fixtures / "images.u8", np.uint8).reshape(-1, 32, 32, 3)
    large = np.asarray(Image.fromarray(small[0]).resize((72, 72), Image.BICUBIC))
    parts = [corrupt(image, name, cifar[name][s - 1]) for name in NAMES for s in (1, 3, 5) for image in small]
    parts += [large] + [corrupt(large, name, imagenet[name][3]) for name in NAMES]
    (fixtures / "corruptions.u8").write_bytes(b"".join(part.tobytes() for part in parts))


main(sys.argv[1])
