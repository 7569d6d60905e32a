#!/usr/bin/env bash
# Tests against prefect-secrets serve --dev with a shell and curl. It starts the
# command prefect-secrets, or the one that PREFECT_SECRETS_BIN names.
set -euo pipefail

dir=$(mktemp -d)
"${PREFECT_SECRETS_BIN:-prefect-secrets}" serve --dev --listen 127.0.0.1:0 \
  --ready-file "$dir/ready.json" >"$dir/log" &
trap 'kill $! 2>/dev/null; wait; rm -rf "$dir"' EXIT
until [ -s "$dir/ready.json" ]; do
  kill -0 $! 2>/dev/null || { echo 'serve --dev did not start' >&2; exit 1; }
  sleep 0.05
done

ready() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$dir/ready.json"; }
# A key in a file stays out of the list of processes.
for role in admin runner; do
  printf 'Authorization: Bearer %s\n' "$(ready "${role}_key")" >"$dir/$role"
done
url=$(ready url)

testkit() { # METHOD PATH [BODY]
  curl -sS -X "$1" -H @"$dir/admin" ${3:+--data-binary "$3"} "$url/_testkit/$2"
}
graphql() { # ROLE DOCUMENT
  curl -sS -H @"$dir/$1" -H 'Content-Type: application/json' \
    --data-binary "$2" "$url/" || echo "curl exited $?"
}
expect() { # TEXT PART
  [[ $1 == *"$2"* ]] || { printf 'expected %s in %s\n' "$2" "$1" >&2; exit 1; }
}

testkit POST reset >/dev/null
testkit POST seed '{"secrets": {"SLACK_URL": "https://hooks.example.com/T0"}}' >/dev/null
get='{"query": "{secret_value(name: \"SLACK_URL\")}"}'
expect "$(graphql runner "$get")" '"secret_value":"https://hooks.example.com/T0"'
expect "$(graphql admin "$get")" FORBIDDEN

testkit POST faults '{
  "match": {"field": "set_secret", "times": 1},
  "fault": {"status": 429, "retry_after": 1}
}' >/dev/null
set='{
  "query": "mutation($i: set_secret_input!){set_secret(input: $i){success}}",
  "variables": {"i": {"name": "NEW", "value": 42}}
}'
expect "$(graphql admin "$set")" 'Too Many Requests'
expect "$(graphql admin "$set")" '"success":true'
expect "$(testkit GET faults)" '"fired":1'
expect "$(testkit GET 'calls?secret=NEW&nth=1')" '"err":"HTTP_429"'

encoded=aHR0cHM6Ly9ob29rcy5leGFtcGxlLmNvbS9UMA==
expect "$(testkit POST leaks "log: $encoded")" '{"leaks":["SLACK_URL"]}'
expect "$(testkit POST leaks "$(cat "$dir/log")")" '{"leaks":[]}'
echo 'all as expected'
