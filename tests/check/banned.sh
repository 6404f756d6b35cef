#!/bin/bash
# Functions that this project does not use, each with what to use instead. A use fails the check.
set -euo pipefail
cd "$(dirname "$0")/../.."

failed=0
passed=0
ban() { # PATTERN FOLDERS WHAT_TO_USE
    local found
    # Comments, strings and names of headers may name them: they are cut first, and a line that starts with * is prose.
    # shellcheck disable=SC2086,SC2016 # $2 is a list of folders; the program is awk's
    found=$(find $2 -name node_modules -prune -o -name '*.[ch]' -exec awk -v pattern="$1" '
        { line = $0; gsub(/\/\*[^*]*\*\//, "", line); sub(/\/\/.*/, "", line); sub(/\/\*.*/, "", line)
          gsub(/"([^"\\]|\\.)*"/, "\"\"", line) }
        line ~ /^[ \t]*(\*|#include)/ { next }
        line ~ ("(^|[^A-Za-z0-9_])(" pattern ")[^A-Za-z0-9_]") { print FILENAME ":" FNR ": " $0 }' {} +)
    if [ -n "$found" ]; then
        printf '%s\n  %s\n' "$found" "$3"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

programs=$(ls -d core server ingest 2>/dev/null || true)
all="$programs include tests"
ban 'strcpy|stpcpy|strcat|sprintf|vsprintf|gets' "$all" 'they write without a bound: use snprintf or a struct span'
ban 'strncpy|strncat' "$all" 'they may leave text unterminated: use snprintf'
ban 'strtok|strerror_l|asctime|ctime|gmtime|localtime' "$all" 'they share a hidden buffer: use the _r form, or parse a span'
ban 'atoi|atol|atoll|atof' "$all" 'they cannot report an error: use decimal_parse, or strtoul with its checks'
ban 'scanf|sscanf|fscanf' "$all" 'overflow in a number is undefined: parse a span'
ban 'alloca|system|popen|tmpnam|mktemp' "$all" 'unbounded stack, a shell, or a race'
ban 'rand|srand|random|srandom' "$programs" 'not random: use OpenSSL, or a generator with a stated seed'
ban 'setlocale' "$all" 'the locale belongs to the whole process: ICU takes one per call'
ban 'PQexec' "$all" 'text and values would be one string: use parameters'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
