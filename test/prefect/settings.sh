#!/usr/bin/env bash
# Makes internal/release/settings.jsonl again, from the wheels of all releases from 0.5.0 to 1.4.1.
#
#   test/prefect/settings.sh [WHEELS]     the folder that has the wheels or gets them; by default test/.work/wheels
#
#   PYTHON=python3.11
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
wheels=${1:-$here/../.work/wheels}
python=${PYTHON:-python3.11}
mkdir -p "$wheels"

# 0.9.4 has no wheel.
releases() {
  local minor
  for minor in 0.5/5 0.6/7 0.7/3 0.8/1 0.9/8 0.10/7 0.11/5 0.12/6 0.13/19 0.14/22 0.15/13 1.0/0 1.1/0 1.2/4 1.3/1 1.4/1; do
    seq -f "${minor%/*}.%g" 0 "${minor#*/}"
  done | grep -vx 0.9.4
}

for release in $(releases); do
  [ -e "$wheels/prefect-$release-py3-none-any.whl" ] ||
    "$python" -m pip download --quiet --no-deps --ignore-requires-python --only-binary :all: -d "$wheels" "prefect==$release"
done
"$python" "$here/settings.py" "$here/../../internal/release/settings.jsonl" "$wheels"/prefect-*.whl
