#!/usr/bin/env python3
"""Zips the program of a Lambda function, after a look at whether Lambda can run it.

    package.py PROGRAM ARCHITECTURE ZIP

The same program gives the same zip, to the byte, so that a deployment can tell what changed.
Formats: ELF (man 5 elf; "Symbol versioning" of the Linux Standard Base, 10.7), little-endian and 64 bits, as both
architectures of Lambda have it.
"""

import struct
import sys
import zipfile
from pathlib import Path

# What the runtime provided.al2023 has.
MAX_GLIBC = (2, 34)
# So that a cold start fetches little, and that an upload needs no bucket (Lambda takes up to 50 MB in a request).
MAX_ZIP_BYTES = 10_000_000
MACHINES = {"arm64": 183, "x86_64": 62}
SHT_GNU_VERNEED = 0x6FFFFFFE


def sections(elf):
    """Type, offset, size and link of each section."""
    (offset,) = struct.unpack_from("<Q", elf, 40)
    entry_bytes, count = struct.unpack_from("<HH", elf, 58)
    for number in range(count):
        _, kind, _, _, at, size, link, _, _, _ = struct.unpack_from("<IIQQQQIIQQ", elf, offset + number * entry_bytes)
        yield kind, at, size, link


def text_at(elf, at):
    return elf[at : elf.index(b"\0", at)].decode("ascii")


def needed_versions(elf):
    """Names such as GLIBC_2.34, of all symbol versions that the program needs of its libraries."""
    found = list(sections(elf))
    for kind, at, _, link in found:
        if kind != SHT_GNU_VERNEED:
            continue
        names = found[link][1]
        while True:
            _, count, _, first, to_next = struct.unpack_from("<HHIII", elf, at)
            version = at + first
            for _ in range(count):
                _, _, _, name, step = struct.unpack_from("<IHHII", elf, version)
                yield text_at(elf, names + name)
                version += step
            if to_next == 0:
                break
            at += to_next


def check(elf, architecture):
    """Newest glibc that the program needs; ends with a message where Lambda cannot run it."""
    if elf[:6] != b"\x7fELF\x02\x01":
        sys.exit("package.py: this is no program for Linux on 64 bits")
    (machine,) = struct.unpack_from("<H", elf, 18)
    if machine != MACHINES[architecture]:
        sys.exit(f"package.py: this program is for machine {machine} of ELF, not for {architecture}")
    versions = [name.removeprefix("GLIBC_") for name in needed_versions(elf) if name.startswith("GLIBC_")]
    if not versions:
        sys.exit("package.py: the program names no version of glibc; is it linked to it?")
    newest = max(tuple(int(part) for part in version.split(".")) for version in versions)
    if newest > MAX_GLIBC:
        sys.exit(f"package.py: the program needs glibc {newest}, and Lambda has {MAX_GLIBC}")
    return newest


def pack(elf, zip_path):
    entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(zip_path, "w") as package:
        package.writestr(entry, elf, compresslevel=9)
    size = zip_path.stat().st_size
    if size >= MAX_ZIP_BYTES:
        zip_path.unlink()
        sys.exit(f"package.py: {zip_path.name} has {size} bytes; it must stay under {MAX_ZIP_BYTES}")
    return size


def main():
    program, architecture, zip_path = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    elf = program.read_bytes()
    newest = check(elf, architecture)
    size = pack(elf, zip_path)
    print(f"{zip_path}: {size:,} bytes, {len(elf):,} unpacked, needs glibc {newest[0]}.{newest[1]}")


if __name__ == "__main__":
    main()
