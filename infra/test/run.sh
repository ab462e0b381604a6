#!/usr/bin/env bash
# Lints the template, deploys it on MiniStack with the binaries of this checkout, and uses what came of it: story.py.
# With --lint, it lints the template and no more.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || missing="Python 3.10 or later"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing=${missing:-"Python's venv"}
command -v node >/dev/null || missing=${missing:-"Node, which runs AppSync's code,"}
if [ -n "$missing" ]; then
    echo "skipped: cfn-lint, and the template on MiniStack: $missing is missing"
    exit
fi

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
venv=$target/infra-venv
if ! cmp -s infra/test/requirements.txt "$venv/installed"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement infra/test/requirements.txt
    cp infra/test/requirements.txt "$venv/installed"
fi
export PATH="$venv/bin:$PATH"

cfn-lint infra/template.yaml
echo "ok cfn-lint has no finding"
if [ "${1:-}" = --lint ]; then exit; fi

cargo build --locked --quiet --bins
case $(uname -m) in aarch64 | arm64) architecture=arm64 ;; *) architecture=x86_64 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages"
for name in resolvers processor backup; do
    strip -o "$work/bootstrap" "$target/debug/$name"
    python3 - "$work/bootstrap" "$work/packages/$name-$architecture.zip" <<'PYTHON'
import sys, zipfile

with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
    package.write(sys.argv[1], "bootstrap")
PYTHON
done
MANTEL=$target/debug/mantel python3 infra/test/story.py "$work" "$work/packages"
