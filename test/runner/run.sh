#!/usr/bin/env bash
# Runs the Action on a real runner: nektos/act over a Docker engine, against `serve --dev` on this host.
#
# Exits 0 only if everything ran and passed. Where no Docker engine can run it says so by name and exits 1, or 0 if
# ALLOW_NO_DOCKER=1. What it builds and downloads stays in test/.work, so that a second run is quick.
set -euo pipefail

suite=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$suite/../.." && pwd)
work="$root/test/.work/runner"
act_version=v0.2.89
mkdir -p "$work/bin"

# The classic builder: neither engine 20.10 nor act has BuildKit.
export DOCKER_BUILDKIT=0

# shellcheck source=engine.sh
source "$suite/engine.sh"
# shellcheck source=base-image.sh
source "$suite/base-image.sh"

not_run() {
  echo "runner suite: NOT RUN: no Docker engine: $1" >&2
  [[ ${ALLOW_NO_DOCKER:-} == 1 ]] && exit 77
  echo "runner suite: start one, or set ALLOW_NO_DOCKER=1 to go on without this suite" >&2
  exit 1
}

install_act() {
  local stamp="$work/bin/act-$act_version"
  if [[ ! -e $stamp ]]; then
    GOBIN="$work/bin" go install "github.com/nektos/act@$act_version"
    mv "$work/bin/act" "$stamp"
  fi
  RUNNER_ACT=$stamp
}

trap stop_engine EXIT
start_engine "$work/dockerd.log" || not_run "$engine_problem"
provide_base_image "$root" "$work"
install_act

export RUNNER_ACT RUNNER_WORK="$work"
cd "$suite"
go test -count=1 -v ./... "$@"
echo "runner suite: passed"
