#!/bin/bash
# Fuzzes the HTTP engine for a number of seconds each: tests/fuzz/run.sh [SECONDS]. The seeds are the cases of the
# tables; what is found on the way stays in build/fuzz/NAME/ for the next time, a finding in build/fuzz/NAME-crash-*.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p build/fuzz/http build/fuzz/http2
python3 - build/fuzz tests/http/cases.json "${CORRIDOR_SHARED:-../shared}/http11_cases.json" <<'SEEDS'
import json, os, sys

sys.path.insert(0, "tests/http")
from run_h2 import step_bytes

folder, *tables = sys.argv[1:]
for table in filter(os.path.exists, tables):
    for case in json.load(open(table)):
        if len(case["raw"]) < 1500:
            with open(os.path.join(folder, "http", "seed-" + case["name"]), "wb") as seed:
                seed.write(bytes([60, 200, 30, 90, 10, 255, 128, 77]) + case["raw"].encode("latin-1"))
for case in json.load(open("tests/http/h2_cases.json")):
    frames = b"".join(step_bytes(step) for step in case["send"] if "wait" not in step)
    if len(frames) < 1500 and not case.get("bare"):
        with open(os.path.join(folder, "http2", "seed-" + case["name"]), "wb") as seed:
            seed.write(bytes([60, 200, 30, 90]) + frames)
SEEDS

# The engine is compiled again here, since the fuzzers have to see its branches.
for name in http http2; do
    clang -std=c17 -D_GNU_SOURCE -O1 -g -I. -Iinclude -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -o "build/fuzz/fuzz_$name" "tests/fuzz/fuzz_$name.c" tests/unit/http_wire.c tests/unit/http_echo.c tests/unit/http_receive.c \
        core/http_*.c core/http2_*.c core/out.c core/json.c core/utf8.c core/log.c core/metrics.c \
        -levent_core -lnghttp2 -lssl -lcrypto -pthread
    "build/fuzz/fuzz_$name" -max_len=3000 -timeout=10 -max_total_time="${1:-60}" -print_final_stats=1 \
        -artifact_prefix="build/fuzz/$name-" "build/fuzz/$name" 2>&1 | grep -v "Uses:\|NEW\|REDUCE\|pulse"
done
