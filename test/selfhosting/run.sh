#!/usr/bin/env bash
# Runs every command of docs/self-hosting.md, in order, against a real Vault 1.14.0, the real Prefect 1.4.1 and its agent.
#
#   PYTHON=python3.11        as test/prefect/venv.sh takes it
#   ALLOW_NO_PREFECT=1       a Prefect that cannot be installed is reported and does not fail the run
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/test/.work/bin
if ! venv=$("$root/test/prefect/venv.sh" 1.4.1); then
  printf 'self-hosting: PREFECT 1.4.1 COULD NOT BE INSTALLED: nothing was tested\n' >&2
  [ "${ALLOW_NO_PREFECT:-}" = 1 ] && exit 77 || exit 1
fi
command -v jq >/dev/null || apt-get install -y -qq --no-install-recommends jq >/dev/null
mkdir -p "$bin"
(cd "$root" && go build -o "$bin/prefect-secrets" .)
vault=$("$root/test/vault/server.sh")
unset "${!PREFECT@}"
work=$root/test/.work/selfhosting
rm -rf "$work" && mkdir -p "$work/home" && chmod 700 "$work"
export HOME=$work/home PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
exec "$venv/bin/python" "$here/document.py" --document "$root/docs/self-hosting.md" --readme "$root/README.md" --policy "$root/docs/vault-policy.hcl" \
  --bin "$bin" --venv "$venv/bin" --vault "$vault" --work "$work"
