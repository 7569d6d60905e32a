# shellcheck shell=bash
# The tools of a release, each at one version; Go's checksum database holds what they are.

# shellcheck disable=SC2034 # read by the scripts that source this
platforms=(amd64 arm64) # architectures, of every system and of the image
# shellcheck disable=SC2034
systems=(linux darwin windows)

tool() { # DIRECTORY MODULE@VERSION: installs it if it is not there yet, and puts it on the PATH
  local stamp
  mkdir -p "$1"
  stamp="$1/.$(basename "$2")"
  [[ -e $stamp ]] || { GOBIN="$1" go install "$2" && touch "$stamp"; } || return 1
  [[ :$PATH: == *":$1:"* ]] || PATH="$1:$PATH"
}

release_tools() { # DIRECTORY
  tool "$1" github.com/google/go-containerregistry/cmd/crane@v0.20.7 &&
    tool "$1" github.com/anchore/syft/cmd/syft@v1.57.0 &&
    tool "$1" github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3
}
