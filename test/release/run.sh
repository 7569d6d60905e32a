#!/usr/bin/env bash
# Makes a release as .github/workflows/release.yml does, but for a registry on this machine and a key made here: archives
# and images of all platforms, twice the same, installed as the pages say; their SBOMs; signatures, which verify with the key and with no other; action.yml.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/test/.work/release
version=v0.0.1
fail() { echo "release suite: FAILED: $*" >&2; exit 1; }

# shellcheck source=../../.github/release/tools.sh
source "$root/.github/release/tools.sh"
release_tools "$work/tools"
run=$(mktemp -d)
trap 'kill "${registry_pid:-}" ${files_pid:+"$files_pid"} 2>/dev/null || true; rm -rf "$run"' EXIT

start_registry() { # sets registry, an address
  local port
  crane registry serve --address 127.0.0.1:0 --disk "$run" >"$run/registry.log" 2>&1 &
  registry_pid=$!
  for _ in {1..100}; do
    port=$(sed -n 's/.*serving on port \([0-9]*\)$/\1/p' "$run/registry.log")
    [[ -z $port ]] || { registry=127.0.0.1:$port; return; }
    sleep 0.1
  done
  fail "the registry does not start: $(cat "$run/registry.log")"
}

start_registry
image=$registry/prefect-secrets
for out in out again; do "$root/.github/release/archives.sh" "$version" "$run/$out"; done
"$root/.github/release/image.sh" "$version" "$image" "$run/out"
"$root/.github/release/image.sh" "$version" "$registry/again" "$run/again"
digest=$(cat "$run/out/digest")
[[ $digest == "$(cat "$run/again/digest")" ]] || fail "the same source gave two digests"
[[ $digest == "$(crane digest "$image:v0")" ]] || fail "the tag of the major version is not the image"
cmp "$run/out/SHA256SUMS" "$run/again/SHA256SUMS" || fail "the same source gave two archives"
(cd "$run/out" && sha256sum --quiet --strict --check SHA256SUMS) || fail "the checksums are wrong"

# What each archive holds, and that its binary is for the system.
check_archive() { # OS ARCHITECTURE
  local archive=$run/out/prefect-secrets-$1-$2 suffix='' files dir=$run/archive-$1-$2
  mkdir "$dir"
  case $1 in
  windows) suffix=.exe && python3 -m zipfile --extract "$archive.zip" "$dir" ;;
  *) tar --same-permissions -C "$dir" -xzf "$archive.tar.gz" ;;
  esac
  files=$(cd "$dir" && find . -type f | sort | tr '\n' ' ')
  [[ $files == "./CHANGELOG.md ./LICENSE ./README.md ./THIRD_PARTY_NOTICES ./prefect-secrets$suffix " ]] || fail "the archive of $1/$2 holds $files"
  cmp "$dir/prefect-secrets$suffix" "$archive$suffix" || fail "the archive of $1/$2 has another binary"
  [[ $1 == windows || -x $dir/prefect-secrets ]] || fail "the binary of $1/$2 cannot be executed"
  local built
  built=$(go version -m "$dir/prefect-secrets$suffix")
  [[ $built == *"GOOS=$1"* && $built == *"GOARCH=$2"* && $built == *"CGO_ENABLED=0"* && $built == *"-trimpath=true"* ]] ||
    fail "the binary of $1/$2 was built as $built"
  # Each module of the binary is in the notices, for this system.
  local module rest line
  while read -r _ module rest; do
    line=$(grep -E "^$module ${rest%%$'\t'*}( \(|\$)" "$dir/THIRD_PARTY_NOTICES") || fail "the notices lack $module of $1/$2"
    [[ $line != *"("* || $line == *"$1"* ]] || fail "the notices say that $1 has no $module"
  done < <(grep -E '^[[:space:]]dep' <<<"$built")
}
for system in "${systems[@]}"; do
  for platform in "${platforms[@]}"; do check_archive "$system" "$platform"; done
done

# What cannot be run here is at least vetted. The architectures differ in no file.
for system in darwin windows; do (cd "$root" && GOOS=$system go vet . ./internal/... ./prefect/... ./sync/... ./testkit/...) || fail "go vet for $system"; done

