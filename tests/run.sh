#!/bin/bash
# Runs the tests and adds them up: tests/run.sh [NAME | GROUP]... (all of them without a name).
#
# The last line is `N passed, N failed`, with `, N skipped` when some were. A part that ends without such a line of
# its own, exits with an error, or runs for too long counts as a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${CORRIDOR_DATA:-../shared/data} shared=${CORRIDOR_SHARED:-../shared} seed=${CORRIDOR_SEED:-}
unset MAKEFLAGS MFLAGS MAKELEVEL "${!CORRIDOR_@}" # make's job server and the caller's settings are not ours

# name, group, what it needs, command. What a part may need:
#   -         nothing
#   cluster   a fresh private cluster, migrated (CORRIDOR_VAR)
#   service   the same and the programs running on it, without data (CORRIDOR_VAR, CORRIDOR_PORT, CORRIDOR_FEED_PORT)
#   demo      the programs running on the demonstration market; shared by the parts that need it, who change nothing
parts='
banned     check  -        tests/check/banned.sh
named      check  -        tests/check/named_files.sh
scripts    check  -        tests/check/scripts.sh
format     check  -        tests/check/format.sh
messages   check  -        tests/check/messages.sh
tidy       check  -        tests/check/tidy.sh
sanitized  check  -        tests/unit/run.sh build/asan
unit       test   -        tests/unit/run.sh build
http       test   -        tests/http/run.py
tls        test   -        tests/http/tls.py
http2      test   -        tests/http/run_h2.py
deploy     test   -        tests/deploy/run.py
costs      test   -        tests/golden/costs.sh
tool       test   -        tests/tool/run.sh
db         test   cluster  tests/db/run.sh
market     test   cluster  tests/demo/run.sh
server     test   -        tests/server/run.py
offers     test   demo     tests/golden/offers.sh
web        test   demo     tests/web/run.sh
import     test   cluster  tests/import/run.py
workbooks  test   cluster  tests/import/workbooks.py
flows      test   cluster  tests/import/flows.py
averages   test   service  tests/golden/averages.sh
'

export CORRIDOR_DATA
CORRIDOR_DATA=$(realpath -m "$data") # public data sets; parts skip what needs them when absent
export CORRIDOR_SHARED
CORRIDOR_SHARED=$(realpath -m "$shared") # raw requests and their answers, in the same way
[ -z "$seed" ] || export CORRIDOR_SEED=$seed # of the generated cases
log=build/test-log
limit=1200 # seconds a part may take
work=$(mktemp -d /tmp/corridor-test-XXXXXX)
chmod 755 "$work"
running=
started=() # CORRIDOR_VAR folders with something running

settings_for() { # KIND
    export CORRIDOR_VAR=$work/$1 CORRIDOR_PORT CORRIDOR_FEED_PORT CORRIDOR_DEMO=0
    [ "$1" != demo ] || CORRIDOR_DEMO=1
    CORRIDOR_PORT=$(free_port $((20000 + $$ % 10000)))
    CORRIDOR_FEED_PORT=$(free_port $((CORRIDOR_PORT + 1)))
}

free_port() { # FIRST
    local port=$1
    while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

stop() { # FOLDER
    CORRIDOR_VAR=$1 deploy/dev/corridor.sh down >/dev/null || true
    mkdir -p "$log/$(basename "$1")"
    cp "$1"/log/* "$log/$(basename "$1")/" 2>/dev/null || true
    [ ! -e "$1/socket" ] || rm -rf "$(cat "$1/socket")"
    rm -rf "$1"
}

finish() {
    trap '' INT TERM HUP
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    local folder
    for folder in "${started[@]}"; do stop "$folder"; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Makes what a part needs and exports how to reach it.
provide() { # KIND
    local folder
    unset CORRIDOR_VAR CORRIDOR_PORT CORRIDOR_FEED_PORT CORRIDOR_DEMO
    case $1 in
    -) return ;;
    demo)
        if [ -e "$work/demo.env" ]; then
            # shellcheck disable=SC1091
            . "$work/demo.env"
            return
        fi
        ;;
    esac
    for folder in "$work/cluster" "$work/service"; do
        [ ! -e "$folder" ] || stop "$folder"
    done
    settings_for "$1"
    started+=("$CORRIDOR_VAR")
    if [ "$1" = cluster ]; then
        deploy/dev/cluster.sh start && build/corridor migrate || return
    else
        deploy/dev/corridor.sh up || return
        [ "$1" != demo ] || export -p | sed -n 's/^declare -x \(CORRIDOR_\)/export \1/p' >"$work/demo.env"
    fi
}

passed=0
failed=0
skipped=0
failures=()
run_part() { # NAME NEEDS COMMAND...
    local name=$1 needs=$2 status=0 before=$SECONDS
    shift 2
    echo "== $name"
    if ! provide "$needs" >"$log/$name.log" 2>&1; then
        cat "$log/$name.log"
        echo "$name: what it needs ($needs) could not be made"
        failed=$((failed + 1)) failures+=("$name")
        return
    fi
    timeout -k 10 $limit "$@" > >(tee "$log/$name.log") 2>&1 &
    running=$!
    wait "$running" || status=$?
    running=
    sleep 0.1 # tee's last line
    if [[ $(tail -1 "$log/$name.log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
        [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || failed=$((failed + 1))
        { [ "$status" = 0 ] && [ "${BASH_REMATCH[2]}" = 0 ]; } || failures+=("$name")
    else
        echo "$name: ended with status $status and no summary"
        failed=$((failed + 1)) failures+=("$name")
    fi
    echo "-- $name: $((SECONDS - before)) s"
}

mkdir -p "$log"
chosen=0
while read -r name group needs command; do
    [ -n "$name" ] || continue
    [ $# = 0 ] || [[ " $* " == *" $name "* || " $* " == *" $group "* ]] || continue
    chosen=$((chosen + 1))
    # shellcheck disable=SC2086 # a command and its arguments
    run_part "$name" "$needs" $command </dev/null
done <<<"$parts"
[ "$chosen" -gt 0 ] || {
    echo "tests/run.sh: no part is named $*" >&2
    exit 2
}

[ ${#failures[@]} = 0 ] || echo "failed: ${failures[*]}"
echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
