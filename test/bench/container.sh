#!/usr/bin/env bash
# Measures what the Action costs as a container, from an image that is built already, as a release's is, against the
# images and scripts that somebody would write instead. It needs a Docker engine and Node. run.sh calls it.
#
#   test/bench/container.sh COMMAND VENV ROUNDS
set -euo pipefail

bin=$1 venv=$2 rounds=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/container
suite=$root/test/runner
export DOCKER_BUILDKIT=0
mkdir -p "$work" "$root/test/.work/runner"

# shellcheck source=../runner/engine.sh
source "$suite/engine.sh"
# shellcheck source=../runner/base-image.sh
source "$suite/base-image.sh"
trap stop_engine EXIT
start_engine "$work/dockerd.log" || { echo "bench: $engine_problem" >&2; exit 1; }
provide_base_image "$root" "$root/test/.work/runner"

docker build --quiet --tag prefect-secrets-bench:action "$root" >/dev/null

# An image of one static program that does nothing: what any container costs.
empty=$(mktemp -d)
printf 'package main\n\nfunc main() {}\n' >"$empty/main.go"
CGO_ENABLED=0 go build -ldflags '-s -w' -o "$empty/nothing" "$empty/main.go"
tar -C "$empty" -cf - nothing | docker import --change 'ENTRYPOINT ["/nothing"]' - prefect-secrets-bench:empty >/dev/null
rm -r "$empty"

# An image of Python with the release of Prefect: this machine's own, with the libraries that it loads, for no image can
# be pulled everywhere. The published python:3.11 is larger.
tree=$(mktemp -d)
base=$("$venv/bin/python" -c 'import sys; print(sys.base_prefix)')
mkdir -p "$tree/$base" "$tree/$venv" "$tree/bench" "$tree/tmp" "$tree/root"
cp -a "$base/." "$tree/$base/"
cp -a "$venv/." "$tree/$venv/"
ln -sf "$(readlink -f "$venv/bin/python")" "$tree/$venv/bin/python"
cp "$here/client_loop.py" "$tree/bench/"
{ find "$tree" -type f \( -name '*.so*' -o -name 'python3*' \) -exec ldd {} + 2>/dev/null || true; } |
  grep -oE '(=> )?/[^ :]+' | sed 's/^=> //' | grep -v "^$tree" | sort -u | while read -r library; do
  [ ! -e "$library" ] || { mkdir -p "$tree$(dirname "$library")" && cp -nL "$library" "$tree$library"; }
done
tar -C "$tree" -cf - . | docker import --change "ENTRYPOINT [\"$venv/bin/python\"]" - prefect-secrets-bench:python >/dev/null
rm -rf "$tree"

"$venv/bin/python" "$here/container.py" --bin "$bin" --rounds "$rounds"
