#!/bin/bash
# Thousands of costs of generated tariffs, reckoned by the C code and again by oracle.py.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/build.sh build/tests/golden/cost_table
build/tests/golden/cost_table >build/tests/golden/cost_table.jsonl
python3 tests/golden/oracle.py --self-test --table build/tests/golden/cost_table.jsonl
