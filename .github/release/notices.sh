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
export CGO_ENABLED=0 GOOS GOARCH GOFLAGS=-mod=readonly LC_ALL=C

# One architecture is enough elsewhere: the suite of releases looks for the modules of every binary here.
built=() # systems and architectures
for GOOS in "${systems[@]}"; do
  for GOARCH in "${platforms[@]}"; do
    [[ $GOOS == linux || $GOARCH == amd64 ]] || continue
    built+=("$GOOS-$GOARCH")
    # What it cannot classify is an error; it warns of assembler files, which import nothing.
    go-licenses save . --ignore github.com/prefect-secrets --save_path "$work/$GOOS-$GOARCH" 2>"$work/log" ||
      { cat "$work/log" >&2; exit 1; }
    (cd "$work/$GOOS-$GOARCH" && find . -type f -iregex '.*/\(licen[sc]e\|copying\|notices?\)\(\.[a-z]+\)?' | cut -c3-) >>"$work/found"
    go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}' . >>"$work/modules-$GOOS"
  done
done
sort -u -o "$work/modules" "$work"/modules-*
sort -u -o "$work/found" "$work/found"

text_of() { # FILE: the first platform that has it
  local platform
  for platform in "${built[@]}"; do
    [[ ! -e $work/$platform/$1 ]] || { cat "$work/$platform/$1"; return; }
  done
}

# Where a release of a module that GitHub hosts is tagged: a module in a directory has it before the version.
source_of() { # MODULE VERSION
  local owner repository directory
  IFS=/ read -r _ owner repository directory <<<"$1"
  [[ $1 == github.com/* ]] || { echo "notices.sh: where is the source of $1?" >&2; return 1; }
  directory=$(sed -E 's:(^|/)v[0-9]+$::' <<<"$directory")
  echo "https://github.com/$owner/$repository/tree/${directory:+$directory/}${2%+incompatible}"
}

mozilla() { # prints the modules under the MPL-2.0
  local module version
  while read -r module version; do
    ! grep -qi 'Mozilla Public License' "$work"/*/"$module"/LICENSE* 2>/dev/null ||
      echo "$module $version, $(source_of "$module" "$version")"
  done <"$work/modules"
}

modules() { # prints all modules, with the systems of those that are not in every binary
  local module system
  local -a of
  while read -r module; do
    of=()
    for system in "${systems[@]}"; do
      ! grep -qxF "$module" "$work/modules-$system" || of+=("$system")
    done
    echo "$module$([[ ${#of[@]} == "${#systems[@]}" ]] || echo " (${of[*]})")"
  done <"$work/modules"
}

heading() { printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..80})" "$1"; }

notices() {
  cat <<'END'
Third-party notices of prefect-secrets

The binary is made of the modules below and of Go's standard library; a few
modules are in the binary of one system alone, which the list says. The image
also holds Mozilla's certificate authorities, from Debian's package
ca-certificates, under the MPL-2.0.

The source of the modules under the Mozilla Public License 2.0, which are used
unchanged:

END
  mozilla
  printf '\nAll modules:\n\n'
  modules
  heading "Go's standard library"
  cat "$(go env GOROOT)/LICENSE"
  local file sum
  local -A names=()
  local -a sums=()
  while read -r file; do
    split "$file"
    sum=$(tr -cd '[:alnum:]' <"$work/body" | tr '[:upper:]' '[:lower:]' | sha256sum | cut -c 1-64)
    [[ ${names[$sum]:-} ]] || { sums+=("$sum"); mv "$work/body" "$work/body-$sum"; }
    names[$sum]+=${names[$sum]:+$'\n'}$file$(sed 's/^/, /' "$work/copyright")
  done <"$work/found"
  # A licence that several modules have is printed once, below all their names, whatever its line breaks and quotes.
  for sum in "${sums[@]}"; do
    heading "${names[$sum]}"
    cat "$work/body-$sum"
  done
}

# split FILE: what stands above the Mozilla Public License in the copyright, the licence in the body. Any other text is
# all body, for it names its copyright within.
split() {
  local first
  text_of "$1" >"$work/text"
  first=$(grep -in -m 1 'mozilla public license' "$work/text" | cut -d : -f 1) || first=1
  head -n $((first - 1)) "$work/text" | grep . >"$work/copyright" || true
  tail -n +"$first" "$work/text" >"$work/body"
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
