#!/bin/sh
# Syncs variables of a job in any CI to the store: with the image in IMAGE if that is
# set, else with the command. The CI sets PREFECT_SECRETS_API_URL,
# PREFECT_SECRETS_API_KEY and the variables that are secrets: change their names below.
set -eu

export PREFECT_SECRETS_ENV_NAMES='SLACK_*,DEPLOY_KEY'
export PREFECT_SECRETS_CONFIG_FILES="${CONFIG_FILES:-}"

if [ -z "${IMAGE:-}" ]; then
  exec "${PREFECT_SECRETS_BIN:-prefect-secrets}" action
fi
exec docker run --rm --network "${NETWORK:-bridge}" \
  --volume "$PWD:/work:ro" --workdir /work \
  --env PREFECT_SECRETS_API_URL --env PREFECT_SECRETS_API_KEY \
  --env PREFECT_SECRETS_ENV_NAMES --env PREFECT_SECRETS_CONFIG_FILES \
  --env SLACK_WEBHOOK_URL --env DEPLOY_KEY \
  "$IMAGE"
