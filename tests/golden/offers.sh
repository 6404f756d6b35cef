#!/bin/bash
# The offers that a running server shows, reckoned again from the exported tariffs by oracle.py. Wants the programs
# running on a market (CORRIDOR_VAR, CORRIDOR_PORT); arguments go to oracle.py (--all asks about every corridor).
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p build/tests/golden
build/corridor export tariffs >build/tests/golden/offers.jsonl
python3 tests/golden/oracle.py --export build/tests/golden/offers.jsonl \
    --url "http://127.0.0.1:${CORRIDOR_PORT:-8080}" "$@"
