#!/bin/bash
# Runs the unit test programs: tests/unit/run.sh [build | build/asan]. A program that dies counts as one failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
variant=${1:-build}

case $variant in
build) tests/build.sh units ;;
*) tests/build.sh asan-units ;;
esac

passed=0
failed=0
skipped=0
for source in tests/unit/test_*.c; do
    name=$(basename "$source" .c)
    status=0
    output=$(CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 300 "$variant/tests/unit/$name" 2>&1) || status=$?
    # cmocka's own summary, or the lines of a program that counts for itself.
    skips=$(grep -c '^\(not \)\?ok.*# SKIP' <<<"$output") || true
    bad=$(grep -v '# SKIP' <<<"$output" | grep -c '^not ok [0-9]') || true
    good=$(grep -v '# SKIP' <<<"$output" | grep -c '^ok [0-9]') || true
    if [[ $(tail -1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]} skips=${BASH_REMATCH[4]:-0}
    fi
    # Stopped before its end, or nothing seen to pass: something is wrong even if no test said so.
    if [ "$bad" = 0 ] && { [ "$((good + skips))" = 0 ] || { [ "$status" != 0 ] && [ "$skips" = 0 ]; }; }; then
        bad=1
    fi
    if [ "$bad" != 0 ] || [ "$status" -gt 1 ]; then
        printf '%s\n' "$output" "$name: exit status $status"
    fi
    echo "$name: $good passed, $bad failed, $skips skipped"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
