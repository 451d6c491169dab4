#!/bin/sh
# Writes the path of a Chromium into build/chromium, for the tests that need one:
# $CHROME, else one that is installed, else one from the Debian archive where this
# user may install packages.
set -eu
mkdir -p build

found() {
  for name in "${CHROME:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && command -v "$name"; then return 0; fi
  done
  return 1
}

if found >build/chromium; then exit 0; fi

if command -v apt-get >/dev/null; then
  sudo=
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo -n"; fi
  if $sudo true 2>/dev/null; then
    echo "installing Chromium for the tests"
    $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
    if found >build/chromium; then exit 0; fi
  fi
fi

rm -f build/chromium
echo "The tests need Chromium: install the package \"chromium\", or set CHROME to the path of a Chromium or Chrome." >&2
exit 1
