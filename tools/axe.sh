#!/bin/sh
# Puts axe-core, which looks for what keeps people out of a page, into build/axe. The
# tests that need it are skipped where there is none; nothing of it is committed or shipped.
set -eu
version=4.14.1
target=build/axe/axe-$version.min.js

if [ -f "$target" ]; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "axe-core: skipped, since there is no npm to fetch it with; the checks that need it will say so"
  exit 0
fi
mkdir -p build/axe
if (cd build/axe && npm pack --silent "axe-core@$version" >/dev/null && tar -xzf "axe-core-$version.tgz"); then
  cp build/axe/package/axe.min.js "$target"
  rm -rf build/axe/package "build/axe/axe-core-$version.tgz"
else
  echo "axe-core: skipped, since npm could not fetch version $version; the checks that need it will say so"
fi
