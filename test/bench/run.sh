#!/usr/bin/env bash
# Measures prefect-secrets against the real Prefect client, side by side, and prints the tables of docs/performance.md.
#
#   test/bench/run.sh            all rows; about four minutes
#   test/bench/run.sh --quick    without the thousand secrets that take the client a minute a round
#
#   PYTHON=python3.11            the interpreter that the pinned Prefect is for
#
# It installs Prefect as test/prefect does. Ratios are of medians; nothing here fails because of a time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
release=1.4.1
venv=$("$root/test/prefect/venv.sh" "$release") || { printf 'bench: PREFECT %s COULD NOT BE INSTALLED\n' "$release" >&2; exit 1; }
mkdir -p "$root/test/.work/bin"
bin=$root/test/.work/bin/prefect-secrets
(cd "$root" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$bin" .)
exec "$venv/bin/python" "$here/bench.py" --bin "$bin" --python "$venv/bin/python" --release "$release" "$@"
