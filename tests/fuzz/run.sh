#!/bin/bash
# Fuzzes what strangers send, under AddressSanitizer and UndefinedBehaviorSanitizer:
#
#   tests/fuzz/run.sh [SECONDS [NAME...]]     for a time each [60]; the names are those of fuzz_NAME.c
#   FUZZ_RUNS=1000000 tests/fuzz/run.sh       so many runs each instead
#
# It begins with what seeds.py writes: the cases of the tables, and the seeds kept in tests/fuzz/seeds/. What is found on
# the way stays in build/fuzz/NAME/ for the next time, a finding in build/fuzz/NAME-crash-*. The last line is
# `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- http http2 proxy query llhttp signature quote
if [ -n "${FUZZ_RUNS:-}" ]; then limit=-runs=$FUZZ_RUNS; else limit=-max_total_time=$seconds; fi

folder=build/fuzz
tests/build.sh "${@/#/$folder/tests/fuzz/fuzz_}"
for name in "$@"; do mkdir -p "$folder/$name"; done
tests/fuzz/seeds.py "$folder"

passed=0
failed=0
for name in "$@"; do
    echo "== $name"
    if "$folder/tests/fuzz/fuzz_$name" -max_len=3000 -timeout=10 "$limit" -print_final_stats=1 \
        -artifact_prefix="$folder/$name-" "$folder/$name" >"$folder/$name.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    grep -v 'Uses:\|NEW\|REDUCE\|pulse\|RELOAD' "$folder/$name.log" | tail -40
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
