#!/usr/bin/env bash
# Syncs to real servers of Prefect 2 and 3, whose own clients read every value back.
#
#   test/blocks/run.sh [ARGUMENTS...]       of pytest, as -k values
#   test/blocks/run.sh --speed [ROUNDS]     100 secrets, beside the loop of Prefect's client; 3 rounds by default
#
#   PYTHON=python3.11        as test/prefect/venv.sh takes it
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_PREFECT=1       a Prefect that cannot be installed is reported and does not fail the run, which ends with 77
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/blocks
mkdir -p "$root/test/.work/bin" "$work" && chmod 700 "$work"
unset "${!PREFECT__@}" "${!PREFECT_API@}" GITHUB_ACTIONS

declare -A venv
install() { # RELEASE SUITE
  venv[$1]=$("$root/test/prefect/venv.sh" "$@") && return
  printf 'blocks: PREFECT %s COULD NOT BE INSTALLED: nothing was tested\n' "$1" >&2
  [ "${ALLOW_NO_PREFECT:-}" = 1 ] && exit 77 || exit 1
}
# Two at once; the lines below them only read what these have installed.
for pair in '2.20.27 blocks' '1.4.1 prefect'; do "$root/test/prefect/venv.sh" $pair >/dev/null & done
install 3.9.1 blocks
wait
install 2.20.27 blocks
install 1.4.1 prefect

bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)
contract=$root/test/.work/bin/blocks.test
[ "${1:-}" = --speed ] || (cd "$root" && go test -c -o "$contract" ./internal/blocks)
export SUITE_BIN=$bin SUITE_3=${venv[3.9.1]} SUITE_2=${venv[2.20.27]} SUITE_1=${venv[1.4.1]} SUITE_WORK=$work SUITE_CONTRACT=$contract
export HOME=$work/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
rm -rf "$work/home" "$work/run" && mkdir -p "$work/home" "$work/run"

cd "$here"
if [ "${1:-}" = --speed ]; then
  exec "$SUITE_3/bin/python" speed.py "${@:2}"
fi
"$SUITE_3/bin/python" -m pytest -q --tb=short --assert=plain -p no:cacheprovider --basetemp "$work/run/tmp" "$@" .
