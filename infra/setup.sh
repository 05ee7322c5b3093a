#!/bin/sh
# Makes .venv, installs the locked requirements, builds the web UI; quick when nothing changed.
set -eu

UV="uv>=0.9,<1"
need() { # COMMAND PACKAGE
    if sh -c "$1" >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: installing $2"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"; } >/dev/null
    else
        echo "setup: $2 is missing; run: sudo apt-get install $2" >&2
        exit 1
    fi
}

need "python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || command -v python3.11" python3.11
PYTHON=python3
python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || PYTHON=python3.11
need "$PYTHON -c 'import venv, ensurepip'" python3-venv
need "command -v setpriv" util-linux

python_packages() {
    stamp=.venv/.requirements
    wanted=$(cat requirements.lock pyproject.toml infra/setup.sh | sha256sum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
    echo "setup: virtual environment"
    [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$UV"
    echo "setup: locked requirements"
    .venv/bin/python -m uv pip sync --quiet --python .venv/bin/python requirements.lock
    .venv/bin/python -m uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
    echo "$wanted" >"$stamp"
}

python_packages
sh infra/build_web.sh
