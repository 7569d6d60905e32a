# All that prefect-secrets needs in Vault or OpenBao, for --vault-mount secret and
# --vault-prefix prefect-secrets, the defaults.

# Set, and what set and read the value, time and writer of a secret.
path "secret/data/prefect-secrets/*" {
  capabilities = ["create", "read", "update"]
}

# Names, and delete with all versions.
path "secret/metadata/prefect-secrets/*" {
  capabilities = ["list", "delete"]
}

# Is the token still good? In Vault's default policy too.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}

# Renew it before it ends. In Vault's default policy too.
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# Only with --vault-max-versions:
#
# path "secret/metadata/prefect-secrets/*" {
#   capabilities = ["list", "delete", "create", "update"]
# }
