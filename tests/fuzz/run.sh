#!/bin/bash
# Fuzzes the HTTP engine for a number of seconds: tests/fuzz/run.sh [SECONDS]. The seeds are the requests of the tables;
# what is found on the way stays in build/fuzz/corpus for the next time, a finding in build/fuzz/crash-*.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p build/fuzz/corpus
python3 - build/fuzz/corpus tests/http/cases.json "${CORRIDOR_SHARED:-../shared}/http11_cases.json" <<'SEEDS'
import json, os, sys

folder, *tables = sys.argv[1:]
for table in filter(os.path.exists, tables):
    for case in json.load(open(table)):
        if len(case["raw"]) < 1500:
            with open(os.path.join(folder, "seed-" + case["name"]), "wb") as seed:
                seed.write(bytes([60, 200, 30, 90, 10, 255, 128, 77]) + case["raw"].encode("latin-1"))
SEEDS

# The engine is compiled again here, since the fuzzer has to see its branches.
clang -std=c17 -D_GNU_SOURCE -O1 -g -I. -Iinclude -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -o build/fuzz/fuzz_http tests/fuzz/fuzz_http.c tests/unit/http_wire.c tests/unit/http_echo.c \
    core/http_*.c core/http2_*.c core/out.c core/json.c core/utf8.c core/log.c core/metrics.c -levent_core -lnghttp2 -pthread

build/fuzz/fuzz_http -max_len=3000 -timeout=10 -max_total_time="${1:-60}" -print_final_stats=1 \
    -artifact_prefix=build/fuzz/ build/fuzz/corpus 2>&1 | grep -v "Uses:\|NEW\|REDUCE\|pulse"
