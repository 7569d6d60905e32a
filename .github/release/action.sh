#!/usr/bin/env bash
# Makes action.yml use a pushed image in place of the Dockerfile: action.sh ACTION.YML IMAGE@DIGEST
set -euo pipefail

file=$1 image=$2
[[ $image =~ @sha256:[0-9a-f]{64}$ ]] || { echo "action.sh: $image names no digest" >&2; exit 2; }
grep -qx '  image: Dockerfile' "$file" || { echo "action.sh: $file does not use the Dockerfile" >&2; exit 1; }
sed -i "s|^  image: Dockerfile\$|  image: docker://$image|" "$file"
