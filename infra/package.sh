#!/usr/bin/env bash
# Packages of the Lambda functions, as target/lambda/<function>-<architecture>.zip.
#
#   infra/package.sh                 for arm64, which is what the template runs
#   infra/package.sh x86_64          for the other one
#   infra/package.sh arm64 x86_64    for both
#
# Needs Rust, Python 3.9 or later, and nasm for x86_64. cargo-lambda and zig, which is its C compiler and linker for both
# architectures, are installed from PyPI into target/lambda/tools. The standard library of Rust for the other
# architecture comes with `rustup target add aarch64-unknown-linux-gnu` (or x86_64-unknown-linux-gnu).
set -euo pipefail
cd "$(dirname "$0")/.."

CARGO_LAMBDA=1.9.2
ZIG=0.13.0.post1

target=${CARGO_TARGET_DIR:-target}
out=$target/lambda
tools=$out/tools

install_tools() {
    local wanted="cargo-lambda $CARGO_LAMBDA, ziglang $ZIG"
    if [ "$(cat "$tools/versions" 2>/dev/null)" = "$wanted" ]; then return; fi
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "cargo-lambda==$CARGO_LAMBDA" "ziglang==$ZIG"
    echo "$wanted" >"$tools/versions"
}

# Functions are the crates of these names; each has one program, of its own name.
functions() {
    local name
    for name in resolvers processor backup; do
        if [ -f "$name/src/main.rs" ]; then echo "$name"; fi
    done
}

build() {
    local architecture=$1 triple packages=() name
    case $architecture in
        arm64) triple=aarch64-unknown-linux-gnu ;;
        x86_64) triple=x86_64-unknown-linux-gnu ;;
        *) echo "package.sh: there is no architecture '$architecture' on Lambda; it is arm64 or x86_64" >&2; exit 2 ;;
    esac
    if [ ! -d "$(rustc --print target-libdir --target "$triple")" ]; then
        echo "package.sh: Rust lacks $triple here: run 'rustup target add $triple'" >&2
        exit 1
    fi
    for name in $(functions); do packages+=(-p "$name"); done
    PATH="$PWD/$tools/bin:$PATH" cargo lambda build --locked --profile lambda --target "$triple" --skip-target-check \
        --lambda-dir "$out/$architecture" "${packages[@]}"
    for name in $(functions); do
        python3 infra/package.py "$out/$architecture/$name/bootstrap" "$architecture" "$out/$name-$architecture.zip"
    done
}

mkdir -p "$out"
install_tools
for architecture in "${@:-arm64}"; do build "$architecture"; done
