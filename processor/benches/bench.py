#!/usr/bin/env python3
"""Measures the media processor against sharp and ImageMagick. See README.md.

Prints tables in Markdown: time and memory, then quality. This process stays small, as the kernel counts the memory of
whoever starts a program as the program's own until it runs.
"""
import argparse
import datetime
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = HERE / "work"
LEAST_PIXELS = 6_000_000


class Tool:
    """A program that makes a preview and a thumbnail of a file."""

    def __init__(self, name, command, prints_cpu=False):
        self.name, self.command, self.prints_cpu = name, command, prints_cpu
        self.folder = WORK / name.replace(" ", "-")
        self.folder.mkdir(parents=True, exist_ok=True)

    def run(self, photo):
        """CPU and wall time in ms and peak memory in MB of one run; none where the program fails."""
        arguments = [str(part) for part in self.command(photo, self.folder)]
        start = time.monotonic()
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        wall = (time.monotonic() - start) * 1000
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            return None
        cpu = float(output.split()[-1]) if self.prints_cpu else (usage.ru_utime + usage.ru_stime) * 1000
        return {"cpu": cpu, "wall": wall, "rss": usage.ru_maxrss / 1024, "output": output}


def prepare():
    """Builds and installs what is measured."""
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", "processor", "--example", "render"], cwd=ROOT, check=True)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE / "sharp", check=True)


def tools():
    render = TARGET / "release" / "examples" / "render"
    sharp = HERE / "sharp" / "render.mjs"
    found = [
        Tool("ours", lambda photo, folder: [render, photo, folder]),
        Tool("sharp chained", lambda photo, folder: ["node", sharp, "chained", photo, folder], prints_cpu=True),
        Tool("sharp usual", lambda photo, folder: ["node", sharp, "usual", photo, folder], prints_cpu=True),
    ]
    magick = imagemagick()
    if magick:
        found.append(Tool("ImageMagick", lambda photo, folder: [
            magick, photo, "-auto-orient", "-resize", "2048x2048>", "-quality", "80",
            "-write", folder / f"{photo.stem}.preview.jpg", "-resize", "512x512>", folder / f"{photo.stem}.thumbnail.jpg"]))
    else:
        print("no ImageMagick here: not measured", file=sys.stderr)
    if shutil.which("djpeg"):
        # At an eighth, hardly more than the entropy-coded data is decoded: the least that any decoder must do.
        found.append(Tool("entropy decoding", lambda photo, folder: [
            "djpeg", "-scale", "1/8", "-grayscale", "-outfile", folder / "small.pgm", photo]))
    else:
        print("no djpeg (Debian: libjpeg-turbo-progs) here: entropy decoding alone is not measured", file=sys.stderr)
    return found


def version(program):
    return subprocess.run([program, "-version"], capture_output=True, text=True).stdout


def imagemagick():
    """The first program of that name that says it is ImageMagick: some machines have another `convert` before it."""
    for name in ("magick", "convert"):
        for folder in os.get_exec_path():
            path = shutil.which(name, path=folder)
            if path and version(path).startswith("Version: ImageMagick"):
                return path
    return None


def photos_in(folder, ours, others):
    """Photos that are large enough to be worth it, and that all programs can read."""
    chosen = []
    for photo in sorted(folder.iterdir()):
        if photo.suffix.lower() not in (".jpg", ".jpeg"):
            continue
        size = re.search(r"upright (\d+) x (\d+)", (ours.run(photo) or {"output": ""})["output"])
        if not size or int(size[1]) * int(size[2]) < LEAST_PIXELS:
            continue
        if all(tool.run(photo) for tool in others):
            chosen.append((photo, int(size[1]) * int(size[2]) / 1e6))
        else:
            print(f"{photo.name}: not every program reads it; left out", file=sys.stderr)
    return chosen


def spread(values, digits=0):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def measure(photo, megapixels, found, rounds):
    """One table: all programs in turn, so that what disturbs the machine disturbs all."""
    runs = {tool.name: [] for tool in found}
    for _ in range(rounds):
        for tool in found:
            runs[tool.name].append(tool.run(photo))
    print(f"\n### {photo.stem}: {megapixels:.0f} MP, {photo.stat().st_size / 1e6:.1f} MB\n")
    print("| program | CPU ms | ratio to ours, per pair | wall ms | peak MB |\n|---|---|---|---|---|")
    for tool in found:
        pairs = [theirs["cpu"] / ours["cpu"] for theirs, ours in zip(runs[tool.name], runs["ours"])]
        column = lambda key: spread([run[key] for run in runs[tool.name]])
        print(f"| {tool.name} | {column('cpu')} | {spread(pairs, 2)} | {column('wall')} | {column('rss')} |", flush=True)


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    nasm = subprocess.run(["nasm", "-v"], capture_output=True, text=True).stdout.strip() if shutil.which("nasm") else "no nasm"
    return f"{datetime.date.today()}, {os.cpu_count()} x {cpu}, {platform.system()} {platform.release()}, {nasm}"


def main():
    default = ROOT.parent / "shared" / "media"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="with photos (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=15, help="runs of each program and photo (default: %(default)s)")
    parser.add_argument("--no-quality", action="store_true", help="time and memory only")
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    prepare()
    found = tools()
    photos = photos_in(options.folder, found[0], found[1:])
    if not photos:
        parser.error(f"no photo of {LEAST_PIXELS / 1e6:.0f} MP or more in {options.folder}")
    largest = max(photos, key=lambda chosen: chosen[1])
    large = WORK / f"{photos[0][0].stem}_enlarged.jpg"
    if largest[1] < 40:
        subprocess.run(["node", HERE / "sharp" / "enlarge.mjs", photos[0][0], large], check=True)
        photos.append((large, photos[0][1] * 4))
    print(f"## Time and memory\n\n{machine()}; medians (least-most) of {options.rounds} rounds")
    for photo, megapixels in photos:
        measure(photo, megapixels, found, options.rounds)
    if not options.no_quality:
        python = quality_python()
        folders = [tool.folder for tool in found if tool.name != "entropy decoding"]
        subprocess.run([python, HERE / "quality.py", *folders, "--photos", *(photo for photo, _ in photos)], check=True)


def quality_python():
    """A Python with what the quality table needs, in a folder of its own."""
    environment = WORK / "venv"
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt"], check=True)
    return python


if __name__ == "__main__":
    main()
