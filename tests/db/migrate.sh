#!/bin/bash
# corridor migrate on databases of its own in the cluster that CORRIDOR_VAR names: empty, up to date, ahead, patched by
# hand, and two at once.
set -euo pipefail
cd "$(dirname "$0")/../.."

corridor=$PWD/build/corridor
last=$(find sql -name '[0-9]*.sql' | wc -l)
connection=$(cat "$CORRIDOR_VAR/connection")
work=$(mktemp -d /tmp/corridor-migrate-XXXXXX)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

admin() { # SQL
    deploy/dev/cluster.sh psql -qAtX -v ON_ERROR_STOP=1 -U postgres -c "$1"
}

# Makes an empty database and points CORRIDOR_DB at it.
fresh() { # NAME
    admin "DROP DATABASE IF EXISTS $1" 2>/dev/null
    admin "CREATE DATABASE $1 OWNER corridor_owner"
    export CORRIDOR_DB="$connection dbname=$1 user=corridor_owner"
    database=$1
}

sql() { # SQL, in the database made last
    deploy/dev/cluster.sh psql -qAtX -v ON_ERROR_STOP=1 -d "$database" -c "$1"
}

check() { # WHAT, then a command that succeeds when it is so
    local what=$1
    shift
    if "$@"; then
        echo "ok - $what"
        passed=$((passed + 1))
    else
        echo "not ok - $what"
        cat "$work/out"
        failed=$((failed + 1))
    fi
}

migrate() { # STATUS_WANTED ARGUMENT...
    local wanted=$1 status=0
    shift
    "$corridor" migrate "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$wanted" ]
}

says() {
    grep -qF -- "$1" "$work/out"
}

fresh migrate_test
check 'the status of an empty database is that all is to do' migrate 1 --status
check 'and says so' says '0001 registry             to be applied'
check 'the status changed nothing' [ "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'corridor'")" = 0 ]
check 'an empty database is migrated' migrate 0
check 'each migration is named once' [ "$(grep -c '^applied [0-9]* ' "$work/out")" = "$last" ]
check 'all are registered' [ "$(sql 'SELECT max(number) FROM corridor.migration')" = "$last" ]
check 'a second run does nothing' migrate 0
check 'and says so' says "the database is up to date at migration $last"
check 'the status is that all is done' migrate 0 --status
for number in 1 $((last + 2)); do
    sql "SELECT corridor.register_migration($number, 'x')" >"$work/out" 2>&1 || true
    check "the database itself refuses a repeat and a gap ($number)" says 'cannot follow migration'
done

sql "INSERT INTO corridor.migration (number, name) VALUES ($((last + 1)), 'from-the-future')"
check 'a database ahead of the program is refused' migrate 1
check 'with what to do' says 'a newer release migrated it'
sql "DELETE FROM corridor.migration WHERE number > $last; UPDATE corridor.migration SET name = 'other' WHERE number = 2"
check 'another history is refused' migrate 1
check 'naming where they part' says "migration 2 is 'other' in the database and 'roles' in this program"
sql 'DELETE FROM corridor.migration WHERE number = 2'
check 'a gap in the register is refused' migrate 1
check 'as changed by hand' says 'changed by hand'

fresh migrate_test
sql 'CREATE SCHEMA corridor'
check 'a migration that fails is told with its file' migrate 1
check 'and its reason' says '0001-registry.sql: schema "corridor" already exists'
check 'and leaves nothing' [ "$(sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'corridor'::regnamespace")" = 0 ]
sql 'DROP SCHEMA corridor'
check 'once what was in its way is gone, it goes on' migrate 0

fresh migrate_test
pids=()
for i in 1 2 3; do
    "$corridor" migrate >"$work/$i" 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    check 'of three at once, none fails' wait "$pid"
done
cat "$work/1" "$work/2" "$work/3" >"$work/out"
check 'one of them does the work' [ "$(grep -c '^applied' "$work/out")" = "$last" ]
check 'the others find it done' [ "$(grep -c 'up to date' "$work/out")" = 2 ]

unset CORRIDOR_DB
admin 'DROP DATABASE migrate_test'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
