"""Compares `mantel-cli upload` with `aws s3 cp --recursive` of the same folder to the same embedded S3.

    cargo build --release -p mantel-cli && cargo build --release --bin mantel
    python3 -m venv /tmp/aws && /tmp/aws/bin/pip install awscli
    python3 client/cli/benches/upload.py --aws /tmp/aws/bin/aws --bin target/release [--server target/release/mantel]

Both send the same bytes in turns, to fresh names each time. Of mantel-cli the time until all is sent counts: it then waits
for the server to make pictures, which S3 alone does not do; but the server makes them meanwhile, on the same machine.
Each line gives seconds, MB/s, and the most memory that the client had at a time.
"""

import argparse
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import time

SETS = {"photos": (150, 4 << 20), "small": (600, 100 << 10), "films": (4, 150 << 20)}


def write_picture(path: pathlib.Path, note: bytes, length: int, rng: random.Random) -> None:
    """Writes a GIF of one pixel, with bytes behind it that nobody reads.

    In pieces: what this program holds at a time would count as memory of the programs that it starts.
    """
    gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xfe" + bytes([len(note)]) + note + b"\0"
    gif += b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b"
    with path.open("wb") as file:
        file.write(gif)
        left = length - len(gif)
        while left:
            left -= file.write(rng.randbytes(min(left, 1 << 20)))


def fill(folder: pathlib.Path, count: int, length: int, seed: int) -> int:
    rng = random.Random(seed)
    for number in range(count):
        write_picture(folder / f"{number:05}.gif", f"{seed} {number}".encode(), length, rng)
    return count * length


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def measured(command: list[str], env: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, MB of memory at the most, and what it printed."""
    begin = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed: {printed}")
    return time.monotonic() - begin, usage.ru_maxrss / 1_000, printed


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--aws", required=True)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--server", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--jobs", default="8")
    args = parser.parse_args()
    server = args.server or args.bin / "mantel"
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        site, media, services = free_ports(3)
        listen = [f"--listen=127.0.0.1:{site}", f"--media-listen=127.0.0.1:{media}", f"--aws-listen=127.0.0.1:{services}"]
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "MANTEL_ADMIN_PASSWORD": "bench password"}
        running = subprocess.Popen([server, "--data", home / "data", *listen], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            for line in running.stdout:
                if "Stop with Ctrl-C" in line:
                    break
            cli = str(args.bin / "mantel-cli")
            login = [cli, "login", f"http://127.0.0.1:{site}", "--password-stdin"]
            subprocess.run(login, env=env, input="bench password\n", text=True, check=True)
            keys = subprocess.run([server, "--data", home / "data", "credentials"], env=env, capture_output=True, text=True, check=True)
            aws_env = {**env, **dict(re.findall(r"^(AWS_\w+)=(.*)$", keys.stdout, re.M))}
            buckets = subprocess.run(
                [args.aws, "--endpoint-url", f"http://127.0.0.1:{media}", "s3", "ls"], env=aws_env, capture_output=True, text=True, check=True
            ).stdout.split()
            bucket = next(name for name in buckets if "rendition" in name)
            for name in args.sets:
                count, length = SETS[name]
                ratios = []
                for round_number in range(args.rounds):
                    with tempfile.TemporaryDirectory(dir=home) as folder:
                        size = fill(pathlib.Path(folder), count, length, hash((name, round_number)) & 0xFFFF)
                        copy = [args.aws, "--endpoint-url", f"http://127.0.0.1:{media}", "s3", "cp", "--recursive", "--only-show-errors"]
                        upload = [cli, "--json", "upload", folder, "--gallery", name, "--jobs", args.jobs]
                        turns = [
                            ("aws", lambda: measured([*copy, folder, f"s3://{bucket}/bench/{name}/{round_number}/"], aws_env)),
                            ("mantel-cli", lambda: measured(upload, env)),
                        ]
                        if round_number % 2:
                            turns.reverse()
                        took = {}
                        for who, run in turns:
                            seconds, memory, printed = run()
                            if who == "mantel-cli":
                                whole = seconds
                                seconds = next(e["seconds"] for e in map(json.loads, printed.splitlines()) if e["event"] == "sent")
                            took[who] = seconds
                            note = f", {whole:.1f} s with all pictures made" if who == "mantel-cli" else ""
                            print(f"{name:7} {who:10} {seconds:6.2f} s {size / seconds / 1e6:6.1f} MB/s {memory:6.0f} MB{note}", flush=True)
                        ratios.append(took["aws"] / took["mantel-cli"])
                ratios.sort()
                print(f"{name:7} mantel-cli reaches {ratios[len(ratios) // 2]:.0%} of aws s3 cp (median of {args.rounds})", flush=True)
        finally:
            running.terminate()
            running.wait()


main()
