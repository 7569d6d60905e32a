#!/usr/bin/env bash
# Starts and checks what deploy/ has: compose.yaml in Docker, with a file store and with a real Vault 1.14; the unit
# with systemd's own checks; the manifests against the types of Kubernetes.
#
#   ALLOW_NO_DOCKER=1        where there is no Docker engine, compose.yaml is reported as not tested and does not fail
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/deploy
# shellcheck source=../runner/engine.sh
source "$root/test/runner/engine.sh"

say() { printf 'deploy suite: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

package() { # NAME COMMAND: installs a Debian package unless its command is there
  command -v "$2" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

manifests() { (cd "$here/kubernetes" && go vet ./... && go test -count=1 ./...); }

unit() {
  package systemd systemd-analyze
  local copy=$work/prefect-secrets.service exposure
  # The command of the unit has to exist for systemd-analyze.
  sed "s|/usr/local/bin/prefect-secrets|$work/prefect-secrets|" "$root/deploy/prefect-secrets.service" >"$copy"
  systemd-analyze verify "$copy" || fail 'systemd-analyze verify refuses the unit'
  exposure=$(systemd-analyze security --no-pager --offline=yes --threshold=15 "$copy" | tail -n 1) ||
    fail "systemd-analyze security: more exposed than 1.5: $exposure"
  say "the unit: $exposure"
}

other=61184 # the user that serve runs as; systemd takes one of 61184 to 65519

# Runs the commands of the unit's head, and its ExecStart as another user with the credential that systemd gives it, but
# without systemd itself: below another directory, and not in the sandbox.
service() {
  local site unit start
  site=$(mktemp -d)
  chmod 755 "$site"
  install -d -m 700 -o "$other" "$site/state" "$site/credentials"
  unit=$(sed "s|/etc/prefect-secrets|$site/etc|g; s|/usr/local/bin/prefect-secrets|$site/prefect-secrets|" "$root/deploy/prefect-secrets.service")
  install -m 755 "$work/prefect-secrets" "$site/"
  (PATH=$site:$PATH && eval "$(grep -E '^#   (prefect-secrets|chmod) ' <<<"$unit" | cut -c 3-)") >/dev/null
  install -m 400 -o "$other" "$site/etc/store.key" "$site/credentials/"
  start=$(sed -n '/^ExecStart=/,/[^\\]$/{s/^ExecStart=//;p}' <<<"$unit")
  STATE_DIRECTORY=$site/state CREDENTIALS_DIRECTORY=$site/credentials \
    setpriv --reuid "$other" --regid "$other" --clear-groups bash -c "exec $start" 2>"$work/service.log" &
  local pid=$! url=http://127.0.0.1:4200
  # shellcheck disable=SC2064 # with what they are now
  trap "kill $pid; rm -rf '$site'" EXIT
  ready "$url"
  keys=$site/etc sets "$url" SERVICE
  cp "$site/etc/keys.toml" "$work/keys.before"
  "$work/prefect-secrets" keygen --name new --role planner --tenant data --key-file "$site/etc/new.key" --append "$site/etc/keys.toml" >/dev/null
  eventually 0 "$url" "$site/etc/new.key" || fail 'a new key is not accepted while the service runs'
  cat "$work/keys.before" >"$site/etc/keys.toml"
  eventually 4 "$url" "$site/etc/new.key" || fail 'a revoked key is still accepted'
  kill "$pid"
  wait "$pid" || fail "serve ends with exit code $?"
  rm -rf "$site"
  trap - EXIT
  say 'the unit: its command serves as another user, and reads changed keys'
}

eventually() { # CODE URL KEYFILE: within 10 s a list of names ends with this exit code
  local code
  for _ in $(seq 50); do
    code=0
    "$work/prefect-secrets" names --api-url "$2" --api-key-file "$3" >/dev/null 2>&1 || code=$?
    [ "$code" != "$1" ] || return 0
    sleep 0.2
  done
  return 1
}

image() { # NAME COMMAND CHANGE...: an image of a command and the libraries that it is linked with
  local name=$1 command=$2 tree library
  shift 2
  tree=$(mktemp -d "$work/image.XXXX")
  cp "$command" "$tree/"
  for library in $(ldd "$command" 2>/dev/null | grep -o '/[^ ]*'); do cp -L --parents "$library" "$tree/"; done
  tar -C "$tree" --owner=0 --group=0 -cf - . | docker import "${@/#/--change=}" - "$name" >/dev/null
  rm -r "$tree"
}

compose() { docker-compose --project-name prefect-secrets-suite --file "$work/compose/compose.yaml" "$@"; }

ready() { # URL
  for _ in $(seq 100); do
    ! curl --silent --fail --output /dev/null "$1/readyz" || return 0
    sleep 0.2
  done
  [ ! -e "$work/service.log" ] || cat "$work/service.log" >&2
  [ ! -e "$work/compose/compose.yaml" ] || compose logs >&2
  fail "$1 did not become ready"
}

lists() { # URL NAME: the store there has the name
  "$work/prefect-secrets" names --api-url "$1" --api-key-file "${keys:-$work/compose/keys}/admin.key" >"$work/names"
  grep -qx "$2" "$work/names" || fail "$1 does not list $2"
}

sets() { # URL NAME: a secret is set and its name listed there
  printf value | "$work/prefect-secrets" set "$2" --api-url "$1" --api-key-file "${keys:-$work/compose/keys}/admin.key" >/dev/null
  lists "$1" "$2"
}

containers() {
  if ! start_engine "$work/dockerd.log"; then
    say "NO DOCKER ENGINE ($engine_problem): compose.yaml was not tested"
    [ "${ALLOW_NO_DOCKER:-}" = 1 ]
    return
  fi
  trap 'compose --profile vault down --volumes --timeout 3 >/dev/null 2>&1 || true; stop_engine' EXIT
  package docker-compose docker-compose
  image prefect-secrets-suite:serve "$work/prefect-secrets" 'ENTRYPOINT ["/prefect-secrets"]' 'CMD ["action"]'
  image prefect-secrets-suite:vault "$work/vault" 'ENTRYPOINT ["/vault", "-listen", "0.0.0.0:8200", "-ready", "/ready.json"]'
  export PREFECT_SECRETS_IMAGE=prefect-secrets-suite:serve VAULT_IMAGE=prefect-secrets-suite:vault
  export PREFECT_SECRETS_USER=4242:4242

  cp "$root/deploy/compose.yaml" "$work/compose/"
  "$work/prefect-secrets" init "$work/compose/keys" --tenant data >/dev/null
  mkdir "$work/compose/store"
  chown -R 4242:4242 "$work/compose/keys" "$work/compose/store"
  compose up --detach --quiet-pull 2>&1 | sed 's/^/  /'
  ready http://127.0.0.1:4200
  sets http://127.0.0.1:4200 FILE
  compose restart >/dev/null 2>&1
  ready http://127.0.0.1:4200
  lists http://127.0.0.1:4200 FILE

  compose --profile vault up --detach vault 2>&1 | sed 's/^/  /'
  local vault address
  vault=$(compose --profile vault ps -q vault)
  for _ in $(seq 100); do ! docker cp "$vault:/ready.json" "$work/ready.json" 2>/dev/null || break; sleep 0.2; done
  [ -s "$work/ready.json" ] || { docker logs "$vault" >&2; fail 'Vault does not start'; }
  address=http://$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$vault"):8200
  VAULT_TOKEN=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' "$work/ready.json")
  export VAULT_TOKEN
  # A Vault that is started with -dev has this mount.
  curl --silent --fail --header "X-Vault-Token: $VAULT_TOKEN" --data '{"type": "kv", "options": {"version": "2"}}' "$address/v1/sys/mounts/secret"
  compose --profile vault up --detach --no-deps serve-vault 2>&1 | sed 's/^/  /'
  ready http://127.0.0.1:4201
  sets http://127.0.0.1:4201 VAULT
  say 'compose.yaml serves secrets from a file and from Vault'
}

rm -rf "$work"
mkdir -p "$work/compose" && chmod 700 "$work"
(cd "$root" && CGO_ENABLED=0 go build -o "$work/prefect-secrets" .)
cp "$("$root/test/vault/server.sh")" "$work/vault"
manifests
unit
service
containers
say passed
