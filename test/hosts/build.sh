#!/usr/bin/env bash
# Builds real Debian hosts to try Postern on: each a file system of its own below DIR, with packages
# installed by apt and configured as an administrator would. Nothing in them is ever started.
#
#   sudo test/hosts/build.sh DIR [NAME ...]
#
# Needs root, debootstrap and a Debian mirror: the one that this machine's apt uses.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
to=${1:?usage: build.sh DIR [NAME ...]}
shift
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(provider exim cyrus trixie)

repositories=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | sort -u)
mirror=$(awk '$2 !~ /-/ && $1 ~ /\/debian\/?$/ {print $1; exit}' <<<"$repositories")
security=$(awk '$2 ~ /-security$/ {print $1; exit}' <<<"$repositories")
: "${mirror:?apt on this machine names no Debian mirror}" "${security:?apt on this machine names no security mirror}"

release_of() { case $1 in trixie) echo trixie ;; *) echo bookworm ;; esac; }

base() {
  local release=$1 root=$to/.base-$1
  [ -d "$root" ] && return
  debootstrap --variant=minbase --include=ca-certificates "$release" "$root.partial" "$mirror" >"$to/$release.log" 2>&1 ||
    { tail -20 "$to/$release.log" >&2; return 1; }
  cat >"$root.partial/etc/apt/sources.list" <<LIST
deb $mirror $release main
deb $mirror $release-updates main
deb $security $release-security main
LIST
  printf '#!/bin/sh\nexit 101\n' >"$root.partial/usr/sbin/policy-rc.d"
  chmod 755 "$root.partial/usr/sbin/policy-rc.d"
  # A name of its own: packages write what they find into their configuration, or fail when it is `localhost`.
  echo mail.example.jp >"$root.partial/etc/hostname"
  echo example.jp >"$root.partial/etc/mailname"
  printf '127.0.0.1 localhost\n192.0.2.10 mail.example.jp mail\n' >"$root.partial/etc/hosts"
  mv "$root.partial" "$root"
}

# Inside a host the kernel, too, gives the host's name, where it lets us have a name space for it.
inside() {
  local root=$1
  shift
  if unshare --uts true 2>/dev/null; then
    unshare --uts sh -c 'hostname mail.example.jp; exec chroot "$@"' sh "$root" "$@"
  else
    chroot "$root" "$@"
  fi
}

# In a shell of its own: whatever ends it, whoever removes DIR afterwards must not walk into the kernel's files.
host() (
  name=$1 root=$to/$1 log=$to/$1.log
  [ ! -e "$root" ] || exit 0
  cp -a "$to/.base-$(release_of "$name")" "$root.partial"
  mount -t proc proc "$root.partial/proc"
  trap 'umount "$root.partial/proc"' EXIT
  # Joined by &&: bash heeds no `set -e` within a condition.
  # shellcheck disable=SC2046 # a package a word
  if ! (
    inside "$root.partial" apt-get update &&
      inside "$root.partial" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o Dpkg::Options::=--force-unsafe-io $(grep -v '^#' "$here/$name/packages") &&
      inside "$root.partial" bash -eu -s <"$here/$name/configure.sh" &&
      rm -f "$root.partial"/var/cache/apt/archives/*.deb
  ) >"$log" 2>&1; then
    tail -30 "$log" >&2
    exit 1
  fi
  umount "$root.partial/proc"
  trap - EXIT
  mv "$root.partial" "$root"
  echo "$name: $(dpkg-query --root="$root" -W 2>/dev/null | wc -l) packages"
)

# Two at a time: one fetches while the other unpacks. Nobody is left at work when one has failed.
working=0
one_is_done() {
  wait -n || { wait; exit 1; }
  working=$((working - 1))
}
begin() {
  [ "$working" -lt 2 ] || one_is_done
  "$@" &
  working=$((working + 1))
}
all_are_done() {
  while [ "$working" -gt 0 ]; do one_is_done; done
}

mkdir -p "$to"
for release in $(for name in "${names[@]}"; do release_of "$name"; done | sort -u); do begin base "$release"; done
all_are_done
for name in "${names[@]}"; do begin host "$name"; done
all_are_done
