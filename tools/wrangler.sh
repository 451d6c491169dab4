#!/bin/sh
# Puts wrangler, which runs Cloudflare workers on this machine, into build/wrangler. It is
# for development only; nothing of it is committed or shipped. Exit status 1: it cannot be had.
set -eu
version=4.86.0 # the last that runs on Node 20
target=build/wrangler/node_modules/wrangler/package.json

if [ -f "$target" ] && grep -q "\"version\": \"$version\"" "$target"; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "wrangler: it cannot be installed, since there is no npm" >&2
  exit 1
fi
mkdir -p build/wrangler
echo '{"private": true}' >build/wrangler/package.json
if ! (cd build/wrangler && npm install --silent --no-audit --no-fund --fetch-retries 1 "wrangler@$version" >/dev/null); then
  echo "wrangler: npm could not install version $version" >&2
  exit 1
fi
