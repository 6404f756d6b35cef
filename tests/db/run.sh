#!/bin/bash
# The tests of the database's owner and of the schema, on the migrated cluster that CORRIDOR_VAR names: it is struck and
# restarted. tests/run.sh makes it and throws it away; the programs run under AddressSanitizer.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/build.sh asan-db
passed=0
failed=0
for part in tests/db/migrate.sh build/asan/tests/db/test_schema build/asan/tests/db/test_session \
    build/asan/tests/db/test_db build/asan/tests/db/test_transaction build/asan/tests/db/test_db_stream \
    build/asan/tests/db/test_db_blows; do
    status=0
    output=$(timeout -k 5 120 "$part" 2>&1) || status=$?
    if [[ $(tail -1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] &&
        { [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ]; }; then
        good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]}
    else
        good=0 bad=1
    fi
    [ "$bad" = 0 ] || printf '%s\n' "$output" "exit status $status"
    echo "$(basename "$part"): $good passed, $bad failed"
    passed=$((passed + good)) failed=$((failed + bad))
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
