#!/usr/bin/env bash
# Runs the store against a real Vault 1.14.0, which is built once into test/.work and started by the tests.
#
#   test/vault/run.sh [ARGUMENTS...]     of go test, as -run TestContract
#
#   VAULT_SERVER=PATH   a server that is already built
#
# The first build takes some minutes and a few hundred megabytes of modules.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/vault

# build_server: prints where the server is, which is built again only if its source or its modules change.
build_server() {
  local bin
  bin=$work/server-$(cat "$here"/server/*.go "$here"/server/go.{mod,sum} | sha256sum | cut -c1-16)
  if [ ! -x "$bin" ]; then
    mkdir -p "$work" && rm -f "$work"/server-*
    (cd "$here/server" && go build -trimpath -ldflags '-s -w' -o "$bin.new" .) && mv "$bin.new" "$bin"
  fi
  printf '%s\n' "$bin"
}

VAULT_SERVER=${VAULT_SERVER:-$(build_server)}
export VAULT_SERVER
cd "$root"
go vet -tags realvault ./test/vault
go test -tags realvault -count=1 "$@" ./test/vault
