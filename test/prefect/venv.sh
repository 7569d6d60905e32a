#!/usr/bin/env bash
# Installs a release of Prefect, unless it is there already, and prints the path of its virtual environment.
#
#   test/prefect/venv.sh RELEASE      one that has a requirements-RELEASE.txt
#
#   PYTHON=python3.11                 the interpreter that the pinned requirements are for
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$here/../.work/prefect
python=${PYTHON:-python3.11}
release=$1
hash=$(cat "$here"/requirements-{build,"$release"}.txt <("$python" -VV) | sha256sum | cut -c1-16)
mkdir -p "$work" && chmod 700 "$work"
venv=$(cd "$work" && pwd)/venv-$release-$hash

# The environment appears under its name only when complete.
install() {
  "$python" -m venv --clear "$venv.new" &&
    "$venv.new/bin/python" -m pip install --quiet --no-deps -r "$here/requirements-build.txt" &&
    "$venv.new/bin/python" -m pip install --quiet --no-deps --no-build-isolation -r "$here/requirements-$release.txt" &&
    "$venv.new/bin/python" -m pip check >/dev/null &&
    "$venv.new/bin/python" -c 'import prefect, sys; sys.exit(prefect.__version__ != sys.argv[1])' "$release" &&
    rm -rf "$venv" && mv "$venv.new" "$venv"
}

[ -d "$venv" ] || install >&2
printf '%s\n' "$venv"
