#!/bin/bash
# Every benchmark: tests/bench/run.sh [SECONDS]. What is measured and how to read it is in README.md beside this.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec tests/bench/bench_compare.py "$@"
