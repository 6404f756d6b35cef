#!/bin/bash
# Runs the tests and adds them up: tests/run.sh [NAME | GROUP]... (all of them without a name).
#
# The last line is `N passed, N failed`, with `, N skipped` when some were. A part that ends without such a line of
# its own, exits with an error, or runs for too long counts as a failure. As many parts run at a time as there are
# processors (TEST_LANES); what a part printed is shown when it ends.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${CORRIDOR_DATA:-../shared/data} shared=${CORRIDOR_SHARED:-../shared} seed=${CORRIDOR_SEED:-}
unset MAKEFLAGS MFLAGS MAKELEVEL "${!CORRIDOR_@}" # make's job server and the caller's settings are not ours

# name, group, what it needs, command. What a part may need:
#   -         nothing
#   cluster   a fresh private cluster, migrated (CORRIDOR_VAR)
#   service   the same and the programs running on it, without data (CORRIDOR_VAR, CORRIDOR_PORT, CORRIDOR_FEED_PORT)
#   demo      the programs running on the demonstration market; shared by the parts that need it, who change nothing
# Those that take longest stand first, so that no processor waits for them at the end.
parts='
banned     check  -        tests/check/banned.sh
named      check  -        tests/check/named_files.sh
scripts    check  -        tests/check/scripts.sh
format     check  -        tests/check/format.sh
messages   check  -        tests/check/messages.sh
fields     check  -        tests/check/quote_fields.py
tidy       check  -        tests/check/tidy.sh
sanitized  check  -        tests/unit/run.sh build/asan
unit       test   -        tests/unit/run.sh build
http       test   -        tests/http/run.py
bodies     test   -        tests/http/run_bodies.py
peers      test   -        tests/http/run_peers.py
tls        test   -        tests/http/tls.py
http2      test   -        tests/http/run_h2.py
tlscases   test   -        tests/http/tls_cases.sh
attacks    test   -        tests/http/attacks.py build
differ     test   -        tests/fuzz/differential.sh
fuzz       test   -        env FUZZ_RUNS=10000 tests/fuzz/run.sh
deploy     test   -        tests/deploy/run.py
costs      test   -        tests/golden/costs.sh
rules      test   -        tests/feed/rules.py
slips      test   -        tests/feed/slips.py
quarantine test   cluster  tests/feed/quarantine.py
held       test   service  tests/feed/held.py
identity   test   -        tests/feed/identity.py
connect    test   -        tests/feed/connect.py
crash      test   -        tests/crash/run.py
feed       test   -        tests/feed/run.py
tool       test   -        tests/tool/run.sh
db         test   cluster  tests/db/run.sh
market     test   cluster  tests/demo/run.sh
server     test   -        tests/server/run.py
offers     test   demo     tests/golden/offers.sh
heap       test   demo     tests/server/heap.py
web        test   demo     tests/web/run.sh
webhttp2   test   demo     tests/web/http2.sh
webhostile test   -        tests/web/hostile.sh
import     test   cluster  tests/import/run.py
workbooks  test   cluster  tests/import/workbooks.py
flows      test   cluster  tests/import/flows.py
averages   test   service  tests/golden/averages.sh
reports    test   -        tests/reports/run.py
observatory test  -        tests/observatory/run.py
'

export CORRIDOR_DATA
CORRIDOR_DATA=$(realpath -m "$data") # public data sets; parts skip what needs them when absent
export CORRIDOR_SHARED
CORRIDOR_SHARED=$(realpath -m "$shared") # raw requests and their answers, in the same way
[ -z "$seed" ] || export CORRIDOR_SEED=$seed # of the generated cases
log=build/test-log
limit=1200 # seconds a part may take
lanes=${TEST_LANES:-$(nproc)}
work=$(mktemp -d /tmp/corridor-test-XXXXXX)
chmod 755 "$work"

# Ports by the part's place in the table, so that two parts cannot find the same one free.
settings_for() { # NAME PLACE
    export CORRIDOR_VAR=$work/$1 CORRIDOR_PORT CORRIDOR_FEED_PORT CORRIDOR_DEMO=0
    CORRIDOR_PORT=$(free_port $((20000 + $$ % 100 * 100 + $2 * 2)))
    CORRIDOR_FEED_PORT=$(free_port $((CORRIDOR_PORT + 1)))
}

