# shellcheck shell=bash
# The tools of a release, each at one version; Go's checksum database holds what they are.

release_tools() { # DIRECTORY: installs what is not there yet and puts it on the PATH
  local module
  mkdir -p "$1"
  for module in \
    github.com/google/go-containerregistry/cmd/crane@v0.20.7 \
    github.com/anchore/syft/cmd/syft@v1.57.0 \
    github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3; do
    local name=${module##*/} stamp
    stamp="$1/.$name"
    [[ -e $stamp ]] || { GOBIN="$1" go install "$module" && touch "$stamp"; } || return 1
  done
  PATH="$1:$PATH"
}
