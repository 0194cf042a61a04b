#!/usr/bin/env bash
# Measures efface against cp and gdcmanon in one run and prints a Markdown table of ratios.
# Usage: bench/run.sh [BUILD_DIR] [FILES]     (build/release and 1900 unless told)
# Needs about 6 GB in $TMPDIR. Close other work first: the ratios hold for a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
files=${2:-1900}
[[ -x $build/cmd/efface ]] || { echo "run.sh: no $build/cmd/efface; build first" >&2; exit 2; }
command -v gdcmanon >/dev/null || { echo "run.sh: install libgdcm-tools first" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make=$build/tests/support/make_demo_study
"$make" --kind bench --files "$files" --output "$work/many"
"$make" --kind bench --files "$((files / 4))" --output "$work/quarter"
"$make" --kind volume --output "$work/volume"
"$build/cmd/efface" key new "$work/key"
# A program that does nothing but start with LibTorch.
g++ -x c++ bench/torch_start.cpp -o "$work/torch_start" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10
/usr/bin/python3 bench/measure.py --efface "$build/cmd/efface" --work "$work"
