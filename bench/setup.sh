#!/bin/sh
# Gets what the benchmarks need: Node's packages, a Python with PyTorch and onnx, the models, Wafer's program for the
# browser. With the argument "models", only the models; with "server", Wafer's program for this machine.
set -eu
cd "$(dirname "$0")"

: "${PYTHON:=/usr/bin/python3}"
torch() { "$PYTHON" -c 'import onnx, nets; exit(not nets.blas())' 2>/dev/null; }
if ! torch && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  echo "installing PyTorch with OpenBLAS, and onnx, for the benchmark's models"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-torch python3-onnx libopenblas0-pthread
fi
if ! torch; then
  echo "The benchmark needs a Python with onnx and a PyTorch that has more than the reference BLAS: install python3-torch, python3-onnx and libopenblas0-pthread, or set PYTHON to one that has them." >&2
  exit 1
fi
"$PYTHON" models.py
if [ "${1:-}" = models ]; then exit 0; fi

if ! command -v npm >/dev/null || ! node --input-type=module -e 'process.exit(import.meta.dirname ? 0 : 1)' 2>/dev/null; then
  echo "The benchmark needs Node 20.11 or newer with npm." >&2
  exit 1
fi
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then npm ci; fi

cd ..
mkdir -p build/bench
if [ "${1:-}" = server ]; then
  ${GO:-go} build -o build/steps ./tools/steps
  exit 0
fi
${GO:-go} run ./tools/build -bench
cp build/bench.wasm "$(${GO:-go} env GOROOT)/lib/wasm/wasm_exec.js" build/bench/
