#!/usr/bin/env bash
# Makes the images of a release and pushes them: image.sh VERSION REPOSITORY OUT, the directory of archives.sh
#
# No Docker engine is asked: each image is one layer of four files on nothing, made so that the same source gives the
# same digest. OUT then holds, in the file digest, what the index of both platforms was pushed as.
set -euo pipefail

version=$1 repository=$2 out=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools.sh
source "$root/.github/release/tools.sh"
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "image.sh: $version is not of the form v1.2.3" >&2; exit 2; }

layer() { # ARCHITECTURE
  local tree=$out/tree-$1
  mkdir -p "$tree/etc/ssl/certs"
  cp "$out/prefect-secrets-linux-$1" "$tree/prefect-secrets"
  cp "$root/LICENSE" "$root/THIRD_PARTY_NOTICES" "$tree/"
  cp -L "${CA_CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}" "$tree/etc/ssl/certs/ca-certificates.crt"
  chmod 0755 "$tree/prefect-secrets"
  chmod 0644 "$tree/LICENSE" "$tree/THIRD_PARTY_NOTICES" "$tree/etc/ssl/certs/ca-certificates.crt"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar -C "$tree" -cf "$out/layer-$1.tar" \
    LICENSE THIRD_PARTY_NOTICES etc/ssl/certs/ca-certificates.crt prefect-secrets
  rm -r "$tree"
}

push() { # ARCHITECTURE: prints the reference by digest
  local base
  base=$(crane append --oci-empty-base --new_layer "$out/layer-$1.tar" --new_tag "$repository:$version-$1")
  crane mutate "$base" --set-platform "linux/$1" --entrypoint /prefect-secrets --cmd action --tag "$repository:$version-$1" \
    --label "org.opencontainers.image.title=prefect-secrets" \
    --label "org.opencontainers.image.description=Syncs CI secrets into a Prefect secret store and checks Prefect's TOML configuration" \
    --label "org.opencontainers.image.source=https://github.com/prefect-secrets/prefect-secrets" \
    --label "org.opencontainers.image.licenses=Apache-2.0" \
    --label "org.opencontainers.image.version=$version" >/dev/null
  echo "$repository@$(crane digest "$repository:$version-$1")"
}

mkdir -p "$out"
manifests=()
for platform in "${platforms[@]}"; do
  layer "$platform"
  manifests+=(--manifest "$(push "$platform")")
  rm "$out/layer-$platform.tar"
done
crane index append "${manifests[@]}" --tag "$repository:$version" >/dev/null
crane tag "$repository:$version" "${version%%.*}" # as the Action's tag, v1
crane digest "$repository:$version" >"$out/digest"
echo "image.sh: $repository@$(cat "$out/digest")"
