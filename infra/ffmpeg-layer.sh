#!/usr/bin/env bash
# The Lambda layer with ffmpeg, as target/lambda/ffmpeg-<architecture>.zip: infra/deploy.sh takes it from there.
#
#   infra/ffmpeg-layer.sh            for arm64
#   infra/ffmpeg-layer.sh x86_64     for the other one
#
# The program is John Van Sickle's static build of ffmpeg 7.0.2, under the GNU General Public License, version 3 or later,
# as the PyPI package imageio-ffmpeg 0.6.0 carries it. Sources: https://ffmpeg.org/releases/ffmpeg-7.0.2.tar.xz, and those of
# its libraries at https://johnvansickle.com/ffmpeg/release-source/. Whoever hands the layer on hands on these, too.
# Needs Python 3.9 or later with pip.
set -euo pipefail
cd "$(dirname "$0")/.."

architecture=${1:-arm64}
case $architecture in
    arm64) machine=aarch64 sha256=1d47bebd83d2c5fc770720d211855f208af8a596c82d17730aa51e815cdee6dc ;;
    x86_64) machine=x86_64 sha256=c7e46fcec401dd990405049d2e2f475e2b397779df2519b544b8aab515195282 ;;
    *) echo "ffmpeg-layer.sh: there is no architecture '$architecture' on Lambda; it is arm64 or x86_64" >&2; exit 2 ;;
esac
out=${CARGO_TARGET_DIR:-target}/lambda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# In a form that pip checks: it takes this file and no other.
echo "imageio-ffmpeg==0.6.0 --hash=sha256:$sha256" >"$work/requirements.txt"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --platform "manylinux2014_$machine" --dest "$work" --requirement "$work/requirements.txt"
python3 - "$work" "$out/ffmpeg-$architecture.zip" <<'PYTHON'
import pathlib, sys, zipfile

work, layer = pathlib.Path(sys.argv[1]), sys.argv[2]
(wheel,) = work.glob("*.whl")
with zipfile.ZipFile(wheel) as inside, zipfile.ZipFile(layer, "w", zipfile.ZIP_DEFLATED) as outside:
    (name,) = [name for name in inside.namelist() if name.startswith("imageio_ffmpeg/binaries/ffmpeg-linux-")]
    # Lambda has /opt/bin on the PATH. The same bytes make the same zip: its times are fixed.
    program = zipfile.ZipInfo("bin/ffmpeg", (1980, 1, 1, 0, 0, 0))
    program.external_attr, program.compress_type = 0o755 << 16, zipfile.ZIP_DEFLATED
    outside.writestr(program, inside.read(name))
PYTHON
ls -l "$out/ffmpeg-$architecture.zip" | awk '{ printf "%s, %.1f MB\n", $NF, $5 / 1e6 }'
