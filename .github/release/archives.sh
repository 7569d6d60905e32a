#!/usr/bin/env bash
# Builds the binaries of a release and packs them: archives.sh VERSION OUT
#
# OUT then holds prefect-secrets-OS-ARCHITECTURE, with .exe for Windows, and an archive of each with the licences. The
# same source gives the same bytes: the files have the commit's time, and the packers write neither names nor owners.
set -euo pipefail

version=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools.sh
source "$root/.github/release/tools.sh"
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "archives.sh: $version is not of the form v1.2.3" >&2; exit 2; }
cd "$root"
commit=$(git rev-parse HEAD)
epoch=$(git log -1 --format=%ct)
date=$(date --utc --date "@$epoch" +%Y-%m-%dT%H:%M:%SZ)

# pack DIRECTORY ARCHIVE: all files of a directory. The times in a zip are those of UTC.
pack() {
  find "$1" -exec touch --no-dereference --date "@$epoch" {} +
  case $2 in
  *.tar.gz)
    tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=ustar -C "$1" -cf - \
      --files-from <(cd "$1" && printf '%s\n' *) |
      gzip --no-name --best >"$2"
    ;;
  *.zip)
    TZ=UTC python3 - "$1" "$2" <<'END'
import pathlib, sys, zipfile

with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        entry = zipfile.ZipInfo.from_file(path, path.name)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (0o100755 if path.suffix == ".exe" else 0o100644) << 16
        archive.writestr(entry, path.read_bytes(), compresslevel=9)
END
    ;;
  esac
}

for os in "${systems[@]}"; do
  for architecture in "${platforms[@]}"; do
    suffix='' kind=tar.gz
    [[ $os != windows ]] || { suffix=.exe; kind=zip; }
    name=prefect-secrets-$os-$architecture
    GOOS=$os GOARCH=$architecture .github/release/build.sh "$version" "$out/$name$suffix" "$commit" "$date"
    tree=$out/tree
    mkdir "$tree"
    install -m 0755 "$out/$name$suffix" "$tree/prefect-secrets$suffix"
    install -m 0644 LICENSE THIRD_PARTY_NOTICES README.md CHANGELOG.md "$tree/"
    pack "$tree" "$out/$name.$kind"
    rm -r "$tree"
  done
done
cp THIRD_PARTY_NOTICES "$out/"
(cd "$out" && sha256sum prefect-secrets-*.tar.gz prefect-secrets-*.zip THIRD_PARTY_NOTICES >SHA256SUMS)
