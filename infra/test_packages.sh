#!/bin/sh
# Debian packages the tests want; what cannot be installed is skipped there, with the reason.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing chromium for the tests in a browser"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null
else
    echo "setup: without chromium the tests in a browser are skipped; run: sudo apt-get install chromium" >&2
fi
