#!/usr/bin/env bash
# Makes a release as .github/workflows/release.yml does, but for a registry on this machine and a key made here: images
# of both platforms, twice the same; their SBOMs; signatures, which verify with the key and with no other; action.yml.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/test/.work/release
version=v0.0.1
fail() { echo "release suite: FAILED: $*" >&2; exit 1; }

# shellcheck source=../../.github/release/tools.sh
source "$root/.github/release/tools.sh"
release_tools "$work/tools"
run=$(mktemp -d)
trap 'kill "${registry_pid:-}" 2>/dev/null || true; rm -rf "$run"' EXIT

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
"$root/.github/release/image.sh" "$version" "$image" "$run/out"
"$root/.github/release/image.sh" "$version" "$registry/again" "$run/again"
digest=$(cat "$run/out/digest")
[[ $digest == "$(cat "$run/again/digest")" ]] || fail "the same source gave two digests"

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
