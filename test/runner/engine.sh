# shellcheck shell=bash disable=SC2034
# Finds a Docker engine or starts one, and stops only what it started.

engine_pid=
engine_problem= # run.sh reads it

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# install_engine gets the engine from Debian's packages, whatever client is already there: a newer client speaks
# the older engine's API.
install_engine() {
  command -v dockerd >/dev/null && command -v docker >/dev/null && return
  echo "runner suite: installing docker.io" >&2
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io >/dev/null
}

# start_engine LOG leaves an engine that answers, or says in engine_problem why there is none.
start_engine() {
  local log=$1
  if engine_answers; then return; fi
  if [[ -n ${DOCKER_HOST:-} ]]; then
    engine_problem="nothing answers at DOCKER_HOST=$DOCKER_HOST"
    return 1
  fi
  if [[ $EUID != 0 ]]; then
    engine_problem="none is running, and only root can start one"
    return 1
  fi
  if ! install_engine; then
    engine_problem="none is running, and the package docker.io cannot be installed"
    return 1
  fi
  if ! engine_answers && ! launch_engine "$log"; then
    engine_problem="dockerd does not start, see $log"
    return 1
  fi
}

# launch_engine LOG runs dockerd until stop_engine, and gives up after a minute.
launch_engine() {
  dockerd >"$1" 2>&1 &
  engine_pid=$!
  for _ in {1..120}; do
    engine_answers && return
    kill -0 "$engine_pid" 2>/dev/null || return 1
    sleep 0.5
  done
  return 1
}

stop_engine() {
  [[ -n $engine_pid ]] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  engine_pid=
}
