#!/bin/bash
# Builds what a test runs: tests/build.sh TARGET... Parts run at the same time, so one waits for the other here.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
exec flock build/lock make -s --no-print-directory "$@"
