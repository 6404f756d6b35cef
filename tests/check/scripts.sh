#!/bin/bash
# Runs shellcheck over every shell script: files that end in .sh, and those without an ending that begin with #!.
set -euo pipefail
cd "$(dirname "$0")/../.."

passed=0
failed=0
while IFS= read -r file; do
    [[ $file == *.sh ]] || head -c 20 "$file" | grep -q '^#!.*sh$' || continue
    if shellcheck -x "$file"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done < <(find .ci core deploy ingest server tests -name node_modules -prune -o -type f \
    \( -name '*.sh' -o ! -name '*.*' \) -print 2>/dev/null)

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
