"""Writes small images of every format and what Pillow makes of them, into src/fixtures. Needs Pillow and NumPy."""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

out = Path(__file__).parent.parent / "src/fixtures"
out.mkdir(exist_ok=True)

# A picture with edges, ramps and fine detail, of an odd shape.
height, width = 61, 83
y, x = np.mgrid[0:height, 0:width].astype(float)
rng = np.random.default_rng(1)
red = 127 + 120 * np.sin(x / 5) * np.cos(y / 9)
green = np.where((x // 7 + y // 11) % 2 == 0, 220, 30) + rng.normal(0, 12, x.shape)
blue = 255 * x / width
colour = Image.fromarray(np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8))
gray = colour.convert("L")
alpha = colour.copy()
alpha.putalpha(Image.fromarray(((x * 5 + y * 3) % 256).astype(np.uint8)))


def other_profile() -> bytes:
    """sRGB with the primaries of red and green exchanged, which nobody would overlook."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    tags = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    r, g = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[r + 4 : r + 12], profile[g + 4 : g + 12] = profile[g + 4 : g + 12], profile[r + 4 : r + 12]
    profile[84:100] = bytes(16)
    return bytes(profile)


def png16(pixels: np.ndarray) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 16, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x112] = orientation
    return tags


for subsampling in (0, 1, 2):
    colour.save(out / f"subsampling-{subsampling}.jpg", quality=85, subsampling=subsampling)
colour.save(out / "progressive.jpg", quality=85, progressive=True)
gray.save(out / "gray.jpg", quality=85)
colour.convert("CMYK").save(out / "cmyk.jpg", quality=85)
for orientation in (3, 6, 8):
    colour.save(out / f"turned-{orientation}.jpg", quality=85, exif=exif(orientation))
colour.save(out / "profile.jpg", quality=85, icc_profile=other_profile())
colour.save(out / "colour.png")
gray.save(out / "gray.png")
colour.quantize(32).save(out / "palette.png")
alpha.save(out / "alpha.png")
colour.save(out / "profile.png", icc_profile=other_profile())
linear = PngImagePlugin.PngInfo()
linear.add(b"gAMA", struct.pack(">I", 100000))
linear.add(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
colour.save(out / "gamma.png", pnginfo=linear)
low = rng.integers(0, 256, (height, width, 3))
(out / "sixteen.png").write_bytes(png16(np.asarray(colour).astype(np.uint32) * 256 + low))
(out / "sixteen-gray.png").write_bytes(png16(np.asarray(gray).astype(np.uint32) * 256 + low[:, :, 0]))
colour.save(out / "lossy.webp", quality=85)
colour.save(out / "profile.webp", lossless=True, icc_profile=other_profile())
alpha.save(out / "alpha.webp", lossless=True)
colour.save(out / "colour.bmp")
colour.quantize(64).save(out / "frames.gif", save_all=True, append_images=[colour.rotate(180).quantize(64)])
Image.new("RGB", (1, 1), (10, 200, 90)).save(out / "one-pixel.png")


def upright(path: Path) -> Image.Image:
    """As files are decoded: turned, over white, 16 bits by their high byte."""
    if path.stem == "sixteen-gray":
        return gray
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode == "RGBA":
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def fitted(image: Image.Image, size: int, fit: str, crop: float = 1) -> Image.Image:
    """As torchvision's Resize and CenterCrop, or ImageOps.pad with the picture's size rounded down."""
    w, h = image.size
    if fit == "stretch":
        return image.resize((size, size), Image.BILINEAR)
    if fit == "crop":
        short = round(size / crop)
        w2, h2 = (short, int(short * h / w)) if w <= h else (int(short * w / h), short)
        image = image.resize((w2, h2), Image.BILINEAR)
        left, top = int(round((w2 - size) / 2)), int(round((h2 - size) / 2))
        return image.crop((left, top, left + size, top + size))
    w2, h2 = (size, max(1, int(size * h / w))) if w >= h else (max(1, int(size * w / h)), size)
    padded = Image.new(image.mode, (size, size))
    padded.paste(image.resize((w2, h2), Image.BILINEAR), ((size - w2) // 2, (size - h2) // 2))
    return padded


cases = []
values = bytearray()
for path in sorted(out.iterdir()):
    if path.suffix in (".json", ".bin", ".ts"):
        continue
    ways = [("crop", 1, 24, "RGB")]
    if path.stem in ("colour", "turned-6", "gray", "one-pixel"):
        ways += [("crop", 0.875, 24, "RGB"), ("stretch", 1, 24, "RGB"), ("pad", 1, 24, "RGB")]
        ways += [("crop", 1, 24, "L"), ("crop", 1, 100, "RGB")]
    for fit, crop, size, mode in ways:
        image = fitted(upright(path).convert(mode), size, fit, crop)
        data = image.tobytes()
        cases.append({"file": path.name, "fit": fit, "crop": crop, "size": size, "channels": len(mode), "at": len(values)})
        values += data
(out / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")
(out / "expected.bin").write_bytes(zlib.compress(bytes(values), 9))
