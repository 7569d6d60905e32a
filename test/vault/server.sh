#!/usr/bin/env bash
# Prints the path of a Vault 1.14.0, which is built if it is not there or if its source or modules changed.
#
# The first build takes some minutes and a few hundred megabytes of modules.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$here/../.work/vault
mkdir -p "$work"
work=$(cd "$work" && pwd)
bin=$work/server-$(cat "$here"/server/*.go "$here"/server/go.{mod,sum} | sha256sum | cut -c1-16)
if [ ! -x "$bin" ]; then
  rm -f "$work"/server-*
  (cd "$here/server" && go build -trimpath -ldflags '-s -w' -o "$bin.new" .) >&2
  mv "$bin.new" "$bin"
fi
printf '%s\n' "$bin"
