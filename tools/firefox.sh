#!/bin/sh
# Writes the path of a Firefox into build/firefox, for the tests that need one:
# $FIREFOX, else one that is installed, else one from the Debian archive where this
# user may install packages.
set -eu
mkdir -p build

found() {
  for name in "${FIREFOX:-}" firefox-esr firefox; do
    if [ -n "$name" ] && command -v "$name"; then return 0; fi
  done
  return 1
}

if found >build/firefox; then exit 0; fi

if command -v apt-get >/dev/null; then
  sudo=
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo -n"; fi
  if $sudo true 2>/dev/null; then
    echo "installing Firefox for the tests"
    $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends firefox-esr
    if found >build/firefox; then exit 0; fi
  fi
fi

rm -f build/firefox
echo "The tests need Firefox: install the package \"firefox-esr\", or set FIREFOX to the path of a Firefox." >&2
exit 1