free_port() { # FIRST
    local port=$1
    while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

# Makes what a part needs and exports how to reach it.
provide() { # NAME KIND PLACE
    case $2 in
    cluster)
        settings_for "$1" "$3"
        deploy/dev/cluster.sh start && build/corridor migrate
        ;;
    service)
        settings_for "$1" "$3"
        deploy/dev/corridor.sh up
        ;;
    demo)
        if [ ! -e "$work/demo.env" ]; then
            settings_for demo "$3"
            CORRIDOR_DEMO=1
            deploy/dev/corridor.sh up || return
            export -p | sed -n 's/^declare -x \(CORRIDOR_\)/export \1/p' >"$work/demo.env"
        fi
        # shellcheck disable=SC1091
        . "$work/demo.env"
        ;;
    esac
}

stop() { # NAME
    local folder=$work/$1
    [ -d "$folder" ] || return 0
    CORRIDOR_VAR=$folder deploy/dev/corridor.sh down >/dev/null || true
    mkdir -p "$log/$1"
    cp "$folder"/log/* "$log/$1/" 2>/dev/null || true
    [ ! -e "$folder/socket" ] || rm -rf "$(cat "$folder/socket")"
    rm -rf "$folder"
}

# One part, in a process of its own. Leaves `PASSED FAILED SKIPPED` in $work/NAME.result.
run_part() { # NAME PLACE NEEDS COMMAND...
    local name=$1 place=$2 needs=$3 status=0 before=$SECONDS passed=0 failed=1 skipped=0
    shift 3
    running=
    trap 'end_running' TERM
    exec 8>"$work/demo.lock"
    [ "$needs" != demo ] || flock 8 # two may need it at once; one makes it
    if ! provide "$name" "$needs" "$place" >"$log/$name.log" 2>&1 8>&-; then
        echo "$name: what it needs ($needs) could not be made" >>"$log/$name.log"
    else
        exec 8>&-
        timeout -k 10 $limit "$@" >"$log/$name.log" 2>&1 &
        running=$!
        wait "$running" || status=$?
        running=
        if [[ $(tail -1 "$log/$name.log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
            passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
            [ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
        else
            echo "$name: ended with status $status and no summary" >>"$log/$name.log"
        fi
    fi
    [ "$needs" = demo ] || stop "$name"
    echo "$passed $failed $skipped" >"$work/$name.result"
    flock "$work/said.lock" sed "1s/^/== $name\n/; \$s/\$/\n-- $name: $((SECONDS - before)) s/" "$log/$name.log"
}

end_running() {
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    exit 130
}

finish() {
    trap '' INT TERM HUP
    local child folder
    for child in $(jobs -p); do kill "$child" 2>/dev/null || true; done
    wait
    for folder in "$work"/*/; do stop "$(basename "$folder")"; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

mkdir -p "$log"
chosen=() place=0
while read -r name group needs command; do
    [ -n "$name" ] || continue
    place=$((place + 1))
    [ $# = 0 ] || [[ " $* " == *" $name "* || " $* " == *" $group "* ]] || continue
    [ ${#chosen[@]} -lt "$lanes" ] || wait -n || true
    chosen+=("$name")
    # shellcheck disable=SC2086 # a command and its arguments
    run_part "$name" "$place" "$needs" $command </dev/null &
done <<<"$parts"
wait
[ ${#chosen[@]} -gt 0 ] || {
    echo "tests/run.sh: no part is named $*" >&2
    exit 2
}

passed=0 failed=0 skipped=0 failures=()
for name in "${chosen[@]}"; do
    read -r good bad left <"$work/$name.result" || { good=0 bad=1 left=0; }
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    [ "$bad" = 0 ] || failures+=("$name")
done
# What failed stands at the end once more, where one looks first.
for name in "${failures[@]}"; do
    echo "== failed: $name"
    grep -A 8 '^not ok' "$log/$name.log" | head -40 || true
    tail -5 "$log/$name.log"
done
[ ${#failures[@]} = 0 ] || echo "failed: ${failures[*]}"
echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
