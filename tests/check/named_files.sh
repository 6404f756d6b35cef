#!/bin/bash
# Every file that a README or CONTRIBUTING.md names must exist: a tour that names vanished files is worse than none.
# A name is what stands in `backquotes` or as a link's target and looks like a path: it has a known ending, or ends
# in a slash, without a placeholder such as NNNN. It is looked for from the document's own folder and from the root. A * may stand for any part.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/../.."

passed=0
failed=0
ending='(c|h|sh|sql|py|md|mjs|js|css|po|mo|json|yaml|yml|csv|service|socket|conf|env\.example|txt|svg)'
# shellcheck disable=SC2016 # backquotes as such
while IFS= read -r document; do
    while IFS= read -r name; do
        [[ $name =~ ^[A-Za-z0-9_.*/-]+(\.$ending|/)$ ]] || continue
        [[ $name != *NNNN* && $name != build/* && $name != var/* && $name != /* && $name != ../* ]] || continue
        # shellcheck disable=SC2206 # a name may hold a *
        found=("${document%/*}"/$name ./$name)
        for file in "${found[@]}"; do
            if [ -e "$file" ]; then
                passed=$((passed + 1))
                continue 2
            fi
        done
        echo "$document names $name, which is not there"
        failed=$((failed + 1))
    done < <(grep -oE '`[^`]+`|\]\([^)#]+' "$document" | sed -E 's/^`|`$|^\]\(//g' | tr ' ' '\n' | sort -u)
done < <(find . \( -name build -o -name var -o -name node_modules -o -name .git \) -prune -o \
    \( -name README.md -o -name CONTRIBUTING.md \) -print)

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
