#!/usr/bin/env bash
# The README's two commands in another Debian suite than this machine's, of which nothing here is
# changed: its compiler, its libraries, its LibTorch (2.6 in trixie).
#   scripts/test_in_suite.sh trixie ROOT [ctest arguments]
# Builds what is committed. ROOT, a folder, takes the suite (5 GB) and is used again when it is
# there. Needs root, debootstrap and a network. Real scans are read from EFFACE_DATA, as in test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
  echo "test_in_suite.sh: $*" >&2
  exit 2
}

(($# >= 2)) || die "usage: scripts/test_in_suite.sh SUITE ROOT [ctest arguments]"
suite=$1
root=$(realpath -m "$2")
shift 2
((EUID == 0)) || die "needs root"
command -v debootstrap >/dev/null || die "needs debootstrap"

if [[ ! -f $root/etc/debian_version ]]; then
  rm -rf "$root.part"
  debootstrap --variant=minbase "$suite" "$root.part"
  mv "$root.part" "$root"
fi
mkdir -p "$root/srv/scans" "$root/srv/efface"
git archive HEAD | tar -x -C "$root/srv/efface"

# The mounts end with the name space that they are made in.
export root data=${EFFACE_DATA:-}
unshare --mount --fork -- bash -s -- "$@" <<'INSIDE'
set -euo pipefail
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
inside=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8)
if [[ -n $data ]]; then
  mount --bind "$data" "$root/srv/scans"
  inside+=(EFFACE_DATA=/srv/scans)
fi
exec chroot "$root" env -i "${inside[@]}" bash -c \
  'cd /srv/efface && scripts/setup.sh </dev/null && exec scripts/test.sh "$@"' bash "$@" </dev/null
INSIDE
