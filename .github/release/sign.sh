#!/usr/bin/env bash
# Signs a release and attaches what it is made of: sign.sh REPOSITORY OUT
#
# With COSIGN_KEY, a file, everything is signed with that key and nothing leaves this machine but for the registry; else
# it is signed as the workflow that runs, by Sigstore.
set -euo pipefail

repository=$1 out=$2
digest=$(cat "$out/digest")
signing=(--yes)
if [[ -n ${COSIGN_KEY:-} ]]; then
  signing+=(--key "$COSIGN_KEY" --use-signing-config=false --tlog-upload=false)
fi
if [[ $repository == localhost:* || $repository == 127.0.0.1:* ]]; then
  registry=(--allow-http-registry)
fi

for binary in "$out"/prefect-secrets-*; do
  case $binary in *.tar.gz | *.zip) continue ;; esac
  platform=$(basename "${binary%.exe}" | cut -d - -f 3-)
  sbom=$out/sbom-$platform.spdx.json
  syft scan --quiet "file:$binary" --source-name prefect-secrets --output "spdx-json=$sbom"
  [[ $platform == linux-* ]] || continue # there is no image of the others
  image=$(crane digest --platform "${platform/-//}" "$repository@$digest")
  cosign attest "${signing[@]}" ${registry[@]+"${registry[@]}"} --type spdxjson --predicate "$sbom" "$repository@$image"
done
cosign sign "${signing[@]}" ${registry[@]+"${registry[@]}"} --recursive "$repository@$digest"
cosign sign-blob "${signing[@]}" --bundle "$out/SHA256SUMS.sigstore.json" "$out/SHA256SUMS" >/dev/null
