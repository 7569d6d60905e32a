# The image of the Action: one static binary, the certificate authorities it trusts, and the licences.
#
# It builds on any engine since 20.10 and asks nothing of BuildKit, for a runner builds it anew at each use. What the
# binary is made of is named below instead of `COPY . .`, so that neither the rest of the checkout nor its .git can
# change the image. A release passes its VERSION; without one the binary calls itself what
# `go build` would.
#
# CI and releases take their Go from the line FROM golang too; Dependabot keeps it.
ARG VERSION=

FROM golang:1.26.8 AS build
ARG VERSION
WORKDIR /src
COPY go.mod go.sum main.go ./
COPY docs/checks.md ./docs/checks.md
COPY internal ./internal
COPY prefect ./prefect
COPY sync ./sync
COPY testkit/faults ./testkit/faults
COPY .github/release/build.sh ./.github/release/build.sh
RUN .github/release/build.sh "${VERSION}" /prefect-secrets

# GitHub runs a Docker action as root and sets its working directory, so there is neither USER nor WORKDIR; an input
# such as INPUT_API-KEY survives no shell, so the entry point is the binary itself, in exec form. Without a command it
# is the Action; with one, such as serve, it is that.
FROM scratch
ARG VERSION
LABEL org.opencontainers.image.title="prefect-secrets" \
      org.opencontainers.image.description="Syncs CI secrets into a Prefect secret store and checks Prefect's TOML configuration" \
      org.opencontainers.image.source="https://github.com/prefect-secrets/prefect-secrets" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY LICENSE THIRD_PARTY_NOTICES /
COPY --from=build /prefect-secrets /prefect-secrets
ENTRYPOINT ["/prefect-secrets"]
CMD ["action"]
