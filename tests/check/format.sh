#!/bin/bash
# Every C file stands as .clang-format says (`make format` puts it so).
set -euo pipefail
cd "$(dirname "$0")/../.."

list() { find core server ingest include tests -name node_modules -prune -o -name '*.[ch]' -print; }

status=0
output=$(list | xargs -P "$(nproc)" -n 20 clang-format --dry-run -Werror 2>&1) || status=$?
failed=$(sed -n 's/^\([^:]*\.[ch]\):[0-9].*/\1/p' <<<"$output" | sort -u | wc -l)
[ $status = 0 ] || printf '%s\n' "$output"
[ $status = 0 ] || [ "$failed" != 0 ] || failed=1 # it did not run

echo "$(($(list | wc -l) - failed)) passed, $failed failed"
[ "$failed" = 0 ]
