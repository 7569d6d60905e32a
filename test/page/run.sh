#!/usr/bin/env bash
# Drives the page of `prefect-secrets serve` in headless Chromium: what it shows, what
# it must never do, and axe-core's rules in each of its states.
#
#   test/page/run.sh
#
#   PREFECT_SECRETS_BIN=PATH a command that is already built; without it, this checkout is built
#   CHROMIUM=PATH            a Chromium or Chrome; without it, one on the PATH
#   ALLOW_NO_BROWSER=1       a machine without Chromium, or without Node.js and npm, is reported
#                            and does not fail the run
#
# Screenshots of all states are written to test/.work/page/screenshots.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/page
mkdir -p "$root/test/.work/bin" "$work" && chmod 700 "$work"

say() { printf 'page: %s\n' "$*" >&2; }

unavailable() { # WHAT
  say "THE PAGE WAS NOT TESTED IN A BROWSER: $1"
  [ "${ALLOW_NO_BROWSER:-}" = 1 ] && exit 77 || exit 1
}

# install: the locked packages, unless they are there, in a folder that appears only when complete.
install() {
  rm -rf "$modules.new" && mkdir -p "$modules.new" && cp "$here"/package*.json "$modules.new" &&
    npm ci --prefix "$modules.new" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 &&
    rm -rf "$modules" && mv "$modules.new" "$modules"
}

chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -x "$chromium" ] || unavailable 'there is no Chromium'
command -v node >/dev/null || unavailable 'there is no node'
command -v npm >/dev/null || unavailable 'there is no npm'
modules=$work/modules-$(cat "$here"/package*.json <(node --version) | sha256sum | cut -c1-16)
[ -d "$modules" ] || install || unavailable 'npm ci failed'

bin=${PREFECT_SECRETS_BIN:-$root/test/.work/bin/prefect-secrets}
[ -n "${PREFECT_SECRETS_BIN:-}" ] || (cd "$root" && go build -o "$bin" .)

rm -rf "$work/run" "$work/screenshots" && mkdir -p "$work/run" "$work/screenshots"
cp "$here"/*.js "$here/package.json" "$work/run" && ln -s "$modules/node_modules" "$work/run/node_modules"
CHROMIUM=$chromium TZ=UTC exec node --test-reporter=spec "$work/run/suite.js" "$bin" "$work"
