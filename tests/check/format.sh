#!/bin/bash
# Every C file stands as .clang-format says (`make format` puts it so).
set -euo pipefail
cd "$(dirname "$0")/../.."

passed=0
failed=0
while IFS= read -r file; do
    if clang-format --dry-run -Werror "$file"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done < <(find core server ingest include tests -name node_modules -prune -o -name '*.[ch]' -print 2>/dev/null)

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
