#!/usr/bin/env bash
# Runs every test on what scripts/setup.sh built: unit, end to end, training code, Python against
# C++. Arguments go to ctest, e.g. scripts/test.sh -R deid
# Tests on real scans read EFFACE_DATA; without it, ../shared/data is unpacked once where it is
# there, and else they are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ ! -f build/release/build.ninja ]]; then
  echo "test.sh: nothing is built yet; run scripts/setup.sh first" >&2
  exit 2
fi
if [[ -z ${EFFACE_DATA:-} && -f ../shared/data/unpack.sh ]]; then
  export EFFACE_DATA=$PWD/build/real_data
  if [[ ! -d $EFFACE_DATA ]]; then
    rm -rf "$EFFACE_DATA.part"
    bash ../shared/data/unpack.sh "$EFFACE_DATA.part" >/dev/null
    mv "$EFFACE_DATA.part" "$EFFACE_DATA"
  fi
fi
[[ -n ${EFFACE_DATA:-} ]] || echo "test.sh: no real scans here: their tests are SKIPPED"
export OMP_WAIT_POLICY=passive
exec ctest --preset release -j "$(nproc)" "$@"
