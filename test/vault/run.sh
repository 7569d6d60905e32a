#!/usr/bin/env bash
# Runs the store against a real Vault 1.14.0, which is built once into test/.work and started by the tests.
#
#   test/vault/run.sh [ARGUMENTS...]     of go test, as -run TestContract
#
#   VAULT_SERVER=PATH   a server that is already built
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

VAULT_SERVER=${VAULT_SERVER:-$("$here/server.sh")}
export VAULT_SERVER
cd "$root"
go vet -tags realvault ./test/vault
go test -tags realvault -count=1 "$@" ./test/vault
