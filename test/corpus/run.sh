#!/usr/bin/env bash
# Checks the config.toml inside each release of Prefect from 0.5.0 to 1.4.1, for that release: no finding.
# What it downloads stays in test/.work/corpus, so that a second run needs no network.
#
#   PYTHON=python3           an interpreter with pip
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_PREFECT=1       releases that cannot be downloaded are reported and do not fail the run
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/corpus
python=${PYTHON:-python3}
mkdir -p "$root/test/.work/bin" "$work"

not_run() {
  printf 'public configs: %s\n' "$*" >&2
  [ "${ALLOW_NO_PREFECT:-}" = 1 ] && exit 77 || exit 1
}

"$python" -m pip --version >/dev/null 2>&1 || not_run "there is no $python with pip"
bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)

code=0
"$python" "$here/corpus.py" "$bin" "$work" "$here/releases.txt" || code=$?
[ "$code" -ne 75 ] || not_run "not all releases could be downloaded"
exit "$code"
