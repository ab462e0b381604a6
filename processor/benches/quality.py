"""Compares renditions with a reference: the photo scaled by Lanczos3 in floating point, never encoded. See README.md."""
import argparse
import io
import math
from pathlib import Path

import numpy
from PIL import Image, ImageOps
from ssimulacra2 import compute_ssimulacra2

Image.MAX_IMAGE_PIXELS = None
SIDES = {"preview": 2048, "thumbnail": 512}


def reference(photo, size):
    """Red, green and blue as floating point numbers of 0 to 255, in the photo's own colour space."""
    upright = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
    planes = [plane.convert("F").resize(size, Image.Resampling.LANCZOS) for plane in upright.split()]
    return numpy.stack([numpy.asarray(plane) for plane in planes], axis=-1).clip(0, 255)


def psnr(expected, found):
    error = numpy.mean((expected - numpy.asarray(found, dtype=numpy.float64)) ** 2)
    return 10 * math.log10(255 ** 2 / error)


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    file.seek(0)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--photos", nargs="+", type=Path)
    options = parser.parse_args()
    print("\n## Quality\n\n| photo | rendition | program | bytes | SSIMULACRA2 | PSNR dB |\n|---|---|---|---|---|---|")
    for photo in options.photos:
        for name in SIDES:
            for folder in options.folders:
                file = folder / f"{photo.stem}.{name}.jpg"
                made = Image.open(file).convert("RGB")
                expected = reference(photo, made.size)
                plain = Image.fromarray(expected.round().astype(numpy.uint8))
                score = compute_ssimulacra2(png(plain), png(made))
                row = [photo.stem, name, folder.name, f"{file.stat().st_size:,}", f"{score:.2f}", f"{psnr(expected, made):.2f}"]
                print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
