#!/usr/bin/env bash
# On a fresh Debian 12: installs what is missing, builds efface, and shows it at work on a made-up
# head study. Safe to run again; needs no network when every package is there.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  # to build
  build-essential cmake ninja-build pkg-config
  libtorch-dev libopenblas0-pthread libinsighttoolkit5-dev libdcmtk-dev libcli11-dev
  nlohmann-json3-dev libfmt-dev libssl-dev zlib1g-dev libre2-dev libicu-dev
  libtesseract-dev tesseract-ocr-eng libpugixml-dev libpng-dev libjpeg-dev libtiff-dev
  # to test
  libgtest-dev dcmtk dicom3tools libgdcm-tools openssl clang-format groff-base tesseract-ocr
  slurm-wlm munge parallel
  python3 python3-jsonschema python3-pil python3-numpy python3-scipy python3-nibabel python3-pydicom
  python3-yaml git pre-commit
  python3-torch
)

say() { printf '\n== %s\n' "$*"; }

die() {
  echo "setup.sh: $*" >&2
  exit 1
}

is_installed() { [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

install_missing() {
  local missing=() package as_root=()
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    echo "all ${#packages[@]} packages are installed"
    return
  fi
  echo "missing: ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "need root or sudo to install: ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
}

# A source file with Torch or ITK takes up to 1 GB to compile.
build_jobs() {
  local gigabytes jobs
  gigabytes=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  jobs=$(nproc)
  ((jobs <= gigabytes)) || jobs=$gigabytes
  echo $((jobs > 0 ? jobs : 1))
}

build() {
  cmake --preset release
  cmake --build --preset release -j "$(build_jobs)"
}

demonstrate() {
  local demo=build/demo scratch status=0
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' RETURN
  rm -rf "$demo"
  mkdir -p "$demo"
  build/release/tests/support/make_demo_study --output "$scratch/study"
  build/release/cmd/efface key new "$demo/project.key"
  echo "efface run STUDY --output $demo/out --key $demo/project.key"
  build/release/cmd/efface run "$scratch/study" --output "$demo/out" --key "$demo/project.key" ||
    status=$?
  # 3: finished, but something was withheld. Here: the screenshot and the text file.
  ((status == 0 || status == 3)) || die "the demonstration failed with exit code $status"
  /usr/bin/python3 scripts/show_manifest.py "$demo/out/manifest.json"
  echo
  echo "clean files: $demo/out    their record: $demo/out/manifest.json"
}

[[ -r /etc/debian_version ]] || die "this script knows Debian 12; see README.md for other systems"
say "packages"
install_missing
say "build"
build
say "demonstration: a made-up head study"
demonstrate
say "done; run the tests with scripts/test.sh"
