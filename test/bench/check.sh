#!/usr/bin/env bash
# Measures check of a thousand configs against bare parses of the same files, side by side, and how its time grows with a file.
#
#   test/bench/check.sh [--rounds N]     about a minute on a machine that is not busy
#
#   PYTHON=python3.11                    the interpreter that reads the files with toml 0.10.2, the parser inside Prefect
#
# Ratios are of medians, measured in turns; nothing here fails because of a time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work
venv=$work/toml-0.10.2
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import toml' 2>/dev/null; then
	mkdir -p "$work"
	"${PYTHON:-python3}" -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet toml==0.10.2 || { printf 'bench: TOML 0.10.2 COULD NOT BE INSTALLED\n' >&2; exit 1; }
fi
mkdir -p "$work/bin"
(cd "$root" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/bin/prefect-secrets" .)
(cd "$root" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/bin/decode" ./test/bench/decode)
exec "$venv/bin/python" "$here/check.py" --bin "$work/bin/prefect-secrets" --decode "$work/bin/decode" "$@"
