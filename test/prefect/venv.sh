#!/usr/bin/env bash
# Installs a release of Prefect, unless it is there already, and prints the path of its virtual environment, whose
# bin/prefect works.
#
#   test/prefect/venv.sh RELEASE [SUITE]   one that has a requirements-RELEASE.txt in test/SUITE, by default test/prefect
#
#   PYTHON=python3.11                      the interpreter that the pinned requirements are for
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=${2:-prefect}
work=$here/../.work/$suite
requirements=$here/../$suite/requirements-$1.txt
python=${PYTHON:-python3.11}
release=$1
mkdir -p "$work" && chmod 700 "$work" && work=$(cd "$work" && pwd)
hash=$(cat "$here/requirements-build.txt" "$requirements" <("$python" -VV; echo "$work") | sha256sum | cut -c1-16)
venv=$work/venv-$release-$hash

# Commands of an environment name its path, so it is built in place and never moved. It counts once it is complete.
install() {
  "$python" -m venv --clear "$venv" &&
    "$venv/bin/python" -m pip install --quiet --no-deps -r "$here/requirements-build.txt" &&
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation -r "$requirements" &&
    "$venv/bin/python" -m pip check >/dev/null &&
    "$venv/bin/python" -c 'import prefect, sys; sys.exit(prefect.__version__ != sys.argv[1])' "$release" &&
    HOME=$venv "$venv/bin/prefect" --help >/dev/null &&
    touch "$venv/complete"
}

[ -e "$venv/complete" ] || install >&2
printf '%s\n' "$venv"
