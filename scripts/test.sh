#!/usr/bin/env bash
# Runs every test, unit and end to end, on what scripts/setup.sh built. Arguments go to ctest,
# e.g. scripts/test.sh -R deid
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ ! -f build/release/build.ninja ]]; then
  echo "test.sh: nothing is built yet; run scripts/setup.sh first" >&2
  exit 2
fi
export OMP_WAIT_POLICY=passive
exec ctest --preset release -j "$(nproc)" "$@"
