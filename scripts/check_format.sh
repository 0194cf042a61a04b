#!/usr/bin/env bash
# Are all C++ files formatted as .clang-format says? Names those that are not; changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find lib cmd tests bench \( -name '*.h' -o -name '*.cpp' \) | sort)
clang-format --dry-run -Werror "${files[@]}"
echo "format: ${#files[@]} files clean"
