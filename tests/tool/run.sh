#!/bin/bash
# The frame of the corridor tool: help, version, mistyped names, exit statuses. Needs no database.
set -euo pipefail
cd "$(dirname "$0")/../.."

passed=0
failed=0
export CORRIDOR_VAR=/nonexistent CORRIDOR_DB=
# exit status | arguments | stream that must hold the text | text
while IFS='|' read -r status arguments stream text; do
    [ -n "$status" ] || continue
    got=0
    # shellcheck disable=SC2086 # several arguments
    out=$(build/corridor $arguments 2>build/tool-test.err) || got=$?
    err=$(cat build/tool-test.err)
    if [ "$got" = "$status" ] && [[ ${!stream} == *"$text"* ]]; then
        passed=$((passed + 1))
    else
        printf 'corridor %s: exit status %s, wanted %s and in %s: %s\n%s\n%s\n' "$arguments" "$got" "$status" "$stream" \
            "$text" "$out" "$err"
        failed=$((failed + 1))
    fi
done <<'CASES'
2||err|usage: corridor SUBCOMMAND
0|--help|out|import rpw
0|-h|out|migrate
0|help|out|migrate
0|--version|out|corridor 0.
2|migrat|err|there is no subcommand 'migrat'; did you mean 'migrate'?
2|imgrate|err|did you mean 'migrate'?
2|imprt rpw x.csv|err|did you mean 'import rpw'?
2|import rwp x.csv|err|there is no subcommand 'import rwp'; did you mean 'import rpw'?
2|import|err|corridor import: one word more is needed. There are:
0|import --help|out|import rpw
2|import frobnicate|err|there is no subcommand 'import frobnicate'. There are:
2|frobnicate|err|migrate
2|--frobnicate|err|there is no subcommand '--frobnicate'
2|a-name-much-longer-than-any-that-there-is-or-will-be-and-longer-still|err|there is no subcommand
0|migrate --help|out|usage: corridor migrate [--status]
0|migrate --status -h|out|usage: corridor migrate [--status]
0|import rpw --help|out|usage: corridor import rpw
2|migrate --frobnicate|err|corridor migrate --help says how to use it.
2|migrate --status twice|err|'twice'
1|migrate|err|make up
1|migrate --status|err|CORRIDOR_DB
CASES

rm -f build/tool-test.err
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
