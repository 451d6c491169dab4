#!/bin/sh
# Puts ONNX Runtime into build/onnxruntime, for tests of what is written for it. It is for development only; nothing of it is
# committed or shipped. Exit status 1: it cannot be had.
set -eu
version=1.22.0
target=build/onnxruntime/node_modules/onnxruntime-web/package.json

if [ -f "$target" ] && grep -q "\"version\": \"$version\"" "$target"; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "onnxruntime: it cannot be installed, since there is no npm" >&2
  exit 1
fi
mkdir -p build/onnxruntime
echo '{"private": true}' >build/onnxruntime/package.json
if ! (cd build/onnxruntime && npm install --silent --no-audit --no-fund --fetch-retries 1 "onnxruntime-web@$version" >/dev/null); then
  echo "onnxruntime: npm could not install version $version" >&2
  exit 1
fi
