#!/usr/bin/env bash
# Sends a corpus of GraphQL documents and HTTP requests to `prefect-secrets serve --dev` and to a
# real Apollo Server over the same schema, and compares what both answer and store.
#
#   test/apollo/run.sh [--update | --show CASE...]     as suite.py takes them
#
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   ALLOW_NO_NODE=1          a machine without Node.js and npm is reported and does not fail the run
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/apollo
mkdir -p "$root/test/.work/bin" "$work" && chmod 700 "$work"

say() { printf 'apollo: %s\n' "$*" >&2; }

unavailable() { # WHAT
  say "APOLLO SERVER WAS NOT RUN: $1; nothing was compared with it"
  [ "${ALLOW_NO_NODE:-}" = 1 ] && exit 77 || exit 1
}

# install: the locked packages, unless they are there, in a folder that appears only when complete.
install() {
  rm -rf "$modules.new" && mkdir -p "$modules.new" && cp "$here"/package*.json "$modules.new" &&
    npm ci --prefix "$modules.new" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 &&
    rm -rf "$modules" && mv "$modules.new" "$modules"
}

command -v node >/dev/null || unavailable 'there is no node'
command -v npm >/dev/null || unavailable 'there is no npm'
modules=$work/modules-$(cat "$here"/package*.json <(node --version) | sha256sum | cut -c1-16)
[ -d "$modules" ] || install || unavailable 'npm ci failed'

bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)

NODE_PATH=$modules/node_modules PYTHONDONTWRITEBYTECODE=1 exec "${PYTHON:-python3}" "$here/suite.py" "$bin" "$work" "$@"
