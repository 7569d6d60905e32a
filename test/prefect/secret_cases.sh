#!/usr/bin/env bash
# Makes the results in fixtures/prefect/secret-get.jsonl again, with every release from 0.6.7 to 1.4.1: the wheel of each,
# in the environment of the last one of its minor that venv.sh installs.
#
#   test/prefect/secret_cases.sh [WHEELS]     as settings.sh takes it, which has got the wheels
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
wheels=$(cd "${1:-$here/../.work/wheels}" && pwd)
cases=$here/../../fixtures/prefect/secret-get.jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 0.9.4 has no wheel.
releases() {
  local minor
  for minor in 0.7/3 0.8/1 0.9/8 0.10/7 0.11/5 0.12/6 0.13/19 0.14/22 0.15/13 1.0/0 1.1/0 1.2/4 1.3/1 1.4/1; do
    seq -f "${minor%/*}.%g" 0 "${minor#*/}"
  done | sed '1i 0.6.7' | grep -vx 0.9.4
}

results=()
for release in $(releases); do
  pinned=$(cd "$here" && ls "requirements-${release%.*}".*.txt | sed 's/requirements-\(.*\)\.txt/\1/')
  venv=$("$here/venv.sh" "$pinned")
  "$venv/bin/python" -m zipfile -e "$wheels/prefect-$release-py3-none-any.whl" "$work/$release"
  env -i HOME=/home/user PATH=/usr/bin:/bin LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$work/$release" \
    "$venv/bin/python" "$here/secret_cases.py" "$cases" >"$work/$release.jsonl"
  results+=("$release=$work/$release.jsonl")
done
"${PYTHON:-python3.11}" "$here/secret_cases.py" "$cases" "${results[@]}"
