#!/bin/sh
# Debian packages the tests want; what cannot be installed is skipped there, with the reason.
set -eu
missing=
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="$missing rabbitmq-server"
{ command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null 2>&1 || missing="$missing nginx-light"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: installing$missing for the tests"
    # installed for their programs: no service of theirs is to start
    export RUNLEVEL=1 SYSTEMD_OFFLINE=1
    # shellcheck disable=SC2086
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >/dev/null
else
    echo "setup: tests that need$missing are skipped; run: sudo apt-get install$missing" >&2
fi
