#!/usr/bin/env bash
# Runs the real Prefect client, release by release, against `prefect-secrets serve --dev`.
#
#   test/prefect/run.sh [RELEASE...]     the releases, of those with a requirements-RELEASE.txt; all by default
#   test/prefect/run.sh --update         all, and results.json is written; without it, it has to be what came out
#
#   JOBS=2                   how many releases run at once
#   PYTHON=python3.11        as venv.sh takes it
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_PREFECT=1       a release that cannot be installed is reported and does not fail the run, which ends with 77
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/prefect
update= all=
[ "${1:-}" != --update ] || { update=1; shift; }
if [ $# -eq 0 ]; then
  all=1
  set -- $(cd "$here" && ls requirements-[0-9]*.txt | sed 's/requirements-\(.*\)\.txt/\1/' | sort -rV)
fi
mkdir -p "$root/test/.work/bin" "$work" && chmod 700 "$work"

say() { printf 'prefect: %s\n' "$*" >&2; }

# start_server READY LOG: `serve --dev` in the background, its process in $server, back once READY exists.
start_server() {
  rm -f "$1"
  "$bin" serve --dev --listen 127.0.0.1:0 --ready-file "$1" >"$2" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    [ ! -s "$1" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  say "serve --dev wrote no ready file; see $2"
  return 1
}

# stop_server: SIGTERM, and its exit code, which is to be 0.
stop_server() {
  local pid=$server
  server=
  kill -TERM "$pid" && wait "$pid"
}

# run_release RELEASE VENV: the tests of one release with a server, a home and a store of its own.
run_release() {
  local dir=$work/run-$1 code=0
  mkdir -p "$dir/home"
  start_server "$dir/ready.json" "$dir/serve.log" || return 1
  (
    unset "${!PREFECT@}"
    export HOME=$dir/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
    export SUITE_BIN=$bin SUITE_DIR=$dir SUITE_SECRETS=$root/fixtures/ci-secrets.json
    cd "$here" && "$2/bin/python" -m pytest -q --tb=short --assert=plain --show-capture=no -p no:cacheprovider .
  ) || code=$?
  # The task library of the release itself is flow code that nobody here wrote.
  "$bin" check --fail-on never --flows "$(echo "$2"/lib/python*/site-packages/prefect/tasks)" \
    "$root/fixtures/config/local.toml" >"$dir/check.log" 2>&1 || { say "$1: check --flows failed; see $dir/check.log"; code=1; }
  compare_configs "$1" "$2" || code=$?
  case $1 in 1.[2-9].*) run_example "$1" "$2" "$dir" || code=$? ;; esac
  stop_server || { say "$1: serve did not stop cleanly on SIGTERM (exit $?)"; code=1; }
  return "$code"
}

# run_example RELEASE VENV DIR: the tests that docs/testing shows, as a user runs them. One of them needs a client that
# tries again over http, which is from 1.2.2 on.
run_example() (
  unset "${!PREFECT@}"
  export HOME=$3/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore PREFECT_SECRETS_BIN=$bin
  cd "$root/docs/testing" && "$2/bin/python" -m pytest -q -p no:cacheprovider .
)

# compare_configs RELEASE VENV: random configurations, read by this release and by release.Load.
compare_configs() {
  env -i HOME=/home/user "$2/bin/python" "$here/config_cases.py" "${CONFIG_SEED:-1}" "${CONFIG_CASES:-2000}" "$cases" >"$cases/config-cases-$1.jsonl" &&
    (cd "$root/internal/release" && CONFIG_CASES_DIR=$cases "$compares" -test.run "TestRandomCasesOfReleases/$1\$")
}

bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)
compares=$root/test/.work/bin/release.test
(cd "$root" && go test -c -o "$compares" ./internal/release)
cases=$work/config-cases
rm -rf "$cases" && mkdir -p "$cases"

# release RELEASE: installs and tests one release; its end stands in run-RELEASE/outcome.
release() {
  local venv outcome=passed dir=$work/run-$1
  server=
  trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT
  rm -rf "$dir" && mkdir -p "$dir"
  if ! venv=$("$here/venv.sh" "$1"); then
    say "PREFECT $1 COULD NOT BE INSTALLED: nothing of it was tested"
    outcome=missing
  else
    say "Prefect $1"
    run_release "$1" "$venv" || outcome=failed
  fi
  echo "$outcome" >"$dir/outcome"
}

# results RELEASE...: how many tests passed, release by release.
results() {
  local release separator=
  printf '{\n "releases": {'
  for release in $(printf '%s\n' "$@" | sort -V); do
    printf '%s\n  "%s": %s' "$separator" "$release" "$(cat "$work/run-$release/passed")"
    separator=,
  done
  printf '\n }\n}\n'
}

# Each release prints once it is done, so that two at once do not mix.
for release in "$@"; do
  while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-2}" ]; do wait -n || true; done
  (release "$release" >"$work/$release.log" 2>&1; cat "$work/$release.log") &
done
wait

failed=() missing=()
for release in "$@"; do
  case $(cat "$work/run-$release/outcome" 2>/dev/null) in
  passed) ;;
  missing) missing+=("$release") ;;
  *) failed+=("$release") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] || say "not installed, so NOT TESTED: ${missing[*]}"
[ ${#missing[@]} -eq 0 ] || [ "${ALLOW_NO_PREFECT:-}" = 1 ] || failed+=("${missing[@]}")
[ ${#failed[@]} -eq 0 ] || { say "failed: ${failed[*]}"; exit 1; }
[ ${#missing[@]} -eq 0 ] || exit 77
[ -n "$all" ] || exit 0
if [ -n "$update" ]; then
  results "$@" >"$here/results.json"
else
  results "$@" | diff "$here/results.json" - >&2 || { say 'results.json is not what this run gave: run with --update'; exit 1; }
fi
