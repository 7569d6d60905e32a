#!/usr/bin/env bash
# Makes internal/pysource/testdata/mutations.jsonl again: Python with one fault in it, and what the parser of each Python
# says of it.
#
#   test/prefect/python_mutations.sh PYTHON...     such as python3.6 python3.7 … python3.13
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${!#}" "$here/python_mutations.py" make >"$work/all"
for python in "$@"; do
  "$python" "$here/python_mutations.py" judge <"$work/all" >"$work/$(basename "$python")-$("$python" -c 'import sys; print(sys.version_info[1])')"
done
"${!#}" "$here/python_mutations.py" merge "$work"/*-* <"$work/all" >"$here/../../internal/pysource/testdata/mutations.jsonl"
