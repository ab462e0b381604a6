#!/usr/bin/env python3
"""Compares how HEIC files are decoded at full size, before scaling and JPEG, with libheif's heif-convert. See README.md."""
import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bench import ROOT, TARGET, WORK, quality_python

OURS = TARGET / "release" / "examples" / "heic_pixels"
#: Of BT.601, by which both decoders make red, green and blue of most files.
LUMA, BLUE, RED = (0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)


def prepare():
    """Builds our side, and goes on in a Python that has numpy and Pillow."""
    if not shutil.which("heif-convert"):
        sys.exit("there is no heif-convert (Debian: libheif-examples)")
    python = quality_python()
    if Path(sys.executable) != python:
        build = ["cargo", "build", "--release", "--locked", "-p", "processor", "--example", "heic_pixels"]
        subprocess.run(build, cwd=ROOT, check=True)
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])


def decode(command, file):
    """The picture that a program wrote, or what it had to say instead."""
    from PIL import Image

    file.unlink(missing_ok=True)
    process = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if process.returncode == 0 and file.exists():
        return Image.open(file).convert("RGB"), None
    lines = (process.stderr or process.stdout).strip().splitlines() or [f"exit status {process.returncode}"]
    return None, re.sub(r"^Error: ", "", lines[0])


def psnr(differences):
    import numpy

    error = numpy.mean(numpy.square(differences))
    return "the same" if error == 0 else f"{10 * numpy.log10(255 ** 2 / error):.2f}"


def compare(ours, theirs):
    """One row of figures: PSNR of red, green, blue, luma and the two differences of colour, and the largest difference."""
    import numpy

    differences = numpy.asarray(ours, dtype=numpy.float32) - numpy.asarray(theirs, dtype=numpy.float32)
    planes = [differences[..., channel] for channel in range(3)]
    planes += [differences @ numpy.asarray(weights, dtype=numpy.float32) for weights in (LUMA, BLUE, RED)]
    return [psnr(plane) for plane in planes] + [f"{numpy.abs(differences).max():.0f}"]


def row(photo):
    ours_file, theirs_file = WORK / "heic" / f"{photo.stem}.ppm", WORK / "heic" / f"{photo.stem}.png"
    ours, our_fault = decode([OURS, photo, ours_file], ours_file)
    theirs, their_fault = decode(["heif-convert", "--quiet", photo, theirs_file], theirs_file)
    if ours and theirs and ours.size == theirs.size:
        return [photo.stem, f"{ours.width} x {ours.height}", *compare(ours, theirs)]
    said = [f"{name}: {fault or f'{picture.width} x {picture.height}'}"
            for name, picture, fault in (("ours", ours, our_fault), ("libheif", theirs, their_fault))]
    return [photo.stem, "not compared: " + "; ".join(said)] + [""] * 7


def main():
    default = ROOT.parent / "shared" / "media"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="with HEIC files (default: %(default)s)")
    options = parser.parse_args()
    photos = sorted(file for file in options.folder.iterdir() if file.suffix.lower() in (".heic", ".heif"))
    if not photos:
        parser.error(f"no HEIC file in {options.folder}")
    prepare()
    (WORK / "heic").mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["heif-convert", "--help"], capture_output=True, text=True)
    version = re.search(r"libheif version: (\S+)", version.stdout + version.stderr)
    print(f"## HEIC at full size\n\n{datetime.date.today()}, libheif {version[1] if version else 'of unknown version'}; PSNR in dB\n")
    print("| photo | size | red | green | blue | luma | Cb | Cr | largest difference |\n|---|---|---|---|---|---|---|---|---|")
    for photo in photos:
        print("| " + " | ".join(row(photo)) + " |", flush=True)


if __name__ == "__main__":
    main()
