#!/usr/bin/env bash
# Upgrades serve from the release before this checkout and rolls it back: on a file store, and
# two replicas on a real Vault 1.14.0 while clients sync.
#
#   test/upgrade/run.sh [ARGUMENTS...]   of go test, as -run TestFileStore
#
#   PREVIOUS=COMMIT            the release before; a tag or a commit of this repository
#   VAULT_SERVER=PATH          a server that is already built
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

# There is no release yet. This commit comes closest: it has all that an operator uses (both
# stores, backups, shared token secrets), it builds, and much of the server, of both stores and
# of the keys file has changed since. The first release takes its place.
PREVIOUS=${PREVIOUS:-011fc99e19e869ebb0e4af86348a1f866c700f75}

cd "$root"
commit=$(git rev-parse --verify --quiet "$PREVIOUS^{commit}") || {
  printf 'upgrade: THE RELEASE BEFORE, COMMIT %s, IS NOT IN THIS CLONE: nothing was tested\n' "$PREVIOUS" >&2
  [ "$(git rev-parse --is-shallow-repository)" = false ] || printf 'upgrade: the clone is shallow: git fetch --unshallow\n' >&2
  exit 1
}
work=$root/test/.work/upgrade
previous=$work/previous-$commit
mkdir -p "$work"
if [ ! -x "$previous" ]; then
  rm -rf "$work/source" && mkdir "$work/source"
  git archive "$commit" | tar -x -C "$work/source"
  (cd "$work/source" && go build -o "$previous.new" .)
  rm -rf "$work/source"
  mv "$previous.new" "$previous"
fi
go build -o "$work/current" .
export PREVIOUS_BIN=$previous CURRENT_BIN=$work/current VAULT_SERVER=${VAULT_SERVER:-$(test/vault/server.sh)}
go vet -tags upgrade ./test/upgrade
go test -tags upgrade -count=1 "$@" ./test/upgrade
