#!/usr/bin/env bash
# Runs the store, and replicas of serve, against a real Vault 1.14.0, which is built once into test/.work and started by the tests.
#
#   test/vault/run.sh [ARGUMENTS...]     of go test, as -run TestContract
#
#   VAULT_SERVER=PATH          a server that is already built
#   PREFECT_SECRETS_BIN=PATH   a command that is already built
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

VAULT_SERVER=${VAULT_SERVER:-$("$here/server.sh")}
PREFECT_SECRETS_BIN=${PREFECT_SECRETS_BIN:-$root/test/.work/vault/prefect-secrets}
export VAULT_SERVER PREFECT_SECRETS_BIN
cd "$root"
[ "$PREFECT_SECRETS_BIN" != "$root/test/.work/vault/prefect-secrets" ] || go build -o "$PREFECT_SECRETS_BIN" .
go vet -tags realvault ./test/vault
go test -tags realvault -count=1 "$@" ./test/vault
