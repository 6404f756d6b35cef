#!/bin/bash
# Our HTTP parser against llhttp, under sanitizers: tests/fuzz/differential.sh [COUNT [SEED [CLASS]]].
# README.md beside this has the classes of difference. The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/build.sh build/asan/tests/fuzz/differential
exec build/asan/tests/fuzz/differential "${1:-50000}" "${2:-${CORRIDOR_SEED:-1}}" ${3:+"$3"}
