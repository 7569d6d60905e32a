#!/usr/bin/env bash
# Measures this project against what a user would do instead, and writes docs/performance.md with its plots.
#
#   test/bench/run.sh             every part; at most 20 minutes on a machine that does nothing else
#   test/bench/run.sh PART...     some of them, as printed by --list; the page keeps the others as they were
#
#   ROUNDS=11                     how often each is measured, in turns; a few long ones less often
#   PYTHON=python3.11             the interpreter that the pinned Prefect is for
#
# A part writes one line for each sample to results/PART.txt, in the format of Go's benchmarks, which benchstat reads
# too. Nothing here fails because of a time. `make docs` writes the page again from the results that are there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/test/.work/bench
bin=$work/prefect-secrets
rounds=${ROUNDS:-11}
parts=(sync blocks check testkit file vault container)

sync_part() {
  local venv
  venv=$(prefect)
  "$venv/bin/python" "$here/sync.py" --bin "$bin" --python "$venv/bin/python" --rounds "$rounds"
  go_benchmarks ./sync 'BenchmarkPlan|BenchmarkSync' 200ms
}

# blocks_part takes fewer rounds: in each, Prefect's client loads twice, and writes 200 secrets one after the other.
blocks_part() {
  PREFECT_SECRETS_BIN=$bin "$root/test/blocks/run.sh" --speed $((rounds < 3 ? rounds : 3)) | grep ^Benchmark
}

check_part() {
  local venv=$root/test/.work/toml-0.10.2
  "$venv/bin/python" -c 'import toml' 2>/dev/null || {
    "${PYTHON:-python3}" -m venv --clear "$venv" && "$venv/bin/python" -m pip install --quiet toml==0.10.2
  } >&2
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/decode" ./test/bench/decode
  "$venv/bin/python" "$here/check.py" --bin "$bin" --decode "$work/decode" --rounds "$rounds"
  profile check ./internal/check 'BenchmarkFile$'
}

testkit_part() {
  go_benchmarks ./testkit 'BenchmarkNewSetGet' 300ms
  profile testkit ./testkit 'BenchmarkNewSetGet$'
}

file_part() { go run ./test/bench/servefile -bin "$bin" -rounds "$rounds" -dir "$work"; }

vault_part() {
  PREFECT_SECRETS_BIN=$bin ROUNDS=$rounds "$root/test/vault/run.sh" -run '^$' -bench . -benchtime 1x | grep ^BenchmarkVault
}

container_part() { "$here/container.sh" "$bin" "$(prefect)" "$rounds"; }

# prefect installs the last Prefect 1, and prints its virtual environment.
prefect() { "$root/test/prefect/venv.sh" 1.4.1; }

# go_benchmarks PACKAGE PATTERN TIME runs the benchmarks of a package in turns: all of them in each round.
go_benchmarks() {
  local test=$work/${1##*/}.test
  go test -c -o "$test" "$1"
  for ((round = 0; round < rounds; round++)); do
    (cd "$root/$1" && "$test" -test.run '^$' -test.bench "$2" -test.benchtime "$3" -test.benchmem) | grep ^Benchmark
  done
}

# profile NAME PACKAGE PATTERN
profile() {
  local test=$work/${2##*/}.test
  go test -c -o "$test" "$2"
  (cd "$root/$2" && "${PYTHON:-python3}" "$here/profile.py" "$1" "$test" "$3")
}

# header prints where and on what a part was measured.
header() {
  printf 'commit: %s%s\n' "$(git rev-parse --short HEAD)" "$([ -z "$(changed)" ] || echo -dirty)"
  printf 'date: %s\n' "$(date -u +%F)"
  printf 'cpu: %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
  printf 'cores: %s\n' "$(nproc)"
  printf 'memory: %s GB\n' "$(awk '/^MemTotal/ { printf "%.0f", $2 / 1e6 }' /proc/meminfo)"
  printf 'system: %s\n' "$(uname -sr | grep -oE '^[A-Za-z]+ [0-9]+\.[0-9]+')"
  printf 'go: %s\n' "$(go env GOVERSION)"
  printf 'load: %s\n' "$(cores_in_use)"
  printf 'instructions: %s\n' "$(counts_instructions && echo counted || echo 'not counted by this machine')"
}

# cores_in_use prints how many cores other work uses, in three seconds. The load average would still have the last part.
cores_in_use() {
  { grep '^cpu ' /proc/stat; sleep 3; grep '^cpu ' /proc/stat; } |
    awk -v cores="$(nproc)" '{ all = 0; for (i = 2; i <= 9; i++) all += $i; idle = $5 + $6 }
      NR == 1 { before = all; idleBefore = idle }
      END { printf "%.2f", cores * (1 - (idle - idleBefore) / (all - before)) }'
}

# changed lists what differs from the commit, but for what a run writes.
changed() { git status --porcelain -- . ':!test/bench/results' ':!docs/performance*'; }

counts_instructions() { perf stat -x, -e instructions:u true 2>&1 | grep -q '^[0-9]'; }

# measure PART keeps the old results unless the part succeeds.
measure() {
  local new=$work/$1.txt
  header >"$new"
  "$1_part" >>"$new"
  mv "$new" "$here/results/$1.txt"
}

main() {
  cd "$root"
  mkdir -p "$work" "$here/results"
  case ${1-} in
  --list)
    printf '%s\n' "${parts[@]}"
    return
    ;;
  --measure) # one part, in a process that its first failure ends
    measure "$2"
    return
    ;;
  esac
  local part failed=()
  for part in "$@"; do
    [[ " ${parts[*]} " == *" $part "* ]] || { printf 'bench: unknown part %s: use %s\n' "$part" "${parts[*]}" >&2; exit 2; }
  done
  [ $# -eq 0 ] || parts=("$@")
  CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$bin" .
  for part in "${parts[@]}"; do
    printf 'bench: %s\n' "$part" >&2
    SECONDS=0
    "$here/run.sh" --measure "$part" || failed+=("$part")
    printf 'bench: %s took %d s\n' "$part" "$SECONDS" >&2
  done
  go test ./test/bench -run '^TestPage$' -args -update
  [ ${#failed[@]} -eq 0 ] || { printf 'bench: FAILED, old results kept: %s\n' "${failed[*]}" >&2; exit 1; }
}

main "$@"
