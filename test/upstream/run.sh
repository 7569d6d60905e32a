#!/usr/bin/env bash
# Runs the agents of the real Prefect 0.14.22 and 1.4.1 against `prefect-secrets serve --upstream` and a scripted
# Prefect Server. Prefect Server itself needs Hasura and PostgreSQL, which no package registry has.
#
#   test/upstream/run.sh [ARGUMENTS...]     of pytest, as -k secret
#
#   PYTHON=python3.11        as test/prefect/venv.sh takes it
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_PREFECT=1       a Prefect that cannot be installed is reported and does not fail the run, which ends with 77
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
releases=(0.14.22 1.4.1) # an agent with a token, and one with a key
mkdir -p "$root/test/.work/bin"
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)
unset "${!PREFECT@}"
top=$root/test/.work/upstream
rm -rf "$top"

# run_release RELEASE VENV ARGUMENTS...: the tests of one release. They mostly wait, so all releases run at once.
run_release() {
  local work=$top/$1 venv=$2
  shift 2
  mkdir -p "$work/home" && chmod 700 "$top"
  export HOME=$work/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore SUITE_BIN=$bin
  cd "$here" && "$venv/bin/python" -m pytest -q --tb=short --assert=plain -p no:cacheprovider --basetemp "$work/tmp" "$@" . >"$work/log" 2>&1
}

missing=() running=() failed=()
for release in "${releases[@]}"; do
  if ! venv=$("$root/test/prefect/venv.sh" "$release"); then
    printf 'upstream: PREFECT %s COULD NOT BE INSTALLED: nothing of it was tested\n' "$release" >&2
    missing+=("$release")
    continue
  fi
  run_release "$release" "$venv" "$@" &
  running+=("$release:$!")
done
for pair in ${running[@]+"${running[@]}"}; do
  wait "${pair#*:}" || failed+=("${pair%%:*}")
  printf 'upstream: Prefect %s\n' "${pair%%:*}"
  cat "$top/${pair%%:*}/log"
done
if [ ${#failed[@]} -gt 0 ]; then
  printf 'upstream: failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
if [ ${#missing[@]} -gt 0 ]; then
  [ "${ALLOW_NO_PREFECT:-}" = 1 ] && exit 77 || exit 1
fi
