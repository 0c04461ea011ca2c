"""Saves images as JPEG with Pillow (libjpeg-turbo, 4:2:0) and reads them again.

Needs Debian's package python3-pil. Run it in this folder: /usr/bin/python3 reference_jpeg.py
Writes ../src/fixtures/jpeg.u8: the two images of images.u8 at each of QUALITIES; then rows 0-22 and columns 0-28 of the first at quality 30, in colour and grey.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

QUALITIES = [10, 40, 75, 90]


def recode(levels, quality):
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)).tobytes()


fixtures = Path(__file__).parent.parent / "src" / "fixtures"
images = np.fromfile(fixtures / "images.u8", np.uint8).reshape(-1, 32, 32, 3)
odd = np.ascontiguousarray(images[0, :23, :29])
parts = [recode(image, quality) for quality in QUALITIES for image in images]
parts += [recode(odd, 30), recode(np.ascontiguousarray(odd[:, :, 1]), 30)]
(fixtures / "jpeg.u8").write_bytes(b"".join(parts))
