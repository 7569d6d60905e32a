#!/usr/bin/env bash
# Runs the agent of the real Prefect 1.4.1 against `prefect-secrets serve --upstream` and a scripted
# Prefect Server. Prefect Server itself needs Hasura and PostgreSQL, which no package registry has.
#
#   PYTHON=python3.11        as test/prefect/venv.sh takes it
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_PREFECT=1       a Prefect that cannot be installed is reported and does not fail the run
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
mkdir -p "$root/test/.work/bin"
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)

if ! venv=$("$root/test/prefect/venv.sh" 1.4.1); then
  printf 'upstream: PREFECT 1.4.1 COULD NOT BE INSTALLED: nothing was tested\n' >&2
  [ "${ALLOW_NO_PREFECT:-}" = 1 ] && exit 0 || exit 1
fi
unset "${!PREFECT@}"
work=$root/test/.work/upstream
rm -rf "$work" && mkdir -p "$work/home" && chmod 700 "$work"
export HOME=$work/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore SUITE_BIN=$bin
cd "$here" && "$venv/bin/python" -m pytest -q --tb=short --assert=plain -p no:cacheprovider --basetemp "$work/tmp" "$@" .
