#!/bin/sh
# Puts LiteRT.js, the former TensorFlow Lite, into build/litert as one file and its WebAssembly, for tests of what is
# written for it. It is for development only; nothing of it is committed or shipped. Exit status 1: it cannot be had.
set -eu
version=2.5.3
target=build/litert/litert.mjs

if [ -f "$target" ] && grep -q "\"version\": \"$version\"" build/litert/node_modules/@litertjs/core/package.json; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "litert: it cannot be installed, since there is no npm" >&2
  exit 1
fi
mkdir -p build/litert
echo '{"private": true}' >build/litert/package.json
if ! (cd build/litert && npm install --silent --no-audit --no-fund --fetch-retries 1 "@litertjs/core@$version" esbuild@0.25.0 >/dev/null &&
  node_modules/.bin/esbuild node_modules/@litertjs/core/dist/index.js --bundle --format=esm --log-level=error --outfile=litert.mjs); then
  echo "litert: npm could not install version $version" >&2
  exit 1
fi
