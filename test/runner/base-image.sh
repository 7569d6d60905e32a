# shellcheck shell=bash
# Provides the image of Go that the Dockerfile builds on: the one the engine has, else the published one, else
# a stand-in.
#
# The stand-in is NOT the published image. It carries the same name because the Dockerfile must stay what users build,
# and holds what that Dockerfile asks of its base: a shell (busybox), this machine's Go toolchain and certificate
# authorities, and the modules of go.mod, which a build on an engine without a network could not download. They are
# compiled already, so that a change of ours costs seconds; a user's build compiles them too.

# An image built from the stand-in inherits this label; the Action's own, from scratch, does not.
stand_in_label=prefect-secrets.stand-in

# provide_base_image ROOT WORK
provide_base_image() {
  local root=$1 work=$2 key
  base_image=$(sed -n 's/^FROM \(golang:[0-9.]*\).*/\1/p' "$root/Dockerfile")
  prune_build_stages 24h
  key=$(stand_in_key "$root")
  if docker image inspect "$base_image" >/dev/null 2>&1; then
    case $(label_of "$base_image") in "" | "$key") return ;; esac
  elif docker pull -q "$base_image" 2>/dev/null; then
    return
  fi
  make_stand_in "$root" "$work/stand-in" "$key"
}

label_of() {
  docker image inspect "$1" \
    --format "{{range \$k, \$v := .Config.Labels}}{{if eq \$k \"$stand_in_label\"}}{{\$v}}{{end}}{{end}}"
}

# prune_build_stages AGE removes what builds on a stand-in left over and is older than that.
prune_build_stages() {
  docker image prune -f --filter "label=$stand_in_label" --filter "until=$1" >/dev/null
}

# stand_in_key changes with everything that the stand-in is made of.
stand_in_key() {
  { go version; cat "$1/go.mod" "$1/go.sum" "${BASH_SOURCE[0]}"; } | sha256sum | cut -d ' ' -f 1
}

# make_stand_in ROOT TREE KEY
make_stand_in() {
  local root=$1 tree=$2 key=$3
  echo "runner suite: $base_image cannot be pulled; importing a stand-in of that name" >&2
  remove_tree "$tree"
  mkdir -p "$tree"/{bin,etc/ssl/certs,go,root,tmp,usr/local/go}
  add_shell "$tree"
  add_toolchain "$tree"
  add_modules "$root" "$tree"
  tar -C "$tree" --numeric-owner --owner=0 --group=0 -cf - . | docker import \
    --change 'ENV PATH=/go/bin:/usr/local/go/bin:/bin GOPATH=/go GOCACHE=/go/cache GOTOOLCHAIN=local' \
    --change 'WORKDIR /go' --change "LABEL $stand_in_label=$key" - "$base_image" >/dev/null
  remove_tree "$tree"
  prune_build_stages 0s
}

add_shell() {
  if [[ ! -x /bin/busybox ]]; then
    apt-get install -y -qq --no-install-recommends busybox-static >/dev/null
  fi
  cp /bin/busybox "$1/bin/busybox"
  ln -s busybox "$1/bin/sh"
}

add_toolchain() {
  local from
  from=$(go env GOROOT)
  cp -rL "$from"/{bin,lib,pkg,src,go.env,VERSION} "$1/usr/local/go/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
}

# add_modules takes from this machine's module cache what it has, and the rest from where Go usually does.
add_modules() (
  cd "$1" || exit
  GOPROXY="file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
  export GOPROXY GOMODCACHE="$2/go/pkg/mod" GOCACHE="$2/go/cache" GOFLAGS=-modcacherw
  go mod download
  .github/release/build.sh '' /dev/null
)

# remove_tree copes with a module cache that an interrupted run left read-only.
remove_tree() {
  [[ -e $1 ]] || return 0
  chmod -R u+w "$1"
  rm -rf "$1"
}
