#!/usr/bin/env bash
# Makes whole workflows of those that the documentation shows, for a linter, and
# prints the files: each ```yaml block with jobs, and each that is a list of steps.
# Its uses of this project's action become those of this checkout, so that its
# inputs are checked too. It fails if the documentation shows none.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$root/test/.work/docs
rm -rf "$out" && mkdir -p "$out"
cd "$root"

# blocks FILE: each yaml block of a document into a file of its own, named by where it begins.
blocks() {
  awk -v name="$out/$(tr / _ <<<"${1%.md}")" '
    !inside && /^ *```ya?ml *$/ { inside = 1; file = name "_" FNR ".block"; indent = index($0, "`") - 1; next }
    inside && /^ *``` *$/ { inside = 0; close(file); next }
    inside { print substr($0, indent + 1) > file }
  ' "$1"
}

# workflow BLOCK: the block, with what a workflow needs around it; nothing if it is about something else.
workflow() {
  if grep -q '^jobs:' "$1"; then
    grep -q '^on:' "$1" || printf 'on: push\n'
    cat "$1"
  elif grep -qE '^(- |  )(uses|run):' "$1"; then
    printf 'on: push\njobs:\n  shown:\n    runs-on: ubuntu-latest\n    steps:\n'
    sed 's/^/      /' "$1"
  fi | sed -E 's|uses: prefect-secrets/prefect-secrets@[^ ]+|uses: ./|'
}

found=0
while read -r document; do
  blocks "$document"
done < <(git ls-files README.md CONTRIBUTING.md 'docs/*.md')
for block in "$out"/*.block; do
  [ -e "$block" ] || continue
  file=${block%.block}.yml
  workflow "$block" >"$file"
  rm "$block"
  if [ -s "$file" ]; then
    printf '%s\n' "${file#"$root/"}"
    found=$((found + 1))
  else
    rm "$file"
  fi
done
[ "$found" -gt 0 ] || { printf 'no workflow was found in the documentation\n' >&2; exit 1; }
