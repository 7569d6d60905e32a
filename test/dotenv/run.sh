#!/usr/bin/env bash
# Has dotenv libraries read whole files, and compares what they read with what sync reads: python-dotenv,
# motdotla/dotenv, godotenv and compose-go, two releases of each.
#
#   test/dotenv/run.sh [ARGUMENT...]   arguments of go test, such as -run TestForms or -args -seed=2
#
#   PYTHON=python3.11        the interpreter for python-dotenv
#   ALLOW_NO_NODE=1          a machine without Node.js and npm is reported and does not fail the run
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(cd "$here/.." && pwd)/.work/dotenv
python=${PYTHON:-python3}
mkdir -p "$work" && chmod 700 "$work"

say() { printf 'dotenv: %s\n' "$*" >&2; }

not_run() { # WHAT
  say "DOTENV LIBRARIES WERE NOT RUN: $1; nothing was compared with them"
  exit 1
}

no_node() { # WHAT
  say "DOTENV LIBRARIES WERE NOT RUN: $1; nothing was compared with them"
  [ "${ALLOW_NO_NODE:-}" = 1 ] && exit 77 || exit 1
}

# A folder appears under its name only when complete.
install_modules() {
  rm -rf "$modules.new" && mkdir -p "$modules.new" && cp "$here"/package*.json "$modules.new" &&
    npm ci --prefix "$modules.new" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 &&
    rm -rf "$modules" && mv "$modules.new" "$modules"
}

install_package() { # RELEASE FOLDER
  rm -rf "$2.new" &&
    "$python" -m pip install --quiet --no-deps --target "$2.new" "python-dotenv==$1" >&2 && mv "$2.new" "$2"
}

command -v node >/dev/null || no_node 'there is no node'
command -v npm >/dev/null || no_node 'there is no npm'
modules=$work/modules-$(cat "$here"/package*.json <(node --version) | sha256sum | cut -c1-16)
[ -d "$modules" ] || install_modules || no_node 'npm ci failed'

command -v "$python" >/dev/null || not_run "there is no $python"
for release in $(cat "$here/python-dotenv.txt"); do
  [ -d "$work/python-dotenv-$release" ] || install_package "$release" "$work/python-dotenv-$release" ||
    not_run "python-dotenv $release cannot be installed"
done

cd "$here"
DOTENV_WORK=$work DOTENV_PYTHON=$python NODE_PATH=$modules/node_modules exec go test -count=1 "$@" ./...
