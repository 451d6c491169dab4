#!/bin/sh
# Puts TensorFlow.js into build/tfjs, for tests of what is written for it. It is for development only; nothing of it is
# committed or shipped. Exit status 1: it cannot be had.
set -eu
version=4.22.0
target=build/tfjs/node_modules/@tensorflow/tfjs/package.json

if [ -f "$target" ] && grep -q "\"version\": \"$version\"" "$target"; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "tfjs: it cannot be installed, since there is no npm" >&2
  exit 1
fi
mkdir -p build/tfjs
echo '{"private": true}' >build/tfjs/package.json
if ! (cd build/tfjs && npm install --silent --no-audit --no-fund --fetch-retries 1 "@tensorflow/tfjs@$version" >/dev/null); then
  echo "tfjs: npm could not install version $version" >&2
  exit 1
fi