# The pages' ways to install it: from a module proxy and from a server that have nothing but this release.
serve_release() { # sets files, a URL
  local download=$run/www/releases/latest/download module=$run/www/proxy/github.com/prefect-secrets/prefect-secrets/@v
  mkdir -p "$download" "$module"
  cp "$run"/out/*.tar.gz "$run/out/SHA256SUMS" "$download/"
  cp "$root/go.mod" "$module/$version.mod"
  printf '{"Version": "%s", "Time": "2020-01-01T00:00:00Z"}' "$version" | tee "$module/$version.info" >"$run/www/proxy/github.com/prefect-secrets/prefect-secrets/@latest"
  echo "$version" >"$module/list"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard) | python3 -c '
import os, sys, zipfile
root, target, prefix = sys.argv[1:]
nested = ("test/dotenv/", "test/runner/", "test/vault/server/", "test/deploy/kubernetes/")  # modules of their own
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
    for name in sys.stdin.read().split("\0"):
        if name and not name.startswith(nested) and os.path.isfile(os.path.join(root, name)):
            archive.write(os.path.join(root, name), prefix + name)
' "$root" "$module/$version.zip" "github.com/prefect-secrets/prefect-secrets@$version/"
  python3 -u -m http.server --bind 127.0.0.1 --directory "$run/www" 0 >"$run/www.log" 2>&1 &
  files_pid=$!
  for _ in {1..100}; do
    files=$(sed -n 's|.*(\(http://[^)]*\)/).*|\1|p' "$run/www.log")
    [[ -z $files ]] || return 0
    sleep 0.1
  done
  fail "the server of the release does not start: $(cat "$run/www.log")"
}

serve_release
(cd "$root" && go run ./test/docs/blocks/print release) >"$run/install.sh" || fail "no page says how to install it"
grep -q 'go install' "$run/install.sh" && grep -q 'tar -xzf' "$run/install.sh" || fail "the pages lack a way to install it"
mkdir "$run/installed"
modules=$(go env GOMODCACHE)
(
  cd "$run/installed"
  sed -i "s|https://github.com/prefect-secrets/prefect-secrets/releases|$files/releases|" "$run/install.sh"
  GOBIN=$run/installed/bin GOPROXY=$files/proxy,file://$modules/cache/download,$(go env GOPROXY) GONOSUMDB=github.com/prefect-secrets/* GONOSUMCHECK=1 \
    GOFLAGS=-modcacherw GOMODCACHE=$run/modules bash -euo pipefail "$run/install.sh"
) || fail "what the pages say about installing does not work"
"$run/installed/bin/prefect-secrets" version | grep -qF "$version" || fail "go install gave another version"
"$run/installed/prefect-secrets" version | grep -qF "$version" || fail "the archive has another version"

check_platform() { # ARCHITECTURE MACHINE, as readelf names it
  local files want binary=$run/binary-$1
  files=$(crane export --platform "linux/$1" "$image@$digest" - | tar -tf - | sort | tr '\n' ' ')
  want="LICENSE THIRD_PARTY_NOTICES etc/ssl/certs/ca-certificates.crt prefect-secrets "
  [[ $files == "$want" ]] || fail "the image of $1 holds $files"
  crane export --platform "linux/$1" "$image@$digest" - | tar -xOf - prefect-secrets >"$binary"
  readelf -h "$binary" | grep -q "Machine: *$2" || fail "the binary of $1 is for another machine"
  local config
  config=$(crane config --platform "linux/$1" "$image@$digest")
  [[ $config == *'"Entrypoint":["/prefect-secrets"]'* && $config == *'"Cmd":["action"]'* ]] ||
    fail "the image of $1 has another entry point or command"
  local size
  size=$(crane manifest --platform "linux/$1" "$image@$digest" | grep -oE '"size": *[0-9]+' | grep -oE '[0-9]+' | paste -sd+ | bc)
  ((size <= 15 * 1000 * 1000)) || fail "the image of $1 has $size bytes to pull, more than 15 MB"
  crane export --platform "linux/$1" "$image@$digest" - | tar -xOf - THIRD_PARTY_NOTICES | cmp - "$root/THIRD_PARTY_NOTICES" ||
    fail "the image of $1 carries other notices"
  echo "release suite: linux/$1: $(stat -c %s "$binary") bytes of binary, $size to pull"
}

check_platform amd64 "Advanced Micro Devices X86-64"
check_platform arm64 AArch64
[[ $(chmod +x "$run/binary-amd64" && "$run/binary-amd64" version) == *"$version"* ]] || fail "the binary does not know its version"

(cd "$run" && COSIGN_PASSWORD='' cosign generate-key-pair --output-key-prefix own >/dev/null 2>&1 &&
  COSIGN_PASSWORD='' cosign generate-key-pair --output-key-prefix other >/dev/null 2>&1)
COSIGN_PASSWORD='' COSIGN_KEY=$run/own.key "$root/.github/release/sign.sh" "$image" "$run/out"

verify=(--insecure-ignore-tlog --allow-http-registry)
for platform in amd64 arm64; do
  one=$image@$(crane digest --platform "linux/$platform" "$image@$digest")
  cosign verify-attestation --key "$run/own.pub" "${verify[@]}" --type spdxjson "$one" >"$run/attested" 2>/dev/null ||
    fail "the SBOM of $platform does not verify"
  cosign verify --key "$run/own.pub" "${verify[@]}" "$one" >/dev/null 2>&1 || fail "the image of $platform does not verify"
  # Every module of the binary stands in its SBOM.
  go version -m "$run/out/prefect-secrets-linux-$platform" | awk '$1 == "dep" {print $2}' | while read -r module; do
    grep -qF "\"$module\"" "$run/out/sbom-linux-$platform.spdx.json" || fail "$module is missing in the SBOM of $platform"
  done
done
cosign verify --key "$run/own.pub" "${verify[@]}" "$image@$digest" >/dev/null 2>&1 || fail "the index does not verify"
! cosign verify --key "$run/other.pub" "${verify[@]}" "$image@$digest" >/dev/null 2>&1 || fail "the index verifies with a key that did not sign it"
blob=(cosign verify-blob --insecure-ignore-tlog --bundle "$run/out/SHA256SUMS.sigstore.json")
"${blob[@]}" --key "$run/own.pub" "$run/out/SHA256SUMS" >/dev/null 2>&1 || fail "the checksums do not verify"
echo >>"$run/out/SHA256SUMS"
! "${blob[@]}" --key "$run/own.pub" "$run/out/SHA256SUMS" >/dev/null 2>&1 || fail "changed checksums verify"

cp "$root/action.yml" "$run/action.yml"
"$root/.github/release/action.sh" "$run/action.yml" "$image@$digest"
[[ $(diff "$root/action.yml" "$run/action.yml" | grep -c '^[<>]') == 2 ]] && grep -qx "  image: docker://$image@$digest" "$run/action.yml" ||
  fail "action.yml does not use the image"
! "$root/.github/release/action.sh" "$run/action.yml" "$image@$digest" 2>/dev/null || fail "action.yml was changed twice"
echo "release suite: passed"
