#!/usr/bin/env bash
# Writes THIRD_PARTY_NOTICES, the licences of what is linked into the binary on any platform of a release, or with
# --check compares it. It needs nothing but the module cache.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
# shellcheck source=tools.sh
source .github/release/tools.sh
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
tool "$root/test/.work/tools" github.com/google/go-licenses@v1.6.0
export CGO_ENABLED=0 GOOS=linux GOARCH GOFLAGS=-mod=readonly LC_ALL=C

for GOARCH in "${platforms[@]}"; do
  # What it cannot classify is an error; it warns of assembler files, which import nothing.
  go-licenses save . --ignore github.com/prefect-secrets --save_path "$work/$GOARCH" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
  (cd "$work/$GOARCH" && find . -type f -iregex '.*/\(licen[sc]e\|copying\|notices?\)\(\.[a-z]+\)?' | cut -c3-) >>"$work/found"
  go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}' . >>"$work/modules"
done
sort -u -o "$work/found" "$work/found"
sort -u -o "$work/modules" "$work/modules"

text_of() { # FILE: the first platform that has it
  local arch
  for arch in "${platforms[@]}"; do
    [[ ! -e $work/$arch/$1 ]] || { cat "$work/$arch/$1"; return; }
  done
}

mozilla() { # prints the modules under the MPL-2.0
  local module version
  while read -r module version; do
    ! grep -qi 'Mozilla Public License' "$work"/*/"$module"/LICENSE* 2>/dev/null ||
      echo "$module $version, https://proxy.golang.org/$(sed 's/[A-Z]/!\L&/g' <<<"$module")/@v/$version.zip"
  done <"$work/modules"
}

heading() { printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..80})" "$1"; }

notices() {
  cat <<'END'
Third-party notices of prefect-secrets

The binary is made of the modules below and of Go's standard library. The image
also holds the certificate authorities of Mozilla, as Debian's ca-certificates
packages them (https://packages.debian.org/ca-certificates), under the MPL-2.0.

The source of the modules under the Mozilla Public License 2.0, unchanged, is to
be had at these addresses:

END
  mozilla
  printf '\nAll modules:\n\n'
  cat "$work/modules"
  heading "Go's standard library"
  cat "$(go env GOROOT)/LICENSE"
  while read -r file; do
    heading "$file"
    text_of "$file"
  done <"$work/found"
}

notices >"$work/notices"
for module in $(cut -d ' ' -f 1 "$work/modules"); do
  grep -q "^$module/" "$work/found" || { echo "notices.sh: $module has no licence" >&2; exit 1; }
done
if [[ ${1:-} == --check ]]; then
  diff THIRD_PARTY_NOTICES "$work/notices" || { echo "notices.sh: the dependencies changed: run .github/release/notices.sh" >&2; exit 1; }
else
  cp "$work/notices" THIRD_PARTY_NOTICES
fi
